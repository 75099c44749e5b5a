"""Operations counted by loops, clocks tried on pretended devices."""

from __future__ import annotations

import time
from typing import Any

from lessons.grading import Learner, check, close, expect


@check("matmul_flops")
def matmul_flops(learner: Learner) -> None:
    """Count the multiplications and additions of small products one by one."""
    function = learner.function("matmul_flops")
    for _ in range(4):
        n, k, m = (int(size) for size in learner.rng.permutation([3, 5, 7, 4])[:3])
        count = 0
        for _row in range(n):
            for _column in range(m):
                for _term in range(k):
                    count += 2
        close(
            function(n, k, m),
            count,
            mistakes={
                "multiplications_only": count // 2,
                "elements_only": n * m,
                "square_assumed": 2 * n**3,
            },
        )


class _Device:
    """A pretended GPU: work is only queued; synchronise() takes the time."""

    def __init__(self, first: float, usual: float, disturbed: int | None) -> None:
        self.first, self.usual, self.disturbed = first, usual, disturbed
        self.calls = 0
        self.queued = 0.0

    def work(self) -> None:
        self.calls += 1
        self.queued += self.first if self.calls == 1 else self.usual
        if self.calls == self.disturbed:
            self.queued += 0.25

    def synchronise(self) -> None:
        time.sleep(self.queued)
        self.queued = 0.0


@check("benchmark")
def benchmark(learner: Learner) -> None:
    """Time a device whose first call is slow and one of whose later calls is disturbed."""
    function = learner.function("benchmark")
    usual = float(learner.rng.uniform(0.008, 0.012))
    device = _Device(first=usual, usual=usual, disturbed=None)
    value = float(function(device.work, device.synchronise, 7))
    expect(device.calls >= 7, "too_few")
    expect(value > usual * 0.7, "no_sync")
    expect(value < usual * 5, "total")
    device = _Device(first=usual, usual=usual, disturbed=5)
    value = float(function(device.work, device.synchronise, 7))
    expect(value < usual * 3, "mean_not_median")
    # With a single measurement the median cannot hide a slow first call.
    device = _Device(first=0.2, usual=usual, disturbed=None)
    value = float(function(device.work, device.synchronise, 1))
    expect(value < 0.1, "no_warm_up")


@check("speedups")
def speedups(learner: Learner) -> None:
    """The product of the two separate gains is the whole gain."""
    import numpy as np

    function = learner.function("speedups")
    for _ in range(3):
        tuned = float(learner.rng.uniform(50, 200))
        plain = tuned * float(learner.rng.uniform(2, 3.5))
        cpu = plain * float(learner.rng.uniform(15, 30))
        truth = np.exp(np.log([cpu, plain, cpu]) - np.log([plain, tuned, tuned]))
        close(
            list(function(cpu, plain, tuned)),
            truth,
            rtol=1e-9,
            mistakes={
                "upside_down": 1 / truth,
                "library_taken_for_hardware": truth[[1, 0, 2]],
                "two_changes_at_once": truth[[2, 1, 2]],
            },
        )


@check("per_price")
def per_price(learner: Learner) -> None:
    """Ask with round numbers scaled at random."""
    function = learner.function("per_price")
    for _ in range(4):
        flops, seconds, price = (
            float(learner.rng.uniform(*span)) for span in ((1e9, 9e12), (0.1, 9), (200, 3000))
        )
        giga = flops * 1e-9
        truth = giga / (seconds * price)
        kinds: dict[str, Any] = {
            "not_giga": truth * 1e9,
            "price_ignored": giga / seconds,
            "times_price": giga / seconds * price,
            "time_ignored": giga / price,
        }
        close(function(flops, seconds, price), truth, rtol=1e-9, mistakes=kinds)
