"""When a workspace counts as abandoned: decided from what runs in it, never from connections.

A look at a workspace is a ``Sample``.  Work is a cell that runs, CPU used by the
member's own processes, or a GPU of its own that computes: a training without a
browser is work, a notebook that was left open with a GPU is none.  Pure
functions; the caller keeps a ``Watch`` a workspace and acts on the verdict.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from workspace_cli.core.policy import Idle

Verdict = Literal["active", "idle", "warn", "stop"]


@dataclass(frozen=True)
class Sample:
    """One look at a workspace; None where it could not be told."""

    at: float
    """Seconds since the epoch."""
    running_cells: int | None = None
    cpu_seconds: float | None = None
    """CPU time of all its processes but the server's own, since the container started."""
    gpu_percent: float | None = None
    """Of the busiest of its own GPUs; None for a workspace without one."""


@dataclass(frozen=True)
class Watch:
    """What is remembered between two looks."""

    last: Sample
    worked: float
    """When it was last seen at work, or first seen at all."""
    warned: float | None = None


def first(sample: Sample) -> Watch:
    """Begin to watch: what was before is unknown, so the clock starts now."""
    return Watch(sample, sample.at)


def look(watch: Watch, sample: Sample, limits: Idle) -> Watch:
    """Return the watch after another look; work takes a warning back."""
    if at_work(watch.last, sample, limits):
        return Watch(sample, sample.at)
    return replace(watch, last=sample)


def at_work(before: Sample, now: Sample, limits: Idle) -> bool:
    """Tell whether a workspace worked between two looks.

    One whose processes are not known counts as working: nobody loses a training
    because its server was too busy to answer.
    """
    if now.running_cells is None and now.cpu_seconds is None:
        return True
    if now.running_cells:
        return True
    if now.gpu_percent is not None and now.gpu_percent >= limits.gpu_percent:
        return True
    return _cpu_percent(before, now) >= limits.cpu_percent


def _cpu_percent(before: Sample, now: Sample) -> float:
    """Return percent of one core; a counter that fell is that of a container started anew."""
    if now.cpu_seconds is None or before.cpu_seconds is None or now.at <= before.at:
        return 0.0
    used = now.cpu_seconds - before.cpu_seconds
    return 100 * max(used, 0.0) / (now.at - before.at)


def verdict(watch: Watch, *, holds_gpu: bool, limits: Idle) -> Verdict:
    """Say what is due now: ``warn`` once, ``stop`` when the grace after it is over."""
    after = limits.after if holds_gpu else limits.after_without_gpu
    if after is None or watch.last.at - watch.worked < after:
        return "active"
    if watch.warned is None:
        return "warn"
    return "stop" if watch.last.at - watch.warned >= limits.grace else "idle"


def warned(watch: Watch) -> Watch:
    """Return the watch with the warning given at its last look."""
    return replace(watch, warned=watch.last.at)


def stops_at(watch: Watch, limits: Idle) -> float | None:
    """Return when a warned workspace will be stopped unless it works before."""
    return None if watch.warned is None else watch.warned + limits.grace
