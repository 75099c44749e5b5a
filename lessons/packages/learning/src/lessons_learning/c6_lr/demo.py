"""Worked code of the lesson on the learning rate."""

import numpy as np
from lessons.context import Context

HOURS = np.array([1.0, 2.0, 3.0])


def walk(rate: float, steps: int) -> list[float]:
    """The weight from 0 on after each step, on hours 1, 2, 3 and twice as many points."""
    trail = [0.0]
    for _ in range(steps):
        slope = 2.0 * float(((trail[-1] * HOURS - 2.0 * HOURS) * HOURS).mean())
        trail.append(trail[-1] - rate * slope)
    return trail


def three_rates(ctx: Context) -> dict[str, float | list[float]]:
    """Draw ten steps on the same bowl at a small, a good and a large rate."""
    fig, axes = ctx.subplots(1, 3, figsize=(9.5, 3.2), sharey=True)
    w = np.linspace(-3.5, 7.5, 200)
    ends = []
    names = ("small", "good", "large")
    for ax, rate, name in zip(axes, (0.005, 0.08, 0.23), names, strict=True):
        trail = np.array(walk(rate, 10))
        ax.plot(w, 14 / 3 * (w - 2) ** 2, color="tab:gray")
        ax.plot(trail, 14 / 3 * (trail - 2) ** 2, "o-", color="tab:red", markersize=4)
        ax.set_title(ctx.t(f"demo.{name}", rate=rate))
        ax.set_xlabel("w")
        ends.append(float(trail[-1]))
        ctx.say("demo.end", rate=rate, w=trail[-1])
    axes[0].set_ylabel("cost(w)")
    axes[0].set_ylim(-5, 150)
    ctx.figure(fig, "three_rates")
    return {"ends": ends}


def cliff(ctx: Context) -> dict[str, float | list[float]]:
    """Sweep the rate and see where the run turns from falling to exploding."""
    rates = np.linspace(0.002, 0.24, 120)
    costs = np.array([14 / 3 * (walk(rate, 50)[-1] - 2) ** 2 for rate in rates])
    border = 1.0 / float((HOURS**2).mean())
    fig, ax = ctx.subplots()
    ax.semilogy(rates, np.maximum(costs, 1e-16))
    ax.axvline(border, color="tab:red", linestyle="--", label=f"2/λ = {border:.4f}")
    ax.axhline(56 / 3, color="black", linewidth=0.8, label=ctx.t("demo.start"))
    ax.set_xlabel(ctx.t("demo.rate"))
    ax.set_ylabel(ctx.t("demo.cost_50"))
    ax.legend()
    ctx.figure(fig, "cliff")
    # The first rate at which fifty steps end higher than they began, by halving an interval.
    low, high = 0.1, 0.3
    while high - low > 1e-12:
        middle = (low + high) / 2
        low, high = (middle, high) if abs(walk(middle, 50)[-1] - 2) < 2 else (low, middle)
    ctx.say("demo.border", measured=high, computed=border)
    return {"critical": border, "measured": high}


def two_weights(ctx: Context) -> dict[str, float | list[float]]:
    """Follow the distance to the bottom along both axes of the notes' bowl."""
    hessian = np.array([[6.0, 4.0], [4.0, 4.0]])
    curvatures, axes_of_bowl = np.linalg.eigh(hessian)
    bottom_at = np.linalg.solve(hessian, np.array([6.0, 6.0]))
    fig, (left, right) = ctx.subplots(1, 2, figsize=(8.5, 3.4), sharey=True)
    border = 2.0 / float(curvatures[-1])
    for ax, share in ((left, 0.9), (right, 1.05)):
        place, trail = np.array([1.0, 1.0]), []
        for _ in range(40):
            trail.append(np.abs(axes_of_bowl.T @ (place - bottom_at)))
            place = place - share * border * (hessian @ place - np.array([6.0, 6.0]))
        distances = np.array(trail)
        for column, curvature in enumerate(curvatures):
            style = ("-", "--")[column]
            ax.semilogy(distances[:, column], style, label=f"λ = {curvature:.3f}")
        ax.set_title(ctx.t("demo.share", share=share))
        ax.set_xlabel(ctx.t("demo.step"))
        ax.legend()
    left.set_ylabel(ctx.t("demo.distance"))
    ctx.figure(fig, "two_weights")
    ctx.say("demo.surface", small=curvatures[0], large=curvatures[-1], border=border)
    return {"surface_critical": border, "curvatures": [float(one) for one in curvatures]}
