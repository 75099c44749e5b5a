"""Products, spans, systems, areas and quadratic forms, drawn."""

from __future__ import annotations

import numpy as np
from lessons.context import Context

Figures = dict[str, float | list[float]]


def order_matters(ctx: Context) -> Figures:
    """Stretch then turn, turn then stretch; then measure the laws that do hold."""
    stretch = np.diag([2.0, 0.5])
    turn = np.array([[0.0, -1.0], [1.0, 0.0]])
    third = ctx.rng.normal(size=(2, 2))
    gap = float(np.linalg.norm(turn @ stretch - stretch @ turn))
    apart = turn @ (stretch + third) - (turn @ stretch + turn @ third)
    distributive = float(np.linalg.norm(apart))
    associative = float(np.linalg.norm((turn @ stretch) @ third - turn @ (stretch @ third)))
    house = np.array([[0, 0], [1, 0], [1, 0.7], [0.5, 1.1], [0, 0.7], [0, 0]]).T
    fig, axes = ctx.subplots(1, 2, figsize=(8, 4), sharex=True, sharey=True)
    for axis, matrix, key in [
        (axes[0], turn @ stretch, "demo.first"),
        (axes[1], stretch @ turn, "demo.second"),
    ]:
        axis.plot(*house, ":", color="gray")
        axis.plot(*(matrix @ house))
        axis.set(title=ctx.t(key), aspect="equal")
    ctx.figure(fig, "order_matters")
    ctx.say("demo.order", gap=gap, distributive=distributive, associative=associative)
    return {"gap": gap, "distributive": distributive, "associative": associative}


def spans(ctx: Context) -> Figures:
    """Draw 400 mixtures of two vectors, once independent and once not."""
    independent = np.array([[2.0, 0.5], [0.5, 1.5]])
    dependent = np.array([[2.0, -1.0], [1.0, -0.5]])
    amounts = ctx.rng.uniform(-1, 1, size=(2, 400))
    fig, axes = ctx.subplots(1, 2, figsize=(8, 4), sharex=True, sharey=True)
    for axis, columns, key in [
        (axes[0], independent, "demo.plane"),
        (axes[1], dependent, "demo.line"),
    ]:
        axis.plot(*(columns @ amounts), ".", markersize=3)
        axis.quiver([0, 0], [0, 0], *columns, angles="xy", scale_units="xy", scale=1)
        axis.set(title=ctx.t(key))
    ctx.figure(fig, "spans")
    ranks = [int(np.linalg.matrix_rank(one)) for one in (independent, dependent)]
    ctx.say("demo.rank", independent=ranks[0], dependent=ranks[1])
    return {"ranks": [float(rank) for rank in ranks]}


def three_systems(ctx: Context) -> Figures:
    """Draw two lines that cross, two that run side by side, and two that are one."""
    systems = {
        "demo.one": ([[1.0, 1.0], [1.0, -1.0]], [3.0, 1.0]),
        "demo.none": ([[1.0, 1.0], [2.0, 2.0]], [3.0, 2.0]),
        "demo.many": ([[1.0, 1.0], [2.0, 2.0]], [3.0, 6.0]),
    }
    x = np.linspace(-1, 4, 2)
    fig, axes = ctx.subplots(1, 3, figsize=(10, 3.3), sharey=True)
    for axis, (key, (rows, right)) in zip(axes, systems.items(), strict=True):
        for (p, q), r, style in zip(rows, right, ["-", "--"], strict=True):
            axis.plot(x, (r - p * x) / q, style, linewidth=2.5)
        axis.set(title=ctx.t(key))
    ctx.figure(fig, "three_systems")
    matrix, right = (np.array(part) for part in systems["demo.one"])
    solution = np.linalg.inv(matrix) @ right
    ctx.say("demo.solved", x=solution[0], y=solution[1])
    return {"solution": solution.tolist()}


def stretched_squares(ctx: Context) -> Figures:
    """Show what matrices of determinant 0, 1, -1 and 5 do to the unit square."""
    matrices = [
        np.array([[1.0, 2.0], [0.5, 1.0]]),
        np.array([[2.0, 0.0], [0.7, 0.5]]),
        np.array([[0.0, 1.0], [1.0, 0.0]]),
        np.array([[2.5, 0.0], [1.0, 2.0]]),
    ]
    square = np.array([[0, 1, 1, 0, 0], [0, 0, 1, 1, 0]], dtype=float)
    values = [round(float(np.linalg.det(matrix)), 12) for matrix in matrices]
    fig, axes = ctx.subplots(1, 4, figsize=(12, 3.2), sharex=True, sharey=True)
    for axis, matrix, value in zip(axes, matrices, values, strict=True):
        axis.plot(*square, ":", color="gray", label=ctx.t("demo.before"))
        axis.plot(*(matrix @ square), label=ctx.t("demo.after"))
        axis.plot(*(matrix @ [1, 0]), "o", color="tab:red")
        axis.plot(*(matrix @ [0, 1]), "o", color="tab:green")
        axis.set(title=ctx.t("demo.area", value=value + 0.0), aspect="equal")
    axes[0].legend(loc="upper left", fontsize=8)
    ctx.figure(fig, "stretched_squares")
    return {"determinants": values}


def bowls(ctx: Context) -> Figures:
    """Draw the height x'Ax for four matrices and list their eigenvalues."""
    shapes = {
        "demo.positive": np.array([[2.0, 0.6], [0.6, 1.0]]),
        "demo.negative": np.array([[-2.0, 0.6], [0.6, -1.0]]),
        "demo.trough": np.array([[1.0, 1.0], [1.0, 1.0]]),
        "demo.saddle": np.array([[1.0, 2.0], [2.0, 1.0]]),
    }
    grid = np.stack(np.meshgrid(np.linspace(-2, 2, 61), np.linspace(-2, 2, 61)))
    fig, axes = ctx.subplots(1, 4, figsize=(13, 3.2), sharey=True)
    rows, figures = [], {}
    for axis, (key, matrix) in zip(axes, shapes.items(), strict=True):
        height = np.einsum("iab,ij,jab->ab", grid, matrix, grid)
        drawn = axis.contourf(*grid, height, levels=15, cmap="coolwarm")
        fig.colorbar(drawn, ax=axis)
        axis.set(title=ctx.t(key), aspect="equal")
        values = np.round(np.linalg.eigvalsh(matrix), 6) + 0.0
        back = np.round(1 / values, 4).tolist() if values.all() else "–"
        rows.append([ctx.t(key), values.tolist(), back])
        figures[key.removeprefix("demo.")] = values.tolist()
    ctx.figure(fig, "bowls")
    ctx.table(["demo.kind", "demo.eigenvalues", "demo.inverse"], rows)
    return figures
