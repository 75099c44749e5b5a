"""Worked code of the lesson on computational graphs."""

from typing import Any

import torch
from lessons.context import Context

Edge = tuple[tuple[float, float], tuple[float, float], str, str]


def two_apples(ctx: Context) -> dict[str, float | list[float]]:
    """Compute two apples with tax, and the derivatives by autograd."""
    names = ["demo.price", "demo.count", "demo.tax"]
    price, count, tax = inputs = _inputs(100.0, 2.0, 1.1)
    subtotal = price * count
    subtotal.retain_grad()
    total = subtotal * tax
    total.backward()
    slopes = [_slope(one) for one in inputs]
    edges: list[Edge] = [
        ((0, 2), (1.6, 2), "100", f"{slopes[0]:g}"),
        ((0, 1), (1.6, 2), "2", f"{slopes[1]:g}"),
        ((1.6, 2), (3.2, 1.4), f"{subtotal.item():g}", f"{_slope(subtotal):g}"),
        ((0, 0), (3.2, 1.4), "1.1", f"{slopes[2]:g}"),
        ((3.2, 1.4), (4.8, 1.4), f"{total.item():g}", "1"),
    ]
    labels = {(0, 2): 0, (0, 1): 1, (0, 0): 2}
    _draw(ctx, "two_apples", edges, {place: names[one] for place, one in labels.items()}, {})
    rows = [[ctx.t(name), slope] for name, slope in zip(names, slopes, strict=True)]
    ctx.table(["demo.input", "demo.slope"], rows)
    return {"total": total.item(), "slopes": slopes}


def apples_and_oranges(ctx: Context) -> dict[str, float | list[float]]:
    """Compute apples and oranges with tax, with all five derivatives."""
    names = ["demo.price", "demo.count", "demo.orange_price", "demo.orange_count", "demo.tax"]
    price, count, orange, oranges, tax = inputs = _inputs(100.0, 2.0, 150.0, 3.0, 1.1)
    first, second = price * count, orange * oranges
    fruit = first + second
    total = fruit * tax
    for middle in (first, second, fruit):
        middle.retain_grad()
    total.backward()
    slopes = [_slope(one) for one in inputs]
    edges: list[Edge] = [
        ((0, 4), (1.5, 3.5), "100", f"{slopes[0]:g}"),
        ((0, 3), (1.5, 3.5), "2", f"{slopes[1]:g}"),
        ((0, 2), (1.5, 1.5), "150", f"{slopes[2]:g}"),
        ((0, 1), (1.5, 1.5), "3", f"{slopes[3]:g}"),
        ((1.5, 3.5), (3.0, 2.5), f"{first.item():g}", f"{_slope(first):g}"),
        ((1.5, 1.5), (3.0, 2.5), f"{second.item():g}", f"{_slope(second):g}"),
        ((3.0, 2.5), (4.5, 2.0), f"{fruit.item():g}", f"{_slope(fruit):g}"),
        ((0, 0), (4.5, 2.0), "1.1", f"{slopes[4]:g}"),
        ((4.5, 2.0), (6.0, 2.0), f"{total.item():g}", "1"),
    ]
    places = [(0, 4), (0, 3), (0, 2), (0, 1), (0, 0)]
    labels = dict(zip(places, names, strict=True))
    _draw(ctx, "apples_and_oranges", edges, labels, {(3.0, 2.5): "+"})
    ctx.say("demo.total", total=total.item())
    rows = [[ctx.t(name), slope] for name, slope in zip(names, slopes, strict=True)]
    ctx.table(["demo.input", "demo.slope"], rows)
    return {"mixed_total": total.item(), "mixed_slopes": slopes}


def _inputs(*values: float) -> list[torch.Tensor]:
    return [torch.tensor(one, dtype=torch.float64, requires_grad=True) for one in values]


def _slope(tensor: torch.Tensor) -> float:
    return 0.0 if tensor.grad is None else tensor.grad.item()


def _draw(
    ctx: Context, name: str, edges: list[Edge], inputs: dict[Any, str], signs: dict[Any, str]
) -> None:
    """Black numbers go forwards above the edge, red ones back below it."""
    fig, ax = ctx.subplots(figsize=(8.5, 4.2))
    for (x0, y0), (x1, y1), forward, back in edges:
        arrow = {"arrowstyle": "->", "color": "tab:gray"}
        ax.annotate("", (x1 - 0.12, y1), (x0 + 0.12, y0), arrowprops=arrow)
        middle = (x0 + 0.45 * (x1 - x0), y0 + 0.45 * (y1 - y0))
        ax.text(middle[0], middle[1] + 0.1, forward, ha="center", va="bottom")
        ax.text(middle[0], middle[1] - 0.1, back, ha="center", va="top", color="tab:red")
    nodes = {start for start, *_ in edges} - set(inputs)
    for place in nodes:
        ax.text(
            *place,
            signs.get(place, "×"),
            ha="center",
            va="center",
            size=16,
            bbox={"boxstyle": "circle", "facecolor": "white"},
        )
    for place, label in inputs.items():
        ax.text(place[0], place[1], ctx.t(label), ha="right", va="center")
    ax.set_xlim(-1.0, max(end[0] for _, end, *_ in edges) + 0.3)
    ax.set_ylim(-0.6, max(start[1] for start, *_ in edges) + 0.6)
    ax.axis("off")
    ctx.figure(fig, name)
