"""Worked code of the lesson on models as functions."""

import numpy as np
import torch
from lessons.context import Context

# Ears that stand up and ears that hang, one # a dark dot.
PICTURES = {
    "cat_1": ".#..#. .#..#. .####. #.##.# .####. ..##..",
    "cat_2": "#....# ##..## ###### #.##.# ###### .####.",
    "dog_1": "...... .####. ###### #.##.# #.##.# ..##..",
    "dog_2": ".####. ###### #.##.# #.##.# #.##.# ..##..",
}


def family(ctx: Context) -> dict[str, float | list[float]]:
    """Draw four members of the family of parabolas and read the notes' formula both ways."""
    settings = [(1.0, 1.0, 1.0), (1.5, 1.0, 1.5), (1.5, -1.0, 1.5), (1.7, -1.2, 1.6)]
    x = np.linspace(-2.0, 2.0, 101)
    fig, ax = ctx.subplots()
    for weights in settings:
        ax.plot(x, np.polynomial.Polynomial(weights)(x), label=f"f(x; {weights})")
    ax.set_xlabel("x")
    ax.set_ylabel("f(x; w)")
    ax.legend()
    ctx.figure(fig, "family")
    ascending = float(np.polynomial.Polynomial(settings[-1])(10.0))
    descending = float(np.polyval(settings[-1], 10.0))
    ctx.say("demo.readings", ascending=ascending, descending=descending)
    return {"ascending": ascending, "descending": descending}


def cats_and_dogs(ctx: Context) -> dict[str, float | list[float]]:
    """Train a linear classifier on four pictures, from one right answer to four."""
    dots = torch.tensor([[float(dot == "#") for dot in art if dot in "#."] for art in _art()])
    labels = torch.tensor([0.0, 0.0, 1.0, 1.0])
    model = torch.nn.Linear(36, 1)
    source = ctx.generator()
    while _share_right(model, dots, labels) != 0.25:
        for parameter in model.parameters():
            torch.nn.init.normal_(parameter, std=0.5, generator=source)
    loss_of = torch.nn.BCEWithLogitsLoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.02)
    training = ctx.train("cats_and_dogs", 240, model=model, optimizer=optimizer)
    for step in training:
        loss = loss_of(model(dots).flatten(), labels)
        step.report(loss=loss.item(), accuracy=_share_right(model, dots, labels))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    _draw(ctx, dots, training.history)
    history = training.history
    first, last = history["loss"][0], history["loss"][-1]
    before, after = history["accuracy"][0], history["accuracy"][-1]
    ctx.say("demo.before", accuracy=before, loss=first)
    ctx.say("demo.after", accuracy=after, loss=last)
    return {"before": before, "after": after, "loss_before": first, "loss_after": last}


def _art() -> list[str]:
    return list(PICTURES.values())


def _share_right(model: torch.nn.Module, dots: torch.Tensor, labels: torch.Tensor) -> float:
    with torch.no_grad():
        says_dog = model(dots).flatten() > 0
    return float((says_dog == labels.bool()).float().mean())


def _draw(ctx: Context, dots: torch.Tensor, history: dict[str, list[float]]) -> None:
    fig, axes = ctx.subplots(1, 5, figsize=(11, 2.6), width_ratios=[1, 1, 1, 1, 2.2])
    for ax, dark, name in zip(axes, dots, PICTURES, strict=False):
        ax.imshow(dark.reshape(6, 6).numpy(), cmap="Greys", vmin=0, vmax=1)
        ax.set_title(ctx.t(f"demo.{name[:3]}"))
        ax.set_xticks([])
        ax.set_yticks([])
        ax.grid(visible=False)
    axes[4].plot(history["loss"], label=ctx.t("demo.loss"))
    axes[4].plot(history["accuracy"], "--", label=ctx.t("demo.accuracy"))
    axes[4].set_xlabel(ctx.t("demo.step"))
    axes[4].legend()
    ctx.figure(fig, "cats_and_dogs")


def memorise(ctx: Context) -> dict[str, float | list[float]]:
    """Remember tossed coins: perfect on what was seen, a coin's luck on the rest."""
    coins = ctx.rng.integers(0, 2, 2000)
    remembered = dict(enumerate(coins[:1000].tolist()))
    tosses = ctx.rng.integers(0, 2, 2000)
    answers = [remembered.get(number, int(tosses[number])) for number in range(2000)]
    right = (np.array(answers) == coins).reshape(2, 1000).sum(axis=1) / 1000
    ctx.say("demo.memory", train=right[0], test=right[1])
    return {"train_accuracy": float(right[0]), "test_accuracy": float(right[1])}
