"""Checks of the lesson on softmax and categorical cross-entropy."""

import warnings

import numpy as np
import torch
from lessons.grading import Learner, check, close, expect
from scipy import special

CE = torch.nn.functional.cross_entropy


@check("softmax", forbids=("scipy.special", "torch"))
def softmax(learner: Learner) -> None:
    """Compares with SciPy's softmax, near zero and at scores of ten thousand."""
    rng = learner.rng
    function = learner.function("softmax")
    for _ in range(3):
        s = rng.normal(0, 2, (int(rng.integers(2, 6)), int(rng.integers(2, 7))))
        mistakes = {
            "whole_table": special.softmax(s),
            "columns": special.softmax(s, axis=0),
            "no_exponential": s / s.sum(axis=1, keepdims=True),
            "sigmoid_each": special.expit(s),
            "hard_max": (s == s.max(axis=1, keepdims=True)).astype(float),
            "only_exponential": np.exp(s),
        }
        close(function(s), special.softmax(s, axis=1), rtol=1e-9, mistakes=mistakes)
    far = rng.normal(0, 1, (3, 4)) + np.array([[1e4], [-1e4], [0.0]])
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        got = np.asarray(function(far), dtype=float)
    expect(bool(np.isfinite(got).all()), "overflow")
    close(got, special.softmax(far, axis=1), rtol=1e-9)


@check("cce", forbids=("torch", "sklearn"))
def cce(learner: Learner) -> None:
    """Compares with torch's cross-entropy for both kinds of labels."""
    rng = learner.rng
    function = learner.function("cce")
    for one_hot in (False, True):
        n, classes = int(rng.integers(3, 8)), int(rng.integers(3, 6))
        s = rng.normal(0, 1.5, (n, classes))
        k = rng.integers(0, classes, n)
        scores, labels = torch.tensor(s), torch.tensor(k)
        truth = CE(scores, labels).item()
        picked = s[np.arange(n), k]
        with np.errstate(all="ignore"):
            raw = -np.log(picked).mean()
        mistakes = {
            "softmax_twice": CE(torch.softmax(scores, 1), labels).item(),
            "sum_not_mean": truth * n,
            "mean_of_all": truth / classes,
            "wrong_sign": -truth,
            "log_base": truth / np.log(2),
            "log_of_scores": raw,
            "no_log": -torch.softmax(scores, 1)[torch.arange(n), labels].mean().item(),
        }
        target = np.eye(classes)[k] if one_hot else k
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            got = function(s, target)
        close(got, truth, rtol=1e-9, mistakes=mistakes)
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        far = function(np.array([[1e4, 0.0, -50.0]]), np.array([1]))
    expect(bool(np.isfinite(far)), "overflow")
    close(far, 1e4, rtol=1e-9)


@check("cce_grad", forbids=("torch",))
def cce_grad(learner: Learner) -> None:
    """Compares with autograd's slopes."""
    rng = learner.rng
    function = learner.function("cce_grad")
    n, classes = int(rng.integers(3, 7)), int(rng.integers(3, 6))
    scores = torch.tensor(rng.normal(0, 1.5, (n, classes)), requires_grad=True)
    labels = torch.tensor(rng.integers(0, classes, n))
    truth = torch.autograd.grad(CE(scores, labels), scores)[0]
    mistakes = {
        "wrong_sign": -truth,
        "sum_not_mean": n * truth,
        "mean_of_all": truth / classes,
        "only_probabilities": torch.softmax(scores, 1) / n,
        "scores_not_probabilities": (scores - torch.eye(classes)[labels]) / n,
    }
    given = scores.detach().numpy().copy()
    close(function(given, labels.numpy()), truth, rtol=1e-8, atol=1e-12, mistakes=mistakes)


@check("unpriced")
def unpriced(learner: Learner) -> None:
    """Counts by going through a table whose rows were made to be of each sort."""
    rng = learner.rng
    function = learner.function("unpriced")
    for _ in range(3):
        none, reward, fair = (int(one) for one in rng.permutation(np.arange(6, 26))[:3])
        low = np.append(-rng.exponential(1, none - 1), 0.0)
        own = np.concatenate([low, 1 + rng.uniform(0.01, 3, reward), rng.uniform(0.05, 0.9, fair)])
        n = len(own)
        s, k = rng.normal(0, 2, (n, 4)), rng.integers(0, 4, n)
        s[np.arange(n), k] = own
        order = rng.permutation(n)
        mistakes = {
            "zero_forgotten": [none - 1, reward],
            "all_scores": [int((s <= 0).sum()), int((s > 1).sum())],
            "negative_scores": [none, none],
            "leader_not_true": [int((s.max(1) <= 0).sum()), int((s.max(1) > 1).sum())],
            "swapped": [reward, none],
        }
        close([*map(int, function(s[order], k[order]))], [none, reward], mistakes=mistakes)
