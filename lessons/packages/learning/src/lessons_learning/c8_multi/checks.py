"""Checks of the lesson on linear regression with several variables."""

from fractions import Fraction
from math import fsum

import numpy as np
from lessons.grading import Learner, check, close, expect


def _table(learner: Learner, m: int, n: int) -> tuple[np.ndarray, np.ndarray, float]:
    x, w = learner.rng.normal(size=(m, n)) * 2, learner.rng.normal(size=(n, 1)) + 1
    return x, w, float(learner.rng.uniform(1.0, 4.0))


def _by_hand(x: np.ndarray, w: np.ndarray, b: float) -> list[list[float]]:
    return [[fsum(float(u) * float(v) for u, v in zip(row, w[:, 0], strict=True)) + b] for row in x]


@check("predict")
def predict(learner: Learner) -> None:
    """Compare with sums taken feature by feature."""
    answer = learner.function("predict")
    for m, n in ((5, 3), (7, 4), (2, 6)):
        x, w, b = _table(learner, m, n)
        twice = np.vstack([w[:1], w[:1], w[2:]])
        first_twice = np.column_stack([x[:, :1], x[:, :1], x[:, 2:]])
        truth = _by_hand(x, w, b)
        wrong = {
            "no_bias": _by_hand(x, w, 0.0),
            "first_term_twice": _by_hand(first_twice, twice, b),
            "first_term_twice_no_bias": _by_hand(first_twice, twice, 0.0),
            "not_summed": x * w[:, 0] + b,
            "flat": [row[0] for row in truth],
            "bias_per_feature": _by_hand(x, w, n * b),
        }
        close(answer(x, w, b), truth, rtol=1e-9, mistakes=wrong)


@check("cost", forbids=("sklearn", "torch.nn"))
def cost(learner: Learner) -> None:
    """Add up residuals one by one, with and without the mistakes."""
    answer = learner.function("cost")
    for m, n in ((5, 3), (9, 2)):
        x, w, b = _table(learner, m, n)
        y = learner.rng.normal(size=(m, 1)) * 3
        off = [row[0] - float(t) for row, t in zip(_by_hand(x, w, b), y[:, 0], strict=True)]
        plain = [one - b for one in off]
        truth = fsum(one * one for one in off) / m
        grid = (x @ w + b) - y.T
        wrong = {
            "no_bias": fsum(one * one for one in plain) / m,
            "sum_not_mean": truth * m,
            "factor_2": truth / 2,
            "every_pair": float((grid**2).mean()),
            "not_squared": fsum(off) / m,
        }
        close(answer(x, y, w, b), truth, rtol=1e-9, mistakes=wrong)


@check("fit", forbids=("sklearn",))
def fit(learner: Learner) -> None:
    """At the best weights the residuals are at right angles to every column and to the ones."""
    answer = learner.function("fit")
    for m, n, noise in ((12, 3, 0.5), (30, 4, 0.0)):
        x, w, b = _table(learner, m, n)
        y = np.array(_by_hand(x, w, b)) + noise * learner.rng.normal(size=(m, 1))
        q, r = np.linalg.qr(np.column_stack([np.ones(m), x]))
        best = np.linalg.inv(r) @ (q.T @ y)
        q0, r0 = np.linalg.qr(x)
        through_zero = np.linalg.inv(r0) @ (q0.T @ y)
        got_w, got_b = answer(x, y)
        expect(np.size(got_b) == 1, "bias_not_a_number")
        wrong = {"no_bias": through_zero, "flat": best[1:, 0], "bias_among_weights": best}
        close(got_w, best[1:], rtol=1e-3, atol=1e-3, mistakes=wrong)
        close(np.ravel(got_b), best[0], rtol=1e-3, atol=1e-3, mistakes={"no_bias": [0.0]})


@check("determined")
def determined(learner: Learner) -> None:
    """Gaussian elimination in exact fractions on tables of known make."""
    answer = learner.function("determined")
    for _ in range(3):
        n = 4
        full = learner.rng.integers(-3, 4, (n + 3, n)).astype(float)
        repeated = np.repeat(full[:2], 4, axis=0)
        tied = full.copy()
        tied[:, 3] = tied[:, 0] + tied[:, 1]
        steady = full.copy()
        steady[:, 1] = 2.0
        cases = (
            ("enough", full),
            ("one_row", np.array([[1.0, 1.0, 2.0, 1.0]])),
            ("bias_forgotten", np.eye(n)),
            ("counts_rows", repeated),
            ("tied_columns", tied),
            ("steady_column", steady),
        )
        for kind, x in cases:
            truth = _rank([[1.0, *row] for row in x.tolist()]) == n + 1
            got = answer(x)
            expect(bool(got) == truth, kind)


def _rank(rows: list[list[float]]) -> int:
    left = [[Fraction(value) for value in row] for row in rows]
    rank = 0
    for column in range(len(left[0])):
        pivot = next((row for row in left[rank:] if row[column]), None)
        if pivot is None:
            continue
        left.remove(pivot)
        left.insert(rank, pivot)
        for below in left[rank + 1 :]:
            factor = below[column] / pivot[column]
            below[:] = [a - factor * b for a, b in zip(below, pivot, strict=True)]
        rank += 1
    return rank


@check("reading")
def reading(learner: Learner) -> None:
    """Multiply matrices of those shapes and look."""
    answers = learner.value("answers")
    x, w = np.ones((12, 7)), np.ones((7, 1))
    close(answers["weights"], len(w), mistakes={"weight_per_example": 12, "bias_counted": 8})
    rows, columns = list((x @ w).shape), list((w.T @ x.T).shape)
    close(list(answers["shape_xw"]), rows, mistakes={"transposed": columns, "inner": [7, 7]})
    close(list(answers["shape_wtx"]), columns, mistakes={"transposed": rows, "inner": [7, 7]})
    expect(str(answers["logistic"]).strip().lower() == "class", "logistic_is_no_line")
    expect(str(answers["file"]).strip(" .*").lower() == "csv", "letters_swapped")
