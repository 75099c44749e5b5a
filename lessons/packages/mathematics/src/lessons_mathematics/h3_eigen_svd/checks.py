"""Matrices built from known eigenvalues and singular values, so that the truth is known."""

from __future__ import annotations

import math
from typing import Any

from lessons.grading import Learner, check, close, expect, fail

EIGEN = (
    "numpy.linalg.eig",
    "numpy.linalg.eigh",
    "numpy.linalg.eigvals",
    "numpy.linalg.eigvalsh",
    "scipy.linalg",
    "scipy.sparse",
    "torch.linalg",
)
SVD = ("numpy.linalg.svd", "numpy.linalg.svdvals", "numpy.linalg.norm", "scipy.linalg", "torch")


def _turned(rng: Any, values: list[float]) -> Any:
    """A symmetric matrix with these eigenvalues."""
    import numpy as np

    turn, _ = np.linalg.qr(rng.normal(size=(len(values), len(values))))
    return (turn * np.array(values)) @ turn.T


@check("power_iteration", forbids=EIGEN)
def power_iteration(learner: Learner) -> None:
    """Give matrices whose largest eigenvalue, positive or negative, is known."""
    import numpy as np

    function = learner.function("power_iteration")
    for size, sign in ((2, 1.0), (3, -1.0), (5, 1.0), (5, -1.0)):
        top = sign * learner.rng.uniform(4, 9)
        rest = (learner.rng.uniform(0.1, 0.7, size=size - 1) * abs(top)).tolist()
        matrix = _turned(learner.rng, [top, *rest])
        with np.errstate(all="ignore"):
            value, vector = function(matrix.copy())
        vector = np.asarray(vector, dtype=float).reshape(-1)
        expect(np.isfinite(vector).all() and np.isfinite(value), "no_normalising")
        expect(abs(math.hypot(*vector) - 1) < 1e-6, "not_unit")
        lost = abs(value + top) < 1e-5 * abs(top)
        expect(not (lost and top < 0), "sign_lost")
        gap = np.abs(matrix @ vector - value * vector).max()
        expect(gap < 1e-5 * abs(top), "not_converged")
        close(value, top, rtol=1e-6, mistakes={"not_dominant": value})


@check("fate")
def fate(learner: Learner) -> None:
    """Send eigenvectors of positive, negative and zero eigenvalue, and mixtures of them."""
    import numpy as np

    function = learner.function("fate")
    rng = learner.rng
    kinds = {"kept": "too_strict", "flipped": "flip_missed", "vanished": "zero_missed"}
    for size in (3, 4, 6):
        turn, _ = np.linalg.qr(rng.normal(size=(size, size)))
        values = np.concatenate([[0.0, -rng.uniform(1, 3), rng.uniform(1, 3)], np.ones(size - 3)])
        matrix = (turn * values) @ turn.T
        for column, word in ((2, "kept"), (1, "flipped"), (0, "vanished")):
            vector = turn[:, column] * rng.uniform(0.5, 3)
            answer = function(matrix.copy(), vector.copy())
            expect(answer == word, kinds[word])
        mixture = turn[:, 2] + rng.uniform(0.1, 1) * turn[:, 1]
        expect(function(matrix.copy(), mixture) == "turned", "turn_missed")


@check("diagonalisable")
def diagonalisable(learner: Learner) -> None:
    """Disguise matrices of known kind by a change of axes with whole numbers."""
    import numpy as np

    function = learner.function("diagonalisable")
    rng = learner.rng

    def disguised(matrix: Any) -> Any:
        size = len(matrix)
        lower = np.tril(rng.integers(-2, 3, size=(size, size)), -1) + np.eye(size)
        upper = np.triu(rng.integers(-2, 3, size=(size, size)), 1) + np.eye(size)
        return lower @ upper @ matrix @ np.linalg.inv(lower @ upper)

    a, b = rng.choice(np.arange(1, 6), size=2, replace=False).astype(float)
    repeated = np.diag([a, a, b])
    block = np.array([[a, 1.0, 0.0], [0.0, a, 0.0], [0.0, 0.0, b]])
    for matrix, truth, kind in [
        (np.diag([a, b]), True, "repeated_rejected"),
        (np.diag([0.0, b]), True, "singular_rejected"),
        (repeated, True, "repeated_rejected"),
        (np.eye(3) * a, True, "repeated_rejected"),
        (np.array([[a, 1.0], [0.0, a]]), False, "defective_accepted"),
        (block, False, "defective_accepted"),
    ]:
        for given in (matrix, disguised(matrix)):
            expect(bool(function(given.copy())) == truth, kind)


@check("singular_values", forbids=SVD)
def singular_values(learner: Learner) -> None:
    """Square, tall and wide matrices, against LAPACK's singular values."""
    import numpy as np
    from scipy import linalg

    function = learner.function("singular_values")
    for shape in ((3, 3), (5, 3), (2, 4), (6, 1)):
        matrix = learner.rng.normal(size=shape)
        truth = linalg.svdvals(matrix)
        given = np.asarray(function(matrix.copy()), dtype=float)
        mistakes: dict[str, Any] = {"squared": truth**2}
        if len(truth) > 1:
            mistakes["ascending"] = truth[::-1]
        if shape[0] == shape[1]:
            own = np.sort(np.abs(np.linalg.eigvals(matrix)))[::-1]
            mistakes |= {"eigenvalues": own}
        expect(given.shape == truth.shape, "extra_zeros")
        close(given, truth, rtol=1e-6, atol=1e-6, mistakes=mistakes)


@check("low_rank")
def low_rank(learner: Learner) -> None:
    """Compare with projections on the leading eigenvectors of the Gram matrix."""
    import numpy as np

    function = learner.function("low_rank")

    def best(matrix: Any, k: int, keep_last: bool = False) -> Any:
        _, axes = np.linalg.eigh(matrix.T @ matrix)
        axes = axes[:, :k] if keep_last else axes[:, ::-1][:, :k]
        return matrix @ axes @ axes.T

    for shape, k in (((5, 5), 2), ((6, 4), 1), ((4, 7), 3)):
        matrix = learner.rng.normal(size=shape)
        u, values, vt = np.linalg.svd(matrix, full_matrices=False)
        truth = best(matrix, k)
        mistakes = {"values_missing": u[:, :k] @ vt[:k]}
        if shape[0] >= shape[1]:
            mistakes["smallest_kept"] = best(matrix, k, keep_last=True)
        if shape[0] == shape[1]:
            mistakes["v_not_transposed"] = (u[:, :k] * values[:k]) @ vt[:, :k].T
        given = np.asarray(function(matrix.copy(), k), dtype=float)
        for other in (k - 1, k + 1):
            wrong = best(matrix, other)
            if given.shape == wrong.shape and np.allclose(given, wrong, atol=1e-9):
                fail("one_off")
        close(given, truth, rtol=1e-7, atol=1e-9, mistakes=mistakes)
