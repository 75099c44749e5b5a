"""What the bench found, its ratios and the targets they are held against."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any, Literal

SideName = Literal["stock", "labdock"]


@dataclass(frozen=True)
class Quantity:
    """One thing measured on both sides; ``target`` is the highest labdock/stock ratio."""

    key: str
    title: str
    unit: Literal["s", "MiB"]
    target: float | None = None


QUANTITIES = (
    Quantity("cold", "(a) POST to ready, new member and container", "s", 0.40),
    Quantity("warm", "(a) POST to ready, stopped container", "s", 0.40),
    Quantity("burst_wall", "(b) 20 members at once, all ready", "s", 0.35),
    Quantity("burst_each", "(b) 20 members at once, each", "s", 0.35),
    Quantity("memory", "(c) memory of an idle workspace", "MiB", 0.70),
    Quantity("floor_trivial", "(d) docker run to python http.server", "s"),
    Quantity("floor_server", "(d) docker run to JupyterLab's server", "s"),
    Quantity("listing", "(e) workspace ls / bare docker script", "s", 1.3),
)


@dataclass
class Figures:
    """All samples of one run: quantity → side → values in the quantity's unit."""

    samples: dict[str, dict[SideName, list[float]]] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)
    months: list[dict[str, object]] = field(default_factory=list)
    """A lab's month in simulation, one row a way to hand GPUs out."""
    lessons: list[dict[str, Any]] = field(default_factory=list)
    """What the lessons' models reached, one row a figure and seed."""

    crowd: dict[str, Any] = field(default_factory=dict)
    """A class that begins: seconds by step and by telling, and what failed."""

    def add(self, key: str, side: SideName, *values: float) -> None:
        """Keep samples of a quantity."""
        self.samples.setdefault(key, {}).setdefault(side, []).extend(values)

    def median(self, key: str, side: SideName) -> float | None:
        """Return the median of a quantity on one side, None where it was not measured."""
        values = self.samples.get(key, {}).get(side)
        return median(values) if values else None

    def ratio(self, key: str) -> float | None:
        """Return Labdock's median over stock's, None where either is missing."""
        stock, labdock = self.median(key, "stock"), self.median(key, "labdock")
        return labdock / stock if stock and labdock is not None else None

    def missed(self) -> list[Quantity]:
        """Return the quantities whose ratio lies above their target."""
        return [
            quantity
            for quantity in QUANTITIES
            if quantity.target is not None
            and (ratio := self.ratio(quantity.key)) is not None
            and ratio > quantity.target
        ]


def table(figures: Figures) -> str:
    """Write the run as a Markdown table: median (lowest–highest) a side, ratio, target."""
    rows = [("", "stock", "Labdock", "ratio", "target", "")]
    for quantity in QUANTITIES:
        if quantity.key not in figures.samples:
            continue
        ratio = figures.ratio(quantity.key)
        rows.append(
            (
                quantity.title,
                _cell(figures, quantity, "stock"),
                _cell(figures, quantity, "labdock"),
                "–" if ratio is None else f"{ratio:.2f}",
                "–" if quantity.target is None else f"≤ {quantity.target:.2f}",
                _verdict(ratio, quantity.target),
            )
        )
    widths = [max(len(row[column]) for row in rows) for column in range(6)]
    lines = [_line(row, widths) for row in rows]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(lines)


def write_json(figures: Figures, path: Path) -> None:
    """Write every sample, the medians and the ratios."""
    document = {
        "facts": figures.facts,
        "failures": figures.failures,
        "months": figures.months,
        "lessons": figures.lessons,
        "crowd": figures.crowd,
        "quantities": {
            quantity.key: {
                "title": quantity.title,
                "unit": quantity.unit,
                "target": quantity.target,
                "ratio": figures.ratio(quantity.key),
                "median": {
                    side: figures.median(quantity.key, side) for side in ("stock", "labdock")
                },
                "samples": figures.samples[quantity.key],
            }
            for quantity in QUANTITIES
            if quantity.key in figures.samples
        },
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _cell(figures: Figures, quantity: Quantity, side: SideName) -> str:
    values = figures.samples[quantity.key].get(side)
    if not values:
        return "–"
    digits = 0 if quantity.unit == "MiB" else 2
    low, middle, high = (f"{v:.{digits}f}" for v in (min(values), median(values), max(values)))
    return f"{middle} {quantity.unit} ({low}–{high})"


def _verdict(ratio: float | None, target: float | None) -> str:
    if ratio is None or target is None:
        return ""
    return "met" if ratio <= target else "missed"


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    return (
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |"
    )
