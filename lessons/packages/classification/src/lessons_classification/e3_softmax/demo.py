"""Softmax: shares of four scores, five priced inputs, and a softmax too many."""

import numpy as np
import torch
from lessons.context import Context
from sklearn.datasets import load_iris


def shares(ctx: Context) -> dict[str, float | list[float]]:
    """Shows the shares of four scores as they are, shifted and doubled."""
    scores = torch.tensor([1.5, 0.5, -0.5, -2.0], dtype=torch.float64)
    cases = {"as_is": scores, "shifted": scores + 5, "doubled": 2 * scores}
    fig, axes = ctx.subplots(1, 3, figsize=(9, 3), sharey=True)
    result: dict[str, float | list[float]] = {}
    for axis, (name, given) in zip(axes, cases.items(), strict=True):
        share = torch.softmax(given, 0)
        labels = [f"{one:g}" for one in given.tolist()]
        axis.bar(labels, share.numpy())
        axis.set(title=ctx.t(f"demo.{name}"), xlabel=ctx.t("demo.score"))
        result[name] = share.tolist()
    axes[0].set(ylabel=ctx.t("demo.share"))
    ctx.figure(fig, "shares")
    flower = torch.softmax(torch.tensor([2.0, 1.0, 0.1], dtype=torch.float64), 0)
    ctx.say("demo.flower", shares=", ".join(f"{one:.4f}" for one in flower.tolist()))
    result["flower"] = flower.tolist()
    two = torch.softmax(torch.tensor([1.7, 0.4], dtype=torch.float64), 0)[0]
    ctx.say("demo.two", softmax=two.item(), sigmoid=1 / (1 + np.exp(-1.3)))
    result["two_classes_gap"] = abs(two.item() - float(1 / (1 + np.exp(-1.3))))
    return result


def five_inputs(ctx: Context) -> dict[str, float | list[float]]:
    """Prices five inputs with one-hot rows and with class numbers."""
    scores = np.array(
        [[3.0, 0.5, 0.2], [0.1, 2.2, 0.4], [0.3, 0.6, 2.9], [1.1, 0.9, 0.8], [4.0, -0.5, -1.0]]
    )
    classes = np.array([0, 1, 2, 0, 2])
    odds = np.exp(scores)
    probability = odds / odds.sum(axis=1)[:, None]
    rows = []
    for i, (row, true) in enumerate(zip(probability, classes, strict=True)):
        rows.append([i + 1, *map(float, row), int(true) + 1, float(-np.log(row[true]))])
    ctx.table(["demo.input", "p1", "p2", "p3", "demo.true", "demo.price"], rows)
    hot = np.eye(3)[classes]
    categorical = float(-(hot * np.log(probability)).sum() / len(rows))
    sparse = float(np.mean([row[-1] for row in rows]))
    ctx.say("demo.means", categorical=categorical, sparse=sparse)
    return {
        "prices": [float(row[-1]) for row in rows],
        "categorical": categorical,
        "sparse": sparse,
    }


def squashed_twice(ctx: Context) -> dict[str, float | list[float]]:
    """Trains on iris with scores, and with probabilities where scores are expected."""
    iris = load_iris()
    x = torch.tensor((iris.data - iris.data.mean(0)) / iris.data.std(0))
    y = torch.tensor(iris.target)
    loss_of = torch.nn.CrossEntropyLoss()
    fig, axis = ctx.subplots(figsize=(6, 3.4))
    result: dict[str, float | list[float]] = {}
    for name in ("once", "twice"):
        model = torch.nn.Linear(4, 3, dtype=torch.float64)
        torch.nn.init.zeros_(model.weight)
        torch.nn.init.zeros_(model.bias)
        optimizer = torch.optim.Adam(model.parameters(), lr=0.1)
        for step in (run := ctx.train(f"iris_{name}", 400, model=model, optimizer=optimizer)):
            scores = model(x)
            loss = loss_of(scores if name == "once" else torch.softmax(scores, 1), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            step.report(loss=loss.item())
        axis.plot(run.history["loss"], label=ctx.t(f"demo.{name}"))
        result[f"{name}_loss"] = run.history["loss"][-1]
        result[f"{name}_first"] = run.history["loss"][0]
        result[f"{name}_accuracy"] = (model(x).argmax(1) == y).double().mean().item()
    floor = float(np.log(np.e + 2) - 1)
    axis.axhline(floor, ls=":", color="gray", label=ctx.t("demo.floor"))
    axis.set(xlabel=ctx.t("demo.step"), ylabel=ctx.t("demo.loss"), ylim=(0, None))
    axis.legend()
    ctx.figure(fig, "squashed_twice")
    one = torch.tensor([[2.0, 1.0, 0.1]], dtype=torch.float64)
    zero = torch.tensor([0])
    result["flower_price"] = loss_of(one, zero).item()
    result["flower_price_twice"] = loss_of(torch.softmax(one, 1), zero).item()
    result["floor"] = floor
    ctx.say("demo.ends", once=result["once_loss"], twice=result["twice_loss"], floor=floor)
    return result
