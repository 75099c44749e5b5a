"""Likelihoods of coins, heights and lines, drawn over their parameters."""

from __future__ import annotations

import numpy as np
from lessons.context import Context
from scipy import stats

Figures = dict[str, float | list[float]]


def seven_of_ten(ctx: Context) -> Figures:
    """Draw likelihood and log-likelihood of seven heads in ten tosses."""
    p = np.linspace(0.01, 0.99, 99)
    chance = p**7 * (1 - p) ** 3
    place, log_place = float(p[chance.argmax()]), float(p[np.log(chance).argmax()])
    fig, axes = ctx.subplots(1, 2, figsize=(9, 3.5))
    for axis, curve, key in [
        (axes[0], chance, "demo.likelihood"),
        (axes[1], np.log(chance), "demo.log_likelihood"),
    ]:
        axis.plot(p, curve)
        axis.axvline(place, linestyle=":", color="gray")
        axis.set(xlabel=ctx.t("demo.p"), ylabel=ctx.t(key))
    fig.suptitle(ctx.t("demo.coin_title"))
    ctx.figure(fig, "seven_of_ten")
    ctx.say("demo.top", place=place, log_place=log_place)
    return {"place": round(place, 12), "log_place": round(log_place, 12)}


def vanishing_product(ctx: Context) -> Figures:
    """Multiply 2,000 probabilities, and add their logarithms."""
    each = ctx.rng.uniform(0.3, 0.9, size=2_000)
    product, total = float(np.prod(each)), float(np.log(each).sum())
    ctx.say("demo.product", count=len(each), product=product, total=total)
    return {"product": product, "log_sum": total}


def bell_hill(ctx: Context) -> Figures:
    """Search the hill of the log-likelihood over mean and standard deviation."""
    heights = np.round(ctx.rng.normal(168, 7, size=12), 1)
    mu, sigma = np.meshgrid(np.linspace(160, 176, 321), np.linspace(3, 14, 441))
    hill = stats.norm.logpdf(heights[:, None, None], mu, sigma).sum(axis=0)
    top = np.unravel_index(hill.argmax(), hill.shape)
    best_mu, best_variance = float(mu[top]), float(sigma[top] ** 2)
    fig, axis = ctx.subplots(figsize=(6, 4))
    axis.contourf(mu, sigma, hill, levels=hill.max() - np.array([30, 16, 8, 4, 2, 1, 0.3, 0]))
    axis.plot(best_mu, best_variance**0.5, "r+", markersize=12)
    axis.set(xlabel=ctx.t("demo.mu"), ylabel=ctx.t("demo.sigma"), title=ctx.t("demo.hill"))
    ctx.figure(fig, "bell_hill")
    by_n, by_less = float(np.var(heights)), float(np.var(heights, ddof=1))
    ctx.say("demo.best", mu=best_mu, variance=best_variance, by_n=by_n, by_less=by_less)
    return {
        "mu": best_mu,
        "mean": float(heights.mean()),
        "variance": best_variance,
        "by_n": by_n,
        "by_n_minus_1": by_less,
    }


def same_valley(ctx: Context) -> Figures:
    """Compare the mean squared error of a line with its negative log-likelihood."""
    x = np.arange(1.0, 9.0)
    y = 1.4 * x + ctx.rng.normal(size=x.size)
    slopes = np.linspace(0.8, 2.0, 241)
    guesses = slopes[:, None] * x
    errors = ((y - guesses) ** 2).mean(axis=1)
    surprise = -stats.norm.logpdf(y, guesses, 1.0).sum(axis=1)
    fig, axis = ctx.subplots(figsize=(6, 3.6))
    axis.plot(slopes, surprise - surprise.min(), linewidth=4, alpha=0.4, label=ctx.t("demo.nll"))
    axis.plot(slopes, (errors - errors.min()) * x.size / 2, "k--", label=ctx.t("demo.mse"))
    axis.set(xlabel=ctx.t("demo.slope_axis"), title=ctx.t("demo.valley_title"))
    axis.legend()
    ctx.figure(fig, "same_valley")
    nll, mse = float(slopes[surprise.argmin()]), float(slopes[errors.argmin()])
    ctx.say("demo.valley", nll=nll, mse=mse)
    gap = (surprise - surprise.min()) - (errors - errors.min()) * x.size / 2
    return {"nll": nll, "mse": mse, "largest_gap": float(np.abs(gap).max())}
