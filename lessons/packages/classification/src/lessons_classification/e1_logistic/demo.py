"""Pass or fail: a line against a curve, training without an end, and a price on weights."""

import numpy as np
import torch
from lessons.context import Context
from sklearn.linear_model import LogisticRegression

HOURS = np.array([1.0, 2.0, 3.0])
PASSED = np.array([0.0, 0.0, 1.0])


def line_or_curve(ctx: Context) -> dict[str, float | list[float]]:
    """Lays a line and an S-curve through the three students, with and without a fourth."""
    grid = np.linspace(-1, 12, 300)
    fig, axes = ctx.subplots(1, 2, figsize=(10, 3.6), sharey=True)
    figures: dict[str, float | list[float]] = {}
    for axis, extra in zip(axes, ([], [12.0]), strict=True):
        hours, passed = np.append(HOURS, extra), np.append(PASSED, [1.0] * len(extra))
        slope, offset = np.polyfit(hours, passed, 1)
        curve = LogisticRegression(C=100).fit(hours[:, None], passed)
        half_line = (0.5 - offset) / slope
        half_curve = -curve.intercept_[0] / curve.coef_[0, 0]
        axis.plot(grid, slope * grid + offset, "--", label=ctx.t("demo.line"))
        axis.plot(grid, curve.predict_proba(grid[:, None])[:, 1], label=ctx.t("demo.curve"))
        axis.plot(hours, passed, "ko")
        axis.axhspan(0, 1, alpha=0.08)
        axis.set(xlabel=ctx.t("demo.hours"), ylabel=ctx.t("demo.probability"), ylim=(-0.6, 2.2))
        axis.legend()
        name = "four" if extra else "three"
        figures[f"{name}_line_half"] = float(half_line)
        figures[f"{name}_curve_half"] = float(half_curve)
        figures[f"{name}_line_at_4"] = float(slope * 4 + offset)
        ctx.say("demo.halves", students=len(hours), line=half_line, curve=half_curve)
    ctx.say("demo.line_at_4", value=figures["three_line_at_4"])
    ctx.figure(fig, "line_or_curve")
    return figures


def passing_after_steps(ctx: Context) -> dict[str, float | list[float]]:
    """Trains on the three students for 10 000 steps and asks about 4 hours on the way."""
    model = torch.nn.Linear(1, 1, dtype=torch.float64)
    torch.nn.init.zeros_(model.weight)
    torch.nn.init.zeros_(model.bias)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    loss_of = torch.nn.BCEWithLogitsLoss()
    x, y = torch.tensor(HOURS)[:, None], torch.tensor(PASSED)[:, None]
    four = torch.tensor([[4.0]], dtype=torch.float64)
    run = ctx.train("three_students", 10_000, model=model, optimizer=optimizer)
    for step in run:
        loss = loss_of(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if (step.number + 1) % 100 == 0:
            answer = torch.sigmoid(model(four)).item()
            step.report(loss=loss.item(), weight=model.weight.item(), p4=answer)
    # One entry of the history stands for a hundred steps.
    weights, answers = run.history["weight"], run.history["p4"]
    rows = [[n, weights[n // 100 - 1], answers[n // 100 - 1]] for n in (100, 1000, 10_000)]
    ctx.table(["demo.steps", "demo.weight", "demo.p4"], rows)
    fig, axis = ctx.subplots(figsize=(6, 3.4))
    axis.plot(np.arange(100, 10_001, 100), weights)
    axis.set(xscale="log", xlabel=ctx.t("demo.steps"), ylabel=ctx.t("demo.weight"))
    ctx.figure(fig, "growing_weight")
    return {
        "p4_at_100": float(rows[0][2]),
        "p4_at_1000": float(rows[1][2]),
        "p4_at_10000": float(rows[2][2]),
        "weights": [float(row[1]) for row in rows],
    }


def held_back(ctx: Context) -> dict[str, float | list[float]]:
    """Fits the same data with a price on the weight, for two strengths, and inverts 70 %."""
    figures: dict[str, float | list[float]] = {}
    rows = []
    for strength in (1, 10):
        model = LogisticRegression(C=strength, tol=1e-10, max_iter=10_000)
        model.fit(HOURS[:, None], PASSED)
        answer = float(model.predict_proba([[4.0]])[0, 1])
        border = float(-model.intercept_[0] / model.coef_[0, 0])
        rows.append([strength, answer, border])
        figures[f"p4_c{strength}"] = answer
        figures[f"boundary_c{strength}"] = border
    ctx.table(["C", "demo.p4", "demo.boundary"], rows)
    figures["score_of_70"] = float(torch.logit(torch.tensor(0.7, dtype=torch.float64)))
    return figures
