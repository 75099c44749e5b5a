"""Checks of the lesson on binary cross-entropy."""

import math
import warnings

import numpy as np
import torch
from lessons.grading import Learner, check, close, expect

BCE = torch.nn.functional.binary_cross_entropy
WITH_LOGITS = torch.nn.functional.binary_cross_entropy_with_logits


@check("bce", forbids=("sklearn", "torch"))
def bce(learner: Learner) -> None:
    """Compares with torch's loss inside (0, 1), then looks at certain predictions."""
    rng = learner.rng
    function = learner.function("bce")
    for _ in range(3):
        n = int(rng.integers(4, 12))
        y = np.append(rng.integers(0, 2, n), [0, 1]).astype(float)
        p = rng.uniform(0.05, 0.95, n + 2)
        truth = BCE(torch.tensor(p), torch.tensor(y)).item()
        ones, zeros = y @ np.log(p), (1 - y) @ np.log(1 - p)
        mistakes = {
            "bracket_minus": (zeros - ones) / len(y),
            "bracket_sum": zeros - ones / len(y),
            "sum_not_mean": truth * len(y),
            "wrong_sign": -truth,
            "log_base": truth / math.log(10),
            "only_ones": -ones / len(y),
            "squared_error": np.mean((p - y) ** 2),
        }
        close(function(y, p), truth, rtol=1e-9, mistakes=mistakes)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        right = float(function(np.array([1.0, 0.0]), np.array([1.0, 0.0])))
        wrong = float(function(np.array([1.0, 0.0, 1.0]), np.array([1.0, 1.0, 0.5])))
    expect(not math.isnan(right) and not math.isnan(wrong), "nan_at_certainty")
    expect(abs(right) < 1e-12 and math.isinf(wrong), "clipped")


@check("bce_logits", forbids=("torch", "sklearn"))
def bce_logits(learner: Learner) -> None:
    """Compares with torch's loss with logits, near zero and far away."""
    rng = learner.rng
    function = learner.function("bce_logits")
    for spread in (2.0, 1500.0):
        z = rng.normal(0, spread, 9)
        z[0], z[1] = spread, -spread
        y = (rng.random(9) < 0.5).astype(float)
        y[0], y[1] = 0, 1
        truth = WITH_LOGITS(torch.tensor(z), torch.tensor(y)).item()
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            got = function(y, z)
        if spread > 100:
            expect(bool(np.isfinite(got)), "infinite")
            expect(float(got) > truth * 0.8, "clipped")
        mistakes = {
            "sum_not_mean": truth * 9,
            "labels_swapped": WITH_LOGITS(torch.tensor(z), torch.tensor(1 - y)).item(),
            "wrong_sign": -truth,
        }
        close(got, truth, rtol=1e-9, mistakes=mistakes)


@check("bce_grad")
def bce_grad(learner: Learner) -> None:
    """Compares with autograd's slopes."""
    rng = learner.rng
    function = learner.function("bce_grad")
    x, y = rng.normal(size=8), (rng.random(8) < 0.5).astype(float)
    w = torch.tensor(float(rng.normal()), dtype=torch.float64, requires_grad=True)
    b = torch.tensor(float(rng.normal()), dtype=torch.float64, requires_grad=True)
    z, t = w * torch.tensor(x) + b, torch.tensor(y)

    def slopes_of(loss: torch.Tensor) -> list[float]:
        return [one.item() for one in torch.autograd.grad(loss, [w, b], retain_graph=True)]

    truth = slopes_of(WITH_LOGITS(z, t))
    mistakes = {
        "wrong_sign": [-one for one in truth],
        "sum_not_mean": [8 * one for one in truth],
        "squared_error": slopes_of(((torch.sigmoid(z) - t) ** 2).mean()),
        "no_sigmoid": slopes_of(((z - t) ** 2).mean() / 2),
        "no_input": [truth[1], truth[1]],
    }
    close(list(function(x, y, w.item(), b.item())), truth, rtol=1e-8, mistakes=mistakes)


@check("slopes")
def slopes(learner: Learner) -> None:
    """Compares both slopes with those that autograd takes of the two losses."""
    rng = learner.rng
    function = learner.function("slopes")
    for _ in range(4):
        y = float(rng.integers(0, 2))
        z = torch.tensor(float(rng.normal(0, 3)), dtype=torch.float64, requires_grad=True)
        t = torch.tensor(y, dtype=torch.float64)
        p = torch.sigmoid(z)
        squared = torch.autograd.grad((p - t) ** 2, z, retain_graph=True)[0].item()
        entropy = torch.autograd.grad(WITH_LOGITS(z, t), z)[0].item()
        mistakes = {
            "no_chain": [2 * (p.item() - y), entropy],
            "factor_2": [squared / 2, entropy],
            "swapped": [entropy, squared],
            "wrong_sign": [-squared, -entropy],
            "extra_chain": [squared, entropy * p.item() * (1 - p.item())],
        }
        close(list(function(z.item(), y)), [squared, entropy], rtol=1e-7, mistakes=mistakes)
