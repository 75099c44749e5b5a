"""Ridge and lasso on the diabetes data, a calmed polynomial, weight decay, and C."""

import numpy as np
import torch
from lessons.context import Context
from numpy.typing import NDArray
from sklearn.datasets import load_breast_cancer, load_diabetes
from sklearn.linear_model import Lasso, LogisticRegression, Ridge
from sklearn.preprocessing import StandardScaler

Array = NDArray[np.float64]


def standardized_diabetes() -> tuple[Array, Array]:
    """Ten columns with mean 0 and standard deviation 1, and the target."""
    data = load_diabetes()
    return StandardScaler().fit_transform(data.data), data.target


def shrinking(ctx: Context) -> dict[str, float | list[float]]:
    """Lengths of ridge's weights and numbers of lasso's for growing alpha."""
    X, y = standardized_diabetes()
    lengths, zeros = [], []
    for alpha in (0, 1, 10, 100, 1000):
        weights = Ridge(alpha=alpha).fit(X, y).coef_
        lengths.append(float(np.linalg.norm(weights)))
        zeros.append(float((weights == 0).sum()))
    ctx.table(["alpha", "demo.length"], list(zip((0, 1, 10, 100, 1000), lengths, strict=True)))
    lassos = [Lasso(alpha=alpha, max_iter=100_000).fit(X, y) for alpha in (0.1, 1, 5, 50)]
    kept = [float((one.coef_ != 0).sum()) for one in lassos]
    ctx.table(["alpha", "demo.kept"], list(zip((0.1, 1, 5, 50), kept, strict=True)))
    fig, axes = ctx.subplots(1, 2, figsize=(9, 3.3), sharey=True)
    strengths = np.logspace(-1, 4, 40)
    axes[0].plot(strengths, [Ridge(alpha=a).fit(X, y).coef_ for a in strengths])
    small = np.logspace(-1, 1.7, 40)
    axes[1].plot(small, [Lasso(alpha=a, max_iter=100_000).fit(X, y).coef_ for a in small])
    for axis, name in zip(axes, ("demo.ridge", "demo.lasso"), strict=True):
        axis.set(xscale="log", xlabel="alpha", title=ctx.t(name))
    axes[0].set(ylabel=ctx.t("demo.weight"))
    ctx.figure(fig, "weight_paths")
    return {"ridge_lengths": lengths, "ridge_zeros": sum(zeros), "lasso_kept": kept}


def straighter(ctx: Context) -> dict[str, float | list[float]]:
    """The same polynomial of degree 14 under three strengths."""
    x = np.sort(ctx.rng.uniform(-1, 1, 20))
    y = np.sin(np.pi * x) + ctx.rng.normal(0, 0.25, 20)
    grid = np.linspace(-1, 1, 200)
    scaler = StandardScaler().fit(x[:, None] ** np.arange(1, 15))
    columns = scaler.transform(x[:, None] ** np.arange(1, 15))
    on_grid = scaler.transform(grid[:, None] ** np.arange(1, 15))
    fig, axes = ctx.subplots(1, 3, figsize=(10, 3), sharey=True)
    bends = []
    for axis, alpha in zip(axes, (1e-9, 0.05, 100), strict=True):
        curve = Ridge(alpha=alpha, solver="svd").fit(columns, y).predict(on_grid)
        bends.append(float(np.abs(np.diff(curve, 2)).sum()))
        axis.plot(grid, np.sin(np.pi * grid), ":", color="gray")
        axis.plot(grid, curve)
        axis.plot(x, y, "ko", ms=4)
        axis.set(title=f"alpha = {alpha:g}", ylim=(-2, 2), xlabel="x")
    ctx.figure(fig, "straighter")
    return {"bends": bends}


def decaying_weights(ctx: Context) -> dict[str, float | list[float]]:
    """Trains with weight decay and compares with the closed form of the same objective."""
    X, y = standardized_diabetes()
    alpha, n = 0.3, len(y)
    x, target = torch.tensor(X), torch.tensor(y - y.mean())
    model = torch.nn.Linear(10, 1, bias=False, dtype=torch.float64)
    torch.nn.init.zeros_(model.weight)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, weight_decay=alpha)
    for step in ctx.train("weight_decay", 600, model=model, optimizer=optimizer):
        loss = torch.nn.functional.mse_loss(model(x)[:, 0], target)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        step.report(loss=loss.item())
    learned = model.weight[0].detach().numpy()
    # MSE + alpha/2 |w|^2, times n, is RSS + n alpha/2 |w|^2.
    exact = Ridge(alpha=n * alpha / 2).fit(X, y).coef_
    gap = float(np.abs(learned - exact).max())
    ctx.say("demo.decay", length=float(np.linalg.norm(learned)), gap=gap)
    return {"length": float(np.linalg.norm(learned)), "gap": gap}


def strength_c(ctx: Context) -> dict[str, float | list[float]]:
    """Logistic regression on breast cancer data for four values of C."""
    data = load_breast_cancer()
    X = StandardScaler().fit_transform(data.data)
    rows = []
    for strength in (0.001, 0.1, 10, 1000):
        model = LogisticRegression(C=strength, max_iter=5000).fit(X[:100], data.target[:100])
        seen, unseen = (
            float(model.score(X[part], data.target[part]))
            for part in (slice(100), slice(100, None))
        )
        rows.append([strength, float(np.linalg.norm(model.coef_)), seen, unseen])
    ctx.table(["C", "demo.length", "demo.seen", "demo.unseen"], rows)
    return {
        "lengths": [row[1] for row in rows],
        "seen": [row[2] for row in rows],
        "unseen": [row[3] for row in rows],
    }
