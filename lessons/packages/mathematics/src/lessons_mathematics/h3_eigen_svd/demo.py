"""Eigenvectors, powers, singular values, and what one can leave out."""

from __future__ import annotations

import math

import numpy as np
from lessons.context import Context
from sklearn.datasets import load_iris

Figures = dict[str, float | list[float]]


def prime_factors(ctx: Context) -> Figures:
    """Take the number 3717 apart."""
    number, rest, factors = 3717, 3717, []
    divisor = 2
    while rest > 1:
        if rest % divisor:
            divisor += 1
        else:
            factors.append(divisor)
            rest //= divisor
    ctx.say("demo.factors", number=number, product=" · ".join(map(str, factors)))
    return {"factors": [float(factor) for factor in factors], "product": math.prod(factors)}


def own_directions(ctx: Context) -> Figures:
    """Draw where 16 unit arrows go, and mark those that stay on their line."""
    angles = np.arange(16) * np.pi / 8
    arrows = np.stack([np.cos(angles), np.sin(angles)])
    fig, axes = ctx.subplots(1, 2, figsize=(9, 4.5))
    figures: Figures = {}
    for axis, key, matrix in [
        (axes[0], "demo.stretching", np.array([[2.0, 1.0], [1.0, 2.0]])),
        (axes[1], "demo.mirror", np.array([[0.0, 1.0], [1.0, 0.0]])),
    ]:
        moved = matrix @ arrows
        stays = np.abs(arrows[0] * moved[1] - arrows[1] * moved[0]) < 1e-12
        axis.plot(np.cos(angles), np.sin(angles), ".", color="gray")
        for chosen, color, label in [(~stays, "0.75", "demo.turned"), (stays, "C3", "demo.kept")]:
            axis.quiver(
                *arrows[:, chosen],
                *(moved - arrows)[:, chosen],
                angles="xy",
                scale_units="xy",
                scale=1,
                width=0.006,
                color=color,
                label=ctx.t(label),
            )
        axis.set(xlim=(-3.2, 3.2), ylim=(-3.2, 3.2), title=ctx.t(key), aspect="equal")
        values = np.linalg.eigvalsh(matrix)
        figures[key.removeprefix("demo.")] = values.tolist()
        ctx.say("demo.eigen", matrix=ctx.t(key), values=np.round(values, 12).tolist())
    axes[0].legend(loc="upper left", fontsize=8)
    ctx.figure(fig, "own_directions")
    return figures


def powers(ctx: Context) -> Figures:
    """Raise a matrix to the tenth power through its eigenvalues; see one that refuses."""
    matrix = np.array([[0.9, 0.3], [0.1, 0.7]])
    values, q = np.linalg.eig(matrix)
    quick = q @ np.diag(values**10) @ np.linalg.inv(q)
    slow = np.linalg.multi_dot([matrix] * 10)
    gap = float(np.abs(quick - slow).max())
    ctx.say("demo.power", gap=gap)
    _, shear = np.linalg.eig(np.array([[1.0, 1.0], [0.0, 1.0]]))
    det = abs(float(np.linalg.det(shear)))
    ctx.say("demo.defective", det=det)
    return {"gap": gap, "defective_det": det}


def turn_stretch_turn(ctx: Context) -> Figures:
    """Follow a circle through the three factors of a singular value decomposition."""
    u, values, vt = np.linalg.svd(np.array([[3.0, 0.0], [4.0, 5.0]]))
    angles = np.linspace(0, 2 * np.pi, 200)
    circle = np.stack([np.cos(angles), np.sin(angles)])
    stages = [np.eye(2), vt, np.diag(values) @ vt, u @ np.diag(values) @ vt]
    fig, axes = ctx.subplots(1, 4, figsize=(12, 3.3), sharex=True, sharey=True)
    titles = ("demo.start", "demo.turn", "demo.stretch", "demo.again")
    for axis, stage, key in zip(axes, stages, titles, strict=True):
        axis.plot(*(stage @ circle), color="0.6")
        axis.quiver(
            [0, 0], [0, 0], *stage, angles="xy", scale_units="xy", scale=1, color=["C3", "C2"]
        )
        axis.set(title=ctx.t(key), aspect="equal")
    ctx.figure(fig, "turn_stretch_turn")
    ctx.say(
        "demo.singular",
        values=np.round(values, 6).tolist(),
        large=math.sqrt(45),
        small=math.sqrt(5),
    )
    return {"singular": values.tolist()}


def compress(ctx: Context) -> Figures:
    """Keep 1, 3, 8 and 20 parts of a drawn landscape."""
    y, x = np.mgrid[0:120, 0:160] / 100.0
    sky = 1 - 0.5 * y
    hills = (y > 0.75 + 0.15 * np.sin(5 * x) + 0.05 * np.sin(17 * x)) * 0.6
    sun = ((x - 1.2) ** 2 + (y - 0.3) ** 2 < 0.03) * 0.8
    picture = sky - hills + sun + 0.02 * ctx.rng.normal(size=x.shape)
    u, values, vt = np.linalg.svd(picture, full_matrices=False)
    fig, axes = ctx.subplots(1, 5, figsize=(14, 2.8))
    axes[0].imshow(picture, cmap="gray")
    axes[0].set_title(ctx.t("demo.original"))
    errors = []
    for axis, k in zip(axes[1:], (1, 3, 8, 20), strict=True):
        layers = [values[i] * np.outer(u[:, i], vt[i]) for i in range(k)]
        approximation = np.sum(layers, axis=0)
        error = np.linalg.norm(picture - approximation) / np.linalg.norm(picture)
        errors.append(float(error))
        axis.imshow(approximation, cmap="gray")
        share = k * (sum(picture.shape) + 1) / picture.size
        axis.set_title(ctx.t("demo.rank", k=k, share=share), fontsize=9)
        axis.set_xlabel(ctx.t("demo.error", error=error))
    for axis in axes:
        axis.set(xticks=[], yticks=[])
    ctx.figure(fig, "compress")
    return {"errors": errors}


def flower_axes(ctx: Context) -> Figures:
    """Find the directions in which the iris measurements spread most."""
    data = load_iris()
    centred = data.data - data.data.mean(axis=0)
    _, values, vt = np.linalg.svd(centred, full_matrices=False)
    share = values**2 / (values**2).sum()
    first, second = vt[:2] @ centred.T
    fig, axis = ctx.subplots(figsize=(6, 4))
    for species, name in enumerate(data.target_names):
        chosen = data.target == species
        axis.plot(first[chosen], second[chosen], "o", markersize=4, label=name)
    axis.set(xlabel=ctx.t("demo.axis1"), ylabel=ctx.t("demo.axis2"), title=ctx.t("demo.flowers"))
    axis.legend()
    ctx.figure(fig, "flower_axes")
    ctx.say("demo.captured", share=share[0])
    return {"explained": share.tolist()}
