"""Distributions drawn, thrown, mixed and transformed."""

from __future__ import annotations

import itertools

import numpy as np
from lessons.context import Context
from scipy import stats
from sklearn.datasets import load_iris

Figures = dict[str, float | list[float]]


def yut_throws(ctx: Context) -> Figures:
    """Count all patterns of four sticks, then throw 20,000 times."""
    patterns = list(itertools.product([0, 1], repeat=4))
    flat = [sum(pattern) for pattern in patterns]
    order = (1, 2, 3, 4, 0)
    exact = [flat.count(k) / len(patterns) for k in order]
    throws = ctx.rng.integers(0, 2, size=(20_000, 4)).sum(axis=1)
    seen = [float(np.mean(throws == k)) for k in order]
    names = [ctx.t(f"demo.{name}") for name in ("do", "gae", "geol", "yut", "mo")]
    fig, axis = ctx.subplots(figsize=(6, 3.5))
    places = np.arange(5)
    axis.bar(places - 0.2, exact, 0.4, label=ctx.t("demo.exact"))
    axis.bar(places + 0.2, seen, 0.4, label=ctx.t("demo.thrown"))
    axis.set_xticks(places, names)
    axis.set_ylabel(ctx.t("demo.chance"))
    axis.legend()
    ctx.figure(fig, "yut_throws")
    return {"pmf": exact, "seen": seen}


def densities(ctx: Context) -> Figures:
    """Draw three densities and let a Gaussian grow ever narrower."""
    x = np.linspace(-6, 6, 4801)
    fig, (left, right) = ctx.subplots(1, 2, figsize=(10, 3.8))
    curves = {
        "demo.gaussian": stats.norm.pdf(x),
        "demo.exponential": stats.expon.pdf(x),
        "demo.laplace": stats.laplace.pdf(x),
    }
    for key, curve in curves.items():
        left.plot(x, curve, label=ctx.t(key))
    for sigma in (1.0, 0.3, 0.1):
        narrow = stats.norm.pdf(x, scale=sigma)
        right.plot(x, narrow, label=ctx.t("demo.narrow", sigma=sigma))
        curves[str(sigma)] = narrow
    left.set_title(ctx.t("demo.density_title"), fontsize=10)
    right.set(title=ctx.t("demo.dirac_title"), xlim=(-2, 2))
    left.legend()
    right.legend()
    ctx.figure(fig, "densities")
    areas = [round(float(np.trapezoid(curve, x)), 2) for curve in curves.values()]
    peak = float(curves["0.1"].max())
    ctx.say("demo.areas", areas=areas, peak=peak)
    return {"areas": areas, "peak": peak}


def random_vector(ctx: Context) -> Figures:
    """Summarise the iris data by mean and covariance; draw one species in two dimensions."""
    data = load_iris()
    mean, covariance = data.data.mean(axis=0), np.cov(data.data.T)
    ctx.say("demo.mean", mean=np.round(mean, 3).tolist())
    ctx.say("demo.covariance", rows=np.round(covariance, 3).tolist())
    petals = data.data[data.target == 1][:, 2:]
    shape = stats.multivariate_normal(petals.mean(axis=0), np.cov(petals.T))
    grid = np.stack(np.meshgrid(np.linspace(2.8, 5.8, 90), np.linspace(0.8, 2.0, 90)), axis=-1)
    fig, axis = ctx.subplots(figsize=(5.5, 4))
    axis.contour(grid[..., 0], grid[..., 1], shape.pdf(grid), levels=8)
    axis.plot(*petals.T, "k.")
    axis.set(
        xlabel=ctx.t("demo.petal_length"),
        ylabel=ctx.t("demo.petal_width"),
        title=ctx.t("demo.surface"),
    )
    ctx.figure(fig, "random_vector")
    return {"mean": mean.tolist(), "variances": np.diag(covariance).tolist()}


def coins(ctx: Context) -> Figures:
    """Toss ten unfair coins 5,000 times; draw sigmoid and softplus."""
    heads = (ctx.rng.random((5_000, 10)) < 0.3).sum(axis=1)
    fig, (left, right) = ctx.subplots(1, 2, figsize=(10, 3.5))
    left.bar(range(11), np.bincount(heads, minlength=11) / len(heads), color="0.8")
    left.plot(range(11), stats.binom.pmf(range(11), 10, 0.3), "o")
    left.set_title(ctx.t("demo.binomial"))
    z = np.linspace(-6, 6, 241)
    softplus = np.logaddexp(0, z)
    right.plot(z, 1 / (1 + np.exp(-z)), label=ctx.t("demo.sigmoid"))
    right.plot(z, softplus, label=ctx.t("demo.softplus"))
    right.plot(z, np.gradient(softplus, z), ":", color="k", label=ctx.t("demo.slope"))
    right.legend()
    ctx.figure(fig, "coins")
    mean, variance = float(heads.mean()), float(heads.var())
    ctx.say("demo.heads", mean=mean, variance=variance)
    return {"mean": mean, "variance": variance}


def mixture(ctx: Context) -> Figures:
    """Mix two groups of pupils and compare with each group alone."""
    younger = ctx.rng.normal(150, 6, size=6_000)
    older = ctx.rng.normal(172, 6, size=4_000)
    everybody = ctx.rng.permutation(np.concatenate([younger, older]))
    x = np.linspace(125, 195, 300)
    parts = [0.6 * stats.norm.pdf(x, 150, 6), 0.4 * stats.norm.pdf(x, 172, 6)]
    fig, axis = ctx.subplots(figsize=(6.5, 3.6))
    axis.hist(everybody, bins=60, density=True, color="0.85")
    axis.plot(x, parts[0], ":", color="C0", label=ctx.t("demo.parts"))
    axis.plot(x, parts[1], ":", color="C0")
    axis.plot(x, parts[0] + parts[1], color="C3", label=ctx.t("demo.whole"))
    axis.set(title=ctx.t("demo.mixture_title"), xlabel=ctx.t("demo.height"))
    axis.legend()
    ctx.figure(fig, "mixture")
    mean, std = float(everybody.mean()), float(everybody.std())
    ctx.say("demo.moments", mean=mean, std=std)
    return {"mean": mean, "std": std}


def change_of_variable(ctx: Context) -> Figures:
    """Send a bell curve through the exponential function."""
    y = np.linspace(1e-3, 12, 24_000)
    moved = stats.norm.pdf(np.log(y), scale=0.8)
    stretched = moved / y
    drawn = np.exp(ctx.rng.normal(scale=0.8, size=20_000))
    fig, axis = ctx.subplots(figsize=(6.5, 3.6))
    axis.hist(drawn, bins=120, range=(0, 6), density=True, color="0.85")
    axis.plot(y, stretched, color="C3", label=ctx.t("demo.correct"))
    axis.plot(y, moved, "--", label=ctx.t("demo.naive"))
    axis.set(xlim=(0, 6), title=ctx.t("demo.salary"))
    axis.legend()
    ctx.figure(fig, "change_of_variable")
    right, wrong = float(np.trapezoid(stretched, y)), float(np.trapezoid(moved, y))
    ctx.say("demo.area_pair", right=right, wrong=wrong)
    return {"area": right, "area_without": wrong}
