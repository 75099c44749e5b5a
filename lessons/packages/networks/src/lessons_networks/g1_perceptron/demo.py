"""The perceptron's border, three logic gates, and XOR by three neurons."""

import numpy as np
from lessons.context import Context

CORNERS = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], dtype=float)
GATES = {"AND": (0, 0, 0, 1), "OR": (0, 1, 1, 1), "XOR": (0, 1, 1, 0)}


def the_border(ctx: Context) -> dict[str, float | list[float]]:
    """Draws the border of three weight vectors and the shortest way to it from the origin."""
    fig, axes = ctx.subplots(1, 3, figsize=(10, 3.4))
    gaps, angles = [], []
    for axis, w in zip(axes, ([2.0, 1.0], [-1.0, 2.0], [4.0, 2.0]), strict=True):
        normal, threshold = np.array(w), 3.0
        along = np.array([-normal[1], normal[0]])
        # Two points of the border by solving for one coordinate, not by the formula.
        first = np.array([0.0, threshold / normal[1]])
        second = np.array([threshold / normal[0], 0.0])
        cosine = (second - first) @ normal
        angles.append(float(cosine))
        foot = first - along * (first @ along) / (along @ along)
        gaps.append(float(np.hypot(*foot)))
        line = first + np.linspace(-5, 5, 2)[:, None] * along
        axis.plot(line[:, 0], line[:, 1])
        axis.arrow(0, 0, normal[0] / 2, normal[1] / 2, head_width=0.15, color="tab:red")
        axis.plot([0, foot[0]], [0, foot[1]], "k--")
        axis.set(xlim=(-3, 3), ylim=(-3, 3), aspect="equal", title=f"w = {w}, T = 3")
    ctx.figure(fig, "the_border")
    ctx.table(["w", "demo.distance"], [["2, 1", gaps[0]], ["-1, 2", gaps[1]], ["4, 2", gaps[2]]])
    return {"distances": gaps, "inner_products_along_border": angles}


def three_gates(ctx: Context) -> dict[str, float | list[float]]:
    """Applies the learning rule to AND, OR and XOR."""
    fig, axis = ctx.subplots(figsize=(6, 3.2))
    figures: dict[str, float | list[float]] = {}
    # A column of ones makes the offset one more weight.
    inputs = np.column_stack([CORNERS, np.ones(4)])
    for gate, wanted in GATES.items():
        weights, slips = np.zeros(3), []
        while len(slips) < 25 and (not slips or slips[-1] > 0):
            slips.append(0)
            for corner, target in zip(inputs, wanted, strict=True):
                wrong = target - float(weights @ corner >= 0)
                weights += wrong * corner
                slips[-1] += int(wrong != 0)
        axis.plot(range(1, len(slips) + 1), slips, "o-", label=gate)
        figures[f"{gate.lower()}_epochs"] = float(len(slips))
        figures[f"{gate.lower()}_last_mistakes"] = float(slips[-1])
    axis.set(xlabel=ctx.t("demo.epoch"), ylabel=ctx.t("demo.mistakes"))
    axis.legend()
    ctx.figure(fig, "three_gates")
    ctx.say("demo.gates", first=figures["and_epochs"], second=figures["or_epochs"])
    return figures


def three_neurons(ctx: Context) -> dict[str, float | list[float]]:
    """Builds XOR out of an OR, a NAND and an AND neuron."""
    first = np.heaviside(CORNERS @ [1, 1] - 0.5, 1)
    second = np.heaviside(CORNERS @ [-1, -1] + 1.5, 1)
    output = np.heaviside(first + second - 1.5, 1)
    rows = np.column_stack([CORNERS, first, second, output]).astype(int).tolist()
    ctx.table(["x1", "x2", "OR", "NAND", "XOR"], rows)
    return {"xor": output.tolist()}
