"""Losses against torch, a pipeline against rows that it never sees, reports against sklearn."""

from __future__ import annotations

import math
from typing import Any

from lessons.grading import Learner, check, close, expect

KINDS = ("mse", "mae", "huber", "hinge", "softplus", "gaussian")


def _truths(target: Any, output: Any) -> dict[str, float]:
    """The six losses by torch (the hinge by a sum over samples)."""
    import torch
    from torch.nn import functional

    y, z = (torch.as_tensor(one, dtype=torch.float64) for one in (target, output))
    width = torch.full_like(y, 0.01)
    return {
        "mse": float(functional.mse_loss(z, y)),
        "mae": float(functional.l1_loss(z, y)),
        "huber": float(functional.huber_loss(z, y)),
        "hinge": sum(max(0.0, 1 - a * b) for a, b in zip(y.tolist(), z.tolist(), strict=True))
        / len(y),
        "softplus": float(functional.binary_cross_entropy_with_logits(z, y)),
        "gaussian": float(functional.gaussian_nll_loss(z, y, width, full=True)),
    }


@check("loss_zoo", forbids=("torch", "keras", "sklearn"))
def loss_zoo(learner: Learner) -> None:
    """Six losses on random samples, a nearly perfect prediction, and enormous scores."""
    import numpy as np

    function = learner.function("loss_zoo")
    rng = learner.rng
    for size in (7, 12):
        for kind in KINDS:
            target = rng.normal(size=size)
            if kind == "hinge":
                target = np.where(target > 0, 1.0, -1.0)
            if kind == "softplus":
                target = (target > 0).astype(float)
            output = 2.5 * target + rng.normal(size=size)
            if kind == "gaussian":
                output = target + 0.03 * rng.normal(size=size)
            truth = _truths(target, output)[kind]
            gaps = (output - target) ** 2
            wrong = {
                "summed": truth * size,
                "hinge_no_floor": float(np.mean(1 - target * output)) if kind == "hinge" else None,
                "huber_no_kink": float(np.mean(gaps) / 2) if kind == "huber" else None,
            }
            if kind == "gaussian":
                each = gaps / 0.02 + math.log(0.1 * math.sqrt(2 * math.pi))
                value = float(function(kind, target.copy(), output.copy()))
                repaired = (
                    value >= 0
                    and min(
                        abs(value - one)
                        for one in (
                            0.0,
                            -truth,
                            float(np.clip(each, 0, None).mean()),
                            abs(each).mean(),
                        )
                    )
                    < 1e-9
                )
                wrong["forced_positive"] = value if repaired else None
            close(
                function(kind, target.copy(), output.copy()),
                truth,
                rtol=1e-8,
                atol=1e-10,
                mistakes=wrong,
            )
    with np.errstate(all="ignore"):
        far = float(function("softplus", np.array([1.0, 0.0]), np.array([-900.0, -900.0])))
    expect(math.isfinite(far), "overflows")
    close(far, 450.0, rtol=1e-9)


@check("minimax")
def minimax(learner: Learner) -> None:
    """Play out every reply by hand."""
    function = learner.function("minimax")
    for shape in ((3, 4), (5, 3), (2, 6)):
        table = learner.rng.normal(size=shape) + 0.3
        truth = min(max(row) for row in table.tolist())
        close(
            function(table.copy()),
            truth,
            rtol=1e-12,
            mistakes={
                "summed": float(table.sum(axis=1).min()),
                "wrong_order": float(table.min(axis=1).max()),
                "columns": float(table.max(axis=0).min()),
                "no_opponent": float(table.min())
                if float(function(table.copy())) < truth
                else float(table.max()),
            },
        )


@check("pipeline")
def pipeline(learner: Learner) -> None:
    """Hold rows aside, and disturb other test rows to see whether predictions change."""
    import numpy as np
    from sklearn.datasets import load_breast_cancer
    from sklearn.model_selection import train_test_split

    function = learner.function("pipeline")
    x, y = load_breast_cancer(return_X_y=True)
    state = int(learner.rng.integers(2**31))
    train, test, labels, truth = train_test_split(
        x, y, test_size=0.3, random_state=state, stratify=y
    )
    given = np.asarray(function(train.copy(), labels.copy(), test.copy()))
    fits = given.shape == truth.shape and bool(np.isin(given, (0, 1)).all())
    expect(fits, "not_classes")
    accuracy = float((given == truth).mean())
    expect(accuracy > 0.2, "labels_swapped")
    disturbed = test.copy()
    disturbed[1::2] *= 40.0
    again = np.asarray(function(train.copy(), labels.copy(), disturbed))
    same = float((again[::2] == given[::2]).mean())
    expect(same >= 0.97, "looks_at_test")
    expect(accuracy >= 0.93, "too_weak")


@check("report", forbids=("sklearn",))
def report(learner: Learner) -> None:
    """Compare with scikit-learn, also when nothing was found."""
    import numpy as np
    from sklearn import metrics

    function = learner.function("report")
    names = ("accuracy", "precision", "recall", "f1")
    for size in (40, 25, 12):
        truth = (learner.rng.random(size) < 0.4).astype(int)
        guess = np.where(learner.rng.random(size) < 0.75, truth, 1 - truth)
        truth[:5], guess[:5] = [1, 1, 1, 0, 1], [1, 0, 0, 1, 0]
        if size == 12:
            guess[:] = 0
        given = _call(function, truth, guess)
        expect(set(names) <= set(given), "missing_entry")
        for name in names:
            kinds: dict[str, Any] = {}
            if size > 12:
                right = {
                    "precision": metrics.precision_score(truth, guess),
                    "recall": metrics.recall_score(truth, guess),
                }
                other = {"precision": "recall", "recall": "precision"}.get(name)
                kinds["precision_recall_swapped"] = right[other] if other else None
                if name == "f1":
                    kinds["arithmetic_f1"] = sum(right.values()) / 2
            measure = getattr(metrics, f"{name}_score")
            options = {} if name == "accuracy" else {"zero_division": 0}
            if name != "accuracy":
                kinds["wrong_class"] = measure(1 - truth, 1 - guess, **options)
            close(given[name], measure(truth, guess, **options), rtol=1e-9, mistakes=kinds)


def _call(function: Any, truth: Any, guess: Any) -> dict[str, float]:
    """Ask for a report; a division by zero, or what comes of it, is a mistake of its own."""
    import numpy as np

    with np.errstate(all="ignore"):
        try:
            given = dict(function(truth.copy(), guess.copy()))
        except ZeroDivisionError:
            given = {"f1": math.nan}
    expect(all(math.isfinite(float(value)) for value in given.values()), "divides_by_zero")
    return given
