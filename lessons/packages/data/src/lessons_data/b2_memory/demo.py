"""What a tensor is in memory: one ribbon of numbers and many ways to read it."""

from __future__ import annotations

import io
import time

import torch
from lessons.context import Context


def _draw(ax, numbers, colours, title) -> None:  # type: ignore[no-untyped-def]
    """Draw a table of numbers, each cell in the colour of its place in the ribbon."""
    ax.imshow(colours, cmap="viridis", vmin=-1, vmax=6)
    for i, row in enumerate(numbers):
        for j, number in enumerate(row):
            ax.text(j, i, number, ha="center", va="center", color="white")
    ax.set_title(title, fontsize=10)
    ax.set_axis_off()


def ribbon(ctx: Context) -> dict[str, float | list[float]]:
    """Show a table, its transpose and the one ribbon behind both."""
    table = torch.tensor([[4, 1], [5, 3], [2, 1]])
    place = torch.arange(6).reshape(3, 2).numpy()
    turned, turned_place = table.T, place.T
    fig, axes = ctx.subplots(1, 3, figsize=(9, 2.6), width_ratios=[2, 3, 6])
    flat = [table.flatten().tolist()]
    _draw(axes[0], table.tolist(), place, ctx.t("demo.ribbon.table", stride=table.stride()))
    _draw(
        axes[1], turned.tolist(), turned_place, ctx.t("demo.ribbon.turned", stride=turned.stride())
    )
    _draw(axes[2], flat, [list(range(6))], ctx.t("demo.ribbon.storage"))
    ctx.figure(fig, "ribbon")
    same = table.data_ptr() == turned.data_ptr()
    ctx.say("demo.ribbon.same" if same else "demo.ribbon.other")
    return {
        "stride": [float(s) for s in table.stride()],
        "turned": [float(s) for s in turned.stride()],
        "same_memory": float(same),
    }


def turned(ctx: Context) -> dict[str, float | list[float]]:
    """Print offset, stride and contiguity of five views of a ribbon of twelve numbers."""
    t = torch.arange(12).reshape(3, 4)
    views = {
        "t": t,
        "t.T": t.T,
        "t[1:, 2:]": t[1:, 2:],
        "t[:, ::2]": t[:, ::2],
        "t[0].expand(3, 4)": t[0].expand(3, 4),
    }
    rows = []
    for name, v in views.items():
        yes = "●" if v.is_contiguous() else "–"
        rows.append([name, tuple(v.shape), v.storage_offset(), v.stride(), yes])
    heads = ["view", "shape", "offset", "stride", "contiguous"]
    ctx.table([f"demo.turned.{head}" for head in heads], rows)
    return {
        "offsets": [float(v.storage_offset()) for v in views.values()],
        "first_strides": [float(v.stride()[0]) for v in views.values()],
    }


def two_names(ctx: Context) -> dict[str, float | list[float]]:
    """Write through a slice and see who notices."""
    prices = torch.tensor([10.0, 20.0, 30.0, 40.0])
    last_two, own = prices[2:], prices[2:].clone()
    last_two.mul_(2)
    bigger = last_two + 1
    ctx.say("demo.names.original", values=prices.tolist())
    ctx.say("demo.names.clone", values=own.tolist())
    ctx.say("demo.names.new", values=bigger.tolist())
    return {"original": prices.tolist(), "clone": own.tolist()}


def walking(ctx: Context) -> dict[str, float | list[float]]:
    """Sum a big table along the ribbon and across it; flatten a transposed table."""
    table = torch.ones(3000, 3000)
    along, across = table.clone(), table.T.contiguous().T
    target = torch.empty_like(table)
    durations = []
    for source in (along, across):
        target.copy_(source)  # warm up
        runs = []
        for _ in range(5):
            start = time.perf_counter()
            target.copy_(source)
            runs.append(time.perf_counter() - start)
        durations.append(sorted(runs)[2])
    ctx.say(
        "demo.walking.times", along=f"{1e3 * durations[0]:.1f}", across=f"{1e3 * durations[1]:.1f}"
    )
    small = torch.arange(6).reshape(2, 3).T
    try:
        small.view(6)
        refused = False
    except RuntimeError:
        refused = True
    ctx.say("demo.walking.view" if refused else "demo.walking.no_error")
    moved = small.reshape(6)
    shares = moved.data_ptr() == small.data_ptr()
    ctx.say("demo.walking.reshape", values=moved.tolist())
    return {"refused": float(refused), "reshape_shares": float(shares)}


def keeping(ctx: Context) -> dict[str, float | list[float]]:
    """Save a slice with and without its ribbon, and move it to the device."""
    big = torch.zeros(1_000_000)
    sizes = []
    for piece in (big[:10], big[:10].clone()):
        file = io.BytesIO()
        torch.save(piece, file)
        sizes.append(float(file.tell()))
        file.seek(0)
        back = torch.load(file, weights_only=True)
        assert torch.equal(back, piece)  # noqa: S101 - what comes back is what was saved
    ctx.say("demo.keeping.sizes", slice=f"{sizes[0]:,.0f}", clone=f"{sizes[1]:,.0f}")
    there = big.to(ctx.device)
    ctx.say("demo.keeping.device", device=there.device.type)
    return {"dragged_along": float(sizes[0] > 4_000_000), "own": float(sizes[1] < 10_000)}
