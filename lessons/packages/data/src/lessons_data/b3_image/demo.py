"""Pictures, volumes and films as tensors, and what normalising changes."""

from __future__ import annotations

import numpy as np
import torch
from lessons.context import Context


def _scene(height: int, width: int, shift: int = 0) -> np.ndarray:
    """Paint a sky, a meadow and a sun: HWC, uint8."""
    rows, columns = np.mgrid[:height, :width]
    picture = np.zeros((height, width, 3), dtype=np.uint8)
    picture[...] = (110, 170, 235)
    picture[rows > 0.65 * height] = (70, 140, 60)
    sun = (rows - height // 4) ** 2 + (columns - width // 4 - shift) ** 2 < (height // 6) ** 2
    picture[sun] = (250, 215, 60)
    return picture


def photo(ctx: Context) -> dict[str, float | list[float]]:
    """Show a picture, its three planes, and what reshape would make of it."""
    picture = torch.from_numpy(_scene(48, 64))
    planes = picture.permute(2, 0, 1)
    mixed = picture.reshape(3, 48, 64)
    ctx.say("demo.photo.shapes", before=tuple(picture.shape), after=tuple(planes.shape))
    fig, axes = ctx.subplots(1, 5, figsize=(11, 2.3))
    axes[0].imshow(picture.numpy())
    for ax, plane in zip(axes[1:4], planes, strict=True):
        ax.imshow(plane.numpy(), cmap="gray", vmin=0, vmax=255)
    axes[4].imshow(mixed.permute(1, 2, 0).numpy())
    for ax, name in zip(axes, ["picture", "red", "green", "blue", "mixed"], strict=True):
        ax.set_title(ctx.t(f"demo.photo.{name}"), fontsize=9)
        ax.set_axis_off()
    ctx.figure(fig, "photo")
    point = [float(c) for c in planes[:, 12, 16]]
    ctx.say("demo.photo.sun", colours=[int(c) for c in point])
    return {"sun": point, "mixed_equal": float(torch.equal(mixed, planes))}


def levels(ctx: Context) -> dict[str, float | list[float]]:
    """Print and draw the values of three channels before and after normalising."""
    generator = ctx.generator()
    light = torch.rand(16, 1, 1, 1, generator=generator) * 0.5 + 0.5
    planes = torch.from_numpy(_scene(32, 32)).permute(2, 0, 1) / 255
    batch = (planes[None] * light).double()
    mean = batch.transpose(0, 1).flatten(1).mean(1)
    deviation = batch.transpose(0, 1).flatten(1).std(1, correction=0)
    after = torch.stack(
        [(batch[:, c] - mean[c]) / deviation[c] for c in range(3)],
        dim=1,
    )
    names = ["red", "green", "blue"]
    rows = [
        [ctx.t(f"demo.photo.{name}"), f"{mean[c]:.4f}", f"{deviation[c]:.4f}"]
        for c, name in enumerate(names)
    ]
    ctx.table(["demo.levels.channel", "demo.levels.mean", "demo.levels.deviation"], rows)
    fig, axes = ctx.subplots(1, 2, figsize=(9, 2.8))
    for ax, data, title in zip(axes, [batch, after], ["before", "after"], strict=True):
        for c, name in enumerate(names):
            ax.hist(data[:, c].flatten().numpy(), bins=40, color=name, alpha=0.5)
        ax.set_title(ctx.t(f"demo.levels.{title}"))
        ax.set_xlabel(ctx.t("demo.levels.value"))
    ctx.figure(fig, "levels")
    return {
        "mean_after": [float(after[:, c].mean()) for c in range(3)],
        "deviation_after": [float(after[:, c].std(correction=0)) for c in range(3)],
    }


def _body(depth: int, side: int) -> torch.Tensor:
    """Build a CT-like phantom in Hounsfield units: skin, tissue, two lungs, a spine."""
    z, y, x = torch.meshgrid(
        torch.linspace(-1, 1, depth),
        torch.linspace(-1, 1, side),
        torch.linspace(-1, 1, side),
        indexing="ij",
    )
    body = torch.full((depth, side, side), -1000.0)
    body[(x / 0.85) ** 2 + (y / 0.6) ** 2 < 1] = 40.0
    for side_of in (-0.4, 0.4):
        lung = ((x - side_of) / 0.28) ** 2 + ((y + 0.05) / 0.36) ** 2 + (z / 0.8) ** 2
        body[lung < 1] = -800.0
    body[x**2 + ((y - 0.42) / 0.9) ** 2 < 0.012] = 900.0
    return body


def phantom(ctx: Context) -> dict[str, float | list[float]]:
    """Cut a generated body in three directions."""
    body = _body(40, 64)
    batch = body[None, None]
    ctx.say("demo.phantom.shape", shape=tuple(batch.shape))
    cuts = {"across": body[20], "front": body[:, 32], "side": body[:, :, 32]}
    fig, axes = ctx.subplots(1, 3, figsize=(9, 3))
    for ax, (name, cut) in zip(axes, cuts.items(), strict=True):
        shown = ax.imshow(cut.numpy(), cmap="gray", vmin=-1000, vmax=1000)
        ax.set_title(ctx.t(f"demo.phantom.{name}"), fontsize=10)
        ax.set_axis_off()
    fig.colorbar(shown, ax=list(axes), label="HU")
    ctx.figure(fig, "phantom")
    share = [float((body == level).double().mean()) for level in (-1000.0, -800.0, 40.0, 900.0)]
    return {"levels": share, "axes": float(batch.dim())}


def film(ctx: Context) -> dict[str, float | list[float]]:
    """Let the sun move for six frames and subtract neighbouring frames."""
    frames = torch.stack(
        [torch.from_numpy(_scene(48, 64, 5 * n)).permute(2, 0, 1) for n in range(6)]
    ).float()
    moved = (frames[1:] - frames[:-1]).abs().sum(dim=1)
    ctx.say("demo.film.shape", shape=tuple(frames.shape))
    fig, axes = ctx.subplots(1, 4, figsize=(10, 2.4))
    for ax, n in zip(axes[:3], (0, 2, 4), strict=True):
        ax.imshow(frames[n].permute(1, 2, 0).byte().numpy())
        ax.set_title(ctx.t("demo.film.frame", number=n), fontsize=9)
    axes[3].imshow(moved[0].numpy(), cmap="magma")
    axes[3].set_title(ctx.t("demo.film.moved"), fontsize=9)
    for ax in axes:
        ax.set_axis_off()
    ctx.figure(fig, "film")
    return {"shape": [float(n) for n in frames.shape], "moved": float((moved[0] > 0).sum())}


def bowls(ctx: Context) -> dict[str, float | list[float]]:
    """Draw the loss of a one-weight model on raw and on normalised brightness."""
    raw = ctx.rng.uniform(0, 255, 200)
    wanted = 0.02 * (raw - 128) + ctx.rng.normal(0, 0.5, 200)
    scaled = (raw - raw.mean()) / raw.std()
    fig, axes = ctx.subplots(1, 2, figsize=(9, 2.8))
    dips, curvatures = [], []
    for ax, x, name in zip(axes, (raw, scaled), ("raw", "scaled"), strict=True):
        curvature = 2 * float(np.mean(x**2))
        best = float(np.mean(x * wanted) / np.mean(x**2))
        weights = np.linspace(best - 3, best + 3, 201)
        curve = np.array([np.mean((w * x - wanted) ** 2) for w in weights])
        turns = np.diff(np.sign(np.diff(curve)))
        dips.append(float(np.sum(turns > 0)))
        curvatures.append(curvature)
        ax.plot(weights, curve)
        ax.set_title(ctx.t(f"demo.bowls.{name}"))
        ax.set_xlabel("w")
        ax.set_ylabel(ctx.t("demo.bowls.loss"))
    ctx.figure(fig, "bowls")
    ctx.say("demo.bowls.valleys", raw=int(dips[0]), scaled=int(dips[1]))
    ctx.say("demo.bowls.steep", raw=f"{curvatures[0]:,.0f}", scaled=f"{curvatures[1]:.1f}")
    return {"valleys": dips, "curvature": curvatures}
