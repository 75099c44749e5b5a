"""A table of wines: kinds of columns, one-hot rows, standardising, and a leak."""

from __future__ import annotations

import numpy as np
import torch
from lessons.context import Context
from sklearn.datasets import load_wine


def wine(ctx: Context) -> dict[str, float | list[float]]:
    """Print the first wines and the size of the table."""
    data = load_wine()
    shown = ["alcohol", "malic_acid", "hue", "proline"]
    where = [data.feature_names.index(name) for name in shown]
    rows = [[*data.data[row, where].tolist(), int(data.target[row])] for row in (0, 60, 140)]
    ctx.table([*(f"demo.wine.{name}" for name in shown), "demo.wine.label"], rows)
    counts = np.bincount(data.target).astype(float).tolist()
    ctx.say("demo.wine.size", rows=data.data.shape[0], columns=data.data.shape[1])
    return {"shape": [float(n) for n in data.data.shape], "classes": counts}


def three_kinds(ctx: Context) -> dict[str, float | list[float]]:
    """Turn a small card of wines into numbers, and measure distances of regions."""
    steps = ["dry", "medium", "sweet"]
    regions = ["north", "coast", "hills"]
    card = [(12.5, "dry", "hills"), (13.1, "sweet", "north"), (11.8, "medium", "coast")]
    eye = torch.eye(len(regions))
    rows = []
    for alcohol, sweetness, region in card:
        hot = eye[regions.index(region)].int().tolist()
        name = ctx.t(f"demo.kinds.{sweetness}")
        rows.append([alcohol, name, steps.index(sweetness), ctx.t(f"demo.kinds.{region}"), hot])
    heads = ["alcohol", "sweetness", "code", "region", "hot"]
    ctx.table([f"demo.kinds.{head}" for head in heads], rows)
    pairs = [(0, 1), (0, 2), (1, 2)]
    by_code = [float(abs(a - b)) for a, b in pairs]
    by_hot = [float((eye[a] - eye[b]).norm()) for a, b in pairs]
    ctx.say("demo.kinds.code_distances", distances=by_code)
    ctx.say("demo.kinds.hot_distances", distances=[round(d, 4) for d in by_hot])
    return {"by_code": by_code, "by_hot": by_hot}


def columns(ctx: Context) -> dict[str, float | list[float]]:
    """Draw two columns of the wines before and after standardising."""
    data = load_wine()
    names = ["hue", "proline"]
    pair = data.data[:, [data.feature_names.index(name) for name in names]]
    middle, spread = np.average(pair, axis=0), np.sqrt(np.var(pair, axis=0))
    fig, axes = ctx.subplots(1, 2, figsize=(9, 3.4))
    for ax, points, title in zip(
        axes, (pair, (pair - middle) / spread), ("raw", "scaled"), strict=True
    ):
        for label in range(3):
            chosen = points[data.target == label]
            ax.scatter(*chosen.T, s=10, label=ctx.t("demo.columns.cultivar", number=label))
        ax.set_aspect("equal" if title == "scaled" else "auto")
        ax.set_xlabel(ctx.t("demo.wine.hue"))
        ax.set_ylabel(ctx.t("demo.wine.proline"))
        ax.set_title(ctx.t(f"demo.columns.{title}"))
    axes[0].legend(fontsize=8)
    ctx.figure(fig, "columns")
    distance = np.abs(pair[0] - pair[60])
    ctx.say("demo.columns.share", percent=f"{100 * distance[1] ** 2 / np.sum(distance**2):.4f}")
    return {"mean": middle.tolist(), "deviation": spread.tolist()}


def leak(ctx: Context) -> dict[str, float | list[float]]:
    """Compare the statistics of four training rows with and without two test rows."""
    train = torch.tensor([10.0, 12.0, 14.0, 16.0], dtype=torch.float64)
    test = torch.tensor([15.0, 95.0], dtype=torch.float64)
    everything = torch.cat([train, test])
    rows, first = [], []
    for name, source in (("honest", train), ("leaky", everything)):
        middle, spread = source.mean(), source.std(correction=0)
        standard = [f"{float((x - middle) / spread):.2f}" for x in train]
        first.append(float((train[0] - middle) / spread))
        rows.append(
            [ctx.t(f"demo.leak.{name}"), f"{middle:.2f}", f"{spread:.2f}", ", ".join(standard)]
        )
    ctx.table([f"demo.leak.{head}" for head in ("fitted", "mean", "deviation", "train")], rows)
    return {"first_row": first}
