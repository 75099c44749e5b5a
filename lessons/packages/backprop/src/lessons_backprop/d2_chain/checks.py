"""Checks of the lesson on the chain rule."""

import numpy as np
import torch
from lessons.grading import Learner, check, close

# Each is written for torch; its slope comes from autograd, so it is never typed in twice.
LINKS = (
    lambda t: t**2 + 1,
    lambda t: torch.sin(t) + 2,
    lambda t: torch.exp(-t),
    lambda t: 3 * t - 1,
    lambda t: 1 / (1 + t**2),
)


@check("dz_dx", forbids=("torch",))
def dz_dx(learner: Learner) -> None:
    """Take both factors from autograd, at the sum and at x."""
    answer = learner.function("dz_dx")
    for _ in range(4):
        x, y = (float(one) for one in learner.rng.uniform(0.5, 4.0, 2))
        leaf = torch.tensor(x, dtype=torch.float64, requires_grad=True)
        middle = leaf + y
        outer = float(torch.autograd.grad(middle**2, middle, retain_graph=True)[0])
        inner = float(torch.autograd.grad(middle, leaf)[0])
        wrong = {
            "outer_at_x": [2 * x, inner, 2 * x],
            "inner_forgotten_t": [outer, x, outer * x],
            "sum_not_product": [outer, inner, outer + inner],
            "value_not_slope": [(x + y) ** 2, inner, (x + y) ** 2],
            "factor_2": [outer / 2, inner, outer / 2],
            "only_product": outer * inner,
        }
        close(answer(x, y), [outer, inner, outer * inner], rtol=1e-9, mistakes=wrong)


@check("chain", forbids=("torch",))
def chain(learner: Learner) -> None:
    """Random chains of up to five links against autograd on the whole composition."""
    answer = learner.function("chain")
    for length in (3, 3, 2, 5, 1):
        chosen = [LINKS[int(one)] for one in learner.rng.permutation(len(LINKS))[:length]]
        x = float(learner.rng.uniform(0.4, 1.4))
        leaf = value = torch.tensor(x, dtype=torch.float64, requires_grad=True)
        for link in chosen:
            value = link(value)
        truth = [value.item(), float(torch.autograd.grad(value, leaf)[0])]
        functions = [lambda t, f=f: float(f(torch.tensor(float(t)).double())) for f in chosen]
        slopes = [lambda t, f=f: _slope(f, t) for f in chosen]
        inputs = [x]
        for function in functions:
            inputs.append(function(inputs[-1]))
        at_x = float(np.prod([slope(x) for slope in slopes]))
        at_out = float(np.prod([s(t) for s, t in zip(slopes, inputs[1:], strict=True)]))
        total = sum(s(t) for s, t in zip(slopes, inputs[:-1], strict=True))
        back_value = x
        for function in reversed(functions):
            back_value = function(back_value)
        wrong: dict[str, object] = {}
        if length > 1:
            wrong = {
                "slopes_at_x": [truth[0], at_x],
                "added": [truth[0], total],
                "last_only": [truth[0], slopes[-1](inputs[-2])],
            }
        wrong["slopes_at_output"] = [truth[0], at_out]
        wrong["only_derivative"] = truth[1]
        got = answer(functions, slopes, x)
        if length > 1 and abs(back_value - truth[0]) > 1e-3:
            close(
                np.ravel(np.asarray(got, dtype=float))[:1] if np.size(got) == 2 else [truth[0]],
                truth[:1],
                rtol=1e-5,
                mistakes={"wrong_order": [back_value]},
            )
        close(got, truth, rtol=1e-5, mistakes=wrong)


def _slope(link: object, at: float) -> float:
    leaf = torch.tensor(float(at), dtype=torch.float64, requires_grad=True)
    return float(torch.autograd.grad(link(leaf), leaf)[0])  # type: ignore[operator]


@check("two_paths", forbids=("torch",))
def two_paths(learner: Learner) -> None:
    """Compare with autograd, and with each of the paths alone."""
    answer = learner.function("two_paths")
    for _ in range(4):
        x = float(learner.rng.uniform(0.3, 1.3))
        leaf = torch.tensor(x, dtype=torch.float64, requires_grad=True)
        a, b = leaf**2, torch.sin(leaf)
        first = float(torch.autograd.grad(a * b.detach(), leaf, retain_graph=True)[0])
        second = float(torch.autograd.grad(a.detach() * b, leaf, retain_graph=True)[0])
        truth = float(torch.autograd.grad(a * b, leaf)[0])
        wrong = {
            "only_a": first,
            "only_b": second,
            "product_of_slopes": first / b.item() * (second / a.item()),
            "sum_of_slopes": first / b.item() + second / a.item(),
            "product_of_paths": first * second,
            "minus": first - second,
        }
        close(answer(x), truth, rtol=1e-9, mistakes=wrong)
