"""Checks of the lesson on ridge, lasso and elastic net."""

import numpy as np
import torch
from lessons.grading import Learner, check, close, expect
from sklearn.linear_model import ElasticNet, Lasso, Ridge


def _data(rng: np.random.Generator, n: int, d: int) -> tuple[np.ndarray, np.ndarray]:
    X = rng.normal(size=(n, d)) * rng.uniform(0.5, 2, d)
    y = X @ np.where(rng.random(d) < 0.5, rng.normal(0, 2, d), 0) + rng.normal(0, 1, n)
    return X - X.mean(axis=0), y - y.mean()


def _stacked(X: np.ndarray, y: np.ndarray, alpha: float) -> np.ndarray:
    """Least squares with sqrt(alpha) I below X: the same minimum without normal equations."""
    below = np.sqrt(alpha) * np.eye(X.shape[1])
    weights = np.linalg.lstsq(np.vstack([X, below]), np.append(y, np.zeros(len(below))), rcond=None)
    return np.asarray(weights[0])


@check("ridge", forbids=("sklearn",))
def ridge(learner: Learner) -> None:
    """Compares with least squares on data that were extended by the price."""
    rng = learner.rng
    function = learner.function("ridge")
    for _ in range(3):
        n, d = int(rng.integers(8, 20)), int(rng.integers(2, 6))
        X, y = _data(rng, n, d)
        alpha = float(rng.uniform(1, 30))
        mistakes = {
            "no_price": _stacked(X, y, 0),
            "times_n": _stacked(X, y, n * alpha),
            "halved": _stacked(X, y, alpha / 2),
            "wrong_sign": np.linalg.lstsq(X.T @ X - alpha * np.eye(d), X.T @ y, rcond=None)[0],
            "every_entry": np.linalg.lstsq(X.T @ X + alpha, X.T @ y, rcond=None)[0],
        }
        close(function(X, y, alpha), _stacked(X, y, alpha), rtol=1e-7, mistakes=mistakes)


@check("soft_threshold", forbids=("torch",))
def soft_threshold(learner: Learner) -> None:
    """Compares with torch's softshrink."""
    rng = learner.rng
    function = learner.function("soft_threshold")
    for _ in range(3):
        v, t = rng.normal(0, 2, 12), float(rng.uniform(0.3, 1.5))
        v[:4] = [t / 2, -t / 2, 3 * t, -3 * t]
        mistakes = {
            "hard": torch.nn.functional.hardshrink(torch.tensor(v), t),
            "negative_lost": np.maximum(v - t, 0),
            "past_zero": v - t * np.sign(v),
            "size_only": np.maximum(np.abs(v) - t, 0),
            "clipped": np.clip(v, -t, t),
            "scaled": v / (1 + t),
        }
        close(function(v, t), torch.nn.functional.softshrink(torch.tensor(v), t), mistakes=mistakes)


def _minimum(X: np.ndarray, y: np.ndarray, alpha: float, r: float) -> np.ndarray:
    """Where MSE + r alpha |w|_1 + (1-r)/2 alpha |w|^2 is smallest, by coordinate descent."""
    if r == 0 or alpha == 0:
        return _stacked(X, y, len(y) * alpha / 2)
    net = ElasticNet(alpha=alpha / 2, l1_ratio=r, fit_intercept=False, tol=1e-12, max_iter=100_000)
    return np.asarray(net.fit(X, y).coef_)


@check("enet", forbids=("sklearn",))
def enet(learner: Learner) -> None:
    """Compares with coordinate descent for several mixes, then asks for exact zeros."""
    rng = learner.rng
    function = learner.function("enet")
    for r in (0.5, float(rng.uniform(0.6, 0.9)), 0.0, 1.0):
        X, y = _data(rng, 40, 5)
        alpha = float(rng.uniform(0.4, 1.2))
        truth = _minimum(X, y, alpha, r)
        mistakes = {
            "mix_swapped": _minimum(X, y, alpha, 1 - r),
            "half_gradient": _minimum(X, y, 2 * alpha, r),
            "strength_ignored": _minimum(X, y, 1, r),
            "no_threshold": _minimum(X, y, alpha * (1 - r), 0),
            "no_squares": _minimum(X, y, alpha * r, 1),
            "squares_doubled": _minimum(X, y, alpha * (2 - r), r / (2 - r)),
        }
        close(function(X, y, alpha, r), truth, rtol=1e-4, atol=1e-4, mistakes=mistakes)
    X, y = _data(rng, 40, 5)
    price = 3 * float(np.abs(X.T @ y).max()) / len(y)
    expect(bool((np.asarray(function(X, y, price, 1.0)) == 0).all()), "no_exact_zeros")


@check("sklearn_alphas", forbids=("sklearn",))
def sklearn_alphas(learner: Learner) -> None:
    """Fits scikit-learn with the learner's numbers and looks whether the slopes vanish."""
    rng = learner.rng
    function = learner.function("sklearn_alphas")
    for _ in range(2):
        n, alpha = int(rng.integers(20, 60)), float(rng.uniform(0.2, 0.8))
        X, y = _data(rng, n, 4)
        first, second, third = (float(one) for one in function(alpha, n))
        expect(min(first, second, third) > 0, "wrong_value")

        def slope(w: np.ndarray) -> np.ndarray:
            return 2 * X.T @ (X @ w - y)  # noqa: B023 - used in this round only

        w = Ridge(alpha=first, fit_intercept=False).fit(X, y).coef_
        if np.abs(slope(w) / n + alpha * w).max() > 1e-6:
            expect(np.abs(slope(w) / n + 2 * alpha * w).max() > 1e-6, "half_forgotten")
            expect(np.abs(slope(w) + 2 * alpha * w).max() > 1e-6, "formulas_not_told_apart")
            expect(np.abs(slope(w) + alpha * w).max() > 1e-6, "n_forgotten")
            expect(False, "ridge_mse")
        w = Ridge(alpha=second, fit_intercept=False).fit(X, y).coef_
        expect(np.abs(slope(w) + 2 * alpha * w).max() < 1e-6, "ridge_rss")
        lasso = Lasso(alpha=third, fit_intercept=False, tol=1e-12, max_iter=100_000)
        w = lasso.fit(X, y).coef_
        pull = slope(w) / n
        on = w != 0
        fits = np.abs(pull[on] + alpha * np.sign(w[on])).max(initial=0) < 1e-5
        expect(fits and abs(third - alpha) > 1e-9, "lasso_half")
