"""From a medical test to a classifier of flowers, by one rule."""

from __future__ import annotations

import numpy as np
from lessons.context import Context
from scipy import special, stats
from sklearn.datasets import load_iris

Figures = dict[str, float | list[float]]


def test_result(ctx: Context) -> Figures:
    """Test 100,000 people for an illness that one in a hundred has."""
    people = 100_000
    ill = ctx.rng.random(people) < 0.01
    positive = ctx.rng.random(people) < np.where(ill, 0.99, 0.05)
    positives, sick = int(positive.sum()), int((positive & ill).sum())
    prior = np.linspace(0.005, 0.5, 100)
    with_test = 0.99 * prior
    curve = with_test / (with_test + 0.05 * (1 - prior))
    exact = float(curve[np.argmin(np.abs(prior - 0.01))])
    fig, axis = ctx.subplots(figsize=(6, 3.6))
    axis.plot(prior, curve)
    axis.plot([0.01], [exact], "o", color="C3")
    axis.set(
        xlabel=ctx.t("demo.prior_axis"),
        ylabel=ctx.t("demo.posterior_axis"),
        title=ctx.t("demo.test_title"),
    )
    ctx.figure(fig, "test_result")
    share = sick / positives
    ctx.say("demo.people", people=people, positives=positives, ill=sick, share=share, exact=exact)
    return {"exact": exact, "counted": share}


def one_measurement(ctx: Context) -> Figures:
    """Draw prior times likelihood, evidence and posterior over one measurement."""
    data = load_iris()
    x = np.linspace(0.5, 7.5, 500)
    joint = []
    for species in range(3):
        lengths = data.data[data.target == species, 2]
        likelihood = stats.norm.pdf(x, lengths.mean(), lengths.std())
        joint.append(np.mean(data.target == species) * likelihood)
    evidence = np.sum(joint, axis=0)
    fig, (top, bottom) = ctx.subplots(2, 1, figsize=(7, 5.5), sharex=True)
    for name, curve in zip(data.target_names, joint, strict=True):
        top.plot(x, curve, label=name)
        bottom.plot(x, curve / evidence, label=name)
    top.plot(x, evidence, "k:", label=ctx.t("demo.evidence"))
    top.set_title(ctx.t("demo.joint"))
    top.legend()
    bottom.set(title=ctx.t("demo.posterior"), xlabel=ctx.t("demo.length"))
    ctx.figure(fig, "one_measurement")
    at = int(np.argmin(np.abs(x - 4.9)))
    values = [float(curve[at] / evidence[at]) for curve in joint]
    ctx.say("demo.at", length=4.9, values=np.round(values, 3).tolist())
    return {"posterior": values, "sum": sum(values)}


def full_and_naive(ctx: Context) -> Figures:
    """Classify all flowers with four measurements, with and without correlations."""
    data = load_iris()
    rows, hits = [], []
    for key, keep in [("demo.full", np.ones((4, 4))), ("demo.naive", np.eye(4))]:
        scores = []
        for species in range(3):
            flowers = data.data[data.target == species]
            shape = np.cov(flowers.T, bias=True) * keep
            scores.append(stats.multivariate_normal(flowers.mean(axis=0), shape).logpdf(data.data))
        right = int((np.argmax(scores, axis=0) == data.target).sum())
        hits.append(float(right))
        rows.append([ctx.t(key), right, f"{right / 150:.2f}"])
    ctx.table(["demo.model", "demo.hits", "demo.accuracy"], rows)
    return {"full": hits[0], "naive": hits[1], "accuracy": [hits[0] / 150, hits[1] / 150]}


def vanishing(ctx: Context) -> Figures:
    """Ask about a flower that resembles none, with densities and with logarithms."""
    centres = np.array([1.4, 4.3, 5.6])
    logs = stats.norm.logpdf(60.0, centres, 0.5) + np.log(1 / 3)
    densities = np.exp(logs)
    safe = np.exp(logs - special.logsumexp(logs))
    ctx.say(
        "demo.surprise",
        densities=densities.tolist(),
        total=float(densities.sum()),
        safe=safe.tolist(),
    )
    return {"total": float(densities.sum()), "safe": safe.tolist()}
