"""What the bench makes of its samples."""

from __future__ import annotations

import json
from pathlib import Path

from tests.bench.figures import Figures, table, write_json


def figures_with(stock: list[float], labdock: list[float], key: str = "cold") -> Figures:
    figures = Figures()
    figures.add(key, "stock", *stock)
    figures.add(key, "labdock", *labdock)
    return figures


def test_ratio_compares_medians_so_that_one_outlier_does_not_count() -> None:
    assert figures_with([2.0, 2.0, 30.0], [0.5, 0.5, 9.0]).ratio("cold") == 0.25


def test_ratio_is_unknown_where_one_side_was_not_measured() -> None:
    assert figures_with([2.0], []).ratio("cold") is None
    assert Figures().ratio("cold") is None


def test_missed_names_what_lies_above_its_target() -> None:
    figures = figures_with([2.0], [1.0])
    figures.add("memory", "stock", 100)
    figures.add("memory", "labdock", 60)
    assert [quantity.key for quantity in figures.missed()] == ["cold"]


def test_a_ratio_equal_to_its_target_meets_it() -> None:
    assert figures_with([1.0], [0.4]).missed() == []


def test_a_quantity_without_a_target_is_never_missed() -> None:
    assert figures_with([0.2], [9.0], "floor_trivial").missed() == []


def test_table_shows_median_spread_ratio_and_target() -> None:
    row = table(figures_with([2.0, 4.0, 3.0], [1.0, 1.0, 1.5])).splitlines()[2]
    assert "3.00 s (2.00–4.00)" in row
    assert "1.00 s (1.00–1.50)" in row
    assert "0.33" in row
    assert "≤ 0.40" in row
    assert "met" in row


def test_table_leaves_out_what_was_not_measured() -> None:
    text = table(figures_with([2.0], [1.0]))
    assert "(c)" not in text
    assert len(text.splitlines()) == 3


def test_json_holds_every_sample(tmp_path: Path) -> None:
    path = tmp_path / "build" / "bench.json"
    figures = figures_with([2.0, 4.0], [1.5])
    figures.facts["cores"] = 2
    write_json(figures, path)
    document = json.loads(path.read_text(encoding="utf-8"))
    assert document["facts"] == {"cores": 2}
    assert document["quantities"]["cold"]["samples"] == {"stock": [2.0, 4.0], "labdock": [1.5]}
    assert document["quantities"]["cold"]["ratio"] == 0.5
