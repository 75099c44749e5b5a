"""Five activations, gradients through twenty layers, and a network that cannot bend."""

import torch
from lessons.context import Context

CURVES = {
    "step": lambda z: torch.heaviside(z.detach(), torch.ones((), dtype=z.dtype)) + 0 * z,
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "ReLU": torch.relu,
    "softplus": torch.nn.functional.softplus,
}


def five_curves(ctx: Context) -> dict[str, float | list[float]]:
    """Draws the five functions and the slopes that autograd finds."""
    fig, axes = ctx.subplots(1, 5, figsize=(13, 2.8))
    figures: dict[str, float | list[float]] = {}
    for axis, (name, curve) in zip(axes, CURVES.items(), strict=True):
        z = torch.linspace(-4, 4, 401, dtype=torch.float64, requires_grad=True)
        value = curve(z)
        (slope,) = torch.autograd.grad(value.sum(), z)
        axis.plot(z.detach(), value.detach(), label=ctx.t("demo.value"))
        axis.plot(z.detach(), slope, "--", label=ctx.t("demo.slope"))
        axis.set(title=name, xlabel="z", ylim=(-1.2, 2.2))
        figures[f"{name}_largest_slope"] = slope.max().item()
    axes[0].legend()
    ctx.figure(fig, "five_curves")
    five = torch.tensor(5.0, dtype=torch.float64)
    figures["relu_5"] = torch.relu(five).item()
    figures["softplus_0"] = torch.nn.functional.softplus(0 * five).item()
    ctx.say("demo.values", relu=figures["relu_5"], softplus=figures["softplus_0"])
    return figures


def fading_slopes(ctx: Context) -> dict[str, float | list[float]]:
    """The gradient that is left of 1 after each of twenty activations in a row."""
    fig, axis = ctx.subplots(figsize=(6, 3.2))
    left: dict[str, float | list[float]] = {}
    for name in ("sigmoid", "tanh", "ReLU"):
        remaining = []
        for depth in range(1, 21):
            z = torch.tensor(0.5, dtype=torch.float64, requires_grad=True)
            value = z
            for _ in range(depth):
                value = CURVES[name](value)
            remaining.append(torch.autograd.grad(value, z)[0].item())
        axis.plot(range(1, 21), remaining, "o-", ms=3, label=name)
        left[name.lower()] = remaining[-1]
    axis.set(yscale="log", xlabel=ctx.t("demo.layers"), ylabel=ctx.t("demo.left"))
    axis.legend()
    ctx.figure(fig, "fading_slopes")
    ctx.table(["demo.function", "demo.left"], [[name, value] for name, value in left.items()])
    return left


def straight_or_bent(ctx: Context) -> dict[str, float | list[float]]:
    """Fits a parabola with three layers, once without and once with ReLU between them."""
    x = torch.linspace(-1, 1, 80)[:, None]
    y = x**2
    fig, axis = ctx.subplots(figsize=(6, 3.2))
    axis.plot(x[:, 0], y[:, 0], "k:", label="$x^2$")
    figures: dict[str, float | list[float]] = {}
    for name, between in (("straight", torch.nn.Identity), ("bent", torch.nn.ReLU)):
        torch.manual_seed(ctx.seed)
        sizes = ((1, 16), (16, 16), (16, 1))
        parts = [part for a, b in sizes for part in (torch.nn.Linear(a, b), between())]
        model = torch.nn.Sequential(*parts[:-1])
        optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
        for step in ctx.train(f"parabola_{name}", 400, model=model, optimizer=optimizer):
            loss = torch.nn.functional.mse_loss(model(x), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            step.report(loss=loss.item())
        fitted = model(x).detach()
        axis.plot(x[:, 0], fitted[:, 0], label=ctx.t(f"demo.{name}"))
        figures[f"{name}_loss"] = ((fitted - y) ** 2).mean().item()
        figures[f"{name}_bend"] = fitted[:, 0].diff(n=2).abs().max().item()
    axis.legend()
    ctx.figure(fig, "straight_or_bent")
    ctx.say("demo.losses", straight=figures["straight_loss"], bent=figures["bent_loss"])
    return figures
