"""Densities against SciPy, samples against the distribution function they must follow."""

from __future__ import annotations

from typing import Any

from lessons.grading import Learner, check, close, expect, fail


@check("yut_pmf", forbids=("scipy",))
def yut_pmf(learner: Learner) -> None:
    """Compare with SciPy's binomial distribution for random stick shapes."""
    import numpy as np
    from scipy import stats

    function = learner.function("yut_pmf")
    for p in learner.rng.uniform(0.15, 0.45, size=4):
        k = np.array([1, 2, 3, 4, 0])
        truth = stats.binom.pmf(k, 4, p)
        given = np.asarray(function(float(p)), dtype=float)
        mistakes = {
            "fair_only": np.array([4, 6, 4, 1, 1]) / 16,
            "one_pattern": p**k * (1 - p) ** (4 - k),
            "sides_swapped": stats.binom.pmf(k, 4, 1 - p),
        }
        if given.shape == (5,) and np.allclose(np.sort(given), np.sort(truth), rtol=1e-9):
            mistakes = {"sides_swapped": mistakes["sides_swapped"], "wrong_order": given}
        close(given, truth, rtol=1e-9, mistakes=mistakes | _improper(given))


def _improper(given: Any) -> dict[str, Any]:
    bad = abs(given.sum() - 1) > 1e-9 or bool((given < 0).any())
    return {"not_a_distribution": given} if bad else {}


@check("gauss_logpdf", forbids=("scipy", "torch.distributions"))
def gauss_logpdf(learner: Learner) -> None:
    """Compare with SciPy in one to five dimensions, also far out in the tail."""
    import numpy as np
    from scipy import stats

    function = learner.function("gauss_logpdf")
    rng = learner.rng
    for d, far in ((2, 1.0), (1, 1.0), (4, 1.0), (5, 40.0)):
        factor = rng.normal(size=(d, d)) + 2 * np.eye(d)
        cov = factor @ factor.T * 0.3
        mean, x = rng.normal(size=d), rng.normal(size=d) * far
        law = stats.multivariate_normal(mean, cov)
        truth = float(law.logpdf(x))
        gap = x - mean
        distance = float(gap @ np.linalg.inv(cov) @ gap)
        logdet = float(np.linalg.slogdet(cov)[1])
        constant = 0.5 * d * np.log(2 * np.pi)
        mistakes: dict[str, Any] = {
            "density_not_log": float(law.pdf(x)),
            "no_determinant": truth + 0.5 * logdet,
            "not_inverted": truth + 0.5 * distance - 0.5 * float(gap @ cov @ gap),
            "no_half": truth - 0.5 * distance,
        }
        given = float(function(x.copy(), mean.copy(), cov.copy()))
        for missing in (constant, constant - 0.5 * np.log(2 * np.pi)):
            if missing and abs(given - truth - missing) < 1e-9:
                fail("no_constant")
        close(given, truth, rtol=1e-8, atol=1e-9, mistakes=mistakes)


@check("sample_mixture")
def sample_mixture(learner: Learner) -> None:
    """Measure the largest gap between the samples' and the mixture's distribution function."""
    import numpy as np
    from scipy import stats

    function = learner.function("sample_mixture")
    count = 20_000
    means = np.array([-4.0, 0.0, 5.0]) + learner.rng.normal(size=3) * 0.3
    stds = np.array([0.5, 1.0, 2.0]) * learner.rng.uniform(0.8, 1.2)
    weights = learner.rng.permutation([0.15, 0.3, 0.55])
    samples = np.asarray(
        function(weights.copy(), means.copy(), stds.copy(), count, np.random.default_rng(1))
    )
    expect(samples.shape == (count,), "wrong_shape")

    def gap(w: Any, spread: Any) -> float:
        def below(t: Any) -> Any:
            return (w * stats.norm.cdf(np.asarray(t)[..., None], means, spread)).sum(axis=-1)

        return float(stats.kstest(samples, below).statistic)

    limit = 2.6 / count**0.5
    if gap(weights, stds) < limit:
        return
    centre, width = weights @ means, np.sqrt(weights**2 @ stds**2)
    both = stats.kstest(samples, stats.norm(centre, width).cdf).statistic
    expect(both > 0.1, "blended")
    expect(gap(np.full(3, 1 / 3), stds) > limit, "equal_weights")
    for spread in (stds[0], stds[-1], stds.mean(), 1.0, stds**2, np.sqrt(stds)):
        expect(gap(weights, np.broadcast_to(spread, 3)) > limit, "same_spread")
    fail("wrong_distribution")


@check("push_forward")
def push_forward(learner: Learner) -> None:
    """Three maps whose image SciPy knows by name: log-normal, shifted normal, exponential."""
    import numpy as np
    from scipy import stats

    function = learner.function("push_forward")
    s = float(learner.rng.uniform(0.4, 1.2))
    a, b = float(learner.rng.normal()), -float(learner.rng.uniform(0.5, 3))
    y = learner.rng.uniform(0.3, 3, size=6)
    cases = [
        (stats.norm(scale=s).pdf, np.log, lambda t: 1 / t, stats.lognorm(s).pdf),
        (
            stats.norm.pdf,
            lambda t: (t - a) / b,
            lambda t: np.full_like(t, 1 / b),
            stats.norm(a, -b).pdf,
        ),
        (stats.uniform.pdf, lambda t: np.exp(-t), lambda t: -np.exp(-t), stats.expon.pdf),
    ]
    for pdf, inverse, slope, image in cases:
        old, steep = pdf(inverse(y)), slope(y)
        close(
            function(pdf, inverse, slope, y.copy()),
            image(y),
            rtol=1e-9,
            mistakes={
                "no_slope": old,
                "no_absolute": old * steep,
                "divided": old / np.abs(steep),
                "not_pulled_back": pdf(y) * np.abs(steep),
            },
        )


@check("log_chance")
def log_chance(learner: Learner) -> None:
    """Compare with torch's Bernoulli distribution, also for enormous scores."""
    import numpy as np
    import torch

    function = learner.function("log_chance")

    def truth(score: float, label: int) -> float:
        law = torch.distributions.Bernoulli(logits=torch.tensor(score, dtype=torch.float64))
        return float(law.log_prob(torch.tensor(float(label), dtype=torch.float64)))

    scores = learner.rng.normal(size=4) * 3
    with np.errstate(all="ignore"):
        for score in (*scores.tolist(), 800.0, -800.0):
            for label in (1, 0):
                value = float(function(score, label))
                right, other = truth(score, label), truth(score, 1 - label)
                expect(abs(score) < 100 or np.isfinite(value), "overflows")
                ignored = label == 0 and abs(value - float(function(score, 1))) < 1e-12
                mistakes: dict[str, Any] = {
                    "label_ignored": other if ignored else None,
                    "label_swapped": other,
                    "no_log": float(np.exp(right)),
                }
                close(value, right, rtol=1e-9, atol=1e-12, mistakes=mistakes)
