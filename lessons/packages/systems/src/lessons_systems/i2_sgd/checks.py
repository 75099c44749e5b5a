"""Batches counted one by one, gradients from automatic differentiation."""

from __future__ import annotations

from typing import Any

from lessons.grading import Learner, check, close, expect


@check("minibatches", forbids=("torch", "sklearn"))
def minibatches(learner: Learner) -> None:
    """Collect two epochs and count how often each index comes."""
    import numpy as np

    function = learner.function("minibatches")
    for n, size in ((20, 5), (23, 5), (7, 10)):
        rng = np.random.default_rng(learner.seed % 2**32)
        epochs = [[np.asarray(batch) for batch in function(n, size, rng)] for _ in range(2)]
        for batches in epochs:
            seen = np.concatenate(batches).astype(int)
            counts = np.bincount(seen, minlength=n)
            expect(counts.max() == 1, "repeated")
            expect(counts.min() == 1 and len(counts) == n, "missing_samples")
            lengths = [len(batch) for batch in batches]
            full, rest = divmod(n, size)
            expect(lengths == [size] * full + [rest] * (rest > 0), "wrong_sizes")
        first, second = (np.concatenate(batches) for batches in epochs)
        if n > 10:
            expect((first != np.arange(n)).any(), "not_shuffled")
            expect((first != second).any(), "same_every_time")


@check("updates_per_epoch")
def updates_per_epoch(learner: Learner) -> None:
    """Count with a loop over samples."""
    function = learner.function("updates_per_epoch")
    size = int(learner.rng.integers(3, 9))
    for n in (size * 7 + 2, size * 6, size * 3 + 1):
        for drop in (False, True):
            full, held = 0, 0
            for _ in range(n):
                held += 1
                if held == size:
                    full, held = full + 1, 0
            truth = full + (0 if drop or held == 0 else 1)
            kinds: dict[str, Any] = {"samples_not_updates": n}
            if held and not drop:
                kinds["short_batch_forgotten"] = full
            if held and drop:
                kinds["drop_ignored"] = full + 1
            if not held:
                kinds["one_too_many"] = full + 1
            close(function(n, size, drop), truth, mistakes=kinds)


@check("epoch_of")
def epoch_of(learner: Learner) -> None:
    """Walk through three epochs batch by batch."""
    function = learner.function("epoch_of")
    for n, size in ((40, 8), (43, 8), (15, 4)):
        close(function(0, n, size), 0, mistakes={"counts_from_one": 1})
        close(function(1, n, size), 0, mistakes={"batch_is_epoch": 1})
        update = 0
        for epoch in range(3):
            left = n
            while left > 0:
                left -= size
                close(
                    function(update, n, size),
                    epoch,
                    mistakes={
                        "short_batch_forgotten": update // (n // size),
                        "batch_is_epoch": update,
                    },
                )
                update += 1


@check("batch_gradient", forbids=("torch",))
def batch_gradient(learner: Learner) -> None:
    """Compare with torch's gradient of the mean squared error of the batch."""
    import numpy as np
    import torch

    function = learner.function("batch_gradient")
    for size in (1, 4, 9):
        x, y = learner.rng.normal(size=12), learner.rng.normal(size=12) * 2
        batch = learner.rng.choice(12, size=size, replace=False)
        w = float(learner.rng.normal())

        def slope(rows: Any, w: float = w, x: Any = x, y: Any = y) -> float:
            weight = torch.tensor(w, dtype=torch.float64, requires_grad=True)
            error = weight * torch.as_tensor(x[rows]) - torch.as_tensor(y[rows])
            error.square().mean().backward()
            return float(weight.grad)  # type: ignore[arg-type]

        truth = slope(batch)
        close(
            function(w, x.copy(), y.copy(), batch.copy()),
            truth,
            rtol=1e-8,
            atol=1e-12,
            mistakes={
                "summed": truth * size if size > 1 else None,
                "whole_set": slope(np.arange(12)),
                "divided_by_n": truth * size / 12,
                "no_factor_2": truth / 2,
                "uphill": -truth,
            },
        )
