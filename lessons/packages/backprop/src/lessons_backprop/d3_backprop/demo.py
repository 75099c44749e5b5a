"""Worked code of the lesson on backpropagation."""

import time

import torch
from lessons.context import Context


def one_example(ctx: Context) -> dict[str, float | list[float]]:
    """The forward and the backward numbers of one weight, by autograd."""
    w = torch.tensor(1.0, dtype=torch.float64, requires_grad=True)
    guess = 1.0 * w
    error = guess - 2.0
    loss = error.square()
    stages = [("loss", loss), ("s", error), ("ŷ", guess), ("w", w)]
    for _, one in stages:
        one.retain_grad()
    loss.backward()
    slopes = [0.0 if one.grad is None else one.grad.item() for _, one in stages]
    rows = [[name, one.item(), slope] for (name, one), slope in zip(stages, slopes, strict=True)]
    ctx.table(["demo.node", "demo.forward", "demo.backward"], rows)
    return {"guess_loss_slope": [guess.item(), loss.item(), slopes[-1]], "error": error.item()}


def against_nudging(ctx: Context) -> dict[str, float | list[float]]:
    """Compare backpropagation with central quotients on a network of 1210 parameters."""
    source = ctx.generator()
    net = torch.nn.Sequential(torch.nn.Linear(19, 40), torch.nn.Tanh(), torch.nn.Linear(40, 10))
    net = net.double()
    with torch.no_grad():
        for parameter in net.parameters():
            parameter.normal_(std=0.3, generator=source)
    inputs = torch.randn(8, 19, dtype=torch.float64, generator=source)
    targets = torch.randn(8, 10, dtype=torch.float64, generator=source)
    started = time.perf_counter()
    torch.nn.functional.mse_loss(net(inputs), targets).backward()
    back_seconds = time.perf_counter() - started
    exact = torch.cat([one.grad.flatten() for one in net.parameters() if one.grad is not None])
    started, nudged = time.perf_counter(), []
    with torch.no_grad():
        for parameter in net.parameters():
            flat = parameter.view(-1)
            for place in range(len(flat)):
                losses = []
                for nudge in (1e-5, -2e-5):
                    flat[place] += nudge
                    losses.append(torch.nn.functional.mse_loss(net(inputs), targets).item())
                flat[place] += 1e-5
                nudged.append((losses[0] - losses[1]) / 2e-5)
    seconds = time.perf_counter() - started
    gap = float((torch.tensor(nudged, dtype=torch.float64) - exact).abs().max())
    ctx.say("demo.compared", count=len(nudged), gap=gap)
    ctx.say("demo.times", nudging=seconds * 1e3, back=back_seconds * 1e3)
    return {"parameters": float(len(nudged)), "largest_gap": gap}


def train_network(ctx: Context) -> dict[str, float | list[float]]:
    """Train a small network on a wave and draw what it has learnt."""
    source = ctx.generator()
    x = torch.linspace(-3.0, 3.0, 64).reshape(-1, 1)
    y = torch.sin(2.0 * x) + 0.05 * torch.randn(64, 1, generator=source)
    net = torch.nn.Sequential(
        torch.nn.Linear(1, 16),
        torch.nn.Tanh(),
        torch.nn.Linear(16, 16),
        torch.nn.Tanh(),
        torch.nn.Linear(16, 1),
    )
    with torch.no_grad():
        for parameter in net.parameters():
            parameter.normal_(std=0.7, generator=source)
    net, x, y = net.to(ctx.device), x.to(ctx.device), y.to(ctx.device)
    optimizer = torch.optim.Adam(net.parameters(), lr=0.02)
    training = ctx.train("wave", 600, model=net, optimizer=optimizer)
    for step in training:
        loss = torch.nn.functional.mse_loss(net(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        step.report(loss=loss.item())
    fig, (left, right) = ctx.subplots(1, 2, figsize=(9, 3.4))
    left.plot(x.flatten().tolist(), y.flatten().tolist(), ".", label=ctx.t("demo.points"))
    left.plot(x.flatten().tolist(), net(x).flatten().tolist(), label=ctx.t("demo.network"))
    left.set_xlabel("x")
    left.legend()
    right.semilogy(training.history["loss"])
    right.set_xlabel(ctx.t("demo.step"))
    right.set_ylabel(ctx.t("demo.loss"))
    ctx.figure(fig, "train_network")
    first, last = training.history["loss"][0], training.history["loss"][-1]
    ctx.say("demo.losses", first=first, last=last)
    return {"first_loss": first, "last_loss": last}
