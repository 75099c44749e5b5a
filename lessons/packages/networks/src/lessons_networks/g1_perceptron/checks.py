"""Checks of the lesson on the perceptron."""

import numpy as np
from lessons.grading import Learner, check, close, expect
from scipy.optimize import minimize


@check("distance")
def distance(learner: Learner) -> None:
    """Compares with the nearest point of the border that a search finds."""
    rng = learner.rng
    function = learner.function("distance")
    for sign in (1, -1, 1):
        w = rng.normal(0, 2, int(rng.integers(2, 5)))
        threshold = sign * float(rng.uniform(0.5, 4))
        border = {"type": "eq", "fun": lambda x, w=w, T=threshold: w @ x - T}
        start = rng.normal(size=len(w))
        found = minimize(lambda x: x @ x, start, constraints=[border], options={"ftol": 1e-14})
        truth = float(np.sqrt(found.fun))
        length = float(np.linalg.norm(w))
        mistakes = {
            "signed": -truth if sign < 0 else None,
            "not_normalised": abs(threshold),
            "squared_length": abs(threshold) / length**2,
            "sum_norm": abs(threshold) / float(np.abs(w).sum()),
            "upside_down": length / abs(threshold),
        }
        close(function(w, threshold), truth, rtol=1e-6, mistakes=mistakes)
        close(function(w, threshold), abs(threshold) / length, rtol=1e-9)


@check("witness")
def witness(learner: Learner) -> None:
    """Tests the witness itself, for thresholds of every sign."""
    rng = learner.rng
    function = learner.function("witness")
    for threshold in (float(rng.uniform(0.5, 3)), -float(rng.uniform(0.5, 3)), 0.0):
        w = rng.normal(0, 2, int(rng.integers(2, 5)))
        point, factor = function(w, threshold)
        point = np.asarray(point, dtype=float)
        expect(point.shape == w.shape, "wrong_shape")
        expect(float(w @ point) >= threshold, "not_inside")
        outside = float(w @ (float(factor) * point)) < threshold
        kind = "still_inside" if threshold > 0 else "sign_of_threshold"
        expect(outside, kind)


@check("predict_many")
def predict_many(learner: Learner) -> None:
    """Goes through samples and perceptrons one by one."""
    rng = learner.rng
    function = learner.function("predict_many")
    X = rng.integers(-3, 4, (9, 4)).astype(float)
    W = rng.integers(-2, 3, (3, 4)).astype(float)
    scores = np.array([[sum(a * b for a, b in zip(x, w, strict=True)) for w in W] for x in X])
    T = scores[:3].diagonal().copy()  # three samples lie exactly on a border
    truth = np.array(
        [[float(one >= limit) for one, limit in zip(row, T, strict=True)] for row in scores]
    )
    mistakes = {
        "border_excluded": (scores > T).astype(float),
        "threshold_forgotten": (scores >= 0).astype(float),
        "threshold_added": (scores + T >= 0).astype(float),
        "scores_not_decisions": scores,
        "one_winner": (scores == scores.max(1, keepdims=True)).astype(float),
        "signs": 2 * truth - 1,
        "transposed": truth.T,
    }
    close(np.asarray(function(X, W, T), dtype=float), truth, mistakes=mistakes)


@check("fit_perceptron", forbids=("sklearn",))
def fit_perceptron(learner: Learner) -> None:
    """Asks for gates and for random separable classes, then for what cannot be separated."""
    rng = learner.rng
    function = learner.function("fit_perceptron")
    corners = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], dtype=float)
    for gate, most in (((0, 0, 0, 1), 10), ((0, 1, 1, 1), 10)):
        t = np.array(gate)
        w, b, epoch = function(corners, t, 50)
        expect(epoch is not None, "never_done")
        expect(bool(((corners @ np.asarray(w) + b >= 0) == t).all()), "not_separated")
        expect(1 < epoch <= most, "epoch_count")
    direction = rng.normal(size=3)
    X = rng.normal(size=(40, 3))
    margin = X @ direction / np.linalg.norm(direction)
    X = X[np.abs(margin) > 0.15]
    t = (X @ direction >= 0).astype(int)
    w, b, epoch = function(X, t, 2000)
    expect(epoch is not None, "never_done")
    expect(bool(((X @ np.asarray(w) + b >= 0) == t).all()), "not_separated")
    expect(function(corners, np.array([0, 1, 1, 0]), 60)[2] is None, "xor_claimed")
    again = function(X, t, epoch)
    expect(again[2] == epoch, "epoch_count")
    expect(function(X, t, epoch - 1)[2] is None, "epoch_count")
    # Two samples tell a rule that corrects at once from one that waits for the epoch's end.
    w, b, _ = function(np.array([[1.0, 2.0], [3.0, -1.0]]), np.array([0, 1]), 1)
    expect(not np.allclose([*w, b], [-1, -2, -1]), "correction_late")
    close([*np.asarray(w, dtype=float), b], [2, -3, 0])
