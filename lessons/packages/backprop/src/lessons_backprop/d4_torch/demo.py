"""Worked code of the lesson on PyTorch."""

from typing import Any

import numpy as np
import torch
from lessons.context import Context


def tensor_and_autograd(ctx: Context) -> dict[str, float | list[float]]:
    """Show what is recorded: with gradients, without, and what the graph looks like."""
    numbers = np.array([0.5, 1.0, 2.0])
    leaf = torch.from_numpy(numbers).requires_grad_()
    result = torch.exp(leaf).sum()
    with torch.no_grad():
        unrecorded = torch.exp(leaf).sum()
    rows = [
        ["exp(x).sum()", str(result.requires_grad), type(result.grad_fn).__name__],
        ["no_grad", str(unrecorded.requires_grad), type(unrecorded.grad_fn).__name__],
    ]
    ctx.table(["demo.what", "demo.recorded", "grad_fn"], rows)
    result.backward()
    slopes = [] if leaf.grad is None else leaf.grad.tolist()
    node: Any = torch.exp(leaf).grad_fn
    ctx.say("demo.kept", kept=node._saved_result.detach().sum().item())  # noqa: SLF001
    return {"slopes": slopes, "values": [float(one) for one in np.exp(numbers)]}


def piling_up(ctx: Context) -> dict[str, float | list[float]]:
    """Descend the same bowl with and without clearing the gradients."""
    trails = {}
    for clears in (True, False):
        weight = torch.nn.Parameter(torch.tensor(4.0, dtype=torch.float64))
        optimizer = torch.optim.SGD([weight], lr=0.1)
        trail = [weight.item()]
        for _ in range(30):
            if clears:
                optimizer.zero_grad()
            weight.square().backward()
            optimizer.step()
            trail.append(weight.item())
        trails[clears] = trail
    fig, ax = ctx.subplots()
    ax.plot(trails[True], "-", label=ctx.t("demo.cleared"))
    ax.plot(trails[False], "--", label=ctx.t("demo.piled"))
    ax.axhline(0.0, color="black", linewidth=0.8)
    ax.set_xlabel(ctx.t("demo.step"))
    ax.set_ylabel("w")
    ax.legend()
    ctx.figure(fig, "piling_up")
    worst = max(abs(one) for one in trails[False][20:])
    ctx.say("demo.ends", cleared=trails[True][-1], piled=worst)
    return {"cleared": trails[True][-1], "piled_swing": worst}


def train_plane(ctx: Context) -> dict[str, float | list[float]]:
    """Train a Module on a plane with noise, save its state and bring it back."""
    source = ctx.generator()
    x = torch.randn(200, 2, generator=source)
    y = x @ torch.tensor([[2.0], [-1.0]]) + 0.5 + 0.1 * torch.randn(200, 1, generator=source)
    model = torch.nn.Linear(2, 1)
    with torch.no_grad():
        model.weight.zero_()
        model.bias.zero_()
    model, x, y = model.to(ctx.device), x.to(ctx.device), y.to(ctx.device)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    training = ctx.train("plane", 80, model=model, optimizer=optimizer)
    for step in training:
        optimizer.zero_grad()
        loss = torch.nn.functional.mse_loss(model(x), y)
        loss.backward()
        optimizer.step()
        step.report(loss=loss.item())
    twin = torch.nn.Linear(2, 1).to(ctx.device)
    twin.load_state_dict(model.state_dict())
    same = bool(torch.equal(twin(x), model(x)))
    fig, ax = ctx.subplots()
    ax.semilogy(training.history["loss"])
    ax.set_xlabel(ctx.t("demo.step"))
    ax.set_ylabel(ctx.t("demo.loss"))
    ctx.figure(fig, "train_plane")
    weights = [float(one) for one in model.weight.detach().flatten()]
    ctx.say("demo.plane", w1=weights[0], w2=weights[1], b=model.bias.item())
    ctx.say("demo.twin_same" if same else "demo.twin_differs")
    return {"weights": weights, "bias": model.bias.item(), "twin_same": float(same)}
