"""Entropies against SciPy's, steps against a numerical slope."""

from __future__ import annotations

import math
from typing import Any

from lessons.grading import Learner, check, close, expect


def _beliefs(rng: Any, size: int) -> tuple[Any, Any]:
    p, q = rng.dirichlet([0.8] * size), rng.dirichlet([2.0] * size)
    return (p + 0.01) / (p + 0.01).sum(), (q + 0.02) / (q + 0.02).sum()


@check("info", forbids=("scipy", "torch"))
def info(learner: Learner) -> None:
    """A bit is a halving; independent events add up; both units on the same events."""
    function = learner.function("info")
    for p in learner.rng.uniform(0.02, 0.45, size=4):
        bits, nats = math.log(1 / p) / math.log(2), -math.log(p)
        value = float(function(float(p), "bit"))
        ignored = math.isclose(value, float(function(float(p), "nat")), rel_tol=1e-9)
        expect(value >= 0, "negative")
        if ignored:
            close(value, -1.0, mistakes={"unit_ignored": value})
        wrong = {"wrong_unit": nats}
        ten = math.log10(1 / p)
        if math.isclose(value, ten, rel_tol=1e-9):
            wrong = {"wrong_unit": ten}
        # Halving the probability adds the same amount, whatever the event.
        steps = [
            float(function(float(p) / 2**k, "bit"))
            - float(function(float(p) / 2 ** (k - 1), "bit"))
            for k in (1, 2)
        ]
        expect(math.isclose(*steps, rel_tol=1e-6), "not_logarithmic")
        close(value, bits, rtol=1e-9, mistakes=wrong)
        close(function(float(p), "nat"), nats, rtol=1e-9, mistakes={"wrong_unit": bits})


@check("entropy", forbids=("scipy", "torch"))
def entropy(learner: Learner) -> None:
    """Compare with SciPy in base 2, at the end with an impossible outcome."""
    import numpy as np
    from scipy import stats

    function = learner.function("entropy")
    for size in (2, 5, 9, 4):
        p, _ = _beliefs(learner.rng, size)
        if size == 4:
            p = np.append(p, 0.0)
        truth = float(stats.entropy(p, base=2))
        with np.errstate(all="ignore"):
            value = float(function(p.copy()))
        expect(math.isfinite(value), "zero_times_log")
        kinds = {"nats": truth * math.log(2), "negative": -truth}
        if (p > 0).all():
            kinds["plain_mean"] = float(np.mean(np.log2(1 / p)))
        close(value, truth, rtol=1e-8, mistakes=kinds)


@check("cross_entropy", forbids=("scipy", "torch"))
def cross_entropy(learner: Learner) -> None:
    """Compare with entropy plus divergence, both SciPy's."""
    import numpy as np
    from scipy import stats

    function = learner.function("cross_entropy")
    for size in (2, 5, 8, 4):
        p, q = _beliefs(learner.rng, size)
        if size == 4:
            p, q = np.append(p, 0.0), np.append(q, 0.0)
        base, extra = float(stats.entropy(p, base=2)), float(stats.entropy(p, q, base=2))
        truth = base + extra
        other = float(stats.entropy(q, base=2)) + float(stats.entropy(q, p, base=2))
        with np.errstate(all="ignore"):
            value = float(function(p.copy(), q.copy()))
        expect(math.isfinite(value), "zero_times_log")
        close(
            value,
            truth,
            rtol=1e-8,
            mistakes={
                "outer_changed": other,
                "extra_only": extra,
                "overlap": float(np.minimum(p, q).sum()),
                "nats": truth * math.log(2),
            },
        )


@check("kl", forbids=("scipy", "torch"))
def kl(learner: Learner) -> None:
    """Compare with SciPy's relative entropy, in this direction."""
    import numpy as np
    from scipy import stats

    function = learner.function("kl")
    for size in (2, 5, 8, 4):
        p, q = _beliefs(learner.rng, size)
        if size == 4:
            p, q = np.append(p, 0.0), np.append(q, 0.1) / 1.1
        truth = float(stats.entropy(p, q, base=2))
        kinds = {
            "negative": -truth,
            "cross_entropy": truth + float(stats.entropy(p, base=2)),
            "nats": truth * math.log(2),
        }
        if size != 4:
            back = float(stats.entropy(q, p, base=2))
            kinds |= {"swapped": back, "made_symmetric": (truth + back) / 2}
        with np.errstate(all="ignore"):
            value = function(p.copy(), q.copy())
        close(value, truth, rtol=1e-8, mistakes=kinds)


@check("nudge", forbids=("torch", "scipy"))
def nudge(learner: Learner) -> None:
    """Take the slope of the cross-entropy numerically and step against it."""
    import numpy as np
    from scipy import special

    function = learner.function("nudge")
    for size in (2, 4, 6):
        p, _ = _beliefs(learner.rng, size)
        scores = learner.rng.normal(size=size) * 1.5
        rate = float(learner.rng.uniform(0.1, 0.6))

        def loss(z: Any, p: Any = p) -> float:
            return float(-(p * special.log_softmax(z)).sum())

        slope = np.array(
            [(loss(scores + h) - loss(scores - h)) / 2e-6 for h in 1e-6 * np.eye(size)]
        )
        given = p.copy()
        value = function(given, scores.copy(), rate)
        expect(np.array_equal(given, p), "moved_p")
        close(
            value,
            scores - rate * slope,
            rtol=1e-6,
            atol=1e-7,
            mistakes={
                "uphill": scores + rate * slope,
                "scores_not_probabilities": scores - rate * (scores - p),
                "rate_ignored": scores - slope,
                "moved_p": p + rate * slope,
            },
        )
