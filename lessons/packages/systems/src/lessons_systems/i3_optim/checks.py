"""Five steps of each optimiser against torch.optim, in double precision."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lessons.grading import Learner, check, close

FORBIDDEN = ("torch", "keras", "sklearn")
STEPS = 5
# What torch does with a changed setting is what a learner's usual mistake does.
Maker = Callable[[Any, Any], Any]


def _gradients(rng: Any) -> Any:
    return rng.normal(size=(STEPS, 4)) * [0.5, 1.0, 2.0, 4.0] + 0.3


def _walk(maker: Maker, start: Any, gradients: Any) -> Any:
    """The places that an optimiser of torch reaches, step by step."""
    import numpy as np
    import torch

    place = torch.tensor(start, dtype=torch.float64, requires_grad=True)
    optimizer = maker(torch, [place])
    path = []
    for gradient in gradients:
        place.grad = torch.tensor(gradient, dtype=torch.float64)
        optimizer.step()
        path.append(place.detach().numpy().copy())
    return np.array(path)


def _compare(learner: Learner, function: Any, maker: Maker, others: dict[str, Any]) -> None:
    """Walk with the learner's function and with torch; `others` make the usual mistakes.

    An entry of `others` is a maker, or a function of (start, gradients) that gives a path.
    """
    import numpy as np

    for _ in range(2):
        start, gradients = learner.rng.normal(size=4), _gradients(learner.rng)
        place, state, path = start.copy(), {}, []
        with np.errstate(all="ignore"):
            for gradient in gradients:
                place, state = function(place.copy(), gradient.copy(), state)
                path.append(np.array(place, dtype=float))
            mistakes = {kind: other(start, gradients) for kind, other in others.items()}
        truth = _walk(maker, start, gradients)
        close(np.array(path), truth, rtol=1e-10, atol=1e-11, mistakes=mistakes)


def _torch(maker: Maker) -> Any:
    return lambda start, gradients: _walk(maker, start, gradients)


def _by_rule(rule: Callable[[Any, dict[str, Any]], Any]) -> Any:
    """A path whose steps are rule(gradient, memory)."""
    import numpy as np

    def path(start: Any, gradients: Any) -> Any:
        memory: dict[str, Any] = {"a": 0.0, "b": 0.0, "t": 0}
        steps = np.array([rule(gradient, memory) for gradient in gradients])
        return start - np.cumsum(steps, axis=0)

    return path


@check("momentum", forbids=FORBIDDEN)
def momentum(learner: Learner) -> None:
    """SGD with momentum, as torch computes it."""
    step = learner.function("momentum")

    def late(g: Any, memory: dict[str, Any]) -> Any:
        old = memory["a"]
        memory["a"] = 0.9 * old + g
        return 0.1 * old + 0.0 * g

    _compare(
        learner,
        lambda w, g, state: step(w, g, state, 0.1, 0.9),
        lambda torch, p: torch.optim.SGD(p, lr=0.1, momentum=0.9),
        {
            "plain": _torch(lambda torch, p: torch.optim.SGD(p, lr=0.1)),
            "uphill": _torch(
                lambda torch, p: torch.optim.SGD(p, lr=0.1, momentum=0.9, maximize=True)
            ),
            "damped": lambda start, g: _walk(
                lambda torch, p: torch.optim.SGD(p, lr=0.1, momentum=0.9), start, 0.1 * g
            ),
            "old_speed": _by_rule(late),
        },
    )


@check("nesterov", forbids=FORBIDDEN)
def nesterov(learner: Learner) -> None:
    """Nesterov's accelerated gradient, as torch computes it."""
    step = learner.function("nesterov")

    def ahead_only(g: Any, memory: dict[str, Any]) -> Any:
        memory["a"] = 0.9 * memory["a"] + g
        return 0.1 * 0.9 * memory["a"]

    _compare(
        learner,
        lambda w, g, state: step(w, g, state, 0.1, 0.9),
        lambda torch, p: torch.optim.SGD(p, lr=0.1, momentum=0.9, nesterov=True),
        {
            "plain": _torch(lambda torch, p: torch.optim.SGD(p, lr=0.1)),
            "no_look_ahead": _torch(lambda torch, p: torch.optim.SGD(p, lr=0.1, momentum=0.9)),
            "speed_only": _by_rule(ahead_only),
        },
    )


@check("adagrad", forbids=FORBIDDEN)
def adagrad(learner: Learner) -> None:
    """Adagrad, as torch computes it."""
    step = learner.function("adagrad")

    def rootless(g: Any, memory: dict[str, Any]) -> Any:
        memory["a"] = memory["a"] + g**2
        return 0.1 * g / (memory["a"] + 1e-10)

    def before(g: Any, memory: dict[str, Any]) -> Any:
        old = memory["a"]
        memory["a"] = old + g**2
        return 0.1 * g / (old**0.5 + 1e-10)

    _compare(
        learner,
        lambda w, g, state: step(w, g, state, 0.1, 1e-10),
        lambda torch, p: torch.optim.Adagrad(p, lr=0.1, eps=1e-10),
        {
            "forgets": _torch(lambda torch, p: torch.optim.RMSprop(p, 0.1, alpha=0.9, eps=1e-10)),
            "no_root": _by_rule(rootless),
            "old_account": _by_rule(before),
            "plain": _torch(lambda torch, p: torch.optim.SGD(p, lr=0.1)),
        },
    )


@check("rmsprop", forbids=FORBIDDEN)
def rmsprop(learner: Learner) -> None:
    """RMSprop, as torch computes it."""
    step = learner.function("rmsprop")

    def rootless(g: Any, memory: dict[str, Any]) -> Any:
        memory["a"] = 0.9 * memory["a"] + (1 - 0.9) * g**2
        return 0.1 * g / (memory["a"] + 1e-8)

    _compare(
        learner,
        lambda w, g, state: step(w, g, state, 0.1, 0.9, 1e-8),
        lambda torch, p: torch.optim.RMSprop(p, lr=0.1, alpha=0.9, eps=1e-8),
        {
            "never_forgets": _torch(lambda torch, p: torch.optim.Adagrad(p, lr=0.1, eps=1e-8)),
            "shares_swapped": _torch(
                lambda torch, p: torch.optim.RMSprop(p, lr=0.1, alpha=1 - 0.9, eps=1e-8)
            ),
            "no_root": _by_rule(rootless),
        },
    )


@check("adadelta", forbids=FORBIDDEN)
def adadelta(learner: Learner) -> None:
    """Adadelta, as torch computes it."""
    step = learner.function("adadelta")

    def early(g: Any, memory: dict[str, Any]) -> Any:
        memory["a"] = 0.9 * memory["a"] + (1 - 0.9) * g**2
        root = (memory["a"] + 1e-6) ** 0.5
        first = g * (memory["b"] + 1e-6) ** 0.5 / root
        memory["b"] = 0.9 * memory["b"] + (1 - 0.9) * first**2
        return g * (memory["b"] + 1e-6) ** 0.5 / root

    def own_gradient(g: Any, memory: dict[str, Any]) -> Any:
        memory["a"] = 0.9 * memory["a"] + (1 - 0.9) * g**2
        move = g * (memory["b"] + 1e-6) ** 0.5 / (memory["a"] + 1e-6) ** 0.5
        memory["b"] = 0.9 * memory["b"] + (1 - 0.9) * g**2
        return move

    def bare(g: Any, memory: dict[str, Any]) -> Any:
        memory["a"] = 0.9 * memory["a"] + (1 - 0.9) * g**2
        return g / (memory["a"] + 1e-6) ** 0.5

    _compare(
        learner,
        lambda w, g, state: step(w, g, state, 1.0, 0.9, 1e-6),
        lambda torch, p: torch.optim.Adadelta(p, lr=1.0, rho=0.9, eps=1e-6),
        {
            "steps_too_early": _by_rule(early),
            "gradient_accounted": _by_rule(own_gradient),
            "no_numerator": _by_rule(bare),
        },
    )


@check("adam", forbids=FORBIDDEN)
def adam(learner: Learner) -> None:
    """Adam, as torch computes it."""
    step = learner.function("adam")

    def uncorrected(g: Any, memory: dict[str, Any]) -> Any:
        memory["a"] = 0.9 * memory["a"] + (1 - 0.9) * g
        memory["b"] = 0.99 * memory["b"] + (1 - 0.99) * g**2
        return 0.1 * memory["a"] / (memory["b"] ** 0.5 + 1e-8)

    _compare(
        learner,
        lambda w, g, state: step(w, g, state, 0.1, 0.9, 0.99, 1e-8),
        lambda torch, p: torch.optim.Adam(p, lr=0.1, betas=(0.9, 0.99), eps=1e-8),
        {
            "no_correction": _by_rule(uncorrected),
            "no_momentum": _torch(lambda torch, p: torch.optim.Adam(p, lr=0.1, betas=(0.0, 0.99))),
            "betas_swapped": _torch(
                lambda torch, p: torch.optim.Adam(p, lr=0.1, betas=(0.99, 0.9), eps=1e-8)
            ),
        },
    )
