"""Handwritten digits: three networks compared, their mistakes, and the space they are found in."""

import numpy as np
import torch
from lessons.context import Context
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from torch import nn

Figures = dict[str, float | list[float]]


def pictures(ctx: Context) -> list[torch.Tensor]:
    """Pictures [n, 1, 8, 8] from 0 to 1 and their digits, to train on and to test with."""
    data = load_digits()
    parts = train_test_split(
        data.images[:, None] / 16, data.target, test_size=450, random_state=ctx.seed
    )
    x, x_test, y, y_test = (torch.as_tensor(part) for part in parts)
    return [x.float(), y, x_test.float(), y_test]


def look(ctx: Context) -> Figures:
    """Shows one picture of each digit, as a picture and as numbers."""
    data = load_digits()
    fig, axes = ctx.subplots(1, 10, figsize=(12, 1.6))
    for digit, axis in enumerate(axes):
        axis.imshow(data.images[data.target == digit][0], cmap="gray_r")
        axis.set(title=str(digit), xticks=[], yticks=[])
    ctx.figure(fig, "digits")
    ctx.table([f"x{i}" for i in range(1, 9)], data.images[0].astype(int).tolist())
    features = data.data.shape[1]
    ctx.say("demo.features", pictures=len(data.data), features=features, mnist=28**2)
    return {"features": features, "mnist_features": 28**2}


def networks() -> dict[str, nn.Module]:
    """One layer; two layers; two layers that slide over the picture and one that decides."""
    return {
        "softmax": nn.Sequential(nn.Flatten(), nn.Linear(64, 10)),
        "mlp": nn.Sequential(nn.Flatten(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 10)),
        "cnn": nn.Sequential(
            nn.Conv2d(1, 16, 3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(16, 32, 3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Flatten(),
            nn.Linear(32 * 2 * 2, 10),
        ),
    }


def right(model: nn.Module, x: torch.Tensor, y: torch.Tensor) -> float:
    """The share of pictures whose highest score is that of their digit."""
    with torch.no_grad():
        return float((model(x).argmax(1) == y).float().mean())


def trained(ctx: Context, name: str, label: str) -> tuple[nn.Module, list[float]]:
    """A network after 400 mini-batches of 64, on the CPU again, and its losses."""
    x, y, *_ = (part.to(ctx.device) for part in pictures(ctx))
    torch.manual_seed(ctx.seed)
    model = networks()[name].to(ctx.device)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.005)
    generator = ctx.generator()
    run = ctx.train(label, 400, model=model, optimizer=optimizer, extra={"generator": generator})
    for step in run:
        batch = torch.randint(len(x), (64,), generator=generator).to(ctx.device)
        loss = nn.functional.cross_entropy(model(x[batch]), y[batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        step.report(loss=loss.item())
    return model.cpu(), run.history["loss"]


def three_networks(ctx: Context) -> Figures:
    """Trains the three and tests them on pictures as they are and moved by one pixel."""
    *_, x_test, y_test = pictures(ctx)
    moved = torch.roll(x_test, 1, dims=3)
    fig, axis = ctx.subplots(figsize=(6.5, 3.4))
    figures: dict[str, list[float]] = {"parameters": [], "before": [], "after": [], "moved": []}
    rows = []
    for name in networks():
        torch.manual_seed(ctx.seed)
        before = right(networks()[name], x_test, y_test)
        model, losses = trained(ctx, name, name)
        size = sum(one.numel() for one in model.parameters())
        row = [size, before, right(model, x_test, y_test), right(model, moved, y_test)]
        for key, value in zip(figures, row, strict=True):
            figures[key].append(value)
        rows.append([ctx.t(f"demo.{name}"), *(round(value, 3) for value in row)])
        smooth = np.convolve(losses, np.ones(20) / 20, mode="valid")
        axis.plot(smooth, label=ctx.t(f"demo.{name}"))
    axis.set(yscale="log", xlabel=ctx.t("demo.step"), ylabel=ctx.t("demo.loss"))
    axis.legend()
    ctx.figure(fig, "losses")
    ctx.table(["demo.network", "demo.parameters", "demo.before", "demo.after", "demo.moved"], rows)
    return {**figures}


def mistakes(ctx: Context) -> Figures:
    """Which digits the simplest network takes for which, and where it is most wrong."""
    *_, x_test, y_test = pictures(ctx)
    model, _ = trained(ctx, "softmax", "mistakes")
    with torch.no_grad():
        shares = torch.softmax(model(x_test), 1)
    said = shares.argmax(1)
    table = np.zeros((10, 10), dtype=int)
    np.add.at(table, (y_test.numpy(), said.numpy()), 1)
    fig, axes = ctx.subplots(1, 5, figsize=(13, 3), width_ratios=[2, 1, 1, 1, 1])
    axes[0].imshow(np.log1p(table), cmap="Blues")
    for truth, guess in np.argwhere(table):
        axes[0].text(guess, truth, table[truth, guess], ha="center", va="center", fontsize=7)
    axes[0].set(
        xticks=range(10), yticks=range(10), xlabel=ctx.t("demo.said"), ylabel=ctx.t("demo.truth")
    )
    # The pictures whose own digit got the smallest share.
    worst = shares[torch.arange(len(y_test)), y_test].argsort()[:4].tolist()
    for axis, number in zip(axes[1:], worst, strict=True):
        axis.imshow(x_test[number, 0].numpy(), cmap="gray_r")
        title = ctx.t("demo.taken_for", truth=int(y_test[number]), said=int(said[number]))
        axis.set(title=title, xticks=[], yticks=[])
    ctx.figure(fig, "mistakes")
    return {
        "right": int(table.trace()),
        "tested": int(table.sum()),
        "table": table.ravel().tolist(),
    }


def parameter_space(ctx: Context) -> Figures:
    """Counts dimensions, and cuts the loss along one of the very many directions."""
    features, sizes = 28**2, {"demo.from_notes_low": 100_000, "demo.from_notes_high": 9_990_000}
    wide = sum(
        one.numel() for one in nn.Sequential(nn.Linear(784, 128), nn.Linear(128, 10)).parameters()
    )
    sizes["demo.wide"] = wide
    ctx.table(
        ["demo.network", "demo.parameters", "demo.times"],
        [[ctx.t(key), size, round(size / features, 1)] for key, size in sizes.items()],
    )
    x, y, *_ = pictures(ctx)
    model, _ = trained(ctx, "softmax", "space")
    end = nn.utils.parameters_to_vector(model.parameters()).detach()
    torch.manual_seed(ctx.seed)
    start = nn.utils.parameters_to_vector(networks()["softmax"].parameters()).detach()
    path = end - start
    other = torch.randn(len(end), generator=ctx.generator())
    other *= path.norm() / other.norm()
    along = np.linspace(-0.5, 2, 51)
    fig, axis = ctx.subplots(figsize=(6.5, 3.4))
    for key, origin, direction in (("demo.path", start, path), ("demo.random", start, other)):
        losses = []
        for part in along:
            nn.utils.vector_to_parameters(origin + float(part) * direction, model.parameters())
            with torch.no_grad():
                losses.append(float(nn.functional.cross_entropy(model(x), y)))
        axis.plot(along, losses, label=ctx.t(key))
    axis.set(xlabel=ctx.t("demo.along"), ylabel=ctx.t("demo.loss"))
    axis.legend()
    ctx.figure(fig, "cut_through_the_loss")
    ratios = [size / features for size in sizes.values()]
    ctx.say("demo.grid", dimensions=len(end))
    return {"ratio": ratios[:2], "wide": wide, "dimensions": len(end)}
