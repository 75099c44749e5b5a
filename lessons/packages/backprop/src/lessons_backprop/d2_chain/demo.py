"""Worked code of the lesson on the chain rule."""

import numpy as np
import torch
from lessons.context import Context


def gears(ctx: Context) -> dict[str, float | list[float]]:
    """Turn the pedals and measure wheel and road."""
    pedals = np.linspace(0.0, 2.0, 50)
    wheel = 3.0 * pedals
    metres = 2.0 * wheel
    fig, axes = ctx.subplots(1, 3, figsize=(9.5, 3.0))
    for ax, (x, y, names) in zip(
        axes,
        (
            (pedals, wheel, ("pedals", "wheel")),
            (wheel, metres, ("wheel", "metres")),
            (pedals, metres, ("pedals", "metres")),
        ),
        strict=True,
    ):
        ax.plot(x, y)
        slope = float((y[-1] - y[0]) / (x[-1] - x[0]))
        ax.set_title(ctx.t("demo.rate", rate=slope))
        ax.set_xlabel(ctx.t(f"demo.{names[0]}"))
        ax.set_ylabel(ctx.t(f"demo.{names[1]}"))
    ctx.figure(fig, "gears")
    return {"rate": float((metres[-1] - metres[0]) / (pedals[-1] - pedals[0]))}


def square_of_sum(ctx: Context) -> dict[str, float | list[float]]:
    """The slope of the square of a sum at (1, 2): by the chain, by a nudge, by autograd."""
    x, y, nudge = 1.0, 2.0, 1e-5
    by_nudge = ((x + nudge + y) ** 2 - (x - nudge + y) ** 2) / (2 * nudge)
    leaf = torch.tensor(x, dtype=torch.float64, requires_grad=True)
    middle = leaf + y
    middle.retain_grad()
    middle.square().backward()
    outer = 0.0 if middle.grad is None else middle.grad.item()
    total = 0.0 if leaf.grad is None else leaf.grad.item()
    ctx.say("demo.factors", outer=outer, inner=total / outer)
    ctx.say("demo.sources", chain=outer * 1.0, nudge=by_nudge, torch=total)
    return {"slope": outer * 1.0, "by_nudge": by_nudge, "by_torch": total}


def split_and_join(ctx: Context) -> dict[str, float | list[float]]:
    """Measure both paths of x squared plus three x, each with the other one held."""
    x, nudge = 2.0, 1e-6
    first_only = ((x + nudge) ** 2 + 3 * x - x**2 - 3 * x) / nudge
    second_only = (x**2 + 3 * (x + nudge) - x**2 - 3 * x) / nudge
    both = ((x + nudge) ** 2 + 3 * (x + nudge) - x**2 - 3 * x) / nudge
    ctx.say("demo.paths", first=first_only, second=second_only, both=both)
    depth = np.arange(51)
    fig, ax = ctx.subplots()
    for factor, style in ((0.5, "-"), (1.0, ":"), (1.5, "--")):
        ax.semilogy(depth, factor**depth, style, label=ctx.t("demo.factor", factor=factor))
    ax.set_xlabel(ctx.t("demo.depth"))
    ax.set_ylabel(ctx.t("demo.signal"))
    ax.legend()
    ctx.figure(fig, "split_and_join")
    return {"first": first_only, "second": second_only, "both": both}
