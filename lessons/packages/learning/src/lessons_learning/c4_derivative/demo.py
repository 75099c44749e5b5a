"""Worked code of the lesson on derivatives."""

import numpy as np
from lessons.context import Context


def shrinking_step(ctx: Context) -> dict[str, float | list[float]]:
    """Differentiate x cubed at 2 with ever smaller steps, from one side and from both."""
    steps = 10.0 ** -np.arange(1.0, 13.0)
    one_sided = ((2.0 + steps) ** 3 - 8.0) / steps
    both_sided = ((2.0 + steps) ** 3 - (2.0 - steps) ** 3) / (2.0 * steps)
    errors = np.abs(np.array([one_sided, both_sided]) - 12.0)
    rows = [
        [f"{step:.0e}", f"{one:.10f}", f"{both:.10f}"]
        for step, one, both in zip(steps, one_sided, both_sided, strict=True)
    ]
    ctx.table(["h", "demo.one_sided", "demo.central"], rows[:6])
    fig, ax = ctx.subplots()
    ax.loglog(steps, np.maximum(errors[0], 1e-16), "o-", label=ctx.t("demo.one_sided"))
    ax.loglog(steps, np.maximum(errors[1], 1e-16), "s--", label=ctx.t("demo.central"))
    ax.set_xlabel("h")
    ax.set_ylabel(ctx.t("demo.error"))
    ax.legend()
    ctx.figure(fig, "shrinking_step")
    one, both = (float(steps[row.argmin()]) for row in errors)
    ctx.say("demo.best_step", one=one, both=both)
    return {
        "one_sided_errors": [float(one) for one in errors[0]],
        "central_errors": [float(one) for one in errors[1]],
        "best_central_step": both,
    }


def own_slope(ctx: Context) -> dict[str, float | list[float]]:
    """Draw e^x with tangents whose slope is the height."""
    fig, ax = ctx.subplots()
    x = np.linspace(-2.0, 1.6, 200)
    ax.plot(x, np.exp(x))
    slopes = []
    for place in (-1.0, 0.0, 1.0):
        height = float(np.exp(place))
        slopes.append(float(np.gradient(np.exp(place + np.array([-1e-5, 0, 1e-5])), 1e-5)[1]))
        near = np.array([place - 0.6, place + 0.6])
        ax.plot(near, height + slopes[-1] * (near - place), "--", color="tab:red")
        ax.plot(place, height, "ro")
        ctx.say("demo.height", place=place, height=height, slope=slopes[-1])
    ax.set_xlabel("x")
    ax.set_ylabel("exp(x)")
    ctx.figure(fig, "own_slope")
    return {"slopes": slopes, "heights": [float(np.exp(place)) for place in (-1, 0, 1)]}


def body_weight(ctx: Context) -> dict[str, float | list[float]]:
    """Draw the made-up weight over snacks and exercise, with its gradient as arrows."""
    import torch

    snacks, hours = np.meshgrid(np.linspace(0, 7, 71), np.linspace(0, 10, 101))
    fig, ax = ctx.subplots()
    height = 60 + 0.9 * snacks - 0.5 * hours - 0.05 * snacks * hours
    lines = ax.contour(snacks, hours, height, levels=12)
    ax.clabel(lines, fmt="%.0f")
    slopes = []
    for place in ((1.0, 2.0), (4.0, 2.0), (1.0, 7.0), (4.0, 7.0)):
        point = torch.tensor(place, dtype=torch.float64, requires_grad=True)
        s, e = point
        (60 + 0.9 * s - 0.5 * e - 0.05 * s * e).backward()
        up = point.grad if point.grad is not None else torch.zeros(2)
        ax.quiver(*place, *up.tolist(), angles="xy", scale_units="xy", scale=0.5, color="tab:red")
        slopes.append([float(one) for one in up])
        ctx.say("demo.partials", s=place[0], e=place[1], ds=slopes[-1][0], de=slopes[-1][1])
    ax.set_xlabel(ctx.t("demo.snacks"))
    ax.set_ylabel(ctx.t("demo.exercise"))
    ax.set_aspect("equal")
    ctx.figure(fig, "body_weight")
    return {"first_gradient": slopes[0], "last_gradient": slopes[-1]}
