"""Speed of matrix products here, and published speeds of 2016 taken apart."""

from __future__ import annotations

import math
import statistics
import time

import numpy as np
import torch
from lessons.context import Context

Figures = dict[str, float | list[float]]

# Milliseconds for a forward and a backward pass of 16 images, from jcjohnson/cnn-benchmarks:
# dual Xeon E5-2630 v3; Pascal Titan X without cuDNN, with cuDNN 5.1.05, with cuDNN 5.0.05.
PUBLISHED = {
    "VGG-16": (8495.48, 358.53, 128.62, 157.39),
    "VGG-19": (9849.23, 440.08, 147.32, 190.73),
    "ResNet-50": (6627.25, 246.58, 103.58, 105.78),
    "ResNet-152": (16872.78, 609.43, 217.91, 225.20),
    "ResNet-200": (22425.16, 834.48, 296.51, 306.27),
}
# Peak GFLOP/s in single precision, list price at launch in dollars.
CARDS = {
    "Maxwell Titan X": (2015, 6140, 999),
    "GTX 1080": (2016, 8870, 599),
    "Pascal Titan X": (2016, 10160, 1200),
    "GTX 1080 Ti": (2017, 10600, 699),
}


def many_at_once(ctx: Context) -> Figures:
    """Add two rows of 200,000 numbers in a loop and in one operation."""
    a, b = ctx.rng.normal(size=(2, 200_000))
    left, right = a.tolist(), b.tolist()
    start = time.perf_counter()
    total = []
    for x, y in zip(left, right, strict=True):
        total.append(x + y)  # one by one, on purpose
    loop = time.perf_counter() - start
    whole = []
    for _ in range(7):
        start = time.perf_counter()
        together = a + b
        whole.append(time.perf_counter() - start)
    ratio = loop / statistics.median(whole)
    ctx.table(
        ["demo.one_by_one", "demo.at_once"],
        [[f"{loop * 1e3:.2f} ms", f"{statistics.median(whole) * 1e3:.3f} ms"]],
    )
    ctx.say("demo.chain", ratio=ratio, count=len(total))
    return {"ratio": ratio, "same": float(np.allclose(total, together))}


def finish(device: str) -> None:
    """Wait until the device has done all it was given."""
    if device.startswith("cuda"):
        torch.cuda.synchronize()


def sweep(ctx: Context) -> Figures:
    """Multiply square matrices of growing size on the chosen device."""
    name = torch.cuda.get_device_name() if ctx.device.startswith("cuda") else "CPU"
    sizes, rows, rates = [32, 64, 128, 256, 512, 1024], [], []
    first = middle = 0.0
    for n in sizes:
        a = torch.randn(n, n, generator=ctx.generator()).to(ctx.device)
        times = []
        for _ in range(10):
            finish(ctx.device)
            start = time.perf_counter()
            a @ a
            finish(ctx.device)
            times.append(time.perf_counter() - start)
        first, middle = times[0], statistics.median(times[1:])
        rates.append(n * n * (2 * n - 1) / middle / 1e9)
        rows.append([n, f"{middle * 1e3:.4f}", f"{rates[-1]:.1f}"])
    ctx.say("demo.device", device=name)
    ctx.table(["demo.n", "demo.time", "demo.rate"], rows)
    ctx.say("demo.first_call", first=first * 1e3, median=middle * 1e3)
    fig, axis = ctx.subplots(figsize=(6, 3.6))
    axis.loglog(sizes, rates, "o-")
    axis.set(
        xlabel=ctx.t("demo.n"),
        ylabel=ctx.t("demo.rate"),
        title=ctx.t("demo.sweep_title", device=name),
    )
    ctx.figure(fig, "sweep")
    return {"gflops": rates}


def published(ctx: Context) -> Figures:
    """Take the published times of five networks apart into hardware and library."""
    rows, both, library = [], [], []
    for network, (cpu, plain, tuned, older) in PUBLISHED.items():
        both.append(round(cpu / tuned, 1))
        library += [plain / tuned, plain / older]
        rows.append([network, cpu, plain, tuned, f"{cpu / tuned:.1f}", f"{plain / tuned:.2f}"])
    headers = ["network", "cpu", "plain", "tuned", "both", "library"]
    ctx.table([f"demo.{header}" for header in headers], rows)
    low, high = math.floor(min(library) * 10) / 10, math.ceil(max(library) * 10) / 10
    ctx.say("demo.range", low=low, high=high)
    return {"speedups": both, "library_range": [low, high]}


def prices(ctx: Context) -> Figures:
    """Divide the peak speed of four cards by their price."""
    rows, ratios = [], []
    for card, (year, peak, price) in CARDS.items():
        ratios.append(peak / price)
        rows.append([card, year, peak, price, f"{ratios[-1]:.1f}"])
    ctx.table([f"demo.{key}" for key in ("card", "year", "peak", "price", "per_dollar")], rows)
    return {"per_dollar": ratios}
