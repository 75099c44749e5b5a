"""Other ways to the lessons' figures: fractions, counting, search, integration by rectangles.

Nothing here uses numpy or torch, so that a mistake of the lessons is not made twice.
"""

import functools
import importlib
import math
import tempfile
from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import product
from pathlib import Path
from typing import Any

from lessons.context import Context
from lessons.sinks import RecordingSink

from tests.lessons.catalogue import LESSONS

Numbers = Sequence[float | Fraction]
Matrix = list[list[Fraction]]


@functools.cache
def figures(lesson_id: str, function: str) -> dict[str, Any]:
    """What one function of a lesson's demo returns; run once."""
    lesson = next(one for one in LESSONS if one.id == lesson_id)
    demo = importlib.import_module(f"{lesson.module}.demo")
    with tempfile.TemporaryDirectory() as folder:
        context = Context(lesson, lang="en", sink=RecordingSink(), checkpoints=Path(folder))
        returned: dict[str, Any] = getattr(demo, function)(context)
    return returned


def library(name: str) -> Any:
    """A module that only the member's environment has."""
    return importlib.import_module(name)


def exact(values: Numbers) -> list[Fraction]:
    """The numbers as they are printed, as fractions."""
    return [Fraction(str(value)) for value in values]


def solve(matrix: Matrix, right: Sequence[Fraction]) -> list[Fraction]:
    """The one solution of a square system, by elimination on fractions."""
    rows = [[*row, value] for row, value in zip(matrix, right, strict=True)]
    for i in range(len(rows)):
        pivot = next(k for k in range(i, len(rows)) if rows[k][i] != 0)
        rows[i], rows[pivot] = rows[pivot], rows[i]
        rows[i] = [value / rows[i][i] for value in rows[i]]
        for k in range(len(rows)):
            if k != i:
                factor = rows[k][i]
                pairs = zip(rows[k], rows[i], strict=True)
                rows[k] = [a - factor * b for a, b in pairs]
    return [row[-1] for row in rows]


def least_squares(inputs: Matrix, targets: Sequence[Fraction]) -> tuple[list[Fraction], Fraction]:
    """Weights and mean squared error, by the normal equations on fractions."""
    width = range(len(inputs[0]))
    normal = [[sum((row[i] * row[j] for row in inputs), Fraction(0)) for j in width] for i in width]
    pairs = list(zip(inputs, targets, strict=True))
    right = [sum((row[i] * y for row, y in pairs), Fraction(0)) for i in width]
    weights = solve(normal, right)
    errors = [dot(row, weights) - y for row, y in pairs]
    return weights, sum((one * one for one in errors), Fraction(0)) / len(errors)


def dot(one: Sequence[Fraction], other: Sequence[Fraction]) -> Fraction:
    """The inner product."""
    return sum((a * b for a, b in zip(one, other, strict=True)), Fraction(0))


def valley(function: Callable[[float], float], low: float, high: float) -> float:
    """The place of the only minimum between low and high, by thirds."""
    for _ in range(300):
        third = (high - low) / 3
        if function(low + third) < function(high - third):
            high -= third
        else:
            low += third
    return (low + high) / 2


def area(function: Callable[[float], float], low: float, high: float, parts: int = 20_000) -> float:
    """The integral by rectangles with their tops in the middle."""
    width = (high - low) / parts
    return width * math.fsum(function(low + (i + 0.5) * width) for i in range(parts))


def eigenvalues(a: float, b: float, d: float) -> list[float]:
    """Those of the symmetric [[a, b], [b, d]], smaller first, as roots of a quadratic."""
    middle, reach = (a + d) / 2, math.sqrt(((a - d) / 2) ** 2 + b * b)
    return [middle - reach, middle + reach]


def throws_of_yut() -> list[Fraction]:
    """The chances of do, gae, geol, yut and mo: all sixteen ways that four sticks can fall."""
    flat = [sum(sticks) for sticks in product((0, 1), repeat=4)]
    return [Fraction(flat.count(sides), len(flat)) for sides in (1, 2, 3, 4, 0)]


def bits(chances: Numbers, believed: Numbers | None = None) -> float:
    """The mean number of bits that a code for `believed` takes: the entropy where it is right."""
    pairs = zip(chances, believed or chances, strict=True)
    return -math.fsum(float(p) * math.log(float(q)) / math.log(2) for p, q in pairs)
