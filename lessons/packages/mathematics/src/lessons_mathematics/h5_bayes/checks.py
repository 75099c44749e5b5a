"""Counting instead of the rule, and SciPy's densities instead of the learner's."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from lessons.grading import Learner, check, close, expect


@check("bayes")
def bayes(learner: Learner) -> None:
    """Count people in an imaginary town, exactly, in fractions."""
    function = learner.function("bayes")
    for _ in range(6):
        prior, hit, alarm = (
            Fraction(int(learner.rng.integers(low, high)), 1000)
            for low, high in ((5, 400), (600, 990), (10, 300))
        )
        town = prior.denominator * hit.denominator * alarm.denominator
        ill = town * prior
        found, scared = ill * hit, (town - ill) * alarm
        truth = found / (found + scared)
        close(
            function(float(prior), float(hit), float(alarm)),
            float(truth),
            rtol=1e-9,
            mistakes={
                "evidence_missing": float(prior * hit),
                "prior_ignored": float(hit / (hit + alarm)),
                "likelihood_returned": float(hit),
                "healthy_instead": float(1 - truth),
            },
        )


def _cloud(rng: Any, sizes: tuple[int, ...], d: int) -> tuple[Any, Any]:
    import numpy as np

    rows = [
        rng.normal(size=(n, d)) @ rng.normal(size=(d, d)) + 3 * rng.normal(size=d) for n in sizes
    ]
    labels = np.repeat(np.arange(len(sizes)), sizes)
    order = rng.permutation(len(labels))
    return np.concatenate(rows)[order], labels[order]


@check("class_stats")
def class_stats(learner: Learner) -> None:
    """Compare with sums over single flowers."""
    import numpy as np

    function = learner.function("class_stats")
    sizes = (12, 25, 18)
    x, y = _cloud(learner.rng, sizes, 3)
    priors, means, covs = function(x.copy(), y.copy())
    shares = np.bincount(y) / len(y)
    close(
        priors,
        shares,
        rtol=1e-9,
        mistakes={"counts_not_shares": np.bincount(y), "equal_priors": np.full(3, 1 / 3)},
    )
    groups = [x[np.flatnonzero(y == label)] for label in range(3)]
    centre = np.array([[sum(column) / len(column) for column in group.T] for group in groups])
    together = np.tile(x.mean(axis=0), (3, 1))
    close(means, centre, rtol=1e-9, atol=1e-9, mistakes={"pooled": together})
    truth = np.array(
        [
            sum(np.outer(row - m, row - m) for row in group) / len(group)
            for group, m in zip(groups, centre, strict=True)
        ]
    )
    scale = np.array([n / (n - 1) for n in sizes])[:, None, None]
    pooled = np.tile(np.cov(x.T, bias=True), (3, 1, 1))
    close(
        covs,
        truth,
        rtol=1e-8,
        atol=1e-9,
        mistakes={
            "n_minus_1": truth * scale,
            "pooled": pooled if np.allclose(covs, pooled) else np.tile(np.cov(x.T), (3, 1, 1)),
        },
    )


@check("posterior", forbids=("scipy.special", "scipy.stats", "sklearn", "torch"))
def posterior(learner: Learner) -> None:
    """Compare with SciPy's densities and softmax, on near flowers and then on a far one."""
    import numpy as np
    from scipy import special, stats

    function = learner.function("posterior")
    rng = learner.rng
    priors = rng.permutation([0.1, 0.3, 0.6])
    means = rng.normal(size=(3, 3)) * 1.5
    factors = rng.normal(size=(3, 3, 3)) * 0.7 + 1.2 * np.eye(3)
    covs = factors @ factors.transpose(0, 2, 1)
    near = rng.normal(size=(7, 3)) * 2

    def scores(x: Any, weights: Any, shapes: Any) -> Any:
        laws = [stats.multivariate_normal(m, c) for m, c in zip(means, shapes, strict=True)]
        return np.log(weights) + np.stack([law.logpdf(x) for law in laws], axis=1)

    joint = scores(near, priors, covs)
    with np.errstate(all="ignore"):
        given = np.asarray(function(near.copy(), priors.copy(), means.copy(), covs.copy()))
        diagonal = covs * np.eye(3)
        close(
            given,
            special.softmax(joint, axis=1),
            rtol=1e-7,
            atol=1e-12,
            mistakes={
                "unnormalised": np.exp(joint),
                "priors_ignored": special.softmax(scores(near, np.ones(3), covs), axis=1),
                "wrong_axis": special.softmax(joint, axis=0),
                "naive": special.softmax(scores(near, priors, diagonal), axis=1),
            },
        )
        far = near * 200
        given = np.asarray(function(far.copy(), priors.copy(), means.copy(), covs.copy()))
    expect(np.isfinite(given).all(), "underflow")
    close(given, special.softmax(scores(far, priors, covs), axis=1), rtol=1e-6, atol=1e-9)
