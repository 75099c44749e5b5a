"""Worked code of the lesson on normalising inputs."""

import numpy as np
from lessons.context import Context
from sklearn.datasets import load_digits
from sklearn.preprocessing import MinMaxScaler, StandardScaler


def flats(ctx: Context) -> tuple[np.ndarray, np.ndarray]:
    """A hundred made-up flats: area 1 to 1000, sunny share 0 to 1, and a price without noise."""
    x = np.column_stack([ctx.rng.uniform(1, 1000, 100), ctx.rng.uniform(0, 1, 100)])
    return x, 3.0 + 0.02 * x[:, 0] + 5.0 * x[:, 1]


def bowls(ctx: Context) -> dict[str, float | list[float]]:
    """Draw the cost over both weights, raw and standardised, each bias at its best."""
    x, y = flats(ctx)
    fig, axes = ctx.subplots(1, 2, figsize=(8.5, 3.6))
    numbers = []
    for ax, inputs, name in zip(
        axes, (x, StandardScaler().fit_transform(x)), ("raw", "standard"), strict=True
    ):
        centred = inputs - inputs.mean(axis=0)
        best = np.linalg.lstsq(centred, y - y.mean(), rcond=None)[0]
        reach = 6.0 if name == "raw" else 8.0
        first, second = np.meshgrid(
            best[0] + np.linspace(-reach, reach, 161), best[1] + np.linspace(-reach, reach, 161)
        )
        covariance = centred.T @ centred / len(y)
        away = np.stack([first - best[0], second - best[1]], axis=-1)
        height = np.einsum("ijk,kl,ijl->ij", away, covariance, away)
        ax.contour(first, second, np.sqrt(height), levels=12)
        ax.plot(*best, "r^")
        ax.set_title(ctx.t(f"demo.{name}"))
        ax.set_xlabel("w1")
        ax.set_ylabel("w2")
        curvatures = np.linalg.eigvalsh(covariance)
        numbers.append(float(curvatures[-1] / curvatures[0]))
    ctx.figure(fig, "bowls")
    ctx.say("demo.conditions", raw=numbers[0], standard=numbers[1])
    return {"conditions": numbers}


def race(ctx: Context) -> dict[str, float | list[float]]:
    """Count the steps to an error of 0.0001 on raw, min-max and standardised inputs."""
    x, y = flats(ctx)
    rows, steps = [], {}
    for name, inputs, limit in (
        ("raw", x, 200_000),
        ("minmax", MinMaxScaler().fit_transform(x), 10_000),
        ("standard", StandardScaler().fit_transform(x), 10_000),
    ):
        design = np.column_stack([np.ones(len(y)), inputs])
        curvature, pull = 2 * design.T @ design / len(y), 2 * design.T @ y / len(y)
        spread = np.linalg.eigvalsh(curvature)
        # The best fixed rate, kept a hair below the border where the bowl is very long.
        rate = min(2 / (spread[0] + spread[-1]), 1.99 / spread[-1])
        weights, taken = np.zeros(3), 0
        while taken < limit and float(((design @ weights - y) ** 2).mean()) > 1e-4:
            weights = weights - rate * (curvature @ weights - pull)
            taken += 1
        steps[name] = float(taken)
        cost = float(((design @ weights - y) ** 2).mean())
        rows.append([ctx.t(f"demo.{name}"), f"{spread[-1] / spread[0]:.4g}", taken, f"{cost:.2g}"])
    ctx.table(["demo.inputs", "demo.condition", "demo.steps", "demo.cost"], rows)
    return {f"steps_{name}": taken for name, taken in steps.items()}


def pixels(ctx: Context) -> dict[str, float | list[float]]:
    """Show a digit and the spread of its brightnesses, raw, min-max and standardised."""
    images = load_digits().images
    brightest = float(images.max())
    versions = {
        "raw": images,
        "minmax": images / brightest,
        "standard": (images - images.mean()) / images.std(),
    }
    fig, axes = ctx.subplots(2, 3, figsize=(8.5, 4.6))
    for column, (name, version) in enumerate(versions.items()):
        axes[0, column].imshow(version[7], cmap="Greys")
        axes[0, column].set_title(ctx.t(f"demo.{name}"))
        axes[0, column].axis("off")
        axes[1, column].hist(version.ravel(), bins=17)
        axes[1, column].set_xlabel(ctx.t("demo.brightness"))
    ctx.figure(fig, "pixels")
    standard = versions["standard"]
    ctx.say("demo.digits", low=images.min(), high=brightest)
    return {"mean": float(standard.mean()), "deviation": float(standard.std())}
