"""Cross-entropy: two spellings, lost brackets, far scores, and a loss that leaves a model stuck."""

import numpy as np
import torch
from lessons.context import Context


def two_branches(ctx: Context) -> dict[str, float | list[float]]:
    """Prices a grid of predictions with the two-case form and with the one-line form."""
    grid = np.linspace(0.001, 0.999, 999)
    fig, axis = ctx.subplots(figsize=(6, 3.4))
    largest = 0.0
    for label, cases in ((1, -np.log(grid)), (0, -np.log1p(-grid))):
        one_line = -(label * np.log(grid) + (1 - label) * np.log(1 - grid))
        largest = max(largest, float(np.abs(one_line - cases).max()))
        axis.plot(grid, cases, label=ctx.t("demo.label", y=label))
    axis.set(xlabel=ctx.t("demo.p"), ylabel=ctx.t("demo.price"))
    axis.legend()
    ctx.figure(fig, "price_of_a_prediction")
    with np.errstate(divide="ignore", invalid="ignore"):
        corner = float(-(0 * np.log(0.0) + 1 * np.log(1 - np.float64(0))))
    ctx.say("demo.same", largest=largest)
    ctx.say("demo.corner", value=corner)
    services = [float(-np.log(said)) for said in (0.60, 0.01)]
    ctx.table(["demo.said", "demo.price"], [["60 %", services[0]], ["1 %", services[1]]])
    return {"largest_difference": largest, "services": services}


def lost_brackets(ctx: Context) -> dict[str, float | list[float]]:
    """Computes the loss of five samples as it is meant and as it is printed without brackets."""
    truth = np.array([1.0, 0.0, 0.0, 1.0, 0.0])
    says = np.array([0.7, 0.1, 0.3, 0.8, 0.45])
    ones, zeros = truth * np.log(says), (1 - truth) * np.log1p(-says)
    values = {
        "demo.meant": float(-(ones + zeros).sum() / 5),
        "demo.minus_lost": float(-ones.sum() / 5 + zeros.sum() / 5),
        "demo.sum_lost": float(-ones.sum() / 5 + zeros.sum()),
    }
    ctx.table(["demo.reading", "demo.loss"], [[ctx.t(key), value] for key, value in values.items()])
    return {key.removeprefix("demo."): value for key, value in values.items()}


def far_scores(ctx: Context) -> dict[str, float | list[float]]:
    """Prices a wrong prediction at growing scores by way of the probability and directly."""
    rows, direct, broken = [], [], []
    for score in (5.0, 15.0, 17.0, 40.0, 200.0):
        z = torch.tensor(score, dtype=torch.float32)
        through = -torch.log(1 - torch.sigmoid(z))
        straight = torch.nn.functional.softplus(z)
        rows.append([score, float(through), float(straight)])
        direct.append(float(straight))
        if torch.isinf(through):
            broken.append(score)
    ctx.table(["demo.score", "demo.through", "demo.straight"], rows)
    return {"direct": direct, "first_infinite": broken[0]}


def stuck_or_moving(ctx: Context) -> dict[str, float | list[float]]:
    """Trains two equal models from the same bad start, one with each loss."""
    x = torch.linspace(-2, 2, 40, dtype=torch.float64)[:, None]
    y = (x > 0).double()
    losses = {
        "bce": torch.nn.functional.binary_cross_entropy_with_logits,
        "mse": lambda z, t: ((torch.sigmoid(z) - t) ** 2).mean(),
    }
    fig, axis = ctx.subplots(figsize=(6, 3.4))
    figures: dict[str, float | list[float]] = {}
    for name, loss_of in losses.items():
        model = torch.nn.Linear(1, 1, dtype=torch.float64)
        torch.nn.init.constant_(model.weight, -12.0)
        torch.nn.init.zeros_(model.bias)
        optimizer = torch.optim.SGD(model.parameters(), lr=0.5)
        run = ctx.train(f"wrong_start_{name}", 300, model=model, optimizer=optimizer)
        for step in run:
            loss = loss_of(model(x), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            accuracy = ((model(x) > 0) == (y > 0.5)).double().mean().item()
            step.report(loss=loss.item(), accuracy=accuracy)
        accuracies = run.history["accuracy"]
        axis.plot(accuracies, label=ctx.t(f"demo.{name}"))
        turned = [number for number, value in enumerate(accuracies) if value > 0.9]
        if turned:
            figures[f"{name}_steps"] = float(turned[0] + 1)
        figures[f"{name}_accuracy"] = accuracies[-1]
        figures[f"{name}_weight"] = model.weight.item()
    axis.set(xlabel=ctx.t("demo.step"), ylabel=ctx.t("demo.accuracy"))
    axis.legend()
    ctx.figure(fig, "stuck_or_moving")
    ctx.say("demo.turned", bce=figures["bce_steps"], accuracy=figures["mse_accuracy"])
    return figures
