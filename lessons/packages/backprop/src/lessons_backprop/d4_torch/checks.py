"""Checks of the lesson on PyTorch."""

from typing import Any

import numpy as np
import torch
from lessons.grading import Learner, check, close, expect


def _data(learner: Learner, rows: int, inputs: int, outputs: int) -> tuple[Any, Any]:
    x = torch.tensor(learner.rng.normal(size=(rows, inputs)), dtype=torch.float32)
    y = torch.tensor(learner.rng.normal(size=(rows, outputs)), dtype=torch.float32)
    return x, y


def _layer(learner: Learner, inputs: int, outputs: int) -> torch.nn.Linear:
    layer = torch.nn.Linear(inputs, outputs)
    with torch.no_grad():
        for parameter in layer.parameters():
            parameter.copy_(torch.tensor(learner.rng.normal(size=tuple(parameter.shape))))
    return layer


@check("gradients")
def gradients(learner: Learner) -> None:
    """The closed form of a layer's gradient, at the first call and at the second."""
    answer = learner.function("gradients")
    x, y = _data(learner, 12, 3, 2)
    layer = _layer(learner, 3, 2)
    weight, bias = (one.detach().double().numpy() for one in layer.parameters())
    errors = x.double().numpy() @ weight.T + bias - y.double().numpy()
    truth = [2 * errors.T @ x.double().numpy() / errors.size, 2 * errors.sum(axis=0) / errors.size]
    for call in (1, 2):
        got = list(answer(layer, x, y))
        expect(len(got) == 2 and all(one is not None for one in got), "not_every_parameter")
        kept = [one.detach().clone() for one in got]
        for one, exact in zip(kept, truth, strict=True):
            wrong = {
                "piled_up": 2 * exact if call == 2 else None,
                "sum_not_mean": exact * errors.size,
                "halved": exact / 2,
                "sign": -exact,
            }
            close(one, exact, rtol=1e-3, atol=1e-5, mistakes=wrong)


@check(
    "my_linear", forbids=("torch.nn.Linear", "torch.nn.functional.linear", "torch.nn.LazyLinear")
)
def my_linear(learner: Learner) -> None:
    """Registered, saved, and equal to the product of matrices in numpy."""
    make = learner.function("MyLinear")
    for inputs, outputs in ((3, 5), (4, 2)):
        layer = make(inputs, outputs)
        named = {name: tuple(one.shape) for name, one in layer.named_parameters()}
        expect(len(named) > 0, "not_registered")
        expect("bias" in named, "bias_missing")
        expect(named.get("weight") != (inputs, outputs), "transposed")
        expect(named == {"weight": (outputs, inputs), "bias": (outputs,)}, "parameters")
        with torch.no_grad():
            for one in layer.parameters():
                one.copy_(torch.tensor(learner.rng.normal(size=tuple(one.shape))))
        x, _ = _data(learner, 6, inputs, 1)
        weight, bias = (one.detach().numpy() for one in (layer.weight, layer.bias))
        product = np.einsum("mi,oi->mo", x.numpy(), weight)
        wrong = {"bias_unused": product, "bias_subtracted": product - bias}
        out = layer(x)
        close(out, product + bias, rtol=1e-4, atol=1e-5, mistakes=wrong)
        expect(out.requires_grad, "cut_off")
        out.sum().backward()
        expect(all(one.grad is not None for one in layer.parameters()), "cut_off")
    first, second = make(3, 4), make(3, 4)
    expect(not torch.equal(first.weight, torch.zeros(4, 3)), "all_zero")
    second.load_state_dict(first.state_dict())
    expect(torch.equal(first(torch.ones(1, 3)), second(torch.ones(1, 3))), "not_saved")


@check("train")
def train(learner: Learner) -> None:
    """Walk the same steps in numpy and compare the losses and the final weights."""
    answer = learner.function("train")
    x, y = _data(learner, 20, 3, 1)
    layer = _layer(learner, 3, 1)
    start = [one.detach().double().numpy().copy() for one in layer.parameters()]
    right, last = _walk(start, x, y, 0.05, 12, clears=True)
    piled, _ = _walk(start, x, y, 0.05, 12, clears=False)
    losses = answer(layer, x, y, 0.05, 12)
    wrong = {
        "piled_up": piled,
        "measured_after": [*right[1:], _walk(start, x, y, 0.05, 13, clears=True)[0][-1]],
        "never_steps": [right[0]] * 12,
        "uphill": _walk(start, x, y, -0.05, 12, clears=True)[0],
    }
    plain = [one.item() if hasattr(one, "item") else one for one in losses]
    close(plain, right, rtol=1e-3, atol=1e-4, mistakes=wrong)
    expect(all(not hasattr(one, "grad_fn") for one in losses), "holds_the_graph")
    for one, exact in zip(layer.parameters(), last, strict=True):
        close(one, exact, rtol=1e-3, atol=1e-4)


def _walk(
    start: list[Any], x: Any, y: Any, rate: float, steps: int, clears: bool
) -> tuple[list[float], list[Any]]:
    weight, bias = (one.copy() for one in start)
    xs, ys, losses = x.double().numpy(), y.double().numpy(), []
    down = [np.zeros_like(weight), np.zeros_like(bias)]
    for _ in range(steps):
        errors = xs @ weight.T + bias - ys
        losses.append(float((errors**2).mean()))
        slopes = [2 * errors.T @ xs / errors.size, 2 * errors.sum(axis=0) / errors.size]
        down = slopes if clears else [a + b for a, b in zip(down, slopes, strict=True)]
        weight, bias = weight - rate * down[0], bias - rate * down[1]
    return losses, [weight, bias]


@check("copy_weights")
def copy_weights(learner: Learner) -> None:
    """Equal answers at first, and no shared memory afterwards."""
    answer = learner.function("copy_weights")
    for depth in (1, 2):
        models = []
        for _ in range(2):
            layers: list[torch.nn.Module] = [_layer(learner, 3, 3)]
            if depth == 2:
                layers += [torch.nn.Tanh(), _layer(learner, 3, 2)]
            models.append(torch.nn.Sequential(*layers))
        source, target = models
        x, _ = _data(learner, 5, 3, 1)
        before = source(x).detach().clone()
        untouched = target(x).detach().clone()
        answer(source, target)
        expect(torch.equal(source(x), before), "source_changed")
        expect(not torch.equal(target(x), untouched), "nothing_copied")
        expect(torch.equal(target(x), before), "not_all_copied")
        with torch.no_grad():
            for one in target.parameters():
                one.add_(1.0)
        expect(torch.equal(source(x), before), "shared")
        expect(all(one.requires_grad for one in target.parameters()), "frozen")


@check("keeps")
def keeps(learner: Learner) -> None:
    """Ask the graph's own node whether it saved its result."""
    answer = learner.function("keeps")
    x = torch.tensor(learner.rng.uniform(0.5, 1.5, 4), dtype=torch.float32)
    before = x.clone()
    for f in (torch.exp, torch.sin, torch.tanh, torch.sigmoid, torch.cos, torch.sqrt, torch.neg):
        node = f(x.clone().requires_grad_()).grad_fn
        truth = hasattr(node, "_saved_result")
        said = answer(f, x)
        expect(bool(said) or not truth, "always_false")
        expect(truth or not bool(said), "always_true")
        expect(torch.equal(x, before) and not x.requires_grad, "input_changed")
