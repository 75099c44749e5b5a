"""Checks of b1-tensor: every one-liner against plain Python loops over nested lists."""

from __future__ import annotations

import itertools
from typing import Any

from lessons.grading import Learner, check, close, expect, fail


def _table(learner: Learner, rows: int = 0) -> tuple[Any, list[list[float]]]:
    """Return a random table as a tensor and as nested lists; never square."""
    import torch

    rng = learner.rng
    rows = rows or int(rng.integers(3, 7))
    columns = rows + int(rng.integers(1, 4))
    numbers = [[float(x) for x in line] for line in rng.normal(size=(rows, columns))]
    return torch.tensor(numbers, dtype=torch.float64), numbers


def _is_tensor(value: object) -> None:
    """The answer must be a tensor."""
    import torch

    expect(isinstance(value, torch.Tensor), "not_a_tensor")


@check("select", forbids=("for", "while"))
def select(learner: Learner) -> None:
    """Grid, slices and mask on random tables."""
    _grid(learner)
    for _ in range(5):
        t, numbers = _table(learner)
        got = learner.function("every_other_column")(t.clone())
        _is_tensor(got)
        close(
            got,
            [line[::2] for line in numbers],
            mistakes={
                "rows_not_columns": numbers[::2],
                "odd_columns": [line[1::2] for line in numbers],
            },
        )
        got = learner.function("upside_down")(t.clone())
        _is_tensor(got)
        mirrored = [line[::-1] for line in numbers]
        close(
            got,
            numbers[::-1],
            mistakes={"left_to_right": mirrored, "both_axes": mirrored[::-1]},
        )
        got = learner.function("positives")(t.clone())
        _is_tensor(got)
        flat = list(itertools.chain.from_iterable(numbers))
        close(
            got,
            [x for x in flat if x > 0],
            mistakes={
                "mask_itself": [[x > 0 for x in line] for line in numbers],
                "zeros_kept": [[max(x, 0.0) for x in line] for line in numbers],
                "flipped_signs": [abs(x) for x in flat],
            },
        )
    _zero_is_not_positive(learner)


def _grid(learner: Learner) -> None:
    """Shape, order of counting and dtype of the grid."""
    import torch

    rows, columns = 3, int(learner.rng.integers(4, 8))
    got = learner.function("grid")(rows, columns)
    _is_tensor(got)
    truth = [[i * columns + j for j in range(columns)] for i in range(rows)]
    close(
        got,
        truth,
        mistakes={
            "counts_from_one": [[n + 1 for n in line] for line in truth],
            "down_the_columns": [[i + j * rows for j in range(columns)] for i in range(rows)],
            "not_reshaped": list(range(rows * columns)),
        },
    )
    expect(got.dtype == torch.int64, "wrong_dtype")


def _zero_is_not_positive(learner: Learner) -> None:
    """0 is not greater than 0."""
    import torch

    got = learner.function("positives")(torch.tensor([[0.0, 2.0], [-1.0, 0.0]]))
    expect(0.0 not in got.flatten().tolist(), "zero_counted")


@check("combine", forbids=("for", "while"))
def combine(learner: Learner) -> None:
    """Reductions and broadcasting on random tables, and shared memory."""
    for _ in range(5):
        t, numbers = _table(learner)
        by_column = [sum(column) / len(column) for column in zip(*numbers, strict=True)]
        by_row = [sum(line) / len(line) for line in numbers]
        everything = sum(map(sum, numbers)) / t.numel()
        close(
            learner.function("column_means")(t.clone()),
            by_column,
            mistakes={
                "wrong_axis": by_row,
                "all_at_once": everything,
                "sum_not_mean": [m * len(numbers) for m in by_column],
                "axis_kept": [by_column],
            },
        )
        close(
            learner.function("centred")(t.clone()),
            [[x - m for x in line] for line, m in zip(numbers, by_row, strict=True)],
            mistakes={
                "wrong_axis": [
                    [x - m for x, m in zip(line, by_column, strict=True)] for line in numbers
                ],
                "all_at_once": [[x - everything for x in line] for line in numbers],
            },
        )
        a, b = t[0], t[:, 1]
        truth = [[x + y for y in b.tolist()] for x in a.tolist()]
        close(
            learner.function("sums")(a, b),
            truth,
            mistakes={
                "turned": [list(line) for line in zip(*truth, strict=True)],
                "product_not_sum": [[x * y for y in b.tolist()] for x in a.tolist()],
            },
        )
    _square(learner)
    _shared(learner)


def _square(learner: Learner) -> None:
    """On a square table a mean that lost its axis is broadcast along the wrong one."""
    import torch

    numbers = learner.rng.normal(size=(4, 4))
    truth = numbers - [[sum(line) / 4] for line in numbers]
    wrong = numbers - numbers.mean(axis=1)
    got = learner.function("centred")(torch.tensor(numbers))
    close(got, truth, mistakes={"lost_axis": wrong})


def _shared(learner: Learner) -> None:
    """What is written into the array must appear in the tensor."""
    array = learner.rng.normal(size=4)
    got = learner.function("shared")(array)
    _is_tensor(got)
    close(got, array)
    array[1] = 123.0
    if float(got[1]) != 123.0:
        fail("copied")


@check("order", forbids=("torch", "numpy"))
def order(learner: Learner) -> None:
    """Nested lists of every order up to five, against torch."""
    import torch

    learn = learner.function("order")
    for depth in range(6):
        shape = [int(n) for n in learner.rng.integers(7, 9, size=depth)]
        value = torch.ones(shape).tolist()
        got, truth = learn(value), torch.tensor(value).dim()
        expect(isinstance(got, int) and not isinstance(got, bool), "wrong_type")
        if got == truth:
            continue
        if got == truth + 1:
            fail("scalar_is_one")
        if depth < 3 and got in (0, 3, -1):
            fail("small_orders")
        if got == torch.tensor(value).numel() or (shape and got == shape[0]):
            fail("length_not_order")
        fail("wrong_value")
