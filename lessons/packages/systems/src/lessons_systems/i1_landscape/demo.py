"""Searches, slopes and curvatures of loss functions."""

from __future__ import annotations

import numpy as np
from lessons.context import Context

Figures = dict[str, float | list[float]]


def roles(ctx: Context) -> Figures:
    """Compute y = wx twice: once x varies, once w does."""
    x, y = np.array([1.0, 2.0, 3.0]), np.array([2.0, 4.0, 6.0])
    predictions = (1.5 * x).tolist()
    losses = [float(((w * x - y) ** 2).sum()) for w in (0.0, 1.0, 2.0)]
    ctx.say("demo.roles", predictions=predictions, losses=losses)
    return {"predictions": predictions, "losses": losses}


def explosion(ctx: Context) -> Figures:
    """List how many trials an exhaustive search takes."""
    rows, seconds = [], []
    for dimensions in (1, 2, 6, 12, 20):
        trials = np.prod(np.full(dimensions, 10.0))
        seconds.append(float(trials / 1e6))
        long = seconds[-1] > 3e7
        value = seconds[-1] / 3.156e7 if long else seconds[-1]
        time = ctx.t("demo.years" if long else "demo.seconds", value=value)
        rows.append([dimensions, f"{trials:.0e}", time])
    ctx.table(["demo.dimensions", "demo.trials", "demo.time"], rows)
    return {"seconds": seconds}


def two_searches(ctx: Context) -> Figures:
    """Give random search and gradient descent the same number of evaluations."""
    sizes, found = list(range(1, 21)), {"random": [], "gradient": []}
    for d in sizes:
        target = ctx.rng.uniform(-1, 1, size=d)
        guesses = ctx.rng.uniform(-2, 2, size=(200, d))
        found["random"].append(float(((guesses - target) ** 2).sum(axis=1).min()))
        w = np.full(d, 2.0)
        for _ in range(200 // (d + 1)):  # a numerical slope costs d + 1 evaluations
            w -= 0.3 * 2 * (w - target)
        found["gradient"].append(float(((w - target) ** 2).sum()))
    fig, axis = ctx.subplots(figsize=(6.5, 3.6))
    axis.semilogy(sizes, found["random"], "o-", label=ctx.t("demo.random"))
    axis.semilogy(sizes, np.maximum(found["gradient"], 1e-16), "s-", label=ctx.t("demo.gradient"))
    axis.set(
        xlabel=ctx.t("demo.axis_d"),
        ylabel=ctx.t("demo.axis_loss"),
        title=ctx.t("demo.search_title"),
    )
    axis.legend()
    ctx.figure(fig, "two_searches")
    random, gradient = found["random"][-1], found["gradient"][-1]
    ctx.say("demo.results", random=random, gradient=gradient)
    return {"random": random, "gradient": gradient}


def curvature(ctx: Context) -> Figures:
    """Draw a curve with its first and second derivative."""
    x = np.linspace(-2.2, 2.2, 441)
    curve = np.poly1d([0.25, 0.1, -1.0, 0.0, 0.5])
    first, second = curve.deriv(), curve.deriv(2)
    flat = np.sort(first.roots.real)
    fig, axis = ctx.subplots(figsize=(6.5, 3.8))
    for shape, key in [(curve, "demo.function"), (first, "demo.first"), (second, "demo.second")]:
        axis.plot(x, shape(x), label=ctx.t(key))
    axis.plot(flat, curve(flat), "ko")
    axis.axhline(0, color="gray", linewidth=0.8)
    axis.set(ylim=(-3, 6), title=ctx.t("demo.curve_title"))
    axis.legend()
    ctx.figure(fig, "curvature")
    return {"flat": flat.tolist(), "second": second(flat).tolist()}


def surfaces(ctx: Context) -> Figures:
    """Draw a bowl and a saddle; take the bowl's Hessian from its three squares."""
    rows = np.array([[1.0, 0.0], [1.0, 1.0], [1.0, 1.0]])
    points = np.array([0.0, 1.0, 2.0])
    matrix = 2 * rows.T @ rows
    values = np.linalg.eigvalsh(matrix)
    ctx.say("demo.hessian", matrix=matrix.tolist(), values=np.round(values, 6).tolist())
    w0, w1 = np.meshgrid(np.linspace(-2, 2, 81), np.linspace(-1, 4, 81))
    bowl = sum((a * w0 + b * w1 - y) ** 2 for (a, b), y in zip(rows, points, strict=True))
    fig, axes = ctx.subplots(1, 2, figsize=(9, 3.8))
    axes[0].contour(w0, w1, bowl, levels=np.geomspace(0.6, 60, 12))
    axes[0].plot([0], [1.5], "r+", markersize=12)
    axes[1].contour(w0, w1 - 1.5, w0**2 - (w1 - 1.5) ** 2, levels=15, cmap="coolwarm")
    axes[0].set(xlabel=ctx.t("demo.w0"), ylabel=ctx.t("demo.w1"), title=ctx.t("demo.bowl"))
    axes[1].set(title=ctx.t("demo.saddle"))
    ctx.figure(fig, "surfaces")
    return {"hessian": matrix.ravel().tolist(), "eigenvalues": values.tolist()}
