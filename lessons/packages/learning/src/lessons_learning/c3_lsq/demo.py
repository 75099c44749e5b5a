"""Worked code of the lesson on least squares by calculus."""

import numpy as np
from lessons.context import Context


def one_knob(ctx: Context) -> dict[str, float | list[float]]:
    """Draw the notes' parabola and find its lowest point as the root of the derivative."""
    error = np.polynomial.Polynomial([3.0, 2.0, 1.0])
    best = float(error.deriv().roots()[0])
    w = np.linspace(-4.0, 2.0, 121)
    fig, (above, below) = ctx.subplots(2, 1, sharex=True)
    above.plot(w, error(w))
    above.plot(best, error(best), "ro")
    above.set_ylabel("E(w)")
    below.plot(w, error.deriv()(w), "--")
    below.axhline(0.0, color="black", linewidth=0.8)
    below.set_ylabel(ctx.t("demo.slope"))
    below.set_xlabel("w")
    ctx.figure(fig, "one_knob")
    ctx.say("demo.lowest", w=best, error=float(error(best)))
    return {"w": best, "error": float(error(best))}


def two_knobs(ctx: Context) -> dict[str, float | list[float]]:
    """Draw the error of every line through three points, and find the bottom of the bowl."""
    points = np.array([(0.0, 0.0), (1.0, 1.0), (1.0, 2.0)])
    w0, w1 = np.meshgrid(np.linspace(-2, 2, 161), np.linspace(-0.5, 3.5, 161))
    bowl = sum(((w0 + w1 * x - y) ** 2 for x, y in points), np.zeros_like(w0))
    expanded = 2 * w1**2 + 3 * w0**2 - 6 * w1 - 6 * w0 + 4 * w1 * w0 + 5
    # The slopes are straight-line functions; their two zero sets cross at the bottom.
    slopes = np.array([[6.0, 4.0], [4.0, 4.0]])
    bottom = np.linalg.solve(slopes, [6.0, 6.0])
    least = float(((bottom[0] + bottom[1] * points[:, 0] - points[:, 1]) ** 2).sum())
    fig, ax = ctx.subplots()
    levels = ax.contourf(w0, w1, bowl, levels=[0.5, 1, 2, 4, 8, 16, 32, 64], cmap="viridis")
    fig.colorbar(levels, ax=ax, label="E")
    ax.contour(w0, w1, 6 * w0 + 4 * w1 - 6, levels=[0], colors="white")
    ax.contour(w0, w1, 4 * w0 + 4 * w1 - 6, levels=[0], colors="white", linestyles="dashed")
    ax.plot(*bottom, "ro")
    ax.set_xlabel("w0")
    ax.set_ylabel("w1")
    ctx.figure(fig, "two_knobs")
    ctx.say("demo.bottom", w0=abs(bottom[0]), w1=bottom[1], error=least)
    gap = float(np.abs(bowl - expanded).max())
    return {"best": [float(one) for one in bottom], "least": least, "expansion_gap": gap}


def residuals(ctx: Context) -> dict[str, float | list[float]]:
    """Fit a line to scattered points and draw what is left over at each."""
    x = ctx.rng.uniform(0.0, 10.0, 20)
    y = 3.0 - 0.7 * x + ctx.rng.normal(scale=1.0, size=20)
    slope, start = np.polyfit(x, y, 1)
    left_over = start + slope * x - y
    fig, ax = ctx.subplots()
    ax.vlines(x, y, y + left_over, color="tab:red", label=ctx.t("demo.residual"))
    ax.plot(x, y, "o", label=ctx.t("demo.point"))
    ends = np.array([0.0, 10.0])
    ax.plot(ends, start + slope * ends, label=ctx.t("demo.line"))
    ax.set_xlabel("x")
    ax.set_ylabel("y")
    ax.legend()
    ctx.figure(fig, "residuals")
    total = float(left_over.sum())
    ctx.say("demo.total", total=abs(total), weighted=abs(float((left_over * x).sum())))
    return {"residual_total": total, "residual_times_x": float((left_over * x).sum())}
