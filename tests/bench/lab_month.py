"""A lab's month in simulation: 30 members, 8 GPUs, three ways to hand them out.

The broker is the real ``line.decide``.  It is held against first come, first
served without backfill, and against no broker at all: people look for GPUs that
seem free and start; who was not on the board (a run that idles between two
epochs, a note nobody saw) is run into, and one of the two runs dies of memory.

    .venv/bin/python -m tests.bench.lab_month
"""

from __future__ import annotations

import heapq
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from workspace_cli.core.line import Ask, Hold, LineGpu, LineState, Wish, decide

Way = Literal["Labdock", "no backfill", "no broker"]

HOUR = 3600.0
DAY = 24 * HOUR
MEMBERS, GPUS, DAYS, MONTHS = 30, 8, 30, 5
SEEN = 0.99
"""How likely somebody who looks sees that a GPU is in use: notebooks idle between two cells."""
RETRY = HOUR
"""Without a broker: how long until somebody looks again."""
MOST = 4
LEASE = 24 * HOUR


@dataclass(frozen=True)
class Run:
    """One piece of work: ``work`` seconds on ``gpus`` GPUs, wanted from ``at`` on."""

    id: str
    owner: str
    at: float
    gpus: int
    work: float


@dataclass
class Outcome:
    """What became of a month; GPU time in GPU seconds, waits in seconds."""

    way: Way
    waits: list[float] = field(default_factory=list)
    used: float = 0.0
    lost: float = 0.0
    conflicts: int = 0
    done: int = 0
    months: int = 1

    @property
    def use(self) -> float:
        """The share of the GPU time that went into work that counted."""
        return self.used / (GPUS * DAYS * DAY * self.months)

    def wait(self, part: float) -> float:
        """Return a quantile of the waits, in seconds."""
        ordered = sorted(self.waits)
        return ordered[min(int(part * len(ordered)), len(ordered) - 1)] if ordered else 0.0


def month(seed: int) -> list[Run]:
    """Return a month's work: mostly by day, mostly one GPU, deadlines in the last week."""
    chance = random.Random(seed)
    runs: list[Run] = []
    for member in range(MEMBERS):
        at = chance.uniform(0, 2 * DAY)
        while at < DAYS * DAY:
            hour = (at % DAY) / HOUR
            busy = 1.6 if at > 23 * DAY else 1.0
            if 8 <= hour <= 22:
                runs.append(
                    Run(
                        id=f"{len(runs):05}",
                        owner=f"m{member:02}",
                        at=at,
                        gpus=chance.choices([1, 2, 4], [75, 18, 7])[0],
                        work=min(chance.lognormvariate(0.9, 1.0), 24.0) * HOUR,
                    )
                )
            at += chance.expovariate(busy / (0.75 * DAY))
    return sorted(runs, key=lambda run: run.at)


def brokered(runs: list[Run], *, backfill: bool) -> Outcome:
    """Let the real decision hand the GPUs out; without backfill only the first in line moves."""
    result = Outcome("Labdock" if backfill else "no backfill")
    gpus = tuple(LineGpu(id=f"GPU-{n}") for n in range(GPUS))
    coming, waiting, left = list(reversed(runs)), [], {run.id: run for run in runs}
    held: dict[str, tuple[float, float, tuple[str, ...]]] = {}
    events = [run.at for run in runs]
    heapq.heapify(events)
    while events:
        now = heapq.heappop(events)
        for name in [one for one, (end, _, _) in held.items() if end <= now]:
            del held[name]
        while coming and coming[-1].at <= now:
            waiting.append(coming.pop())
        for name, chosen, ends in _awards(now, gpus, waiting, held, left, backfill=backfill):
            run = left[name]
            waiting.remove(run)
            until = min(now + run.work, ends)
            held[name] = (until, ends, chosen)
            heapq.heappush(events, until)
            result.waits.append(now - run.at)
            _count(result, now, until, run.gpus)
            if until >= now + run.work:
                result.done += 1
            else:
                # The lease was over before the work: a checkpoint, and the rest asks again.
                rest = Run(f"{name}+", run.owner, until, run.gpus, run.work - (until - now))
                left[rest.id] = rest
                coming.append(rest)
                coming.sort(key=lambda one: -one.at)
    return result


def _awards(
    now: float,
    gpus: tuple[LineGpu, ...],
    waiting: list[Run],
    held: dict[str, tuple[float, float, tuple[str, ...]]],
    left: dict[str, Run],
    *,
    backfill: bool,
) -> Iterator[tuple[str, tuple[str, ...], float]]:
    holds = tuple(
        Hold(gpu=gpu, owner=left[name].owner, workspace=name, ends=ends)
        for name, (_, ends, chosen) in held.items()
        for gpu in chosen
    )
    asks = tuple(
        Ask(
            id=run.id,
            owner=run.owner,
            wish=Wish(count=run.gpus),
            asked=run.at,
            lasts=LEASE,
            most=MOST,
        )
        for run in waiting
    )
    decision = decide(LineState(now=now, gpus=gpus, holds=holds, asks=asks))
    given = {award.ask: award for award in decision.awards}
    for ask in asks:
        award = given.get(ask.id)
        if award is None:
            if not backfill and ask.id not in decision.barred:
                return
            continue
        if not backfill and award.ends is not None:
            return
        yield ask.id, award.gpus, award.ends or now + LEASE


def unbrokered(runs: list[Run], seed: int) -> Outcome:
    """Let people look and grab: what is seen in use is left alone, what is not is run into."""
    chance = random.Random(seed)
    result = Outcome("no broker")
    events: list[tuple[float, int, Callable[[float], None]]] = []
    on: list[dict[int, tuple[Run, float]]] = [{} for _ in range(GPUS)]
    number = 0

    def push(at: float, act: Callable[[float], None]) -> None:
        nonlocal number
        number += 1
        heapq.heappush(events, (at, number, act))

    def look(run: Run) -> Callable[[float], None]:
        def act(now: float) -> None:
            seen = [g for g in range(GPUS) if not on[g] or chance.random() > SEEN]
            if len(seen) < run.gpus:
                push(now + RETRY * chance.uniform(0.5, 1.5), look(run))
                return
            seen.sort(key=lambda g: chance.random())
            begin(run, now, seen[: run.gpus])

        return act

    def begin(run: Run, now: float, chosen: list[int]) -> None:
        for other in {key for g in chosen for key in on[g]}:
            # Two on one GPU: the memory is too small, and either dies.
            result.conflicts += 1
            if chance.random() < 0.5:
                push(now + RETRY * chance.uniform(0.5, 1.5), look(run))
                return
            first, since = next(on[g][other] for g in range(GPUS) if other in on[g])
            result.lost += (now - since) * first.gpus
            for row in on:
                row.pop(other, None)
            push(now + RETRY * chance.uniform(0.2, 8), look(first))
        key = number
        for g in chosen:
            on[g][key] = (run, now)
        result.waits.append(now - run.at)
        push(now + run.work, lambda end: finish(key, end))

    def finish(key: int, now: float) -> None:
        mine = [row.pop(key) for row in on if key in row]
        if mine:
            run, since = mine[0]
            result.done += 1
            _count(result, since, now, run.gpus)

    for run in runs:
        push(run.at, look(run))
    while events:
        at, _, act = heapq.heappop(events)
        if at > DAYS * DAY:
            break  # where runs end each other for ever, the month ends all the same
        act(at)
    return result


def _count(result: Outcome, begin: float, end: float, gpus: int) -> None:
    result.used += max(min(end, DAYS * DAY) - begin, 0.0) * gpus


def outcomes(months: int = MONTHS) -> list[Outcome]:
    """Return some months together, each under the three ways."""
    every = []
    for seed in range(1, months + 1):
        runs = month(seed)
        every.append(
            [
                brokered(runs, backfill=True),
                brokered(runs, backfill=False),
                unbrokered(runs, seed),
            ]
        )
    return [_together(found) for found in zip(*every, strict=True)]


def _together(found: Sequence[Outcome]) -> Outcome:
    return Outcome(
        way=found[0].way,
        waits=[wait for one in found for wait in one.waits],
        used=sum(one.used for one in found),
        lost=sum(one.lost for one in found),
        conflicts=sum(one.conflicts for one in found),
        done=sum(one.done for one in found),
        months=len(found),
    )


def table(found: Sequence[Outcome]) -> str:
    """Write the figures as a Markdown table; what was ended and lost is a month's."""
    head = (
        f"| a month, {MEMBERS} members, {GPUS} GPUs | use of the GPUs | median wait "
        "| 95 % wait less than | runs ended by another's | GPU hours lost |"
    )
    rows = [
        f"| {one.way} | {one.use:.0%} | {one.wait(0.5) / HOUR:.1f} h "
        f"| {one.wait(0.95) / HOUR:.1f} h | {one.conflicts / one.months:.0f} "
        f"| {one.lost / HOUR / one.months:.0f} |"
        for one in found
    ]
    return "\n".join([head, "|---|---|---|---|---|---|", *rows])


def figures(found: Sequence[Outcome]) -> list[dict[str, object]]:
    """Return the figures for a program; waits in seconds, what was lost in GPU hours."""
    return [
        {
            "way": one.way,
            "months": one.months,
            "use": one.use,
            "wait_median": one.wait(0.5),
            "wait_95": one.wait(0.95),
            "conflicts": one.conflicts,
            "gpu_hours_lost": one.lost / HOUR,
            "runs_done": one.done,
        }
        for one in found
    ]


if __name__ == "__main__":
    print(table(outcomes()))
