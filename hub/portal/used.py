"""How much of the machine each workspace uses, and when that is news for an open page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from workspace_cli.core import use
from workspace_cli.core.engine_use import Use

NEAR = 0.9
"""Above this part of its limit memory is almost full: what comes next may end a program."""
STEP = 0.05
"""A page is told of memory that changed by this part of the limit …"""
STEP_BYTES = 256 * 2**20
"""… or by so much where there is none, …"""
STEP_CPUS = 0.5
"""… and of so many processors more or less."""


@dataclass(frozen=True, kw_only=True)
class Used:
    """What one uses: bytes, processor seconds since its start, and processors busy of late.

    ``limit`` is None where the machine is all the limit there is, ``cpus`` after the first
    look alone.
    """

    memory: int
    limit: int | None = None
    cpu_seconds: float = 0.0
    cpus: float | None = None

    @property
    def near(self) -> int | None:
        """From how many bytes on its memory is almost full; None without a limit."""
        return None if self.limit is None else int(self.limit * NEAR)

    @property
    def is_near(self) -> bool:
        """Whether it is."""
        return self.near is not None and self.memory >= self.near


class Uses:
    """What running containers use, by id, as last read; and what pages know of it."""

    def __init__(self) -> None:
        self.now: dict[str, Used] = {}
        self._read: Mapping[str, Use] = {}
        self._told: dict[tuple[str, str], Used] = {}

    def put(self, found: Mapping[str, Use]) -> None:
        """Take in what was read."""
        cpus = use.busy(self._read, found)
        self._read = found
        self.now = {
            key: Used(
                memory=one.memory, limit=one.limit, cpu_seconds=one.cpu_seconds, cpus=cpus.get(key)
            )
            for key, one in found.items()
        }

    def forget(self, container: str) -> None:
        """Leave out one that ends or starts anew, until the next reading."""
        self.now.pop(container, None)

    def news(self, now: Mapping[tuple[str, str], Used | None]) -> frozenset[tuple[str, str]]:
        """Return the workspaces of which pages should be told; afterwards they know."""
        found = frozenset(key for key, one in now.items() if differs(self._told.get(key), one))
        told = {**self._told, **{key: now[key] for key in found}}
        self._told = {key: one for key, one in told.items() if one is not None and now.get(key)}
        return found


def differs(before: Used | None, now: Used | None) -> bool:
    """Tell whether somebody who looks at a page would want to see the change.

    No processor and none known yet are the same: a page says so at its next change.
    """
    if before is None or now is None:
        return before is not now
    if (before.is_near, before.limit) != (now.is_near, now.limit):
        return True
    step = STEP * now.limit if now.limit else STEP_BYTES
    cpus = abs((now.cpus or 0.0) - (before.cpus or 0.0))
    return abs(now.memory - before.memory) >= step or cpus >= STEP_CPUS
