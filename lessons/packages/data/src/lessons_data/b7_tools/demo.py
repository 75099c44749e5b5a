"""A DataFrame, a race of loops against NumPy, cells that share one memory, and a day."""

from __future__ import annotations

import time

import numpy as np
import pandas as pd
from lessons.context import Context


def frame(ctx: Context) -> dict[str, float | list[float]]:
    """Pick, compute and group in a small table of experiments."""
    runs = pd.DataFrame(
        {
            "day": pd.to_datetime(["2026-03-02", "2026-03-02", "2026-03-03", "2026-03-04"]),
            "model": ["linear", "network", "network", "linear"],
            "epochs": [10, 40, 80, 20],
            "seconds": [1.5, 22.0, 47.2, 2.8],
        }
    )
    runs["each"] = runs["seconds"] / runs["epochs"]
    kinds = [[name, str(runs[name].dtype), str(runs[name].iloc[0])] for name in runs.columns]
    ctx.table([f"demo.frame.{head}" for head in ("column", "dtype", "first")], kinds)
    long = runs[runs["epochs"] > 15]
    means = runs.groupby("model")["each"].mean()
    ctx.say("demo.frame.long", count=len(long))
    ctx.table(["demo.frame.model", "demo.frame.each"], [[k, f"{v:.3f}"] for k, v in means.items()])
    array = runs[["epochs", "seconds"]].to_numpy()
    ctx.say("demo.frame.array", shape=array.shape, dtype=array.dtype)
    return {"each": [float(v) for v in means], "long": float(len(long))}


def _three_loops(a: list[list[float]], b: list[list[float]]) -> list[list[float]]:
    """Multiply two matrices the slow way."""
    product = []
    for row in a:
        line = []
        for column in zip(*b, strict=True):
            total = 0.0
            for x, y in zip(row, column, strict=True):
                total += x * y
            line.append(total)
        product.append(line)
    return product


def speed(ctx: Context) -> dict[str, float | list[float]]:
    """Race three loops against one expression on 100 x 100 matrices."""
    a, b = ctx.rng.normal(size=(2, 100, 100))
    start = time.perf_counter()
    slow = _three_loops(a.tolist(), b.tolist())
    loops = time.perf_counter() - start
    fast = a @ b  # warm up
    runs = []
    for _ in range(9):
        start = time.perf_counter()
        fast = a @ b
        runs.append(time.perf_counter() - start)
    numpy = sorted(runs)[4]
    ctx.say("demo.speed.times", loops=f"{1e3 * loops:.1f}", numpy=f"{1e3 * numpy:.3f}")
    ctx.say("demo.speed.ratio", ratio=f"{loops / numpy:,.0f}")
    gap = float(np.abs(fast - np.array(slow)).max())
    fig, ax = ctx.subplots(figsize=(6, 1.8))
    ax.barh([ctx.t("demo.speed.loop"), "NumPy"], [1e3 * loops, 1e3 * numpy], log=True)
    ax.set_xlabel(ctx.t("demo.speed.axis"))
    ctx.figure(fig, "speed")
    return {"at_least_ten": float(loops > 10 * numpy), "same_numbers": float(gap < 1e-9)}


def cells(ctx: Context) -> dict[str, float | list[float]]:
    """Run three cells in order, and then as people do."""
    notebook = ["price = 100", "price = price * 2", "total = price + 5"]
    totals, rows = [], []
    for order in ([1, 2, 3], [1, 2, 2, 3], [1, 3, 2]):
        memory = {"price": 0, "total": 0}
        for number in order:
            if number == 1:
                memory["price"] = 100
            elif number == 2:
                memory["price"] *= 2
            else:
                memory["total"] = memory["price"] + 5
        totals.append(float(memory["total"]))
        rows.append([" → ".join(map(str, order)), memory["price"], memory["total"]])
    for number, line in enumerate(notebook, start=1):
        ctx.say("demo.cells.cell", number=number, line=line)
    ctx.table(["demo.cells.order", "price", "total"], rows)
    return {"totals": totals}


def seconds(ctx: Context) -> dict[str, float | list[float]]:
    """Compute what the broken cell would have shown."""
    hours, minutes, sixty = 24, 60, 60
    value = hours * minutes * sixty
    ctx.say("demo.seconds.value", value=value)
    return {"value": float(value)}


def places(ctx: Context) -> dict[str, float | list[float]]:
    """Compare Colab with this workspace, and name the device at hand."""
    topics = ["setup", "gpu", "files", "share", "github", "time"]
    rows = [
        [
            ctx.t(f"demo.places.{one}"),
            ctx.t(f"demo.places.colab_{one}"),
            ctx.t(f"demo.places.here_{one}"),
        ]
        for one in topics
    ]
    ctx.table(["demo.places.what", "Colab", "demo.places.here"], rows)
    ctx.say("demo.places.device", device=ctx.device)
    return {"topics": float(len(rows))}
