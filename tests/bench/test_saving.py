"""How the figures of saving are judged."""

from __future__ import annotations

from tests.bench.saving import Row, missed, table


def test_a_ratio_and_a_size_are_judged_by_their_targets() -> None:
    within = Row("commit", 1.1, 1.0, target=1.15)
    without = Row("commit", 1.2, 1.0, target=1.15)
    large = Row("disk", 230, 2100, "MB", 220, absolute=True)
    assert not missed([within])
    assert missed([without])
    assert missed([large])
    assert not missed([Row("told only", 9, None)])


def test_the_table_tells_what_is_missed() -> None:
    shown = table([Row("disk", 230, 2100, "MB", 220, absolute=True), Row("a", 1, 2, target=1)])
    assert "| disk | 230 MB | 2100 MB | 0.11 | ≤ 220 MB (missed) |" in shown
    assert "| a | 1.00 s | 2.00 s | 0.50 | ≤ 1 |" in shown
