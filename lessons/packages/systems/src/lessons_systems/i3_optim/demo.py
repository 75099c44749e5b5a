"""Optimisers of torch in a ravine, on a constant slope, and training a small network."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from lessons.context import Context

Figures = dict[str, float | list[float]]

MAKERS: dict[str, Callable[[Any], torch.optim.Optimizer]] = {
    "demo.sgd": lambda p: torch.optim.SGD(p, lr=0.018),
    "demo.momentum": lambda p: torch.optim.SGD(p, lr=0.018, momentum=0.85),
    "demo.nesterov": lambda p: torch.optim.SGD(p, lr=0.018, momentum=0.85, nesterov=True),
    "demo.adagrad": lambda p: torch.optim.Adagrad(p, lr=0.6),
    "demo.adadelta": lambda p: torch.optim.Adadelta(p, lr=40.0),
    "demo.rmsprop": lambda p: torch.optim.RMSprop(p, lr=0.08, alpha=0.9),
    "demo.adam": lambda p: torch.optim.Adam(p, lr=0.3),
}


def ravine(ctx: Context) -> Figures:
    """Let seven optimisers walk 60 steps down a valley fifty times steeper across than along."""
    steepness = torch.tensor([1.0, 50.0], dtype=torch.float64)
    fig, axis = ctx.subplots(figsize=(8, 4.2))
    x, y = np.meshgrid(np.linspace(-4.5, 1.5, 80), np.linspace(-1.6, 1.6, 80))
    axis.contour(x, y, x**2 / 2 + 25 * y**2, levels=np.geomspace(0.1, 60, 12), colors="0.85")
    rows, left = [], []
    for key, make in MAKERS.items():
        place = torch.tensor([-4.0, 1.0], dtype=torch.float64, requires_grad=True)
        optimizer, path = make([place]), []
        for _ in range(60):
            path.append(place.detach().numpy().copy())
            optimizer.zero_grad()
            (0.5 * steepness * place**2).sum().backward()
            optimizer.step()
        axis.plot(*np.array(path).T, ".-", linewidth=0.8, markersize=3, label=ctx.t(key))
        left.append(float(place.detach().norm()))
        rows.append([ctx.t(key), f"{left[-1]:.4f}"])
    axis.set(title=ctx.t("demo.ravine_title"))
    axis.legend(fontsize=7)
    ctx.figure(fig, "ravine")
    ctx.table(["demo.name", "demo.distance"], rows)
    return {"distance": left}


def memory(ctx: Context) -> Figures:
    """Feed four optimisers a gradient that is always 1 and record how far they step."""
    fig, axis = ctx.subplots(figsize=(6.5, 3.6))
    final = {}
    for key in ("demo.sgd", "demo.momentum", "demo.adagrad", "demo.rmsprop"):
        place = torch.zeros(1, dtype=torch.float64, requires_grad=True)
        optimizer, sizes = MAKERS[key]([place]), []
        for _ in range(100):
            before = float(place.detach())
            place.grad = torch.ones_like(place)
            optimizer.step()
            sizes.append(before - float(place.detach()))
        axis.semilogy(sizes, label=ctx.t(key))
        final[key.removeprefix("demo.")] = sizes[-1]
    axis.set(xlabel=ctx.t("demo.step"), ylabel=ctx.t("demo.size"), title=ctx.t("demo.memory_title"))
    axis.legend()
    ctx.figure(fig, "memory")
    del final["sgd"]
    ctx.say("demo.sizes", **final)
    return dict(final)


def make_moons(ctx: Context) -> tuple[torch.Tensor, torch.Tensor]:
    """Return 400 points on two interlocking half circles with their labels."""
    generator = ctx.generator()
    angle = torch.rand(400, generator=generator) * torch.pi
    side = (torch.arange(400) % 2).float()
    x = torch.cos(angle) * (1 - 2 * side) + side
    y = torch.sin(angle) * (1 - 2 * side) + 0.5 * side
    points = torch.stack([x, y], dim=1) + 0.12 * torch.randn(400, 2, generator=generator)
    return points.to(ctx.device), side.to(ctx.device)


def train_moons(ctx: Context, key: str) -> tuple[list[float], float]:
    """Train the same small network with one optimiser; return losses and accuracy."""
    points, labels = make_moons(ctx)
    torch.manual_seed(ctx.seed)
    layers = [torch.nn.Linear(2, 16), torch.nn.Tanh(), torch.nn.Linear(16, 1)]
    model = torch.nn.Sequential(*layers).to(ctx.device)
    makers = {
        "demo.sgd": lambda p: torch.optim.SGD(p, lr=0.1),
        "demo.momentum": lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9),
        "demo.rmsprop": lambda p: torch.optim.RMSprop(p, lr=0.01),
        "demo.adam": lambda p: torch.optim.Adam(p, lr=0.05),
    }
    optimizer = makers[key](model.parameters())
    run = ctx.train(key.removeprefix("demo."), 300, model=model, optimizer=optimizer)
    for step in run:
        optimizer.zero_grad()
        scores = model(points).squeeze(1)
        loss = torch.nn.functional.binary_cross_entropy_with_logits(scores, labels)
        loss.backward()
        optimizer.step()
        step.report(loss=loss.item())
    with torch.no_grad():
        right = ((model(points).squeeze(1) > 0) == (labels > 0.5)).float().mean()
    return run.history["loss"], right.item()


def moons(ctx: Context) -> Figures:
    """Compare four optimisers on one network."""
    fig, axis = ctx.subplots(figsize=(6.5, 3.8))
    rows, accuracies, losses = [], [], []
    for key in ("demo.sgd", "demo.momentum", "demo.rmsprop", "demo.adam"):
        history, accuracy = train_moons(ctx, key)
        axis.semilogy(history, label=ctx.t(key))
        accuracies.append(accuracy)
        losses.append(history[-1])
        rows.append([ctx.t(key), f"{history[-1]:.4f}", f"{accuracy:.3f}"])
    axis.set(xlabel=ctx.t("demo.step"), ylabel=ctx.t("demo.loss"), title=ctx.t("demo.moons_title"))
    axis.legend()
    ctx.figure(fig, "moons")
    ctx.table(["demo.name", "demo.loss", "demo.accuracy"], rows)
    return {"accuracy": accuracies, "loss": losses}
