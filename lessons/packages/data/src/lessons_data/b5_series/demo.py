"""Hours of a made-up bike rental: folded into days, cut into windows, split in time."""

from __future__ import annotations

import numpy as np
import torch
from lessons.context import Context


def _rental(rng: np.random.Generator, days: int) -> np.ndarray:
    """Make up temperature and rented bikes for each hour; shape hours x 2."""
    t = np.arange(24 * days)
    hour, day = t % 24, t // 24
    season = np.sin(2 * np.pi * (day - 100) / 365)
    warmth = 12 + 10 * season + 4 * np.sin(2 * np.pi * (hour - 9) / 24) + rng.normal(0, 1, t.size)
    rush = np.exp(-((hour - 8) ** 2) / 4) + 1.2 * np.exp(-((hour - 18) ** 2) / 6)
    noon = np.exp(-((hour - 14) ** 2) / 20)
    weekend = day % 7 >= 5
    bikes = 60 * np.where(weekend, 1.1 * noon, rush + 0.3 * noon) * (1 + 0.04 * (warmth - 12))
    return np.stack([warmth, np.clip(bikes + rng.normal(0, 4, t.size), 0, None).round()], axis=1)


def hours(ctx: Context) -> dict[str, float | list[float]]:
    """Draw two weeks of the rental."""
    data = _rental(ctx.rng, 730)
    ctx.say("demo.hours.shape", shape=data.shape)
    start = 24 * 7 * 26
    part = slice(start, start + 24 * 14)
    fig, axes = ctx.subplots(2, 1, figsize=(9, 4), sharex=True)
    for ax, column, name in zip(axes, (0, 1), ("warmth", "bikes"), strict=True):
        ax.plot(np.arange(24 * 14) / 24, data[part, column], linewidth=1)
        ax.set_ylabel(ctx.t(f"demo.hours.{name}"))
    axes[1].set_xlabel(ctx.t("demo.hours.day"))
    ctx.figure(fig, "hours")
    return {"shape": [float(n) for n in data.shape], "mean": data.mean(axis=0).tolist()}


def folded(ctx: Context) -> dict[str, float | list[float]]:
    """Fold a series of 4-hour days, right and wrong, and draw mean days of the rental."""
    tiny = torch.tensor([[n, 100 + n] for n in range(8)])
    right = tiny.view(2, 4, 2).transpose(1, 2)
    wrong = tiny.view(2, 2, 4)
    ctx.say("demo.folded.right", values=right[0].tolist())
    ctx.say("demo.folded.wrong", values=wrong[0].tolist())
    data = torch.from_numpy(_rental(ctx.rng, 364))[:, 1].view(364, 24)
    weekend = torch.arange(364) % 7 >= 5
    fig, ax = ctx.subplots(figsize=(7, 3))
    for chosen, name in ((~weekend, "workday"), (weekend, "weekend")):
        ax.plot(data[chosen].mean(0), label=ctx.t(f"demo.folded.{name}"))
    ax.set_xlabel(ctx.t("demo.folded.hour"))
    ax.set_ylabel(ctx.t("demo.hours.bikes"))
    ax.legend()
    ctx.figure(fig, "folded")
    same = right.data_ptr() == tiny.data_ptr()
    return {"no_copy": float(same), "peak_hour": float(data[~weekend].mean(0).argmax())}


def sliding(ctx: Context) -> dict[str, float | list[float]]:
    """Print the windows of a short word of numbers."""
    melody = [60, 62, 64, 65, 67, 69]
    width = 3
    rows = []
    for start, target in enumerate(melody[width:]):
        rows.append([start, melody[start : start + width], target])
    ctx.table([f"demo.sliding.{head}" for head in ("number", "window", "target")], rows)
    return {"examples": float(len(rows)), "targets": [float(row[2]) for row in rows]}


def _nearest_known(known: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Return for each wanted hour the nearest known one."""
    after = np.clip(np.searchsorted(known, wanted), 1, len(known) - 1)
    before = known[after - 1]
    nearer = np.abs(wanted - before) <= np.abs(known[after] - wanted)
    return np.where(nearer, before, known[after])


def peeking(ctx: Context) -> dict[str, float | list[float]]:
    """Test one forecaster with a shuffled split and with a split in time."""
    rng = ctx.rng
    warmth = _rental(rng, 200)[:, 0]
    n, cut = len(warmth), int(0.8 * len(warmth))
    shuffled = rng.permutation(n)
    errors = []
    for train, test in ((shuffled[:cut], shuffled[cut:]), (np.arange(cut), np.arange(cut, n))):
        guess = warmth[_nearest_known(np.sort(train), test)]
        errors.append(float(np.sqrt(np.mean((guess - warmth[test]) ** 2))))
    ctx.say("demo.peeking.shuffled", error=f"{errors[0]:.2f}")
    ctx.say("demo.peeking.in_time", error=f"{errors[1]:.2f}")
    return {"rmse": errors, "ratio": errors[1] / errors[0]}
