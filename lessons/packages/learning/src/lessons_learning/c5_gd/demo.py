"""Worked code of the lesson on gradient descent."""

import numpy as np
import torch
from lessons.context import Context


def slopes_of_the_bowl(ctx: Context) -> dict[str, float | list[float]]:
    """Draw the cost of one weight with tangents left of, at and right of the bottom."""
    hours, points = torch.tensor([1.0, 2.0, 3.0]), torch.tensor([2.0, 4.0, 6.0])
    weights = torch.tensor([0.5, 2.0, 3.2], requires_grad=True)
    costs = (weights[:, None] * hours - points).square().mean(dim=1)
    costs.sum().backward()
    slopes = (weights.grad if weights.grad is not None else torch.zeros(3)).tolist()
    fig, ax = ctx.subplots()
    w = np.linspace(-0.5, 4.5, 200)
    ax.plot(w, 14 / 3 * (w - 2) ** 2)
    for place, height, slope in zip(weights.tolist(), costs.tolist(), slopes, strict=True):
        near = np.array([place - 0.7, place + 0.7])
        ax.plot(near, height + slope * (near - place), "--", color="tab:red")
        ax.plot(place, height, "ro")
        ctx.say("demo.slope_at", w=place, slope=slope)
    ax.set_xlabel("W")
    ax.set_ylabel("cost(W)")
    ctx.figure(fig, "slopes_of_the_bowl")
    return {"slopes": slopes}


def walk(ctx: Context) -> dict[str, float | list[float]]:
    """Go down the bowl of three points from (1, 1) and draw the path."""
    curvature, pull = np.array([[6.0, 4.0], [4.0, 4.0]]), np.array([6.0, 6.0])
    place, path = np.array([1.0, 1.0]), [np.array([1.0, 1.0])]
    for _ in range(100):
        place = place - 0.1 * (curvature @ place - pull)
        path.append(place)
    trail = np.array(path)
    ctx.table(["demo.step", "w0", "w1"], [[one, *trail[one]] for one in (0, 1)])
    w0, w1 = np.meshgrid(np.linspace(-0.6, 1.4, 161), np.linspace(0.2, 1.9, 161))
    height = 2 * w1**2 + 3 * w0**2 - 6 * w1 - 6 * w0 + 4 * w1 * w0 + 5
    fig, ax = ctx.subplots()
    ax.contour(w0, w1, height, levels=[0.51, 0.55, 0.65, 0.8, 1, 1.4, 2, 3, 4, 6])
    ax.plot(trail[:, 0], trail[:, 1], "o-", color="tab:red", markersize=4)
    ax.set_xlabel("w0")
    ax.set_ylabel("w1")
    ctx.figure(fig, "walk")
    gap = float(np.hypot(*(trail[100] - [0.0, 1.5])))
    ctx.say("demo.gap", gap=gap)
    by_step = {
        f"w{weight}_step_{one}": float(trail[one, weight])
        for one in (1, 2, 3, 97, 98, 100)
        for weight in (0, 1)
    }
    return {**by_step, "gap": gap}


def train_hours(ctx: Context) -> dict[str, float | list[float]]:
    """Let PyTorch walk: one weight, three students, sixty steps."""
    hours = torch.tensor([[1.0], [2.0], [3.0]], dtype=torch.float64)
    points = torch.tensor([[2.0], [4.0], [6.0]], dtype=torch.float64)
    model = torch.nn.Linear(1, 1, bias=False, dtype=torch.float64)
    torch.nn.init.zeros_(model.weight)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.02)
    training = ctx.train("train_hours", 60, model=model, optimizer=optimizer)
    for step in training:
        guesses = model(hours)
        loss = torch.nn.functional.mse_loss(guesses, points)
        optimizer.zero_grad()
        loss.backward()
        step.report(loss=loss.item(), weight=model.weight.item())
        optimizer.step()
    fig, (left, right) = ctx.subplots(1, 2, figsize=(8, 3.4))
    left.semilogy(training.history["loss"])
    left.set_ylabel(ctx.t("demo.loss"))
    right.plot(training.history["weight"])
    right.axhline(2.0, color="black", linewidth=0.8, linestyle="--")
    right.set_ylabel("W")
    for ax in (left, right):
        ax.set_xlabel(ctx.t("demo.step"))
    ctx.figure(fig, "train_hours")
    weight = model.weight.item()
    ctx.say("demo.trained", weight=weight, points=4 * weight)
    return {"weight": weight, "points_after_4_hours": 4 * weight, "loss": training.history["loss"]}
