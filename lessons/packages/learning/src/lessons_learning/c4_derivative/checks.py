"""Checks of the lesson on derivatives."""

from collections.abc import Callable

import numpy as np
import torch
from lessons.grading import Learner, check, close, expect

# Each with torch's functions, so that autograd knows the exact slope.
CURVES: tuple[Callable[[torch.Tensor], torch.Tensor], ...] = (
    lambda t: t**3 - 2 * t,
    torch.exp,
    lambda t: torch.sin(2 * t) + t,
    lambda t: torch.log(t**2 + 1),
)


def _plain(curve: Callable[[torch.Tensor], torch.Tensor]) -> Callable[[object], float]:
    return lambda x: float(curve(torch.as_tensor(x, dtype=torch.float64)))


def _slopes(curve: Callable[[torch.Tensor], torch.Tensor], at: object) -> np.ndarray:
    point = torch.tensor(np.array(at, dtype=float), requires_grad=True)
    return torch.autograd.grad(curve(point), point)[0].numpy()


@check("num_diff", forbids=("numpy.gradient", "scipy", "torch", "sympy"))
def num_diff(learner: Learner) -> None:
    """Compare with autograd; at a coarse nudge only the central quotient is exact on x squared."""
    answer = learner.function("num_diff")
    a, c, x = (float(one) for one in learner.rng.uniform(1.0, 3.0, 3))
    for h in (0.1, 0.03):
        # A parabola: the central quotient has no error at all, the one-sided ones are off by a h.
        truth = 2 * a * x + c
        wrong = {
            "forward": truth + a * h,
            "backward": truth - a * h,
            "factor_2": 2 * truth,
            "not_divided": truth * 2 * h,
            "sign": -truth,
        }
        close(answer(lambda w: a * w * w + c * w, x, h), truth, rtol=1e-8, mistakes=wrong)
    for curve in CURVES:
        place = float(learner.rng.uniform(0.3, 1.5))
        truth = float(_slopes(curve, place))
        close(answer(_plain(curve), place), truth, rtol=1e-6, mistakes={"factor_2": 2 * truth})


def _surface(shift: float) -> Callable[[torch.Tensor], torch.Tensor]:
    def surface(p: torch.Tensor) -> torch.Tensor:
        flat = p.reshape(-1)
        weights = torch.arange(1.0, len(flat) + 1, dtype=torch.float64)
        return (weights * torch.sin(flat + shift)).sum() + (flat[0] * flat[-1]) ** 2

    return surface


@check("partial", forbids=("numpy.gradient", "scipy", "torch"))
def partial(learner: Learner) -> None:
    """Compare each variable with autograd, for one, two and more variables."""
    answer = learner.function("partial")
    for size in (2, 3, 5, 1):
        surface = _surface(float(learner.rng.uniform(0, 1)))
        p = learner.rng.uniform(0.5, 1.5, size)
        before = p.copy()
        slopes = _slopes(surface, p)
        for i in range(size):
            wrong = {
                "all_at_once": slopes.sum() if size > 1 else None,
                "factor_2": 2 * slopes[i],
                "counts_from_one": slopes[i - 1] if size > 1 else None,
                "whole_gradient": slopes if size > 1 else None,
            }
            close(answer(_plain(surface), p, i), slopes[i], rtol=1e-6, mistakes=wrong)
            expect(np.array_equal(p, before), "point_changed")


@check("num_grad", forbids=("numpy.gradient", "scipy", "torch"))
def num_grad(learner: Learner) -> None:
    """Compare with autograd for lists and matrices of weights."""
    answer = learner.function("num_grad")
    for shape in ((3,), (2, 3), (4, 1), (1,)):
        surface = _surface(float(learner.rng.uniform(0, 1)))
        p = learner.rng.uniform(0.5, 1.5, shape)
        before = p.copy()
        slopes = _slopes(surface, p)
        got = answer(_plain(surface), p)
        expect(np.array_equal(p, before), "point_changed")
        wrong = {
            "flattened": slopes.ravel() if len(shape) > 1 else None,
            "all_at_once": np.full(shape, slopes.sum()) if slopes.size > 1 else None,
            "factor_2": 2 * slopes,
            "sign": -slopes,
        }
        close(got, slopes, rtol=1e-6, mistakes=wrong)


@check("flat")
def flat(learner: Learner) -> None:
    """A valley, a saddle, a slope, a constant, and a place that is level only here."""
    answer = learner.function("flat")
    c = float(learner.rng.uniform(-2, 2))
    cases: list[tuple[Callable[[float], float], float, bool, bool]] = [
        (lambda w: w * w, 0.0, True, False),
        (lambda w: c - (w - c) ** 2, c, True, False),
        (lambda w: (w - c) ** 3, c, True, False),
        (lambda w: c, c, True, True),
        (lambda w: c * 0 + w, c, False, False),
        (lambda w: 3.0 - 2.0 * w, c, False, False),
        # The same height at both ends and in the middle, but not in between.
        (lambda w: float(np.sin(2 * np.pi * (w - c))) ** 2, c, True, False),
    ]
    for f, w, level, unchanging in cases:
        wrong: dict[str, object] = {"level_is_constant": [True, True] if not unchanging else None}
        if level and not unchanging:
            wrong["constant_only"] = [False, False]
        if level != unchanging:
            wrong["exchanged"] = [unchanging, level]
        close([bool(one) for one in answer(f, w)], [level, unchanging], mistakes=wrong)
