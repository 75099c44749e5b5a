"""Norms against SciPy and numpy, angles against the law of cosines."""

from __future__ import annotations

import math
from typing import Any

from lessons.grading import Learner, check, close, expect


@check("norm_p", forbids=("numpy.linalg.norm", "scipy.linalg.norm"))
def norm_p(learner: Learner) -> None:
    """Compare random vectors of mixed signs with SciPy's norms, p from 1 to infinity."""
    import numpy as np
    from scipy import linalg

    norm = learner.function("norm_p")
    for size in (2, 3, 7):
        x = -np.abs(learner.rng.normal(size=size)) - 0.1
        x[0] = 0.3 + abs(learner.rng.normal())
        for p in (1.0, 2.0, 3.0, 5.0, math.inf):
            value = float(norm(x.copy(), p))
            truth = linalg.norm(x, p)
            powers = float(linalg.norm(x, p) ** p) if math.isfinite(p) else float(x.max())
            root = 1 / p if math.isfinite(p) else 0.0
            expect(math.isfinite(value), "no_absolute")
            signed = abs(x.sum()) if p == 1 else float(x.max())
            mistakes: dict[str, Any] = {
                "no_absolute": signed if value >= 0 else value,
                "no_root": powers,
                "mean_not_sum": truth / size**root,
            }
            if p != 2:
                mistakes["p_ignored"] = linalg.norm(x, 2)
            close(value, truth, rtol=1e-9, mistakes=mistakes)


@check("cosine")
def cosine(learner: Learner) -> None:
    """Compare with the law of cosines, which needs three lengths and no inner product."""
    import numpy as np

    similarity = learner.function("cosine")
    for size in (2, 4, 9):
        a, b = learner.rng.normal(size=(2, size)) * learner.rng.uniform(2, 5, size=(2, 1))
        la, lb, gap = (math.dist(v, np.zeros(size)) for v in (a, b, a - b))
        truth = (la**2 + lb**2 - gap**2) / (2 * la * lb)
        close(
            similarity(a.copy(), b.copy()),
            truth,
            rtol=1e-8,
            mistakes={
                "lengths_left_in": truth * la * lb,
                "one_length": truth * lb,
                "squared_lengths": truth / la / lb,
                "distance_instead": 1 - truth,
            },
        )


@check("fro", forbids=("numpy.linalg.norm", "scipy.linalg.norm"))
def fro(learner: Learner) -> None:
    """Compare with the root of the trace of the transpose times the matrix."""
    import numpy as np

    norm = learner.function("fro")
    for shape in ((2, 2), (3, 5), (6, 1), (1, 4)):
        a = learner.rng.normal(size=shape) * 3
        truth = math.sqrt(float(np.trace(a.T @ a)))
        mistakes = {"no_root": truth**2, "absolute_sum": float(np.abs(a).sum())}
        if min(shape) > 1:
            mistakes["spectral"] = float(np.linalg.norm(a, 2))
            mistakes["row_sums"] = float(np.linalg.norm(a, axis=1).sum())
        close(norm(a.copy()), truth, rtol=1e-9, mistakes=mistakes)


@check("louder")
def louder(learner: Learner) -> None:
    """Put the factor back into both inner products."""
    import numpy as np

    factor = learner.function("louder")
    for _ in range(5):
        size = int(learner.rng.integers(2, 6))
        a = learner.rng.normal(size=size)
        b, c = (a * s + 0.3 * learner.rng.normal(size=size) for s in (0.2, 2.0))
        if min(a @ b, a @ c) < 1e-3:
            b, c = b + a, c + a
        k = factor(a.copy(), b.copy(), c.copy())
        right = 2 * float(np.einsum("i,i", a, c))
        base = float(np.einsum("i,i", a, b))
        lengths = math.hypot(*c) / math.hypot(*b)
        close(
            float(k) * base,
            right,
            rtol=1e-9,
            mistakes={
                "upside_down": 4 * base**2 / right,
                "only_equal": right / 2,
                "by_lengths": 2 * lengths * base,
            },
        )


@check("tensor_order", forbids=("numpy.ndim", "numpy.array", "numpy.asarray"))
def tensor_order(learner: Learner) -> None:
    """Nest random lists to a known depth."""
    import numpy as np

    order = learner.function("tensor_order")
    for depth in (2, 0, 1, 4, 3):
        shape = tuple(int(n) for n in learner.rng.integers(3, 6, size=depth))
        value = order(learner.rng.normal(size=shape).tolist() if depth else 2.5)
        expect(value is not None and (value != 0 or depth == 0), "three_or_more")
        mistakes = {"counts_elements": int(np.prod(shape)), "off_by_one": depth + 1}
        if depth > 1:
            mistakes["off_by_one"] = value if value in (depth - 1, depth + 1) else depth + 1
        close(value, depth, mistakes=mistakes)
