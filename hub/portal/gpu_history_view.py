"""What pages and the API show of how GPUs were used: use, bands of holders, who held idle ones.

Pure functions over slots (``workspace_cli/core/gpu_history.py``); what nobody looked at is
left out everywhere, and never a zero.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from workspace_cli.core import gpu_history_rows
from workspace_cli.core.gpu_history import (
    HOUR,
    MINUTE,
    Holding,
    LineSlot,
    Slot,
    add_holdings,
    floor,
    fold,
    fold_line,
)
from workspace_cli.core.gpu_history_rows import DAY, Seen
from workspace_cli.core.host import Host

WindowName = Literal["6h", "day", "week", "month"]
MOST_SPANS = 60
"""In one GPU's band; the longest are shown."""
HALF = 2
"""A holder is in the band where they had at least one half of what was looked at."""


@dataclass(frozen=True)
class Window:
    """How long to look back, in seconds: of the chart's steps, and of the finest in a band."""

    seconds: int
    step: int
    grain: int

    def bounds(self, now: float) -> tuple[int, int]:
        """Return begin and end: the step that now is in is the last."""
        end = floor(now, self.step) + self.step
        return end - self.seconds, end


WINDOWS: dict[WindowName, Window] = {
    "6h": Window(6 * HOUR, 5 * MINUTE, MINUTE),
    "day": Window(DAY, 15 * MINUTE, 5 * MINUTE),
    "week": Window(7 * DAY, 2 * HOUR, HOUR),
    "month": Window(30 * DAY, 6 * HOUR, HOUR),
}
WINDOW_NAMES: tuple[WindowName, ...] = get_args(WindowName)


@dataclass(frozen=True)
class Span:
    """Somebody had a GPU from ``begins`` until ``ends``; ``owner`` is '' for nobody of ours."""

    holder: str
    owner: str
    begins: int
    ends: int

    @property
    def seconds(self) -> int:
        """How long."""
        return self.ends - self.begins


@dataclass(frozen=True, kw_only=True)
class GpuLine:
    """One GPU in a window: its steps in order, all of them together, and its band."""

    gpu: Seen
    steps: tuple[Slot, ...]
    whole: Slot | None
    spans: tuple[Span, ...]
    left_out: int

    @property
    def name(self) -> str:
        """What people call it."""
        number = "GPU" if self.gpu.position is None else f"GPU {self.gpu.position}"
        # A specification by hand names no model.
        return f"{number} · {self.gpu.model}" if self.gpu.model else number

    @property
    def holders(self) -> tuple[str, ...]:
        """Who had it, the longest first."""
        return tuple(one.holder for one in self.whole.holdings) if self.whole else ()


@dataclass(frozen=True, kw_only=True)
class HolderLine:
    """What one holder had in a window, over all GPUs; a seat on a shared one counts in full."""

    total: Holding
    gpus: int

    @property
    def hours(self) -> float:
        """GPU hours."""
        return self.total.minutes * MINUTE / HOUR

    @property
    def mean(self) -> float | None:
        """How busy the GPUs were meanwhile, in percent."""
        return self.total.utilisation_sum / self.total.measured if self.total.measured else None

    @property
    def idle(self) -> float | None:
        """In what share of that time they were idle, 0 to 1."""
        return self.total.idle / self.total.measured if self.total.measured else None

    @property
    def idle_hours(self) -> float:
        """GPU hours in which they were idle."""
        return self.total.idle * MINUTE / HOUR


@dataclass(frozen=True, kw_only=True)
class History:
    """Everything of one window; ``lab`` is all GPUs together, its steps' ``gpu`` is ''."""

    begin: int
    end: int
    step: int
    gpus: tuple[GpuLine, ...]
    lab: tuple[Slot, ...]
    holders: tuple[HolderLine, ...]
    line: tuple[LineSlot, ...]

    @property
    def whole(self) -> Slot | None:
        """All of it as one slot, None where nobody looked."""
        return _whole(self.lab)


def load(host: Host, window: Window) -> History:
    """Read a window that ends now from the database."""
    begin, end = window.bounds(host.clock())
    with host.database.connect() as connection:
        slots = gpu_history_rows.read(connection, begin, end, window.grain)
        line = gpu_history_rows.read_line(connection, begin, end, window.step)
        seen = gpu_history_rows.seen(connection, begin)
    return history(window, begin, slots, line, seen)


def history(
    window: Window,
    begin: int,
    slots: Sequence[Slot],
    line: Iterable[LineSlot],
    seen: Iterable[Seen],
) -> History:
    """Return what a window shows, from its slots of the finest length."""
    by_gpu: dict[str, list[Slot]] = defaultdict(list)
    for slot in slots:
        by_gpu[slot.gpu].append(slot)
    gpus = tuple(_gpu_line(one, by_gpu[one.gpu], window) for one in seen)
    steps = [step for one in gpus for step in one.steps]
    return History(
        begin=begin,
        end=begin + window.seconds,
        step=window.step,
        gpus=gpus,
        lab=tuple(together(steps, window.step)),
        holders=tuple(holders(steps)),
        line=tuple(fold_line(line, window.step)),
    )


def _gpu_line(gpu: Seen, slots: Sequence[Slot], window: Window) -> GpuLine:
    found = spans(slots, window.grain)
    longest = sorted(found, key=lambda one: -one.seconds)[:MOST_SPANS]
    steps = tuple(fold(slots, window.step))
    return GpuLine(
        gpu=gpu,
        steps=steps,
        whole=_whole(steps),
        spans=tuple(sorted(longest, key=lambda one: (one.begins, one.holder))),
        left_out=len(found) - len(longest),
    )


def together(slots: Iterable[Slot], length: int) -> list[Slot]:
    """Return all GPUs as one, in slots of ``length`` seconds."""
    return fold((_of_lab(one) for one in slots), length)


def _of_lab(slot: Slot) -> Slot:
    return Slot(**{**vars(slot), "gpu": ""})


def _whole(steps: Sequence[Slot]) -> Slot | None:
    if not steps:
        return None
    (found,) = fold(steps, steps[-1].begins + 1)  # longer than all of it
    return found


def holders(slots: Iterable[Slot]) -> list[HolderLine]:
    """Return what each holder had, those with the most idle hours first."""
    slots = list(slots)
    gpus: dict[tuple[str, str], set[str]] = defaultdict(set)
    for slot in slots:
        for one in slot.holdings:
            gpus[one.owner, one.holder].add(slot.gpu)
    found = [
        HolderLine(total=total, gpus=len(gpus[total.owner, total.holder]))
        for total in add_holdings(one for slot in slots for one in slot.holdings)
    ]
    return sorted(found, key=lambda one: (-one.idle_hours, -one.hours, one.total.holder))


def spans(slots: Iterable[Slot], length: int) -> list[Span]:
    """Return who had one GPU from when to when, from its slots of ``length`` seconds in order.

    One slot that is missing in between is passed over: a look may come late.
    """
    found: list[Span] = []
    latest: dict[tuple[str, str], int] = {}
    for slot in slots:
        for one in slot.holdings:
            if one.minutes * HALF < slot.minutes:
                continue
            key = one.owner, one.holder
            ends = slot.begins + length
            known = latest.get(key)
            if known is not None and slot.begins - found[known].ends <= length:
                found[known] = Span(one.holder, one.owner, found[known].begins, ends)
            else:
                latest[key] = len(found)
                found.append(Span(one.holder, one.owner, slot.begins, ends))
    return found


def lanes(found: Iterable[Span]) -> list[list[Span]]:
    """Return spans in rows in which none covers another: more than one where a GPU is shared."""
    rows: list[list[Span]] = []
    for span in found:
        row = next((row for row in rows if row[-1].ends <= span.begins), None)
        if row is None:
            rows.append([span])
        else:
            row.append(span)
    return rows
