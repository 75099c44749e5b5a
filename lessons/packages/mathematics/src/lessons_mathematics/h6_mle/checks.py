"""Likelihoods against SciPy, best places against closed forms and finer searches."""

from __future__ import annotations

import math

from lessons.grading import Learner, check, close, expect


@check("nll", forbids=("scipy", "torch", "sklearn"))
def nll(learner: Learner) -> None:
    """Compare with SciPy's binomial formula without its number of orders; then 5,000 tosses."""
    import numpy as np
    from scipy import special, stats

    function = learner.function("nll")
    for n in (8, 13, 5_000):
        p = float(learner.rng.uniform(0.15, 0.4))
        flips = (learner.rng.random(n) < 0.5).astype(float)
        flips[:4] = [1, 0, 0, 1]
        heads = int(flips.sum())
        orders = math.log(math.comb(n, heads))
        truth = orders - float(stats.binom.logpmf(heads, n, p))
        with np.errstate(all="ignore"):
            value = float(function(p, flips.copy()))
        expect(math.isfinite(value), "underflow")
        tails_out = -float(special.xlogy(heads, p))
        close(
            value,
            truth,
            rtol=1e-7,
            mistakes={
                "sign": -truth,
                "mean_not_sum": truth / n,
                "swapped": orders - float(stats.binom.logpmf(n - heads, n, p)),
                "tails_ignored": tails_out,
                "logs_then_product": -math.log(heads * p + (n - heads) * (1 - p)),
            },
        )


@check("grid_mle")
def grid_mle(learner: Learner) -> None:
    """The best candidate is the one nearest, in likelihood, to the share of ones."""
    import numpy as np
    from scipy import stats

    function = learner.function("grid_mle")
    grid = np.linspace(0.04, 0.96, 47)
    for n in (10, 40, 3_000):
        flips = (learner.rng.random(n) < learner.rng.uniform(0.55, 0.8)).astype(float)
        flips[0] = 1.0
        scores = stats.binom.logpmf(flips.sum(), n, grid)
        best = int(scores.argmax())
        flat = n > 1000
        with np.errstate(all="ignore"):
            value = function(grid.copy(), flips.copy())
        chosen = np.prod(np.where(flips[:, None] == 1, grid, 1 - grid), axis=0)
        heights = [float(chosen.max()), float(np.log(chosen).max()) if not flat else None]
        kinds: dict[str, object] = {
            "worst_place": grid[int(scores.argmin())],
            "index_not_value": best,
            "height_not_place": heights[1] if heights[1] == value else heights[0],
        }
        if flat:
            kinds = {"underflow": grid[0], **kinds}
        close(value, grid[best], rtol=1e-9, mistakes=kinds)


@check("gauss_fit", forbids=("scipy", "statistics", "numpy.var", "numpy.std", "torch"))
def gauss_fit(learner: Learner) -> None:
    """Compare with SciPy's own maximum-likelihood fit."""
    import numpy as np
    from scipy import stats

    function = learner.function("gauss_fit")
    for n in (5, 9, 30):
        x = learner.rng.normal(3, 2, size=n)
        x[0] += 4
        centre, spread = stats.norm.fit(x)
        mean, variance = function(x.copy())
        close(mean, centre, rtol=1e-9, mistakes={"median": mean})
        close(
            variance,
            spread**2,
            rtol=1e-9,
            mistakes={
                "n_minus_1": spread**2 * n / (n - 1),
                "std_not_variance": spread,
                "around_zero": float(np.mean(x * x)),
            },
        )


@check("line_nll", forbids=("scipy", "torch"))
def line_nll(learner: Learner) -> None:
    """Compare with SciPy's normal density, point by point."""
    from scipy import stats

    function = learner.function("line_nll")
    for n in (4, 11):
        w, sigma = learner.rng.normal(), learner.rng.uniform(1.5, 3)
        x = learner.rng.normal(size=n) * 2
        y = 1.5 * x + learner.rng.normal(size=n)
        truth = -sum(float(stats.norm(w * a, sigma).logpdf(b)) for a, b in zip(x, y, strict=True))
        constant = -n * float(stats.norm.logpdf(0, scale=sigma))
        squares = truth - constant
        close(
            function(float(w), x.copy(), y.copy(), float(sigma)),
            truth,
            rtol=1e-9,
            mistakes={
                "no_constant": squares,
                "sigma_not_squared": squares * sigma + constant,
                "no_half": 2 * squares + constant,
                "mean_not_sum": truth / n,
            },
        )
