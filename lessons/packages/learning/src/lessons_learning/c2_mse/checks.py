"""Checks of the lesson on the mean squared error."""

from math import fsum

import numpy as np
from lessons.grading import Learner, check, close, expect


@check("mse", forbids=("torch.nn.functional.mse_loss", "sklearn.metrics.mean_squared_error"))
def mse(learner: Learner) -> None:
    """Compare with an exact sum over the points, one by one."""
    answer = learner.function("mse")
    for size in (3, 10, 1):
        x = learner.rng.uniform(0.5, 5.0, size)
        y = learner.rng.uniform(-4.0, 9.0, size)
        w = float(learner.rng.uniform(-2.0, 4.0))
        errors = [w * float(a) - float(b) for a, b in zip(x, y, strict=True)]
        total = fsum(error * error for error in errors)
        truth = total / size
        wrong = {
            "sum_not_mean": total,
            "factor_2": truth / 2,
            "absolute": fsum(abs(error) for error in errors) / size,
            "mean_then_square": (fsum(errors) / size) ** 2,
            "root": truth**0.5,
            "sign": fsum((w * a + b) ** 2 for a, b in zip(x, y, strict=True)) / size,
        }
        close(answer(w, x, y), truth, rtol=1e-9, mistakes=wrong)


@check("table")
def table(learner: Learner) -> None:
    """Compare every cell and every mean with exact sums."""
    answer = learner.function("table")
    for size in (4, 6):
        x = learner.rng.uniform(0.5, 5.0, size)
        y = learner.rng.uniform(-4.0, 9.0, size)
        ws = learner.rng.uniform(-2.0, 4.0, 3)
        signed = [[float(a * w - b) for w in ws] for a, b in zip(x, y, strict=True)]
        cells = [[error * error for error in row] for row in signed]
        columns = list(zip(*cells, strict=True))
        got = answer(x, y, ws)
        expect(np.shape(got) != (3, size + 1), "transposed")
        expect(np.shape(got) != (size, 3), "no_mean_row")
        sums = [fsum(column) for column in columns]
        truth = [*cells, [total / size for total in sums]]
        means_of_signed = [fsum(column) / size for column in zip(*signed, strict=True)]
        wrong = {
            "sum_not_mean": [*cells, sums],
            "not_squared": [*signed, means_of_signed],
            "squared_mean": [*cells, [value**2 for value in means_of_signed]],
        }
        close(got, truth, rtol=1e-9, mistakes=wrong)


@check("blanks")
def blanks(learner: Learner) -> None:
    """Work out both blanks by search over a fine grid and by adding up."""
    answers = learner.value("answers")
    grid = [step / 1000 for step in range(4001)]
    data = [(1, 2), (2, 4), (3, 6)]
    best = min(grid, key=lambda w: fsum((w * x - y) ** 2 for x, y in data))
    close(
        answers["points_after_4_hours"],
        4 * best,
        rtol=1e-6,
        mistakes={"weight_not_points": best, "one_more_point": 7.0},
    )
    costs = {w: fsum((w * x - x) ** 2 for x in (1, 2, 3)) for w in (0, 1, 2)}
    close(
        answers["cost_at_2"],
        costs[2] / 3,
        rtol=2e-3,
        mistakes={"sum_not_mean": costs[2], "other_data": 0.0, "factor_2": costs[2] / 6},
    )
