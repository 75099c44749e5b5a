"""Checks of the lesson on activation functions."""

import math
import warnings
from itertools import pairwise
from typing import Any

import numpy as np
import torch
from lessons.grading import Learner, check, close, expect
from scipy import special

NAMES = ("step", "sigmoid", "tanh", "relu", "softplus")


def _truth(z: np.ndarray) -> dict[str, np.ndarray]:
    t = torch.tensor(z)
    return {
        "step": np.heaviside(z, 1.0),
        "sigmoid": special.expit(z),
        "tanh": torch.tanh(t).numpy(),
        "relu": torch.relu(t).numpy(),
        "softplus": np.logaddexp(0, z),
    }


def _quietly(function: Any, z: np.ndarray) -> dict[str, np.ndarray]:
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        got = function(z)
    expect(isinstance(got, dict) and set(got) == set(NAMES), "names")
    return {name: np.asarray(value, dtype=float) for name, value in got.items()}


@check("activations", forbids=("torch", "scipy"))
def activations(learner: Learner) -> None:
    """Compares with torch, SciPy and NumPy, near zero and far away."""
    rng = learner.rng
    z = np.append(rng.normal(0, 2, 10), [0.0, 5.0])
    got, truth = _quietly(learner.function("activations"), z), _truth(z)
    close(got["step"], truth["step"], mistakes={"step_at_zero": (z > 0) * 1.0, "sign": np.sign(z)})
    close(got["sigmoid"], truth["sigmoid"], mistakes={"flipped": special.expit(-z)})
    close(got["tanh"], truth["tanh"], mistakes={"tanh_shifted": truth["sigmoid"]})
    mistakes = {"relu_capped": truth["relu"].clip(max=1), "relu_mirrored": np.abs(z)}
    close(got["relu"], truth["relu"], mistakes=mistakes)
    mistakes = {"softplus_base": truth["softplus"] / np.log(2), "softplus_no_one": z}
    close(got["softplus"], truth["softplus"], mistakes=mistakes)
    far = np.array([-1000.0, 1000.0])
    got, truth = _quietly(learner.function("activations"), far), _truth(far)
    for name in NAMES:
        expect(np.isfinite(got[name]).all(), "overflow")
        close(got[name], truth[name], atol=1e-9)


@check("slopes", forbids=("torch", "scipy"))
def slopes(learner: Learner) -> None:
    """Compares with autograd."""
    rng = learner.rng
    z = rng.normal(0, 2, 10)
    t = torch.tensor(z, requires_grad=True)
    got = _quietly(learner.function("slopes"), z)
    curves = {
        "sigmoid": torch.sigmoid(t),
        "tanh": torch.tanh(t),
        "relu": torch.relu(t),
        "softplus": torch.nn.functional.softplus(t, threshold=800),
    }
    wrong = {
        "sigmoid": {"sigmoid_value": special.expit(z), "sigmoid_sign": -(special.expit(z) ** 2)},
        "tanh": {"tanh_no_square": 1 - np.tanh(z), "tanh_value": np.tanh(z)},
        "relu": {"relu_value": np.maximum(z, 0), "relu_everywhere_one": np.ones(10)},
        "softplus": {"softplus_value": np.logaddexp(0, z)},
    }
    close(got["step"], np.zeros(10), mistakes={"step_value": np.heaviside(z, 1)})
    for name, curve in curves.items():
        truth = torch.autograd.grad(curve.sum(), t)[0]
        close(got[name], truth, rtol=1e-7, mistakes=wrong[name])
    at_zero = _quietly(learner.function("slopes"), np.zeros(1))
    expect(at_zero["relu"][0] == 0 and at_zero["step"][0] == 0, "at_zero")
    far = _quietly(learner.function("slopes"), np.array([-1000.0, 1000.0]))
    for name in NAMES:
        expect(np.isfinite(far[name]).all(), "overflow")


@check("ranges")
def ranges(learner: Learner) -> None:
    """Looks how far the functions really go on a very long stretch."""
    given = learner.value("ranges")
    expect(isinstance(given, dict) and set(given) == set(NAMES), "names")
    stretch = np.concatenate([-np.logspace(-3, 4, 400), [0.0], np.logspace(-3, 4, 400)])
    for name, values in _truth(stretch).items():
        low, high = (float(one) for one in given[name])
        # What still grows with the last steps has no end.
        top = math.inf if values[-1] - values[-2] > 1 else float(values.max())
        bottom = float(values.min())
        expect(not (math.isinf(top) and not math.isinf(high)), "unbounded_overlooked")
        expect(not (math.isinf(high) and not math.isinf(top)), "bounded_overlooked")
        expect(abs(low - bottom) < 1e-6 or bottom >= -0.5, "negative_overlooked")
        expect(abs(low - bottom) < 1e-6 and (high == top or abs(high - top) < 1e-6), "wrong_value")


@check("bernoulli", forbids=("torch",))
def bernoulli(learner: Learner) -> None:
    """Draws often and compares with the probabilities, and each draw with its number."""
    rng = learner.rng
    function = learner.function("bernoulli")
    z, u = rng.normal(0, 2, 4000), rng.random(4000)
    p = special.expit(z)
    truth = (u < p).astype(float)
    mistakes = {
        "scores_as_probabilities": (u < z).astype(float),
        "other_way_round": (u >= p).astype(float),
        "rounded": (p >= 0.5).astype(float),
        "probabilities_returned": p,
        "log_odds": (special.logit(u) < p).astype(float),
    }
    close(np.asarray(function(z, u), dtype=float), truth, mistakes=mistakes)


@check("collapse")
def collapse(learner: Learner) -> None:
    """Sends random inputs through the layers and through the one layer."""
    rng = learner.rng
    function = learner.function("collapse")
    for depth in (2, 3, 5):
        sizes = rng.permutation(np.arange(2, 8))[: depth + 1]
        layers = [(rng.normal(size=(b, a)), rng.normal(size=b)) for a, b in pairwise(sizes)]
        W, b = (np.asarray(one, dtype=float) for one in function(list(layers)))
        expect(W.shape == (sizes[-1], sizes[0]) and b.shape == (sizes[-1],), "wrong_shape")
        x = rng.normal(size=(6, sizes[0]))
        through = plain = x
        for weights, offset in layers:
            through = through @ weights.T + offset
            plain = plain @ weights.T
        mistakes = {
            "offsets_lost": plain,
            "only_last_offset": plain + layers[-1][1],
        }
        close(x @ W.T + b, through, rtol=1e-6, atol=1e-9, mistakes=mistakes)
