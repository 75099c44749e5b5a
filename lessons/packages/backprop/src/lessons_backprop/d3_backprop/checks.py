"""Checks of the lesson on backpropagation."""

import math
from collections.abc import Callable
from typing import Any

import torch
from lessons.grading import Learner, check, close, expect, fail


@check("by_hand", forbids=("torch",))
def by_hand(learner: Learner) -> None:
    """Every number of both passes against autograd."""
    answer = learner.function("by_hand")
    for _ in range(4):
        x, y, w = (float(one) for one in learner.rng.uniform(1.2, 4.0, 3))
        weight = torch.tensor(w, dtype=torch.float64, requires_grad=True)
        guess = weight * x
        loss = (guess - y) ** 2
        slope = float(torch.autograd.grad(loss, weight)[0])
        head = [guess.item(), guess.item() - y, loss.item()]
        wrong = {
            "factor_2": [*head, slope / 2],
            "x_forgotten": [*head, slope / x],
            "sign": [*head, -slope],
            "by_x_not_w": [*head, slope / x * w],
            "error_turned_round": [head[0], -head[1], head[2], slope],
            "not_squared": [head[0], head[1], abs(head[1]), slope],
        }
        close(answer(x, y, w), [*head, slope], rtol=1e-9, mistakes=wrong)


@check("passes")
def passes(learner: Learner) -> None:
    """Count the calls that central quotients really make."""
    answer = learner.function("passes")
    for size in (1, 7, int(learner.rng.integers(20, 60))):
        calls = [0]

        def network(weights: list[float], calls: list[int] = calls) -> float:
            calls[0] += 1
            return sum(weights)

        for place in range(size):
            for sign in (1, -1):
                network([float(one == place) * sign for one in range(size)])
        truth = [calls[0], 2]
        wrong = {
            "one_sided": [size + 1, 2],
            "one_sided_no_base": [size, 2] if size > 2 else None,
            "backprop_by_parameter": [calls[0], calls[0]] if size > 1 else None,
            "walk_per_parameter": [calls[0], size + 1] if size > 1 else None,
            "forward_forgotten": [calls[0], 1],
        }
        close(answer(size), truth, rtol=0, mistakes=wrong)


@check("value", forbids=("torch", "numpy"))
def value(learner: Learner) -> None:
    """Single operations, a reused node, then a hundred random graphs, all against autograd."""
    node = learner.function("Value")
    expect(node(3.0).grad == 0 and node(3.0).data == 3.0, "start")
    a, b = 1.7, -0.6
    _compare(node, [a, b], lambda v: v[0] + v[1], "sum_rule")
    _compare(node, [a, b], lambda v: v[0] * v[1], "product_rule")
    _compare(node, [0.4], lambda v: v[0].tanh(), "tanh_rule")
    _compare(node, [a, b], lambda v: (v[0] * v[1]).tanh() + v[0] * v[0], "not_accumulated")
    _compare(node, [a], lambda v: v[0] + v[0], "not_accumulated")
    # One node feeds two others of different depth: handing on too early counts it twice.
    _compare(node, [0.5], _diamond, "order")
    for _ in range(100):
        _random_graph(learner, node)
    first = total = node(0.01)
    for _ in range(3000):
        total = total + first
    try:
        total.backward()
    except RecursionError:
        fail("too_deep")


def _diamond(v: list[Any]) -> Any:
    middle = v[0] * v[0]
    deep = (middle + v[0]) * middle
    return (deep.tanh() + middle) * deep


def _compare(
    node: Callable[[float], Any], data: list[float], build: Callable[[list[Any]], Any], kind: str
) -> None:
    mine = [node(one) for one in data]
    result = build(mine)
    result.backward()
    leaves = [torch.tensor(one, dtype=torch.float64, requires_grad=True) for one in data]
    truth = build(leaves)
    close(result.data, truth.item(), rtol=1e-9, mistakes=None)
    slopes = torch.autograd.grad(truth, leaves)
    expect(result.grad == 1, "own_grad")
    for one, slope in zip(mine, slopes, strict=True):
        expect(math.isclose(one.grad, float(slope), rel_tol=1e-9, abs_tol=1e-9), kind)


def _random_graph(learner: Learner, node: Callable[[float], Any]) -> None:
    rng = learner.rng
    data = [float(one) for one in rng.uniform(-1.0, 1.0, 3)]
    moves = [
        (int(rng.integers(3)), *(int(one) for one in rng.integers(0, 3 + step, 2)))
        for step in range(8)
    ]

    def build(values: list[Any]) -> Any:
        made = list(values)
        for kind, i, j in moves:
            if kind == 2:
                made.append(made[i].tanh())
            else:
                made.append(made[i] + made[j] if kind else made[i] * made[j])
        result = made[0] + made[1] + made[2]
        for one in made[3:]:
            result = result + one
        return result

    _compare(node, data, build, "graph")
