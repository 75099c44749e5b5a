"""Checks of the lesson on networks for points of a plane."""

import copy
from itertools import pairwise

import numpy as np
import torch
from lessons.grading import Learner, check, close, expect

from lessons_networks.g3_mlp2d.sets import SETS

SEEN, STEPS = 450, 300
BCE = torch.nn.functional.binary_cross_entropy_with_logits


@check("make_model")
def make_model(learner: Learner) -> None:
    """Looks at the layers from outside: parameters, bends, repeatability."""
    rng = learner.rng
    function = learner.function("make_model")
    sizes = [int(one) for one in rng.integers(3, 9, 2)]
    for hidden in ([], sizes[:1], sizes):
        seed = int(rng.integers(1000))
        model = function(list(hidden), seed)
        expect(isinstance(model, torch.nn.Module), "wrong_type")
        x = torch.randn(5, 2, generator=learner.generator())
        first = model(x)
        expect(first.shape in ((5, 1), (5,)), "wrong_shape")
        steps = [2, *hidden, 1]
        wanted = sum((a + 1) * b for a, b in pairwise(steps))
        expect(sum(one.numel() for one in model.parameters()) == wanted, "parameter_count")
        torch.rand(int(rng.integers(1, 50)))
        expect(torch.equal(function(list(hidden), seed)(x), first), "not_repeatable")
        expect(not torch.equal(function(list(hidden), seed + 1)(x), first), "seed_ignored")
        _bends(model, bool(hidden))


def _bends(model: torch.nn.Module, bent: bool) -> None:
    # In double precision rounding does not look like bending.
    model = copy.deepcopy(model).double()
    line = torch.linspace(-60, 60, 2001, dtype=torch.float64)[:, None] * torch.tensor([1.0, 0.6])
    with torch.no_grad():
        for weights in model.parameters():
            weights.mul_(3)
        score = model(line).reshape(-1)
    bending = score.diff(n=2).abs().max() / score.diff().abs().max().clamp(min=1e-12)
    expect(not bool((score >= 0).all() and (score <= 1).all()), "sigmoid_at_the_end")
    if bent:
        expect(bool(bending > 1e-6), "no_activation")
    else:
        expect(bool(bending < 1e-6), "bent_without_hidden")


@check("train")
def train(learner: Learner) -> None:
    """Compares with a loop of the check's own, step for step."""
    rng = learner.rng
    function = learner.function("train")
    torch.manual_seed(learner.seed % 2**31)
    start = torch.nn.Sequential(torch.nn.Linear(2, 6), torch.nn.Tanh(), torch.nn.Linear(6, 1))
    x, y = SETS["circles"](rng, 60)
    points = torch.tensor(x, dtype=torch.float32)
    classes = torch.tensor(y, dtype=torch.float32)

    def losses(clear: bool, sigmoid: bool = False, move: bool = True) -> list[float]:
        model, found = copy.deepcopy(start), []
        optimizer = torch.optim.SGD(model.parameters(), lr=0.3)
        for _ in range(12):
            score = model(points)[:, 0]
            loss = BCE(torch.sigmoid(score) if sigmoid else score, classes)
            if clear:
                optimizer.zero_grad()
            loss.backward()
            if move:
                optimizer.step()
            found.append(loss.item())
        return found

    model = copy.deepcopy(start)
    got = function(model, points, classes, torch.optim.SGD(model.parameters(), lr=0.3), 12)
    truth = losses(True)
    mistakes = {
        "gradients_kept": losses(False),
        "sigmoid_twice": losses(True, sigmoid=True),
        "never_moves": losses(True, move=False),
    }
    expect(len(got) == 12, "one_loss_a_step")
    close(got, truth, rtol=1e-4, atol=1e-5, mistakes=mistakes)


@check("pick")
def pick(learner: Learner) -> None:
    """Trains each choice on fresh points and scores it on others."""
    chosen = learner.value("pick")
    expect(isinstance(chosen, dict) and set(chosen) == set(SETS), "names")
    for hidden in chosen.values():
        expect(isinstance(hidden, list | tuple) and sum(hidden) <= 80, "too_big_a_network")
    expect(not chosen["halves"], "line_would_do")
    for name in sorted(SETS, key=lambda one: sum(chosen[one])):
        expect(_accuracy(learner, name, list(chosen[name])) >= 0.95, "band")


def _accuracy(learner: Learner, name: str, hidden: list[int]) -> float:
    x, y = SETS[name](learner.rng, 700)
    points = torch.tensor((x - x.mean(0)) / x.std(0), dtype=torch.float32)
    classes = torch.tensor(y, dtype=torch.float32)
    torch.manual_seed(learner.seed % 2**31)
    parts: list[torch.nn.Module] = []
    width = 2
    for size in hidden:
        parts += [torch.nn.Linear(width, size), torch.nn.ReLU()]
        width = size
    model = torch.nn.Sequential(*parts, torch.nn.Linear(width, 1))
    optimizer = torch.optim.Adam(model.parameters(), lr=0.05 if len(hidden) < 2 else 0.02)
    for _ in range(STEPS):
        optimizer.zero_grad()
        BCE(model(points[:SEEN])[:, 0], classes[:SEEN]).backward()
        optimizer.step()
    with torch.no_grad():
        said = model(points[SEEN:])[:, 0] > 0
    return float(np.mean(said.numpy() == (y[SEEN:] > 0)))
