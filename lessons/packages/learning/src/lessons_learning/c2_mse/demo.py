"""Worked code of the lesson on the mean squared error."""

import numpy as np
from lessons.context import Context


def mse_table(ctx: Context) -> dict[str, float | list[float]]:
    """Print the squared errors of five weights on three students, and their means."""
    students = [(1.0, 2.0), (2.0, 4.0), (3.0, 6.0)]
    weights = [0.0, 1.0, 2.0, 3.0, 4.0]
    rows, means = [], [0.0] * len(weights)
    for studied, scored in students:
        losses = [(studied * weight - scored) ** 2 for weight in weights]
        means = [total + loss / len(students) for total, loss in zip(means, losses, strict=True)]
        rows.append([studied, *losses, scored])
    rows.append([ctx.t("demo.mean"), *means, ""])
    ctx.table(["demo.hours", *(f"w = {weight:g}" for weight in weights), "demo.points"], rows)
    best = weights[means.index(min(means))]
    ctx.say("demo.best", weight=best, points=best * 4)
    table = [loss for row in rows[:-1] for loss in row[1:-1]]
    return {"mse": means, "losses": table, "best_weight": best, "points_after_4_hours": best * 4}


def loss_curve(ctx: Context) -> dict[str, float | list[float]]:
    """Draw the mean squared error against the weight for the notes' two small data sets."""
    fig, ax = ctx.subplots()
    weights = np.linspace(0.0, 4.0, 401)
    curve = 14.0 / 3.0 * (weights - 2.0) ** 2  # (1 + 4 + 9) / 3 = 14/3, from x = 1, 2, 3
    ax.plot(weights, curve)
    ax.plot(range(5), [56 / 3, 14 / 3, 0, 14 / 3, 56 / 3], "r^", label=ctx.t("demo.columns"))
    ax.set_xlabel(ctx.t("demo.weight"))
    ax.set_ylabel(ctx.t("demo.mse"))
    ax.legend()
    ctx.figure(fig, "loss_curve")
    identity = np.array([1.0, 2.0, 3.0])  # the second data set: y equals x
    costs = [float(np.square(guess * identity - identity).sum() / 3) for guess in (0, 1, 2)]
    ctx.say("demo.identity", cost_0=costs[0], cost_1=costs[1], cost_2=costs[2])
    return {"identity_costs": costs, "lowest_weight": float(weights[curve.argmin()])}


def corner(ctx: Context) -> dict[str, float | list[float]]:
    """Draw absolute and squared error near the best weight and measure the slopes beside it."""
    hours, points = np.array([1.0, 2.0, 3.0]), np.array([2.0, 4.0, 6.0])
    weights = np.linspace(1.0, 3.0, 201)
    errors = np.outer(weights, hours) - points
    absolute, squared = np.abs(errors).mean(axis=1), np.square(errors).mean(axis=1)
    fig, ax = ctx.subplots()
    ax.plot(weights, absolute, label=ctx.t("demo.absolute"))
    ax.plot(weights, squared, "--", label=ctx.t("demo.squared"))
    ax.set_xlabel(ctx.t("demo.weight"))
    ax.set_ylabel(ctx.t("demo.loss"))
    ax.legend()
    ctx.figure(fig, "corner")
    step = weights[1] - weights[0]
    sides = {}
    for name, curve in (("absolute", absolute), ("squared", squared)):
        left, right = (curve[100] - curve[99]) / step, (curve[101] - curve[100]) / step
        sides[f"{name}_slopes"] = [float(left), float(right)]
        ctx.say("demo.slopes", loss=ctx.t(f"demo.{name}"), left=left, right=right)
    return dict(sides)
