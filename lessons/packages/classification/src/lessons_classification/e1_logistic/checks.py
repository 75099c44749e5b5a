"""Checks of the lesson on logistic regression."""

import warnings
from collections.abc import Callable

import numpy as np
import torch
from lessons.grading import Learner, check, close, expect
from scipy import special


@check("sigmoid", forbids=("scipy.special.expit", "torch.sigmoid"))
def sigmoid(learner: Learner) -> None:
    """Compares with SciPy's sigmoid, on ordinary scores and on huge ones."""
    rng = learner.rng
    function = learner.function("sigmoid")
    z = rng.normal(0, 4, (5, 3))
    truth = special.expit(z)
    close(
        function(z),
        truth,
        rtol=1e-9,
        mistakes={"flipped": special.expit(-z), "not_zero_to_one": np.tanh(z)},
    )
    huge = np.concatenate([rng.uniform(-2000, -800, 3), rng.uniform(800, 2000, 3)])
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        got = np.asarray(function(huge), dtype=float)
    expect(not np.isnan(got).any(), "not_a_number")
    expect(not seen, "overflow")
    close(got, special.expit(huge), atol=1e-12)
    left = rng.uniform(-500, -100, 4)
    scaled = np.asarray(function(left), dtype=float) * np.exp(-left)
    expect(bool(np.allclose(scaled, 1, rtol=1e-6)), "clipped")


@check("predict_proba")
def predict_proba(learner: Learner) -> None:
    """Compares with a torch layer that is given the same weights."""
    rng = learner.rng
    function = learner.function("predict_proba")
    for _ in range(3):
        n, d = int(rng.integers(2, 9)), int(rng.integers(1, 5))
        rows, w, b = rng.normal(size=(n, d)), rng.normal(size=d), float(rng.normal())
        layer = torch.nn.Linear(d, 1, dtype=torch.float64)
        with torch.no_grad():
            layer.weight[0] = torch.tensor(w)
            layer.bias[0] = b
            score = layer(torch.tensor(rows))[:, 0]
        truth = torch.sigmoid(score)
        mistakes = {
            "no_sigmoid": score,
            "no_bias": torch.sigmoid(score - b),
            "labels_not_probabilities": (score > 0).double(),
            "other_class": 1 - truth,
        }
        close(function(rows, w, b), truth, rtol=1e-9, mistakes=mistakes)


Loss = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]


def _walk(
    data: tuple[torch.Tensor, torch.Tensor], steps: int, lr: float, loss: Loss, turns: bool = False
) -> list[float]:
    """Where autograd's gradient leads; with `turns`, w moves before the slope for b is taken."""
    x, y = data
    w = torch.zeros((), dtype=torch.float64, requires_grad=True)
    b = torch.zeros((), dtype=torch.float64, requires_grad=True)
    for _ in range(steps):
        for group in ([w], [b]) if turns else ([w, b],):
            slopes = torch.autograd.grad(loss(w * x + b, y), group)
            with torch.no_grad():
                for one, slope in zip(group, slopes, strict=True):
                    one.sub_(lr * slope)
    return [w.item(), b.item()]


@check("fit", forbids=("sklearn", "torch"))
def fit(learner: Learner) -> None:
    """Compares with autograd's way down, then looks where the border of separable data is."""
    rng = learner.rng
    function = learner.function("fit")
    bce = torch.nn.functional.binary_cross_entropy_with_logits
    x = rng.normal(1.5, 1.0, 12)
    y = (x + rng.normal(0, 1.0, 12) > 1.5).astype(float)
    steps, lr = int(rng.integers(5, 30)), float(rng.uniform(0.05, 0.3))
    data = (torch.tensor(x), torch.tensor(y))
    mistakes = {
        "sum_not_mean": _walk(data, steps, lr, lambda z, t: bce(z, t, reduction="sum")),
        "wrong_sign": _walk(data, steps, -lr, bce),
        "squared_error": _walk(data, steps, lr, lambda z, t: ((torch.sigmoid(z) - t) ** 2).mean()),
        "no_sigmoid": _walk(data, steps, lr, lambda z, t: ((z - t) ** 2).mean() / 2),
        "not_simultaneous": _walk(data, steps, lr, bce, turns=True),
        "one_step_less": _walk(data, steps - 1, lr, bce),
    }
    close(
        list(function(x, y, steps, lr)), _walk(data, steps, lr, bce), rtol=1e-8, mistakes=mistakes
    )
    shift = float(rng.uniform(-1, 1))
    w, b = function(np.array([1.0, 2.0, 3.0]) + shift, np.array([0.0, 0.0, 1.0]), 5000, 0.1)
    expect(w > 0 and 2 < -b / w - shift < 3, "boundary")


@check("hours_for")
def hours_for(learner: Learner) -> None:
    """Puts the hours back into the sigmoid."""
    rng = learner.rng
    function = learner.function("hours_for")
    for _ in range(5):
        p = float(rng.uniform(0.55, 0.97)) if rng.random() < 0.5 else float(rng.uniform(0.03, 0.45))
        w, b = float(rng.uniform(0.2, 3)) * float(rng.choice([-1, 1])), float(rng.normal(0, 3))
        score = float(special.logit(p))
        mistakes = {
            "no_bias": score / w,
            "bias_added": (score + b) / w,
            "odds_without_log": (p / (1 - p) - b) / w,
            "log_base_10": (score / np.log(10) - b) / w,
            "log_of_p": (np.log(p) - b) / w,
            "other_class": (-score - b) / w,
        }
        close(function(p, w, b), (score - b) / w, rtol=1e-8, mistakes=mistakes)
