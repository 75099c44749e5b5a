"""Checks of the lesson on gradient descent."""

from fractions import Fraction
from math import floor, log10

import numpy as np
import torch
from lessons.grading import Learner, check, close, expect


@check("move")
def move(learner: Learner) -> None:
    """Compare with what torch's own optimiser does to a weight with that slope."""
    answer = learner.function("move")
    for size in (2.0, -3.0, 0.05, -0.2):
        slope = size * float(learner.rng.uniform(1.0, 2.0))
        rate = float(learner.rng.uniform(0.01, 0.5))
        weight = torch.nn.Parameter(torch.tensor(0.0, dtype=torch.float64))
        optimizer = torch.optim.SGD([weight], lr=rate)
        (weight * slope).backward()
        optimizer.step()
        truth = weight.item()
        wrong = {
            # Uphill shows on the first slope already; on a negative one it may be a lost sign.
            "uphill": -truth if slope > 0 else None,
            "fixed_stride": -rate if slope > 0 else rate,
            "sign_lost": -truth if slope < 0 else None,
            "rate_ignored": -slope,
        }
        close(answer(slope, rate), truth, rtol=1e-9, mistakes=wrong)
    close(answer(0.0, 0.3), 0.0, mistakes={"fixed_stride": -0.3})


@check("grad", forbids=("torch", "numpy.gradient"))
def grad(learner: Learner) -> None:
    """Compare with autograd on fresh points."""
    answer = learner.function("grad")
    for size in (4, 11, 30):
        x, y = learner.rng.normal(size=(2, size)) * 2 + 1
        w = learner.rng.normal(size=2)
        weights = torch.tensor(w, requires_grad=True)
        tx, ty = torch.tensor(x), torch.tensor(y)
        cost = ((weights[0] + weights[1] * tx - ty) ** 2).mean()
        truth = torch.autograd.grad(cost, weights)[0].numpy()
        wrong = {
            "factor_2_lost": truth / 2,
            "sum_not_mean": truth * size,
            "factor_and_mean": truth * size / 2,
            "sign": -truth,
            "exchanged": truth[::-1],
        }
        close(answer(w, x, y), truth, rtol=1e-9, mistakes=wrong)


@check("step")
def step(learner: Learner) -> None:
    """Compare with a step taken by torch on the squared errors of the three points."""
    answer = learner.function("step")
    for _ in range(4):
        w0, w1 = (float(one) for one in learner.rng.uniform(-2.0, 3.0, 2))
        rate = float(learner.rng.uniform(0.02, 0.2))
        p, q = _slopes(w0, w1)
        late = _slopes(w0 - rate * p, w1)[1]
        early = _slopes(w0, w1 - rate * q)[0]
        wrong = {
            "one_after_the_other": [w0 - rate * p, w1 - rate * late],
            "w1_before_w0": [w0 - rate * early, w1 - rate * q],
            "uphill": [w0 + rate * p, w1 + rate * q],
            "slopes_exchanged": [w0 - rate * q, w1 - rate * p],
            "rate_ignored": [w0 - p, w1 - q],
            "order": [w1 - rate * q, w0 - rate * p],
        }
        close(answer(w0, w1, rate), [w0 - rate * p, w1 - rate * q], rtol=1e-9, mistakes=wrong)


def _slopes(w0: float, w1: float) -> tuple[float, float]:
    weights = torch.tensor([w0, w1], dtype=torch.float64, requires_grad=True)
    errors = [weights[0] + weights[1] * x - y for x, y in ((0, 0), (1, 1), (1, 2))]
    slope = torch.autograd.grad(torch.stack(errors).square().sum(), weights)[0]
    return float(slope[0]), float(slope[1])


@check("descend", forbids=("torch", "scipy"))
def descend(learner: Learner) -> None:
    """On bowls of known curvature the walk has a closed form; count the steps from it."""
    answer = learner.function("descend")
    for size in (1, 3):
        curvature = learner.rng.uniform(0.5, 4.0, size)
        bottom, start = learner.rng.normal(size=(2, size)) * 3
        rate = 0.1
        before = start.copy()
        steps = 0
        while np.linalg.norm(curvature * _left(curvature, bottom, start, rate, steps)) >= 1e-6:
            steps += 1
        near, _ = answer(lambda w, k=curvature, z=bottom: k * (w - z), start, rate, limit=5)
        expect(np.linalg.norm(near - bottom) < np.linalg.norm(before - bottom), "uphill")
        got, count = answer(lambda w, k=curvature, z=bottom: k * (w - z), start, rate)
        expect(np.array_equal(start, before), "start_changed")
        close(count, steps, mistakes={"off_by_one": steps + 1, "never_stops": 10_000})
        truth = bottom + _left(curvature, bottom, start, rate, steps)
        close(got, truth, rtol=1e-9, atol=1e-9)
    got, count = answer(lambda w: 2 * w, np.array([1.0]), 0.1, limit=7)
    close(count, 7, mistakes={"limit_ignored": floor(log10(2e6) / -log10(0.8)) + 1})
    close(answer(lambda w: 2 * w, np.array([0.0]), 0.1)[1], 0, mistakes={"always_one_step": 1})


def _left(
    curvature: np.ndarray, bottom: np.ndarray, start: np.ndarray, rate: float, steps: int
) -> np.ndarray:
    # Along each axis what is left shrinks by the same factor at every step.
    return np.asarray((1 - rate * curvature) ** steps * (start - bottom))


@check("replay")
def replay(learner: Learner) -> None:
    """Walk in exact fractions."""
    answers = learner.value("answers")
    rate, path = Fraction(1, 10), [(Fraction(1), Fraction(1))]
    for _ in range(100):
        w0, w1 = path[-1]
        path.append((w0 - rate * (4 * w1 + 6 * w0 - 6), w1 - rate * (4 * w1 + 4 * w0 - 6)))
    printed = {2: (0.54, 0.84), 3: (0.480, 0.888), 100: (0.00007713, 1.49989171)}
    one_by_one = [(1.0, 1.0)]
    for _ in range(100):
        a, b = one_by_one[-1]
        a = a - 0.1 * (4 * b + 6 * a - 6)
        one_by_one.append((a, b - 0.1 * (4 * b + 4 * a - 6)))
    for number in (2, 3, 100):
        for weight in (0, 1):
            truth = float(path[number][weight])
            near = 2e-4 if number == 100 and weight == 0 else 1e-6
            wrong: dict[str, object] = {"one_after_the_other": one_by_one[number][weight]}
            if abs(printed[number][weight] - truth) > 1e-9:
                wrong["trusted"] = printed[number][weight]
            close(answers[f"w{weight}_step_{number}"], truth, rtol=near, mistakes=wrong)
    for weight, text in ((0, "0.00007713"), (1, "1.49989171")):
        claim = float(text)
        nearest = min(range(101), key=lambda one: abs(float(path[one][weight]) - claim))
        other = {"neighbour": nearest + 1, "trusted": 100}
        close(answers[f"step_of_{text}"], nearest, rtol=0, mistakes=other)
