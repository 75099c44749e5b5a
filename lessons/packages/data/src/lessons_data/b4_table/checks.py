"""Checks of b4-table: one-hot by loops, leaks by changing test rows, rank by solving."""

from __future__ import annotations

from typing import Any

from lessons.grading import Learner, check, close, expect, fail


@check("one_hot", forbids=("torch.nn", "torch.eye", "for", "while"))
def one_hot(learner: Learner) -> None:
    """Random codes; the largest class may be missing among them."""
    import torch

    rng = learner.rng
    for _ in range(6):
        classes, n = int(rng.integers(3, 7)), int(rng.integers(8, 15))
        codes = torch.tensor(rng.integers(0, classes - 1, size=n))
        before = codes.clone()
        got = learner.function("one_hot")(codes, classes)
        truth = [[float(k == int(code)) for k in range(classes)] for code in codes]
        expect(isinstance(got, torch.Tensor), "not_a_tensor")
        if tuple(got.shape) == (n, classes - 1) or tuple(got.shape) == (n, int(codes.max()) + 1):
            fail("missing_class")
        close(
            got,
            truth,
            mistakes={
                "turned": [list(line) for line in zip(*truth, strict=True)],
                "first_column_only": _first_columns(codes, classes),
                "code_not_one": [
                    [float(k == int(c)) * int(c) for k in range(classes)] for c in codes
                ],
                "inverted": [[1 - x for x in line] for line in truth],
            },
        )
        expect(got.dtype == torch.float32, "wrong_dtype")
        expect(torch.equal(codes, before), "changes_codes")


def _first_columns(codes: Any, classes: int) -> list[list[float]]:
    """What scattering with an index of the wrong shape gives: all ones in row 0."""
    seen = {int(code) for code in codes}
    first = [float(k in seen) for k in range(classes)]
    return [first] + [[0.0] * classes for _ in range(len(codes) - 1)]


@check("fit_scaler")
def fit_scaler(learner: Learner) -> None:
    """Test rows are replaced by wild ones: nothing may change; then the scaled rows."""
    import torch

    rng = learner.rng
    for _ in range(5):
        table = torch.tensor(rng.normal(3, 2, size=(12, 4)))
        table[:, 3] = 5.0
        order = torch.tensor(rng.permutation(12))
        train, test = order[:8], order[8:]
        mean, deviation = _fitted(learner, table, train)
        wild = table.clone()
        wild[test] = torch.tensor(rng.normal(500, 90, size=(4, 4)))
        for one, other in zip(_fitted(learner, wild, train), (mean, deviation), strict=True):
            expect(torch.allclose(one, other), "leak")
        _statistics(table[train], mean, deviation)
        got = learner.function("scale")(wild, mean, deviation)
        truth = [
            [(x - m) / d for x, m, d in zip(line, mean.tolist(), deviation.tolist(), strict=True)]
            for line in wild.tolist()
        ]
        own = (wild - wild.mean(0)) / wild.std(0, correction=0)
        close(
            got,
            truth,
            mistakes={
                "fits_again": own,
                "only_centred": wild - mean,
                "multiplied": (wild - mean) * deviation,
            },
        )


def _fitted(learner: Learner, table: Any, train: Any) -> tuple[Any, Any]:
    """Call fit_scaler and look at the form of its answer."""
    import torch

    result = learner.function("fit_scaler")(table.clone(), train)
    expect(isinstance(result, tuple) and len(result) == 2, "two_results")
    mean, deviation = result
    expect(all(isinstance(one, torch.Tensor) for one in result), "not_a_tensor")
    return mean.flatten(), deviation.flatten()


def _statistics(rows: Any, mean: Any, deviation: Any) -> None:
    """Compare with plain sums over the training rows."""
    columns = [list(column) for column in zip(*rows.tolist(), strict=True)]
    means = [sum(column) / len(column) for column in columns]
    by_row = [sum(line) / len(line) for line in rows.tolist()]
    close(mean, means, mistakes={"rows_not_columns": by_row})
    squares = [sum((x - m) ** 2 for x in column) for column, m in zip(columns, means, strict=True)]
    n = len(rows)
    truth = [(s / n) ** 0.5 or 1.0 for s in squares]
    close(
        deviation,
        truth,
        mistakes={
            "zero_deviation": [(s / n) ** 0.5 for s in squares],
            "divides_by_one_less": [(s / (n - 1)) ** 0.5 or 1.0 for s in squares],
            "variance_not_deviation": [s / n or 1.0 for s in squares],
        },
    )


@check("unknowns")
def unknowns(learner: Learner) -> None:
    """Random tables with too few, enough, and repeated rows."""
    import torch

    rng = learner.rng
    for _ in range(5):
        columns = int(rng.integers(2, 6))
        enough = torch.tensor(rng.normal(size=(columns + 3, columns)))
        exact = enough[: columns + 1]
        few = enough[:columns]
        repeated = enough[:2].repeat(columns, 1)
        constant = torch.cat([enough[:, :-1], torch.ones(columns + 3, 1, dtype=enough.dtype)], 1)
        cases = [
            (enough, True, "too_strict"),
            (exact, True, "too_strict"),
            (few, False, "bias_not_counted"),
            (enough[:1], False, "one_row"),
            (repeated, False, "repeated_rows"),
            (constant, False, "constant_column"),
        ]
        for table, determined, kind in cases:
            result = learner.function("unknowns")(table)
            expect(isinstance(result, tuple) and len(result) == 2, "two_results")
            number, answer = result
            close(
                number,
                columns + 1,
                mistakes={
                    "bias_not_counted": columns,
                    "one_for_each_row": len(table) if len(table) != columns + 1 else None,
                    "one_for_each_number": table.numel(),
                },
            )
            expect(bool(answer) == determined, kind)
