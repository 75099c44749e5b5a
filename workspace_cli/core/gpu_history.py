"""How GPUs were used and who held them, in slots of a minute, an hour or any other length.

A slot is made of sums, so that several are folded into a longer one by adding; pure
functions.  Where nobody looked there is no slot: a gap is no zero.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from workspace_cli.core.policy import Idle

MINUTE = 60
HOUR = 3600
"""Seconds."""
LONGEST_NAME = 255
"""Characters of a holder's or a model's name that are kept."""


@dataclass(frozen=True, kw_only=True)
class Holding:
    """What one holder had of a GPU in a slot: minutes, and percent summed over those measured.

    ``holder`` is OWNER/NAME, or a container's name with '' as its owner.  ``idle`` counts the
    measured minutes in which the GPU did less than the policy takes for work.
    """

    holder: str
    owner: str
    minutes: int
    measured: int
    idle: int
    utilisation_sum: float


@dataclass(frozen=True, kw_only=True)
class Slot:
    """One GPU in some time from ``begins`` (seconds since the epoch) on.

    ``minutes`` were looked at, in ``held`` of them somebody had it, in ``measured`` the
    driver told its use (percent), in ``used_measured`` its memory (bytes).
    """

    begins: int
    gpu: str
    minutes: int
    held: int
    measured: int
    utilisation_sum: float
    utilisation_max: float
    used_measured: int
    used_sum: float
    holdings: tuple[Holding, ...] = ()

    @property
    def mean(self) -> float | None:
        """How busy it was, in percent; None where nobody could tell."""
        return self.utilisation_sum / self.measured if self.measured else None

    @property
    def highest(self) -> float | None:
        """The most that was seen, in percent."""
        return self.utilisation_max if self.measured else None

    @property
    def used(self) -> float | None:
        """Memory in use on average, in bytes."""
        return self.used_sum / self.used_measured if self.used_measured else None


@dataclass(frozen=True, kw_only=True)
class LineSlot:
    """How many waited for GPUs in some time: a sum over the minutes, and the most."""

    begins: int
    minutes: int
    waiting_sum: int
    waiting_max: int

    @property
    def mean(self) -> float:
        """How many waited on average."""
        return self.waiting_sum / self.minutes


@dataclass(frozen=True, kw_only=True)
class Sample:
    """One look at one GPU: percent, bytes, and its holders as (name, owner)."""

    gpu: str
    position: int | None
    model: str
    memory: int | None
    utilisation: float | None
    used: int | None
    idle_below: float
    holders: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, model: Mapping[str, Any]) -> Sample:
        """Return a look from what the hub tells of a GPU."""
        part = f" ({model['slice']})" if model.get("slice") is not None else ""
        return cls(
            gpu=str(model["id"]),
            position=model["index"],
            model=f"{model['model']}{part}"[:LONGEST_NAME],
            memory=model["memory"],
            utilisation=model["utilisation"],
            used=model["used"],
            idle_below=float(model.get("idle_below", Idle().gpu_percent)),
            holders=tuple(
                (str(one["name"])[:LONGEST_NAME], one["owner"] or "") for one in model["holders"]
            ),
        )


def floor(seconds: float, length: int) -> int:
    """Return the start of the slot that a moment is in.

    >>> floor(7265.5, HOUR)
    7200
    """
    return int(seconds // length) * length


def fold(slots: Iterable[Slot], length: int) -> list[Slot]:
    """Return slots of ``length`` seconds, in order of time and GPU, with all that was in others."""
    together: dict[tuple[int, str], list[Slot]] = defaultdict(list)
    for slot in slots:
        together[floor(slot.begins, length), slot.gpu].append(slot)
    return [_sum(begins, gpu, parts) for (begins, gpu), parts in sorted(together.items())]


def _sum(begins: int, gpu: str, parts: list[Slot]) -> Slot:
    if len(parts) == 1 and parts[0].begins == begins and len(parts[0].holdings) < 2:
        return parts[0]  # most are
    return Slot(
        begins=begins,
        gpu=gpu,
        minutes=sum(one.minutes for one in parts),
        held=sum(one.held for one in parts),
        measured=sum(one.measured for one in parts),
        utilisation_sum=sum(one.utilisation_sum for one in parts),
        utilisation_max=max(one.utilisation_max for one in parts),
        used_measured=sum(one.used_measured for one in parts),
        used_sum=sum(one.used_sum for one in parts),
        holdings=add_holdings(holding for one in parts for holding in one.holdings),
    )


def add_holdings(parts: Iterable[Holding]) -> tuple[Holding, ...]:
    """Return one holding for each holder, those that held longest first."""
    together: dict[tuple[str, str], list[Holding]] = defaultdict(list)
    for one in parts:
        together[one.owner, one.holder].append(one)
    found = [
        found[0] if len(found) == 1 else _sum_of_holdings(found) for found in together.values()
    ]
    return tuple(sorted(found, key=lambda one: (-one.minutes, one.holder, one.owner)))


def _sum_of_holdings(parts: list[Holding]) -> Holding:
    return Holding(
        holder=parts[0].holder,
        owner=parts[0].owner,
        minutes=sum(one.minutes for one in parts),
        measured=sum(one.measured for one in parts),
        idle=sum(one.idle for one in parts),
        utilisation_sum=sum(one.utilisation_sum for one in parts),
    )


def fold_line(slots: Iterable[LineSlot], length: int) -> list[LineSlot]:
    """Return slots of ``length`` seconds of the waiting line, in order."""
    together: dict[int, list[LineSlot]] = defaultdict(list)
    for slot in slots:
        together[floor(slot.begins, length)].append(slot)
    return [
        LineSlot(
            begins=begins,
            minutes=sum(one.minutes for one in parts),
            waiting_sum=sum(one.waiting_sum for one in parts),
            waiting_max=max(one.waiting_max for one in parts),
        )
        for begins, parts in sorted(together.items())
    ]
