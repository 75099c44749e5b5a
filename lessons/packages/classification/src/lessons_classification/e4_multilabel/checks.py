"""Checks of the lesson on several classes and several labels."""

import numpy as np
import torch
from lessons.grading import Learner, check, close, expect
from scipy import special
from sklearn.datasets import load_digits
from sklearn.metrics import f1_score

SOFTMAX = ("softmax", "categorical")
SIGMOID = ("sigmoid", "binary")


@check("choose")
def choose(learner: Learner) -> None:
    """Makes tables of every sort and looks at what is chosen for them."""
    rng = learner.rng
    function = learner.function("choose")
    n, classes = int(rng.integers(6, 12)), int(rng.integers(3, 6))
    one_each = np.eye(classes, dtype=int)[rng.integers(0, classes, n)]
    none = one_each.copy()
    none[int(rng.integers(n))] = 0
    pair = one_each.copy()
    pair[int(rng.integers(n))] = np.eye(classes, dtype=int)[:2].sum(0)
    both = one_each.copy()
    both[0], both[1] = 0, np.eye(classes, dtype=int)[:2].sum(0)
    for table, wanted, kind in (
        (one_each, SOFTMAX, "exclusive_overlooked"),
        (pair, SIGMOID, "several_overlooked"),
        (none, SIGMOID, "none_overlooked"),
        (both, SIGMOID, "average_not_every_row"),
    ):
        answer = function(table.copy())
        expect(isinstance(answer, tuple) and answer in (SOFTMAX, SIGMOID), "mixed_pair")
        expect(answer == wanted, kind)


@check("predict_sets", forbids=("torch", "scipy.special"))
def predict_sets(learner: Learner) -> None:
    """Goes through the scores one by one with the threshold turned into a score."""
    rng = learner.rng
    function = learner.function("predict_sets")
    for threshold in (0.5, float(rng.uniform(0.6, 0.9)), float(rng.uniform(0.1, 0.4))):
        s = rng.normal(0, 2, (12, 4))
        cut = special.logit(threshold)
        got = [{int(one) for one in row} for row in function(s, threshold)]
        truth = _sets(s >= cut)
        if got != truth:
            expect(got != _sets(special.softmax(s, axis=1) >= threshold), "softmax_used")
            expect(got != [{int(row.argmax())} for row in s], "one_label_only")
            expect(got != _sets(s >= threshold), "scores_compared")
            expect(got != _sets(s >= 0), "threshold_ignored")
            expect(got != _sets(s < cut), "upside_down")
        expect(got == truth, "wrong_value")


def _sets(table: np.ndarray) -> list[set[int]]:
    return [{int(j) for j in np.flatnonzero(row)} for row in table]


@check("label_loss", forbids=("torch", "sklearn"))
def label_loss(learner: Learner) -> None:
    """Compares with torch's loss with logits."""
    rng = learner.rng
    function = learner.function("label_loss")
    for spread in (1.5, 800.0):
        s = rng.normal(0, spread, (6, 3))
        t = (rng.random((6, 3)) < 0.5).astype(float)
        scores, labels = torch.tensor(s), torch.tensor(t)
        truth = torch.nn.functional.binary_cross_entropy_with_logits(scores, labels).item()
        log_share = torch.log_softmax(scores, 1)
        mistakes = {
            "sum_over_labels": truth * 3,
            "sum_not_mean": truth * 18,
            "softmax_used": -(labels * log_share).sum(1).mean().item(),
            "only_ones": -(labels * torch.nn.functional.logsigmoid(scores)).mean().item(),
            "wrong_sign": -truth,
        }
        with np.errstate(all="ignore"):
            got = function(s, t)
        expect(bool(np.isfinite(got)), "infinite")
        close(got, truth, rtol=1e-9, mistakes=mistakes)


@check("macro_f1", forbids=("sklearn",))
def macro_f1(learner: Learner) -> None:
    """Compares with scikit-learn's macro-F1, also with a label that never occurs."""
    rng = learner.rng
    function = learner.function("macro_f1")
    for empty in (False, True):
        truth = (rng.random((30, 4)) < [0.5, 0.3, 0.15, 0.6]).astype(int)
        guess = np.where(rng.random((30, 4)) < 0.25, 1 - truth, truth)
        if empty:
            truth[:, 2] = guess[:, 2] = 0
        with np.errstate(all="ignore"):
            got = function(truth, guess)
        expect(not np.isnan(float(got)), "empty_label")
        hits = (truth & guess).sum(0)
        mistakes = {
            "micro": f1_score(truth, guess, average="micro"),
            "accuracy": float((truth == guess).mean()),
            "precision": _share(hits, guess.sum(0)),
            "recall": _share(hits, truth.sum(0)),
            "factor_2": _share(hits, truth.sum(0) + guess.sum(0)),
        }
        right = f1_score(truth, guess, average="macro", zero_division=0)
        close(float(got), right, rtol=1e-9, mistakes=mistakes)


def _share(hits: np.ndarray, below: np.ndarray) -> float:
    return float(np.mean(np.divide(hits, below, out=np.zeros(len(hits)), where=below > 0)))


@check("fit_labels")
def fit_labels(learner: Learner) -> None:
    """Trains the learner's model on a random part of the digits and scores it on the rest."""
    function = learner.function("fit_labels")
    data = load_digits()
    digits = data.target
    loop = np.isin(digits, (0, 6, 8, 9))
    table = np.stack([digits % 2 == 0, digits >= 5, loop], axis=1)
    order = learner.rng.permutation(len(digits))
    seen, unseen = order[:1297], order[1297:]
    pictures = torch.tensor(data.data / 16, dtype=torch.float32)
    labels = torch.tensor(table, dtype=torch.float32)
    torch.manual_seed(learner.seed % 2**31)
    model = function(pictures[seen].clone(), labels[seen].clone())
    with torch.no_grad():
        scores = np.asarray(model(pictures[unseen]))
    expect(scores.shape == (len(unseen), 3), "wrong_shape")
    expect(not _within_0_1(scores), "probabilities_not_scores")
    said = scores > 0
    expect(not _never_two(scores), "competing")
    expect(f1_score(table[unseen], said, average="macro", zero_division=0) >= 0.93, "band")


def _within_0_1(scores: np.ndarray) -> bool:
    return bool((scores >= 0).all() and (scores <= 1).all())


def _never_two(scores: np.ndarray) -> bool:
    # Log-shares of a softmax are all negative and their exponentials sum to one.
    return bool(np.allclose(special.logsumexp(scores, axis=1), 0, atol=1e-3))
