"""Shapes of points, one layer against two on stripes, and gradients that pile up."""

import numpy as np
import torch
from lessons.context import Context

from lessons_networks.g3_mlp2d.sets import SETS, stripes


def five_sets(ctx: Context) -> dict[str, float | list[float]]:
    """Draws the shapes."""
    fig, axes = ctx.subplots(1, 6, figsize=(14, 2.6))
    shares = []
    for axis, (name, make) in zip(axes, SETS.items(), strict=True):
        x, y = make(ctx.rng)
        axis.scatter(x[:, 0], x[:, 1], c=y, s=3, cmap="coolwarm")
        axis.set(title=name, xticks=[], yticks=[])
        shares.append(float(y.mean()))
    ctx.figure(fig, "five_sets")
    return {"share_of_class_1": shares}


def striped_points() -> tuple[torch.Tensor, torch.Tensor]:
    """The assignment's 10 000 points, scaled to numbers around 1."""
    x, y = stripes(np.random.default_rng(42), 10_000)
    return torch.tensor(x / 10, dtype=torch.float32), torch.tensor(y, dtype=torch.float32)


def one_layer_or_two(ctx: Context) -> dict[str, float | list[float]]:
    """Trains without and with a hidden layer on the stripes and draws the maps."""
    x, y = striped_points()
    # Every fourth point is enough for the training.
    x, y = x[::4].to(ctx.device), y[::4].to(ctx.device)
    side = torch.linspace(-1, 1, 80)
    grid = torch.cartesian_prod(side, side)
    fig, axes = ctx.subplots(1, 2, figsize=(8, 3.4))
    figures: dict[str, float | list[float]] = {}
    hidden = [torch.nn.Linear(2, 16), torch.nn.ReLU(), torch.nn.Linear(16, 1)]
    for axis, (name, parts) in zip(
        axes, {"one": [torch.nn.Linear(2, 1)], "two": hidden}.items(), strict=True
    ):
        model = torch.nn.Sequential(*parts)
        chance = ctx.generator()
        for weights in model.parameters():
            torch.nn.init.uniform_(weights, -0.7, 0.7, generator=chance)
        model = model.to(ctx.device)
        optimizer = torch.optim.Adam(model.parameters(), lr=0.05)
        for step in ctx.train(f"stripes_{name}", 250, model=model, optimizer=optimizer):
            loss = torch.nn.functional.binary_cross_entropy_with_logits(model(x)[:, 0], y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            step.report(loss=loss.item())
        with torch.no_grad():
            right = ((model(x)[:, 0] > 0) == (y > 0.5)).float().mean().item()
            chances = torch.sigmoid(model(grid.to(ctx.device))).cpu()
        axis.contourf(side, side, chances.reshape(80, 80).T, levels=20, cmap="coolwarm")
        axis.set(title=ctx.t(f"demo.{name}", accuracy=right), aspect="equal")
        figures[f"{name}_accuracy"] = right
    ctx.figure(fig, "one_layer_or_two")
    ctx.say("demo.accuracies", one=figures["one_accuracy"], two=figures["two_accuracy"])
    return figures


def kept_gradients(ctx: Context) -> dict[str, float | list[float]]:
    """One network three ways: gradients kept, cleared, and cleared with a fitting optimizer."""
    x, y = striped_points()
    x, y = x[:500], y[:500]
    fig, axis = ctx.subplots(figsize=(6.5, 3.4))
    figures: dict[str, float | list[float]] = {}
    for name in ("kept", "cleared", "adam"):
        model = torch.nn.Sequential(torch.nn.Linear(2, 16), torch.nn.ReLU(), torch.nn.Linear(16, 1))
        chance = ctx.generator()
        for weights in model.parameters():
            torch.nn.init.uniform_(weights, -0.7, 0.7, generator=chance)
        plain = torch.optim.SGD(model.parameters(), lr=0.005)
        optimizer = torch.optim.Adam(model.parameters(), lr=0.05) if name == "adam" else plain
        run = ctx.train(f"gradients_{name}", 600, model=model, optimizer=optimizer)
        for step in run:
            loss = torch.nn.functional.binary_cross_entropy_with_logits(model(x)[:, 0], y)
            if name != "kept":
                optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            step.report(loss=loss.item())
        losses = np.array(run.history["loss"])
        axis.plot(losses, label=ctx.t(f"demo.{name}"), lw=0.9)
        figures[f"{name}_accuracy"] = ((model(x)[:, 0] > 0) == (y > 0.5)).float().mean().item()
        figures[f"{name}_rising"] = float((np.diff(losses) > 0).mean())
    axis.set(xlabel=ctx.t("demo.step"), ylabel=ctx.t("demo.loss"), ylim=(0, 1.5))
    axis.legend()
    ctx.figure(fig, "kept_gradients")
    rows = [
        [ctx.t(f"demo.{one}"), figures[f"{one}_accuracy"], figures[f"{one}_rising"]]
        for one in ("kept", "cleared", "adam")
    ]
    ctx.table(["demo.way", "demo.accuracy", "demo.rising"], rows)
    return figures
