"""The same line trained with three batch sizes, and the noise of a batch's gradient."""

from __future__ import annotations

import numpy as np
import torch
from lessons.context import Context

Figures = dict[str, float | list[float]]

SAMPLES, EPOCHS = 200, 20
METHODS = {"demo.bgd": SAMPLES, "demo.mini": 20, "demo.sgd": 1}


def words(ctx: Context) -> Figures:
    """Count the updates of 20 epochs for three batch sizes."""
    rows, updates = [], []
    for key, size in METHODS.items():
        per_epoch = len(range(0, SAMPLES, size))
        updates.append(float(EPOCHS * per_epoch))
        rows.append([ctx.t(key), size, per_epoch, EPOCHS * per_epoch])
    ctx.table(["demo.method", "demo.batch_size", "demo.per_epoch", "demo.updates"], rows)
    return {"updates": updates}


def make_data(ctx: Context) -> tuple[torch.Tensor, torch.Tensor]:
    """Return 200 points around the line y = 2x + 1, on the chosen device."""
    generator = ctx.generator()
    x = torch.rand(SAMPLES, 1, generator=generator) * 3 - 1
    y = 2 * x + 1 + 0.5 * torch.randn(SAMPLES, 1, generator=generator)
    return x.to(ctx.device), y.to(ctx.device)


def train_line(ctx: Context, name: str, size: int) -> dict[str, list[float]]:
    """Train y = wx + b with batches of one size; return weight, bias and loss of each update."""
    x, y = make_data(ctx)
    model = torch.nn.Linear(1, 1).to(ctx.device)
    torch.nn.init.constant_(model.weight, -1.0)
    torch.nn.init.constant_(model.bias, -1.0)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.03 if size == 1 else 0.1)
    per_epoch = SAMPLES // size
    run = ctx.train(name, EPOCHS * per_epoch, model=model, optimizer=optimizer)
    for step in run:
        epoch, batch = divmod(step.number, per_epoch)
        # The order follows from the epoch alone, so a resumed run shuffles as before.
        shuffle = torch.Generator().manual_seed(ctx.seed * 1000 + epoch)
        rows = torch.randperm(SAMPLES, generator=shuffle)[batch * size : (batch + 1) * size]
        rows = rows.to(ctx.device)
        optimizer.zero_grad()
        torch.nn.functional.mse_loss(model(x[rows]), y[rows]).backward()
        optimizer.step()
        if step.number % max(1, per_epoch // 20) == 0:
            with torch.no_grad():
                loss = torch.nn.functional.mse_loss(model(x), y)
            step.report(loss=loss, w=model.weight.item(), b=model.bias.item())
    return run.history


def three_speeds(ctx: Context) -> Figures:
    """Train with all, twenty and single samples, and draw paths and losses."""
    fig, (path, curve) = ctx.subplots(1, 2, figsize=(10, 4))
    rows, finals = [], []
    for key, size in METHODS.items():
        history = train_line(ctx, key.removeprefix("demo."), size)
        path.plot(history["w"], history["b"], ".-", markersize=2, linewidth=0.7, label=ctx.t(key))
        passes = np.linspace(0, EPOCHS, len(history["loss"]))
        curve.semilogy(passes, history["loss"], linewidth=1, label=ctx.t(key))
        finals.append(history["loss"][-1])
        rows.append([ctx.t(key), f"{finals[-1]:.4f}"])
    path.set(xlabel=ctx.t("demo.w"), ylabel=ctx.t("demo.b"), title=ctx.t("demo.paths"))
    curve.set(xlabel=ctx.t("demo.epochs"), ylabel=ctx.t("demo.loss"), title=ctx.t("demo.curves"))
    path.legend()
    ctx.figure(fig, "three_speeds")
    ctx.table(["demo.method", "demo.final"], rows)
    return {"final": finals}


def noise(ctx: Context) -> Figures:
    """Measure how much the gradient of a random batch varies."""
    x = ctx.rng.uniform(-1, 2, size=5_000)
    y = 2 * x + 1 + 0.5 * ctx.rng.normal(size=x.size)
    slopes = 2 * (0.5 * x - y) * x
    sizes = [1, 4, 16, 64, 256]
    spread = [
        float(np.std([ctx.rng.choice(slopes, size).mean() for _ in range(1_500)])) for size in sizes
    ]
    fig, axis = ctx.subplots(figsize=(6, 3.6))
    axis.loglog(sizes, spread, "o", label=ctx.t("demo.spread"))
    axis.loglog(sizes, slopes.std() / np.sqrt(sizes), ":", label=ctx.t("demo.theory"))
    axis.set(xlabel=ctx.t("demo.batch_size"), title=ctx.t("demo.noise_title"))
    axis.legend()
    ctx.figure(fig, "noise")
    ratio = spread[0] / spread[3]
    ctx.say("demo.noise", one=spread[0], many=spread[3], ratio=ratio)
    return {"spread": spread, "ratio": ratio}
