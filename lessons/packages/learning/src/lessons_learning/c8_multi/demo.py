"""Worked code of the lesson on linear regression with several variables."""

import numpy as np
import torch
from lessons.context import Context
from sklearn.linear_model import LinearRegression

STUDENTS = np.array(
    [
        [73.0, 80.0, 75.0, 152.0],
        [93.0, 88.0, 93.0, 185.0],
        [89.0, 91.0, 90.0, 180.0],
        [96.0, 98.0, 100.0, 196.0],
        [73.0, 66.0, 70.0, 142.0],
    ]
)


def shapes(ctx: Context) -> dict[str, float | list[float]]:
    """Multiply five rows of three scores by three weights, and show every shape."""
    scores = torch.tensor(STUDENTS[:, :3])
    weights = torch.tensor([[1.0], [0.5], [0.5]], dtype=torch.float64)
    product = torch.matmul(scores, weights)
    pairs = zip(scores[0].tolist(), weights.flatten().tolist(), strict=True)
    one = sum(score * weight for score, weight in pairs)
    ctx.say("demo.shapes", x=list(scores.shape), w=list(weights.shape), h=list(product.shape))
    ctx.say("demo.first_row", product=float(product[0, 0]), by_hand=one)
    row = torch.tensor([1.0, 1.0, 2.0, 1.0], dtype=torch.float64)
    signed, unsigned = (
        float(torch.dot(row, torch.tensor(values, dtype=torch.float64)))
        for values in ([1.0, -1.0, 1.0, -1.0], [1.0, 1.0, 1.0, 1.0])
    )
    return {"shape": [float(one) for one in product.shape], "row": signed, "garbled": unsigned}


def five_students(ctx: Context) -> dict[str, float | list[float]]:
    """Fit the five students with and without a bias, and compare guesses with the truth."""
    scores, final = STUDENTS[:, :3], STUDENTS[:, 3]
    figures: dict[str, float | list[float]] = {}
    rows = []
    fig, ax = ctx.subplots()
    for name, marker in (("without", "o"), ("with", "s")):
        line = LinearRegression(fit_intercept=name == "with").fit(scores, final)
        guesses = line.predict(scores)
        loss = float(np.square(guesses - final).mean())
        weights = [float(one) for one in line.coef_]
        rows.append([ctx.t(f"demo.{name}"), *weights, float(line.intercept_), loss])
        ax.plot(final, guesses - final, marker, label=ctx.t(f"demo.{name}"))
        figures |= {f"{name}_weights": weights, f"{name}_mse": loss}
        figures[f"{name}_bias"] = float(line.intercept_)
    ctx.table(["demo.model", "w1", "w2", "w3", "b", "MSE"], rows)
    ax.axhline(0.0, color="black", linewidth=0.8)
    ax.set_xlabel(ctx.t("demo.final"))
    ax.set_ylabel(ctx.t("demo.residual"))
    ax.legend()
    ctx.figure(fig, "five_students")
    steepest = float(np.linalg.svd(scores, compute_uv=False)[0]) ** 2 * 2 / len(scores)
    ctx.say("demo.critical", rate=2 / steepest)
    return {**figures, "critical_lr": 2 / steepest}


def four_features(ctx: Context) -> dict[str, float | list[float]]:
    """Recover the rule behind thirty rows of four features with a training loop."""
    features = torch.tensor(ctx.rng.integers(0, 4, (30, 4)), dtype=torch.float64)
    features[0] = torch.tensor([1.0, 1.0, 2.0, 1.0])
    labels = features[:, :1] - features[:, 1:2] + features[:, 2:3] - features[:, 3:]
    model = torch.nn.Linear(4, 1, dtype=torch.float64)
    with torch.no_grad():
        model.weight.zero_()
        model.bias.zero_()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
    training = ctx.train("four_features", 800, model=model, optimizer=optimizer)
    for step in training:
        loss = torch.nn.functional.mse_loss(model(features), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        step.report(loss=loss.item())
    fig, ax = ctx.subplots()
    ax.semilogy(training.history["loss"])
    ax.set_xlabel(ctx.t("demo.step"))
    ax.set_ylabel(ctx.t("demo.loss"))
    ctx.figure(fig, "four_features")
    weights = [float(one) for one in model.weight.detach().flatten()]
    shown = ", ".join(f"{one:+.4f}" for one in weights)
    ctx.say("demo.found", weights=shown, bias=abs(model.bias.item()))
    return {"weights": weights, "bias": model.bias.item()}
