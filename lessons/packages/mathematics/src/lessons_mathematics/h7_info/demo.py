"""Surprise, entropy and the gap between two distributions, in numbers and pictures."""

from __future__ import annotations

import numpy as np
from lessons.context import Context
from scipy import special, stats

Figures = dict[str, float | list[float]]

YUT = np.array([4, 6, 4, 1, 1]) / 16
EQUAL = np.full(5, 1 / 5)


def surprises(ctx: Context) -> Figures:
    """List the self-information of four events and draw the curve they lie on."""
    events = {"demo.coin": 1 / 2, "demo.die": 1 / 6, "demo.sun": 1.0, "demo.eclipse": 1e-4}
    bits = {key: abs(float(np.log2(chance))) for key, chance in events.items()}
    rows = [
        [ctx.t(key), f"{chance:g}", f"{bits[key]:.6f}", f"{bits[key] * np.log(2):.6f}"]
        for key, chance in events.items()
    ]
    ctx.table(["demo.event", "demo.chance", "demo.bits", "demo.nats"], rows)
    p = np.linspace(0.005, 1, 300)
    fig, axis = ctx.subplots(figsize=(6, 3.4))
    axis.plot(p, -np.log2(p))
    axis.plot([1 / 2, 1 / 6], [bits["demo.coin"], bits["demo.die"]], "o")
    axis.set(
        xlabel=ctx.t("demo.chance"), ylabel=ctx.t("demo.info_axis"), title=ctx.t("demo.info_title")
    )
    ctx.figure(fig, "surprises")
    return {"coin": bits["demo.coin"], "die": bits["demo.die"], "sun": bits["demo.sun"]}


def games(ctx: Context) -> Figures:
    """Compare the entropy of yut sticks and a die; draw that of every coin."""
    yut, die = (float(stats.entropy(p, base=2)) for p in (YUT, np.full(6, 1 / 6)))
    ctx.say("demo.game", yut=yut, die=die, cap=np.log2(5))
    heads = np.linspace(0, 1, 201)
    fig, axis = ctx.subplots(figsize=(6, 3.4))
    axis.plot(heads, stats.entropy([heads, 1 - heads], base=2))
    axis.set(
        xlabel=ctx.t("demo.coin_axis"),
        ylabel=ctx.t("demo.entropy_axis"),
        title=ctx.t("demo.coin_title"),
    )
    ctx.figure(fig, "games")
    return {"yut": yut, "die": die}


def cross(ctx: Context) -> Figures:
    """Split the cross-entropy of yut under three beliefs into entropy and extra bits."""
    beliefs = {"demo.right": YUT, "demo.equal": EQUAL, "demo.reversed": YUT[::-1]}
    rows, totals = [], []
    base = float(stats.entropy(YUT, base=2))
    for key, q in beliefs.items():
        extra = float(stats.entropy(YUT, q, base=2))
        total = float(YUT @ np.log2(1 / q))
        totals.append(total)
        rows.append([ctx.t(key), *(f"{v:.4f}" for v in (base, extra, base + extra, total))])
    ctx.table(["demo.belief", "demo.h", "demo.d", "demo.sum", "demo.ce"], rows)
    return {"cross_entropies": totals, "entropy": base}


def two_directions(ctx: Context) -> Figures:
    """Add up the divergence term by term, in both directions."""
    there, back = YUT * np.log2(YUT / EQUAL), EQUAL * np.log2(EQUAL / YUT)
    fig, axis = ctx.subplots(figsize=(6.5, 3.4))
    places = np.arange(5)
    axis.bar(places - 0.2, there, 0.4, label=ctx.t("demo.there"))
    axis.bar(places + 0.2, back, 0.4, label=ctx.t("demo.back"))
    axis.axhline(0, color="black", linewidth=0.8)
    axis.set(xlabel=ctx.t("demo.outcomes"), title=ctx.t("demo.area_title"))
    axis.legend()
    ctx.figure(fig, "two_directions")
    ctx.say("demo.one_way", there=there.sum(), back=back.sum())
    return {"there": float(there.sum()), "back": float(back.sum())}


def five_inputs(ctx: Context) -> Figures:
    """Compare a model's five outputs with the labels, which are extreme distributions."""
    scores = np.array([[3, 1, 0], [0.5, 2, 0.2], [1, 1, 1], [0, 0.3, 2.5], [2, 0, 1]], dtype=float)
    labels = np.array([0, 1, 2, 2, 1])
    chances = special.softmax(scores, axis=1)
    losses = [float(-np.log(row[label])) for row, label in zip(chances, labels, strict=True)]
    rows = [
        [i + 1, np.eye(3, dtype=int)[label].tolist(), np.round(row, 3).tolist(), f"{loss:.4f}"]
        for i, (label, row, loss) in enumerate(zip(labels, chances, losses, strict=True))
    ]
    ctx.table(["demo.input", "demo.label", "demo.softmax", "demo.loss"], rows)
    ctx.say("demo.mean_loss", mean=np.mean(losses))
    return {"losses": losses, "mean": float(np.mean(losses))}


def chase(ctx: Context) -> Figures:
    """Let a belief follow the yut distribution downhill and record three quantities."""
    scores, record = np.array([-1.0, -0.5, 0.0, 0.5, 1.0]), []
    entropy = float(stats.entropy(YUT, base=2))
    for _ in range(200):
        q = special.softmax(scores)
        record.append(float(stats.entropy(YUT, q, base=2)))
        scores += 1.0 * (YUT - q)
    gaps = np.array(record)
    fig, axis = ctx.subplots(figsize=(6.5, 3.4))
    axis.plot(gaps + entropy, label=ctx.t("demo.ce"))
    axis.plot(gaps, label=ctx.t("demo.d"))
    axis.axhline(entropy, linestyle=":", color="gray", label=ctx.t("demo.h"))
    axis.set(xlabel=ctx.t("demo.step"), ylabel=ctx.t("demo.bits"), title=ctx.t("demo.chase_title"))
    axis.legend()
    ctx.figure(fig, "chase")
    ctx.say("demo.final", steps=len(record), left=record[-1], entropy=entropy)
    return {"start": record[0], "left": record[-1]}
