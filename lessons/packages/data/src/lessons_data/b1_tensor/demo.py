"""Tensors: orders, slices and reductions of a week, dtypes, broadcasting, the NumPy bridge."""

from __future__ import annotations

import math

import numpy as np
import torch
from lessons.context import Context


def orders(ctx: Context) -> dict[str, float | list[float]]:
    """Print a tensor of each order from 0 to 4 with its shape and its number of numbers."""
    examples = {
        "temperature": torch.tensor(21.5),
        "day": torch.zeros(24),
        "week": torch.zeros(7, 24),
        "picture": torch.zeros(3, 32, 32),
        "batch": torch.zeros(64, 3, 32, 32),
    }
    rows = []
    for name, t in examples.items():
        size = " · ".join(map(str, t.shape)) or "–"
        rows.append([ctx.t(f"demo.orders.{name}"), t.dim(), size, t.numel()])
    heads = ["example", "order", "shape", "numel"]
    ctx.table([f"demo.orders.{head}" for head in heads], rows)
    return {
        "orders": [float(t.dim()) for t in examples.values()],
        "numbers": [float(t.numel()) for t in examples.values()],
    }


def week(ctx: Context) -> dict[str, float | list[float]]:
    """Slice and reduce a week of temperatures, and draw it."""
    hours = torch.arange(24, dtype=torch.float64)
    daily = 20 + 6 * torch.sin((hours - 9) / 24 * 2 * math.pi)
    trend = torch.linspace(-2, 3, 7, dtype=torch.float64)
    noise = 0.6 * torch.randn(7, 24, generator=ctx.generator(), dtype=torch.float64)
    t = daily + trend[:, None] + noise
    means = t.mean(dim=1)
    ctx.say("demo.week.shapes", day=tuple(t[2].shape), three=tuple(t[:, 15].shape))
    ctx.say("demo.week.warm", hours=len(t[t > 25]), top=f"{t.max():.1f}")
    fig, (left, right) = ctx.subplots(1, 2, figsize=(9, 3.2), width_ratios=[2, 1])
    picture = left.imshow(t.numpy(), aspect="auto", cmap="coolwarm")
    left.grid(visible=False)
    left.set_xlabel(ctx.t("demo.week.hour"))
    left.set_ylabel(ctx.t("demo.week.day"))
    left.set_title(ctx.t("demo.week.table"))
    fig.colorbar(picture, ax=left, label=ctx.t("demo.week.degrees"))
    right.barh(range(7), means.numpy(), color="tab:orange")
    right.invert_yaxis()
    right.set_xlabel(ctx.t("demo.week.degrees"))
    right.set_title(ctx.t("demo.week.means"))
    ctx.figure(fig, "week")
    return {"means": means.tolist(), "warm_hours": float((t > 25).sum())}


def kinds(ctx: Context) -> dict[str, float | list[float]]:
    """Print size and behaviour at the edges of four dtypes."""
    rows, results, sizes = [], [], []
    for dtype in (torch.uint8, torch.int64, torch.float32, torch.float64):
        total = torch.tensor(250, dtype=dtype) + torch.tensor(10, dtype=dtype)
        third = torch.tensor(1, dtype=torch.float64).to(dtype) / 3
        shown = f"{third.item():.17f}" if dtype.is_floating_point else "–"
        megabytes = 256 * 3 * 224 * 224 * total.element_size() / 2**20
        name = str(dtype).removeprefix("torch.")
        rows.append([name, total.element_size(), total.item(), shown, f"{megabytes:.0f}"])
        results.append(float(total))
        sizes.append(float(total.element_size()))
    heads = ["dtype", "bytes", "sum", "third", "pictures"]
    ctx.table([f"demo.kinds.{head}" for head in heads], rows)
    return {"sums": results, "bytes": sizes}


def times_table(ctx: Context) -> dict[str, float | list[float]]:
    """Make a multiplication table from a column and a row, and draw the three shapes."""
    column = torch.arange(1, 10).reshape(9, 1)
    row = torch.arange(1, 10)
    table = column * row
    fig, axes = ctx.subplots(1, 3, figsize=(9, 3.4), width_ratios=[1, 9, 9])
    parts = [("column", column), ("row", row[None]), ("product", table)]
    for ax, (name, part) in zip(axes, parts, strict=True):
        ax.imshow(part.numpy(), cmap="YlGn", vmin=0, vmax=110)
        for (i, j), number in np.ndenumerate(part.numpy()):
            ax.text(j, i, number, ha="center", va="center", fontsize=7)
        ax.set_title(ctx.t(f"demo.times.{name}"), fontsize=9)
        ax.set_axis_off()
    ctx.figure(fig, "times_table")
    ctx.say("demo.times.sum", total=int(table.sum()))
    return {"sum": float(table.sum()), "shape": [float(n) for n in table.shape]}


def bridge(ctx: Context) -> dict[str, float | list[float]]:
    """Change an array and see which tensors follow."""
    array = np.zeros(3)
    looking, copied = torch.from_numpy(array), torch.tensor(array)
    array[0] = 7
    ctx.say("demo.bridge.looking", values=looking.tolist())
    ctx.say("demo.bridge.copied", values=copied.tolist())
    moved = looking.to(ctx.device)
    ctx.say("demo.bridge.device", device=moved.device.type)
    return {"looking": looking.tolist(), "copied": copied.tolist()}
