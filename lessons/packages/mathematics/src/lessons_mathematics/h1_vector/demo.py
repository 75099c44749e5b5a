"""Vectors and matrices of the iris data, their norms and angles."""

from __future__ import annotations

import numpy as np
from lessons.context import Context
from sklearn.datasets import load_iris

Figures = dict[str, float | list[float]]


def iris_vectors(ctx: Context) -> Figures:
    """Show one flower as a vector, all of them as a matrix, and compare three pairs."""
    flowers = load_iris().data
    a, b, c, d = (float(value) for value in flowers[0])
    ctx.say("demo.sample", a=a, b=b, c=c, d=d)
    rows, columns = flowers.shape
    ctx.say("demo.design", rows=rows, columns=columns)
    table, cosines = [], []
    for first, second in [(0, 1), (0, 50), (0, 100)]:
        x, y = flowers[first], flowers[second]
        apart = float(np.linalg.norm(x - y))
        unit_x, unit_y = x / np.linalg.norm(x), y / np.linalg.norm(y)
        cosines.append(float(unit_x @ unit_y))
        table.append([f"x{first}, x{second}", f"{x @ y:.2f}", f"{cosines[-1]:.6f}", f"{apart:.3f}"])
    ctx.table(["demo.pair", "demo.inner", "demo.cosine", "demo.distance"], table)
    return {"sample": [a, b, c, d], "rows": rows, "columns": columns, "cosines": cosines}


def matrices(ctx: Context) -> Figures:
    """Transpose, multiply, meet three special matrices and measure one."""
    grid = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    left, right = grid @ grid.T, grid.T @ grid
    ctx.say("demo.shapes", rows=2, columns=3, left=left.shape, right=right.shape)
    x = np.array([3.0, -4.0])
    identity, stretch = np.eye(2), np.diag([2.0, 0.5])
    ctx.say(
        "demo.special",
        identity=(identity @ x).tolist(),
        diagonal=(stretch @ x).tolist(),
        symmetric=bool((left == left.T).all()),
    )
    size = float(np.linalg.norm(np.array([[1.0, 2.0], [3.0, 4.0]]), "fro"))
    ctx.say("demo.frobenius", value=size)
    return {"frobenius": size}


def unit_balls(ctx: Context) -> Figures:
    """Measure (3, -4) by three norms and draw what each norm calls a circle."""
    arrow = np.array([3.0, -4.0])
    one, two, top = (float(np.linalg.norm(arrow, order)) for order in (1, 2, np.inf))
    ctx.say("demo.norms", one=one, two=two, top=top)
    angle = np.linspace(0, 2 * np.pi, 721)
    circle = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    fig, axes = ctx.subplots(figsize=(5, 5))
    for order, label in [(1, "p = 1"), (2, "p = 2"), (4, "p = 4"), (np.inf, "p = ∞")]:
        lengths = np.linalg.norm(circle, order, axis=1)
        axes.plot(*(circle / lengths[:, None]).T, label=label)
    axes.set_aspect("equal")
    axes.set_title(ctx.t("demo.ball_title"))
    axes.legend(loc="center")
    ctx.figure(fig, "unit_balls")
    return {"norms": [one, two, top]}


def angle_and_length(ctx: Context) -> Figures:
    """Let a badly aligned vector overtake a well aligned one by growing."""
    a, b, c = np.array([2.0, 1.0]), np.array([-0.2, 1.0]), np.array([1.5, 0.9])
    far, near = (float(np.cos(np.arctan2(*v[::-1]) - np.arctan2(1, 2))) for v in (b, c))
    factors = np.linspace(0, 10, 101)
    grown = factors * float(a @ b)
    winner = float(factors[np.argmax(grown > a @ c)])
    fig, (arrows, curves) = ctx.subplots(1, 2, figsize=(9, 4))
    for vector, name in [(a, "a"), (b, "b"), (c, "c")]:
        arrows.annotate("", xy=vector, xytext=(0, 0), arrowprops={"arrowstyle": "->"})
        arrows.text(*(vector * 1.06), name)
    arrows.set(xlim=(-0.6, 2.4), ylim=(-0.1, 1.4), title=ctx.t("demo.arrows"))
    curves.plot(factors, grown, label=ctx.t("demo.growing"))
    curves.axhline(float(a @ c), linestyle="--", color="gray", label=ctx.t("demo.rival"))
    curves.set(xlabel=ctx.t("demo.scale"), title=ctx.t("demo.angle_title"))
    curves.legend()
    ctx.figure(fig, "angle_and_length")
    ctx.say("demo.overtake", near=near, far=far, k=winner)
    return {"near": near, "far": far, "overtakes_at": winner}
