"""Systems and matrices made to a known recipe, so that the answer is known by construction."""

from __future__ import annotations

import math
from typing import Any

from lessons.grading import Learner, check, close, expect, fail


@check("commutator")
def commutator(learner: Learner) -> None:
    """Compare with sums written out by index."""
    import numpy as np

    function = learner.function("commutator")
    for size in (2, 3, 5):
        a, b = learner.rng.normal(size=(2, size, size))
        ab, ba = np.einsum("ik,kj->ij", a, b), np.einsum("ik,kj->ij", b, a)
        close(
            function(a.copy(), b.copy()),
            ab - ba,
            rtol=1e-9,
            atol=1e-12,
            mistakes={
                "elementwise": np.zeros((size, size)),
                "order_swapped": ba - ab,
                "added": ab + ba,
            },
        )


def _systems(rng: Any) -> list[tuple[Any, Any, str]]:
    """Square, tall and wide systems of every kind, each of known rank."""
    systems = []
    for rows, columns, rank, solvable in [
        (2, 2, 2, True),
        (3, 3, 3, True),
        (2, 2, 1, False),
        (2, 2, 1, True),
        (4, 4, 2, True),
        (5, 3, 3, True),
        (5, 3, 3, False),
        (2, 4, 2, True),
        (3, 4, 2, False),
        (4, 3, 2, True),
    ]:
        left = rng.integers(-3, 4, size=(rows, rank)).astype(float)
        right = rng.integers(-3, 4, size=(rank, columns)).astype(float)
        for i in range(rank):
            left[i, : i + 1], left[i, i] = 0.0, 1.0 + abs(left[i, i])
            right[i, : i + 1], right[i, i] = 0.0, 1.0 + abs(right[i, i])
        matrix = left @ right
        target = matrix @ rng.integers(-3, 4, size=columns)
        if not solvable:
            # A direction outside the column space, from the left null space.
            outside = _left_null(matrix)
            target = target + 2.0 * outside
        word = "none" if not solvable else "one" if rank == columns else "many"
        systems.append((matrix, target, word))
    return systems


def _left_null(matrix: Any) -> Any:
    import numpy as np

    return np.linalg.svd(matrix)[0][:, -1]


@check("classify_system")
def classify_system(learner: Learner) -> None:
    """Ask about ten systems whose kind is known from how they were made."""
    function = learner.function("classify_system")
    kinds = {"none": "inconsistent_missed", "many": "freedom_missed", "one": "unique_missed"}
    for matrix, target, word in _systems(learner.rng):
        answer = function(matrix.copy(), target.copy())
        expect(answer in kinds, "bad_word")
        expect(answer == word, kinds[word])


@check("signed_area", forbids=("numpy.linalg.det", "scipy.linalg.det", "numpy.cross"))
def signed_area(learner: Learner) -> None:
    """Compare with lengths and the sine of the angle between the vectors."""
    function = learner.function("signed_area")
    for _ in range(6):
        a, b = learner.rng.normal(size=(2, 2)) * 2
        turned = math.atan2(b[1], b[0]) - math.atan2(a[1], a[0])
        size = math.hypot(*a) * math.hypot(*b)
        truth = size * math.sin(turned)
        mistakes = {
            "triangle": truth / 2,
            "order_swapped": -truth,
            "inner_product": size * math.cos(turned),
        }
        if truth < 0:
            mistakes = {"no_sign": -truth, **mistakes}
        value = float(function(a.copy(), b.copy()))
        if value * truth < 0 and math.isclose(value, -truth, rel_tol=1e-9):
            mirrored = float(function(b.copy(), a.copy()))
            fail("no_sign" if mirrored * value > 0 else "order_swapped")
        close(value, truth, rtol=1e-9, atol=1e-12, mistakes=mistakes)


def _matrix(rng: Any, eigenvalues: list[float]) -> Any:
    """A symmetric matrix with these eigenvalues, its axes turned at random."""
    import numpy as np

    turn, _ = np.linalg.qr(rng.normal(size=(len(eigenvalues), len(eigenvalues))))
    matrix = turn @ np.diag(eigenvalues) @ turn.T
    return (matrix + matrix.T) / 2


@check("definiteness")
def definiteness(learner: Learner) -> None:
    """Ask about matrices with eigenvalues of known sign, and about two that deceive."""
    import numpy as np

    function = learner.function("definiteness")
    rng = learner.rng
    words = ("positive", "positive semi", "negative", "negative semi", "indefinite")

    def ask(matrix: Any, truth: str, kind: str) -> None:
        answer = function(matrix.copy())
        expect(answer in words, "bad_word")
        expect(
            {answer, truth} != {"positive", "negative"} or kind == "determinant_only",
            "sign_swapped",
        )
        expect(answer == truth, kind)

    ask(np.array([[2.0, -0.5], [-0.5, -1.0 - rng.random()]]), "indefinite", "indefinite_missed")
    k = 1.5 + rng.random()
    ask(np.array([[1.0, k], [k, 1.0]]), "indefinite", "looks_at_entries")
    ask(np.array([[2.0, -0.9], [-0.9, 1.0]]), "positive", "looks_at_entries")
    ask(_matrix(rng, [-1.0 - rng.random(), -0.5]), "negative", "determinant_only")
    for size in (2, 3, 4):
        up = (0.5 + rng.random(size)).tolist()
        ask(_matrix(rng, up), "positive", "sign_swapped")
        ask(_matrix(rng, [-value for value in up]), "negative", "sign_swapped")
        ask(_matrix(rng, [0.0, *up[1:]]), "positive semi", "semi_missed")
        ask(_matrix(rng, [0.0, *(-value for value in up[1:])]), "negative semi", "semi_missed")
        ask(_matrix(rng, [-up[0], *up[1:]]), "indefinite", "indefinite_missed")
