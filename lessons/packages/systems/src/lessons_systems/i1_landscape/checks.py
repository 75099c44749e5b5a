"""Derivatives against closed forms, curvatures built from known eigenvalues."""

from __future__ import annotations

import itertools
import math
from typing import Any

from lessons.grading import Learner, check, close, expect


@check("grid_cost")
def grid_cost(learner: Learner) -> None:
    """Compare with a product over the dimensions, in logarithms."""
    function = learner.function("grid_cost")
    for _ in range(4):
        k, d = int(learner.rng.integers(5, 12)), int(learner.rng.integers(2, 5))
        speed = float(learner.rng.integers(2, 900))
        trials = math.prod([k] * d)
        close(
            function(k, d, speed),
            trials / speed,
            rtol=1e-9,
            mistakes={
                "times_not_power": k * d / speed,
                "base_and_exponent": math.prod([d] * k) / speed,
                "trials_not_seconds": trials,
            },
        )


@check("jacobian", forbids=("torch", "scipy"))
def jacobian(learner: Learner) -> None:
    """Compare with the closed form of a random wavy map, with more or fewer outputs than inputs."""
    import numpy as np

    function = learner.function("jacobian")
    for outputs, inputs in ((3, 2), (2, 4), (1, 3)):
        a, b = learner.rng.normal(size=(2, outputs, inputs))
        x = learner.rng.normal(size=inputs)

        def wavy(t: Any, a: Any = a, b: Any = b) -> Any:
            return np.sin(a @ t) + b @ (t * t)

        truth = np.cos(a @ x)[:, None] * a + 2 * b * x
        given = np.asarray(function(wavy, x.copy()), dtype=float)
        small = np.abs(given).max() < 1e-2 * np.abs(truth).max()
        kinds: dict[str, Any] = {
            "transposed": truth.T,
            "summed": truth.sum(axis=0),
            "not_divided": given if small else None,
        }
        for wrong in (2 * truth, truth / 2):
            if given.shape == wrong.shape and np.allclose(given, wrong, rtol=1e-3, atol=1e-4):
                kinds["half_step"] = given
        close(given, truth, rtol=1e-3, atol=1e-4, mistakes=kinds)


@check("hessian", forbids=("torch", "scipy"))
def hessian(learner: Learner) -> None:
    """Compare with the closed form of a bent random surface."""
    import numpy as np

    function = learner.function("hessian")
    for size in (2, 3, 4):
        half = learner.rng.normal(size=(size, size))
        matrix, wave = half + half.T, learner.rng.normal(size=size)
        x = learner.rng.normal(size=size)

        def bent(t: Any, matrix: Any = matrix, wave: Any = wave) -> float:
            return float(t @ matrix @ t / 2 + np.sin(wave @ t))

        truth = matrix - np.sin(wave @ x) * np.outer(wave, wave)
        slope = matrix @ x + np.cos(wave @ x) * wave
        given = np.asarray(function(bent, x.copy()), dtype=float)
        kinds: dict[str, Any] = {
            "diagonal_only": np.diag(np.diag(truth)),
            "gradient": slope,
            "factor_2": 2 * truth,
        }
        if given.shape == truth.shape:
            if np.allclose(given, truth / 2, rtol=1e-2, atol=1e-3):
                kinds["factor_2"] = given
            if np.abs(given - truth).max() > 1e-2 and _noisy(function, bent, x, given):
                kinds["rounding"] = given
        close(given, truth, rtol=1e-2, atol=2e-3, mistakes=kinds)


def _noisy(function: Any, surface: Any, x: Any, given: Any) -> bool:
    """Whether a shift by far less than any sensible step changes the result."""
    import numpy as np

    again = np.asarray(function(surface, x + 1e-9), dtype=float)
    return bool(np.abs(again - given).max() > 1e-2)


@check("kind_of_point")
def kind_of_point(learner: Learner) -> None:
    """Ask about Hessians with eigenvalues of known sign."""
    import numpy as np

    function = learner.function("kind_of_point")
    for size in (2, 3, 5):
        up = learner.rng.uniform(0.5, 3, size=size)
        turn, _ = np.linalg.qr(learner.rng.normal(size=(size, size)))
        signs = np.ones(size)
        signs[0] = -0.2

        def ask(values: Any, turn: Any = turn) -> Any:
            matrix = (turn * values) @ turn.T
            return function((matrix + matrix.T) / 2)

        low, high = ask(up), ask(-up)
        expect((low, high) != ("maximum", "minimum"), "swapped")
        expect((low, high) == ("minimum", "maximum"), "not_recognised")
        expect(ask(up * signs) == "saddle", "saddle_missed")
        expect(ask(-up * signs) == "saddle", "saddle_missed")
        flat = up.copy()
        flat[0] = 0.0
        expect(ask(flat) == "unclear", "flat_missed")


@check("parameter_ratio")
def parameter_ratio(learner: Learner) -> None:
    """Count the numbers in arrays of the right shapes."""
    import numpy as np

    function = learner.function("parameter_ratio")
    for layers in (2, 3, 4):
        sizes = [int(n) for n in learner.rng.integers(3, 60, size=layers + 1)]
        weights = sum(np.empty((b, a)).size for a, b in itertools.pairwise(sizes))
        total = weights + sum(np.empty(b).size for b in sizes[1:])
        close(
            function(list(sizes)),
            total / sizes[0],
            rtol=1e-9,
            mistakes={
                "no_biases": weights / sizes[0],
                "count_not_ratio": total,
                "neurons_only": sum(sizes[1:]) / sizes[0],
            },
        )
