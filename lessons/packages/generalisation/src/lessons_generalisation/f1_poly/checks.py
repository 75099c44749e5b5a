"""Checks of the lesson on polynomial regression."""

import numpy as np
from lessons.grading import Learner, check, close, expect
from sklearn.preprocessing import PolynomialFeatures


@check("poly_features", forbids=("sklearn",))
def poly_features(learner: Learner) -> None:
    """Compares with scikit-learn's columns for one, two and three inputs."""
    rng = learner.rng
    function = learner.function("poly_features")
    for inputs, degree in ((2, 2), (1, 4), (3, 3)):
        X = rng.uniform(0.5, 2, (5, inputs))
        truth = PolynomialFeatures(degree).fit_transform(X)
        got = np.asarray(function(X, degree), dtype=float)
        powers = np.hstack([np.ones((5, 1)), *(X**k for k in range(1, degree + 1))])
        expect(got.ndim == 2 and len(got) == 5, "wrong_shape")
        mistakes = {
            "no_ones": truth[:, 1:],
            "no_products": powers if inputs > 1 else None,
            "no_powers": PolynomialFeatures(degree, interaction_only=True).fit_transform(X),
            "degree_too_low": PolynomialFeatures(degree - 1).fit_transform(X),
        }
        if got.shape == truth.shape and not np.allclose(got, truth):
            expect(not np.allclose(np.sort(got, axis=1), np.sort(truth, axis=1)), "order")
        expect(got.shape[1] <= truth.shape[1], "products_twice")
        close(got, truth, rtol=1e-9, mistakes=mistakes)


@check("bias2_var")
def bias2_var(learner: Learner) -> None:
    """Compares with sums over all pairs of people, which need no average."""
    rng = learner.rng
    function = learner.function("bias2_var")
    for _ in range(3):
        people, places = int(rng.integers(4, 9)), int(rng.integers(3, 7))
        truth = rng.normal(size=places)
        table = truth + rng.normal(0.5, 1, places) + rng.normal(0, 1, (people, places))
        # Half the mean squared distance of two random people is the variance.
        pairs = np.square(table[:, None, :] - table[None, :, :]).sum(axis=(0, 1))
        variance = float((pairs / (2 * people**2)).mean())
        whole = float(np.square(table - truth).mean())
        bias2 = whole - variance
        off = table.mean(axis=0) - truth
        mistakes = {
            "sample_variance": [bias2, variance * people / (people - 1)],
            "error_not_bias": [whole, variance],
            "deviation_not_variance": [bias2, float(table.std(axis=0).mean())],
            "bias_not_squared": [float(np.abs(off).mean()), variance],
            "bias_cancels": [float(off.mean() ** 2), variance],
            "over_places": [bias2, float(table.var(axis=1).mean())],
            "over_everything": [bias2, float(table.var())],
            "swapped": [variance, bias2],
        }
        close(list(function(table, truth)), [bias2, variance], rtol=1e-8, mistakes=mistakes)


@check("best_degree")
def best_degree(learner: Learner) -> None:
    """Compares with fits in another basis, on samples where the wrong ways choose otherwise."""
    rng = learner.rng
    function = learner.function("best_degree")
    degrees = [1, 2, 3, 4, 5, 6, 7]
    tried = 0
    while tried < 4:
        x, x_val = rng.uniform(-1, 1, (2, 14))
        bend, turn = rng.uniform(1, 2, 2)
        y, y_val = (turn * t**3 - bend * t + rng.normal(0, 0.2, 14) for t in (x, x_val))
        table = {d: np.polynomial.Legendre.fit(x, y, d, domain=[-1, 1]) for d in degrees}
        back = {d: np.polynomial.Legendre.fit(x_val, y_val, d, domain=[-1, 1]) for d in degrees}
        errors = {d: float(np.mean((one(x_val) - y_val) ** 2)) for d, one in table.items()}
        swapped = {d: float(np.mean((one(x) - y) ** 2)) for d, one in back.items()}
        first, second = sorted(errors.values())[:2]
        best, other = min(errors, key=errors.__getitem__), min(swapped, key=swapped.__getitem__)
        worst = max(errors, key=errors.__getitem__)
        # Only samples on which each mistake shows.
        ways = {best, other, worst, best - 1, 7}
        if second < 1.02 * first or best == 1 or len(ways) < 5:
            continue
        tried += 1
        got = int(function(x, y, x_val, y_val, degrees))
        expect(got != 7 or best == 7, "training_error")
        expect(got != worst, "largest_error")
        expect(got != other, "sets_swapped")
        expect(got != degrees.index(best), "index_not_degree")
        close(got, best)


@check("recipe")
def recipe(learner: Learner) -> None:
    """Tries errors on both sides of both limits."""
    rng = learner.rng
    function = learner.function("recipe")
    for _ in range(6):
        target, gap = rng.uniform(0.1, 0.3), rng.uniform(0.05, 0.2)
        low, high = target * rng.uniform(0.3, 0.9), target * rng.uniform(1.1, 2)
        near, far = gap * rng.uniform(0.1, 0.9), gap * rng.uniform(1.2, 3)
        expect(function(high, high + near, target, gap) == "bigger model", "bias_overlooked")
        expect(function(high, high + far, target, gap) == "bigger model", "variance_first")
        expect(function(low, low + far, target, gap) == "more data", "variance_overlooked")
        within = low + min(near, (target - low) / 2)
        expect(function(low, within, target, gap) == "done", "never_done")
        # Just below the target with a small gap: the validation error is above the target.
        answer = function(target - near / 4, target + near / 2, target, gap)
        expect(answer == "done", "validation_against_target")
