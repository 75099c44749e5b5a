"""Polynomials of growing degree on a noisy wave: errors, bias and variance."""

import numpy as np
from lessons.context import Context
from numpy.typing import NDArray
from sklearn.preprocessing import PolynomialFeatures

Array = NDArray[np.float64]
DEGREES = (1, 3, 5, 9, 14)
NOISE = 0.25
GRID = np.linspace(0, 1, 200)


def wave(x: Array) -> Array:
    """The truth that nobody sees: one period of a sine."""
    return np.sin(2 * np.pi * x)


def curve(x: Array, y: Array, degree: int) -> tuple[Array, float]:
    """The least-squares polynomial on GRID, and its mean squared error on x, y."""
    # Powers of numbers between -1 and 1 keep the columns apart.
    columns = np.polynomial.polynomial.polyvander(2 * x - 1, degree)
    weights = np.linalg.lstsq(columns, y, rcond=None)[0]
    on_grid = np.polynomial.polynomial.polyval(2 * GRID - 1, weights)
    return on_grid, float(((columns @ weights - y) ** 2).mean())


def three_curves(ctx: Context) -> dict[str, float | list[float]]:
    """Lays polynomials of degree 1, 3 and 14 through the same fifteen points."""
    x = np.sort(ctx.rng.uniform(0, 1, 15))
    y = wave(x) + ctx.rng.normal(0, NOISE, 15)
    fig, axes = ctx.subplots(1, 3, figsize=(10, 3), sharey=True)
    errors = []
    for axis, degree in zip(axes, (1, 3, 14), strict=True):
        fitted, error = curve(x, y, degree)
        errors.append(error)
        axis.plot(GRID, wave(GRID), ":", color="gray", label=ctx.t("demo.truth"))
        axis.plot(GRID, fitted, label=ctx.t("demo.fit"))
        axis.plot(x, y, "ko", ms=4)
        axis.set(title=ctx.t("demo.degree_n", n=degree), ylim=(-2, 2), xlabel="x")
    axes[0].legend()
    ctx.figure(fig, "three_curves")
    columns = PolynomialFeatures(2).fit(np.zeros((1, 2))).get_feature_names_out(["a", "b"])
    ctx.say("demo.columns", columns=", ".join(columns))
    counts = [
        int(PolynomialFeatures(d).fit(np.zeros((1, 10))).n_output_features_) for d in (1, 2, 3)
    ]
    ctx.say("demo.many_columns", one=counts[0], two=counts[1], three=counts[2])
    return {"training_errors": errors, "columns_of_ten_inputs": [float(one) for one in counts]}


def errors_by_degree(ctx: Context) -> dict[str, float | list[float]]:
    """Median training and test error over 300 samples of fifteen points each."""
    training: dict[int, list[float]] = {degree: [] for degree in DEGREES}
    test: dict[int, list[float]] = {degree: [] for degree in DEGREES}
    for _ in range(300):
        x = ctx.rng.uniform(0, 1, 15)
        y = wave(x) + ctx.rng.normal(0, NOISE, 15)
        for degree in DEGREES:
            fitted, error = curve(x, y, degree)
            training[degree].append(error)
            test[degree].append(float(((fitted - wave(GRID)) ** 2).mean()))
    seen = [float(np.median(training[degree])) for degree in DEGREES]
    unseen = [float(np.median(test[degree])) for degree in DEGREES]
    ctx.table(
        ["demo.degree", "demo.training", "demo.test"], list(zip(DEGREES, seen, unseen, strict=True))
    )
    fig, axis = ctx.subplots(figsize=(6, 3.4))
    axis.plot(DEGREES[:4], seen[:4], "o-", label=ctx.t("demo.training"))
    axis.plot(DEGREES[:4], unseen[:4], "s-", label=ctx.t("demo.test"))
    axis.set(yscale="log", xlabel=ctx.t("demo.degree"), ylabel=ctx.t("demo.error"))
    axis.legend()
    ctx.figure(fig, "errors_by_degree")
    return {
        "training": seen,
        "test": unseen,
        "best_degree": float(DEGREES[int(np.argmin(unseen))]),
    }


def many_samples(ctx: Context) -> dict[str, float | list[float]]:
    """Twenty of 300 curves a degree, with squared bias and variance; the places are fixed."""
    x = np.linspace(0, 1, 15)
    fig, axes = ctx.subplots(1, 3, figsize=(10, 3), sharey=True)
    panels = dict(zip((1, 3, 9), axes, strict=True))
    rows = []
    for degree in (1, 3, 5, 9):
        noisy = wave(x) + ctx.rng.normal(0, NOISE, (300, 15))
        fits = np.array([curve(x, y, degree)[0] for y in noisy])
        center = fits.mean(axis=0)
        off = float(np.square(center - wave(GRID)).mean())
        scatter = float(np.square(fits - center).mean())
        whole = float(np.square(fits - wave(GRID)).mean())
        rows.append([degree, off, scatter, whole])
        if degree in panels:
            panels[degree].plot(GRID, fits[:20].T, color="tab:blue", alpha=0.25, lw=0.8)
            panels[degree].plot(GRID, center, color="tab:red", label=ctx.t("demo.average"))
            panels[degree].plot(GRID, wave(GRID), "k:", label=ctx.t("demo.truth"))
            panels[degree].set(title=ctx.t("demo.degree_n", n=degree), ylim=(-2, 2), xlabel="x")
    axes[0].legend()
    ctx.figure(fig, "many_samples")
    ctx.table(["demo.degree", "demo.bias2", "demo.variance", "demo.error"], rows)
    return {
        "bias2": [float(row[1]) for row in rows],
        "variance": [float(row[2]) for row in rows],
        "gap": max(abs(float(row[1]) + float(row[2]) - float(row[3])) for row in rows),
    }
