"""What the bench makes of the lessons' figures."""

from __future__ import annotations

from tests.bench.lesson_bands import Row, outside, table


def row(value: float, *, least: float | None, most: float | None, kept: bool) -> Row:
    return {
        "lesson": "g4-digits",
        "figure": "three_networks.after.2",
        "seed": 0,
        "value": value,
        "least": least,
        "most": most,
        "kept": kept,
    }


def test_the_table_has_a_line_a_figure_with_its_bounds_and_verdict() -> None:
    values = (0.97, 0.96, 0.98)
    line = table([row(v, least=0.95, most=None, kept=True) for v in values]).splitlines()[-1]
    assert line == "| g4-digits | three_networks.after.2 | 0.96 | 0.97 | 0.98 | ≥ 0.95 | met |"
    both = table([row(1.0, least=0.9, most=1.1, kept=True)]).splitlines()[-1]
    assert "| 0.9 to 1.1 | met |" in both


def test_one_seed_outside_its_bounds_is_enough_to_miss() -> None:
    rows = [row(0.2, least=None, most=0.3, kept=True), row(0.4, least=None, most=0.3, kept=False)]
    assert outside(rows) == rows[1:]
    assert table(rows).splitlines()[-1].endswith("| ≤ 0.3 | missed |")
