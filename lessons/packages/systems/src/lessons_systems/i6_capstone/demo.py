"""One project from the data to the report, and the ways in which it can fool its maker."""

from __future__ import annotations

import numpy as np
import torch
from lessons.context import Context
from sklearn.datasets import load_breast_cancer, make_circles, make_moons
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score, train_test_split
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

Figures = dict[str, float | list[float]]


def look_at_the_data(ctx: Context) -> Figures:
    """Count the classes and compare the scales of the columns."""
    data = load_breast_cancer()
    spread = data.data.std(axis=0)
    malignant = int((data.target == 0).sum())
    rows, columns = data.data.shape
    ctx.say(
        "demo.data",
        rows=rows,
        columns=columns,
        malignant=malignant,
        benign=rows - malignant,
        low=spread.min(),
        high=spread.max(),
    )
    return {"rows": rows, "columns": columns, "malignant": malignant}


def losses(ctx: Context) -> Figures:
    """Draw losses for numbers over the error and losses for classes over the margin."""
    e = np.linspace(-3, 3, 601)
    gaussian = e**2 / (2 * 0.1**2) + np.log(0.1 * np.sqrt(2 * np.pi))
    numbers = {
        "demo.squared": e**2,
        "demo.absolute": abs(e),
        "demo.huber": np.where(abs(e) < 1, e**2 / 2, abs(e) - 0.5),
        "demo.gaussian": gaussian,
    }
    classes = {
        "demo.zero_one": (e < 0).astype(float),
        "demo.hinge": np.clip(1 - e, 0, None),
        "demo.softplus": np.log1p(np.exp(-e)),
    }
    fig, axes = ctx.subplots(1, 2, figsize=(10, 3.8))
    for axis, curves, title, label in [
        (axes[0], numbers, "demo.regression", "demo.error"),
        (axes[1], classes, "demo.classification", "demo.margin"),
    ]:
        for key, curve in curves.items():
            axis.plot(e, curve, label=ctx.t(key))
        axis.axhline(0, color="gray", linewidth=0.8)
        axis.set(ylim=(-2, 4), title=ctx.t(title), xlabel=ctx.t(label))
        axis.legend(fontsize=8)
    ctx.figure(fig, "losses")
    lowest = float(gaussian.min())
    ctx.say("demo.lowest", value=lowest)
    return {"lowest": lowest}


def train_network(ctx: Context) -> Figures:
    """Train a small network on tumours with mini-batches; look at the test set once."""
    data = load_breast_cancer()
    x, x_test, y, y_test = train_test_split(
        data.data, data.target, test_size=0.2, random_state=ctx.seed, stratify=data.target
    )
    x, x_val, y, y_val = train_test_split(x, y, test_size=0.2, random_state=ctx.seed, stratify=y)
    scaler = StandardScaler().fit(x)  # the training rows only
    parts = [
        (
            torch.tensor(scaler.transform(a), dtype=torch.float32).to(ctx.device),
            torch.tensor(b, dtype=torch.float32).to(ctx.device),
        )
        for a, b in [(x, y), (x_val, y_val), (x_test, y_test)]
    ]
    torch.manual_seed(ctx.seed)
    layers = [torch.nn.Linear(30, 16), torch.nn.ReLU(), torch.nn.Linear(16, 1)]
    model = torch.nn.Sequential(*layers).to(ctx.device)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.005, weight_decay=1e-3)
    measure = torch.nn.BCEWithLogitsLoss()
    generator = ctx.generator()
    (rows, labels), validation, test = parts
    extra = {"generator": generator}
    run = ctx.train("tumours", 300, model=model, optimizer=optimizer, extra=extra)
    for step in run:
        batch = torch.randint(len(rows), (32,), generator=generator).to(ctx.device)
        optimizer.zero_grad()
        loss = measure(model(rows[batch]).squeeze(1), labels[batch])
        loss.backward()
        optimizer.step()
        with torch.no_grad():
            held = measure(model(validation[0]).squeeze(1), validation[1])
        step.report(loss=loss.item(), validation=held.item())
    fig, axis = ctx.subplots(figsize=(6.5, 3.6))
    axis.plot(run.history["loss"], linewidth=0.6, label=ctx.t("demo.train"))
    axis.plot(run.history["validation"], label=ctx.t("demo.validation"))
    axis.set(
        xlabel=ctx.t("demo.step"), ylabel=ctx.t("demo.loss"), title=ctx.t("demo.training_title")
    )
    axis.legend()
    ctx.figure(fig, "training")
    with torch.no_grad():
        right = (model(test[0]).squeeze(1) > 0) == (test[1] > 0.5)
    accuracy = right.float().mean().item()
    ctx.say("demo.test_result", accuracy=accuracy)
    return {"accuracy": accuracy, "validation": run.history["validation"][-1]}


def twenty_splits(ctx: Context) -> Figures:
    """Repeat the split twenty times: how much does luck matter?"""
    data = load_breast_cancer()
    scores = []
    for split in range(20):
        x, x_test, y, y_test = train_test_split(
            data.data, data.target, test_size=0.3, random_state=split, stratify=data.target
        )
        model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000)).fit(x, y)
        scores.append(float(model.score(x_test, y_test)))
    low, middle, high = min(scores), float(np.median(scores)), max(scores)
    ctx.say("demo.splits", low=low, high=high, middle=middle)
    return {"low": low, "middle": middle, "high": high}


def leak(ctx: Context) -> Figures:
    """Find "knowledge" in pure noise by choosing columns before splitting."""
    x = ctx.rng.normal(size=(60, 1500))
    y = np.tile([0, 1], 30)
    model = LogisticRegression()
    strength = np.abs((x - x.mean(axis=0)).T @ (y - 0.5))
    chosen = np.argsort(strength)[-20:]
    leaky = float(cross_val_score(model, x[:, chosen], y, cv=5).mean())
    hits = []
    for test in np.arange(60).reshape(5, 12):
        train = np.setdiff1d(np.arange(60), test)
        strength = np.abs((x[train] - x[train].mean(axis=0)).T @ (y[train] - 0.5))
        honest = np.argsort(strength)[-20:]
        fitted = model.fit(x[np.ix_(train, honest)], y[train])
        hits.append(fitted.score(x[np.ix_(test, honest)], y[test]))
    ctx.say("demo.leak", honest=np.mean(hits), leaky=leaky)
    return {"honest": float(np.mean(hits)), "leaky": leaky}


def another_data_set(ctx: Context) -> Figures:
    """Change nothing but the data, and see which model still fits."""
    points = ctx.rng.uniform(-1, 1, size=(400, 2))
    sets = {
        "demo.stripe": (points, (points[:, 0] + points[:, 1] > 0).astype(int)),
        "demo.moons": make_moons(400, noise=0.15, random_state=ctx.seed),
        "demo.rings": make_circles(400, noise=0.08, factor=0.5, random_state=ctx.seed),
    }
    rows, scores = [], []
    for key, (x, y) in sets.items():
        for model in (
            LogisticRegression(),
            MLPClassifier((16,), solver="lbfgs", max_iter=300, random_state=ctx.seed),
        ):
            model.fit(x[:280], y[:280])
            scores.append(float(model.score(x[280:], y[280:])))
        rows.append([ctx.t(key), f"{scores[-2]:.3f}", f"{scores[-1]:.3f}"])
    ctx.table(["demo.set", "demo.linear", "demo.network"], rows)
    return {"linear": scores[::2], "network": scores[1::2]}
