"""The measurements on two running hubs: one at a time, all at once, memory when idle."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Sequence
from itertools import count

from docker import DockerClient

from tests.bench.figures import Figures
from tests.bench.hub_api import HubApi, HubFailedError, Member
from tests.bench.sides import Side

MIB = 1 << 20
IDLE_AFTER_S = 20
"""Seconds without a request after which a workspace is taken for idle."""


class Subject:
    """One side with its hub's API and the members that the bench made there."""

    def __init__(self, side: Side, api: HubApi, prefix: str) -> None:
        self.side = side
        self.api = api
        self._prefix = prefix
        self._numbers = count(1)
        self._names: list[str] = []

    async def add_member(self) -> Member:
        """Make one more member."""
        self._names.append(f"{self._prefix}{next(self._numbers):03d}")
        return await self.api.add_member(self._names[-1])

    async def remove_members(self) -> None:
        """Stop and remove every member that the bench made, one after the other."""
        while self._names:
            await self.api.remove_member(self._names[-1])
            self._names.pop()


async def warm_up(subjects: Sequence[Subject]) -> None:
    """Start and stop one server a side, uncounted: caches of disk and hub are then filled."""
    for subject in subjects:
        member = await subject.add_member()
        await subject.api.ready_by_polling(member, subject.side.options)
        await subject.api.stop(member.name)


async def one_at_a_time(subjects: Sequence[Subject], figures: Figures, repetitions: int) -> None:
    """Measure POST to ready of a new member's container, and again after a stop."""
    for _ in range(repetitions):
        for subject in subjects:
            member = await subject.add_member()
            for key in ("cold", "warm"):
                await _settle()
                seconds = await subject.api.ready_by_polling(member, subject.side.options)
                figures.add(key, subject.side.name, seconds)
                _tell(f"{subject.side.name}, {key}: {seconds:.2f} s")
                await subject.api.stop(member.name)


async def all_at_once(
    subjects: Sequence[Subject],
    figures: Figures,
    client: DockerClient,
    *,
    members: int,
    repetitions: int,
) -> None:
    """Measure that many new members who start together, and the memory of each when idle.

    A burst in which a start fails (a hub gives a server 30 s by default) is told
    and not counted: how long it took says nothing.
    """
    for _ in range(repetitions):
        for subject in subjects:
            group = [await subject.add_member() for _ in range(members)]
            await _settle()
            try:
                wall, each = await _burst(subject, group)
            except HubFailedError as exc:
                figures.failures.append(f"{subject.side.name}, {members} at once: {exc}")
            else:
                _tell(f"{subject.side.name}, {members} at once: {wall:.2f} s")
                figures.add("burst_wall", subject.side.name, wall)
                figures.add("burst_each", subject.side.name, *each)
                await asyncio.sleep(IDLE_AFTER_S)
                memory = [idle_memory(client, subject.side.container_of(m.name)) for m in group]
                figures.add("memory", subject.side.name, *memory)
            await subject.remove_members()


async def _burst(subject: Subject, group: Sequence[Member]) -> tuple[float, list[float]]:
    """Start a group together; return the seconds until all and until each are ready."""
    began = time.perf_counter()
    starts = (subject.api.ready_by_events(member, subject.side.options) for member in group)
    # Every start is waited for, also after one has failed: none may run into what follows.
    outcomes = await asyncio.gather(*starts, return_exceptions=True)
    wall = time.perf_counter() - began
    each = [outcome for outcome in outcomes if isinstance(outcome, float)]
    for outcome in outcomes:
        if isinstance(outcome, BaseException):
            raise outcome
    return wall, each


def idle_memory(client: DockerClient, container: str) -> float:
    """Return a container's working set in MiB, computed as ``docker stats`` does."""
    stats = client.api.stats(container, stream=False, one_shot=True)["memory_stats"]
    detail = stats["stats"]
    # cgroup v1 tells the total of a container in fields of their own.
    inactive: int = detail.get("total_inactive_file", detail.get("inactive_file", 0))
    usage: int = stats["usage"]
    return (usage - inactive) / MIB


def _tell(text: str) -> None:
    print(f"bench: {text}", file=sys.stderr, flush=True)


async def _settle() -> None:
    """Let what the step before left behind (stops, log writes) come to rest."""
    await asyncio.sleep(1)
