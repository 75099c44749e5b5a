"""Checks of the lesson on digits: counts against torch, a network against unseen pictures."""

from itertools import pairwise

import numpy as np
import torch
from lessons.grading import Learner, check, close, expect
from sklearn.datasets import load_digits
from torch import nn

LIMIT, STEPS = 20_000, 200


def _size(model: nn.Module) -> int:
    return sum(one.numel() for one in model.parameters())


@check("count_params", forbids=("torch", "keras"))
def count_params(learner: Learner) -> None:
    """Compares with the tensors that torch makes for such layers."""
    function = learner.function("count_params")
    for depth in (2, 3, 5):
        sizes = [int(one) for one in learner.rng.integers(3, 60, depth)]
        layers = [nn.Linear(a, b) for a, b in pairwise(sizes)]
        truth = _size(nn.Sequential(*layers))
        weights = sum(layer.weight.numel() for layer in layers)
        mistakes = {
            "no_offsets": weights,
            "offset_per_input": weights + sum(sizes[:-1]),
            "units_not_weights": sum(sizes),
            "last_layer_lost": truth - _size(layers[-1]) if depth > 2 else None,
        }
        close(function(list(sizes)), truth, rtol=0, atol=0, mistakes=mistakes)


@check("count_conv", forbids=("torch", "keras"))
def count_conv(learner: Learner) -> None:
    """Compares with torch's own convolution."""
    function = learner.function("count_conv")
    for _ in range(4):
        inputs, outputs = (int(one) for one in learner.rng.choice(range(8, 30), 2, replace=False))
        side = int(learner.rng.choice([3, 5, 7]))
        window = nn.Conv2d(inputs, outputs, side)
        truth, weights = _size(window), window.weight.numel()
        mistakes = {
            "no_offsets": weights,
            "every_pixel": truth * 64,
            "one_input": weights // inputs + outputs,
            "one_output": weights // outputs + 1,
            "side_not_squared": weights // side + outputs,
        }
        close(function(inputs, outputs, side), truth, rtol=0, atol=0, mistakes=mistakes)


@check("net")
def net(learner: Learner) -> None:
    """Looks at the network from outside, trains it, and shows it pictures that it never saw."""
    make = learner.function("Net")
    torch.manual_seed(learner.seed % 2**31)
    model = make()
    expect(isinstance(model, nn.Module), "wrong_type")
    noise = torch.rand(7, 1, 8, 8, generator=learner.generator())
    scores = model(noise)
    expect(scores.shape == (7, 10), "wrong_shape")
    own = list(model.parameters())
    expect(bool(own), "not_registered")
    expect(_all_trained(scores, own), "not_registered")
    windows = [one for one in model.modules() if isinstance(one, nn.Conv2d | nn.LazyConv2d)]
    expect(bool(windows), "no_convolution")
    expect(_size(model) <= LIMIT, "too_many_parameters")
    with torch.no_grad():
        shares = torch.allclose(scores.sum(1), torch.ones(7), atol=1e-4)
        logs = torch.allclose(scores.logsumexp(1), torch.zeros(7), atol=1e-4)
        expect(not shares and not logs, "probabilities_not_scores")
        model.eval()
        alone = torch.cat([model(one[None]) for one in noise])
        expect(torch.allclose(alone, model(noise), atol=1e-4), "rows_mixed")
        model.train()
    expect(_accuracy(learner, model) >= 0.95, "band")


def _all_trained(scores: torch.Tensor, own: list[nn.Parameter]) -> bool:
    """Whether every tensor that the scores depend on and that wants a gradient is the module's."""
    known, seen, waiting = {id(one) for one in own}, set(), [scores.grad_fn]
    while waiting:
        node = waiting.pop()
        if node is None or node in seen:
            continue
        seen.add(node)
        # The leaves of the graph are the tensors themselves.
        leaf = getattr(node, "variable", None)
        if leaf is not None and id(leaf) not in known:
            return False
        waiting.extend(before for before, _ in node.next_functions)
    return True


def _accuracy(learner: Learner, model: nn.Module) -> float:
    data = load_digits()
    order = learner.rng.permutation(len(data.target))
    x = torch.tensor(data.images[order, None] / 16, dtype=torch.float32)
    y = torch.tensor(data.target[order])
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    generator = learner.generator()
    for _ in range(STEPS):
        batch = torch.randint(1300, (64,), generator=generator)
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(x[batch]), y[batch]).backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        said = model(x[1300:]).argmax(1)
    return float((said == y[1300:]).float().mean())


@check("errors_by_class", forbids=("sklearn",))
def errors_by_class(learner: Learner) -> None:
    """Counts picture by picture."""
    rng = learner.rng
    function = learner.function("errors_by_class")
    for absent in (False, True):
        classes = int(rng.integers(4, 8))
        truth = np.concatenate([np.arange(classes), rng.integers(0, classes, 60)])
        guess = np.where(rng.random(len(truth)) < 0.35, rng.integers(0, classes, len(truth)), truth)
        guess[:classes] = np.roll(truth[:classes], 1)
        if absent:
            guess, truth = guess[truth != 1], truth[truth != 1]
        shown, wrong, called = ([0] * classes for _ in range(3))
        strange = [0] * classes
        for real, said in zip(truth.tolist(), guess.tolist(), strict=True):
            shown[real] += 1
            wrong[real] += real != said
            called[said] += 1
            strange[said] += real != said
        shares = [w / max(n, 1) for w, n in zip(wrong, shown, strict=True)]
        with np.errstate(all="ignore"):
            got = np.asarray(function(truth.copy(), guess.copy(), classes), dtype=float)
        expect(not np.isnan(got).any(), "empty_class")
        mistakes = {
            "right_not_wrong": [1 - one for one in shares],
            "share_of_all": [w / len(truth) for w in wrong],
            "by_guess": [s / max(n, 1) for s, n in zip(strange, called, strict=True)],
            "counts": wrong,
        }
        close(got, shares, rtol=1e-9, mistakes=mistakes)


@check("times")
def times(learner: Learner) -> None:
    """Divides again."""
    given = learner.value("answers")
    wanted = ("smallest", "largest", "needed")
    expect(isinstance(given, dict) and set(given) == set(wanted), "names")
    expect(all(isinstance(one, int | float) for one in given.values()), "names")
    features = 28 * 28

    def values(smallest: float, largest: float, needed: float) -> list[float]:
        return [smallest, largest, needed]

    truth = values(1e5 / features, 9.99e6 / features, 1e4 * features)
    mistakes = {
        "side_only": values(1e5 / 28, 9.99e6 / 28, 1e4 * 28),
        "upside_down": values(features / 1e5, features / 9.99e6, truth[2]),
        "powers": values(truth[0], truth[1], 1e4),
    }
    # Rounded to whole numbers is precise enough.
    close([float(given[key]) for key in wanted], truth, rtol=5e-3, mistakes=mistakes)
