"""Measures members' room on the disk in the background, and tells them what follows from it."""

from __future__ import annotations

import asyncio
import contextlib
from logging import Logger

from hub.machine import Machine
from workspace_cli.core import disk, disk_limits, disk_measure, disk_room, notices
from workspace_cli.core.disk_limits import Standing
from workspace_cli.core.errors import DiskFullError, LabdockError
from workspace_cli.core.host import Host
from workspace_cli.core.reading import list_workspaces

EVERY = 1800.0
"""Seconds from one measurement of a member to the next."""
SHARE = 50.0
"""… or so many times as long as the last one took, where that is more."""
GROWTH = 0.1
"""A notice is brought up to date when what is used has changed by this part."""


class DiskWatch:
    """One member is measured after the other, those first whose measurement is the oldest."""

    def __init__(self, machine: Machine, log: Logger) -> None:
        self._machine = machine
        self._log = log
        self._round: asyncio.Task[None] | None = None
        self._under_way: dict[str, asyncio.Task[Standing]] = {}
        self._told: dict[str, tuple[str, int]] = {}
        """Owner → what they were told last: the level, and bytes used."""
        self._full = False

    async def look(self) -> None:
        """Begin a round unless one is under way: large homes take long, and nobody waits."""
        host = self._machine.host
        await self._machine.ask(_withdraw_stale, host)
        await self._look_at_machine()
        if self._round is None or self._round.done():
            self._round = asyncio.create_task(self.measure_due())

    async def stop(self) -> None:
        """End the round that is under way."""
        for task in (self._round, *self._under_way.values()):
            if task is not None:
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError, LabdockError):
                    await task

    async def measure_due(self) -> None:
        """Measure everybody whose time has come."""
        host = self._machine.host
        try:
            owners = await self._machine.ask(due, host)
        except LabdockError as exc:
            self._log.warning("Measuring the disk is put off: %s", exc)
            return
        for owner in owners:
            try:
                await self.measure(owner)
            except LabdockError as exc:
                self._log.warning("What %s uses of the disk is not measured: %s", owner, exc)
            except Exception:  # noqa: BLE001
                # One home that is odd must not leave the others uncounted.
                self._log.exception("Measuring what %s uses of the disk failed", owner)

    async def measure(self, owner: str) -> Standing:
        """Measure one member now, and let them know where a limit is near.

        Whoever asks meanwhile is told the same: each measurement reads a whole home.
        """
        task = self._under_way.get(owner)
        if task is None:
            task = self._under_way[owner] = asyncio.create_task(self._measure(owner))
            task.add_done_callback(lambda ended: self._ended(owner, ended))
        return await asyncio.shield(task)

    def _ended(self, owner: str, task: asyncio.Task[Standing]) -> None:
        del self._under_way[owner]
        # Nobody may be waiting any more: asyncio need not complain of that.
        _ = task.cancelled() or task.exception()

    async def _measure(self, owner: str) -> Standing:
        host = self._machine.host
        await self._machine.submit(disk_measure.measure, host, owner)
        found = await self._machine.ask(disk_limits.standing, host, owner)
        used = found.usage.total if found.usage else 0
        level, before = self._told.get(owner, ("", 0))
        if found.level != level or abs(used - before) > GROWTH * max(before, 1):
            self._told[owner] = (found.level, used)
            await self._machine.ask(tell, host, found)
        return found

    async def _look_at_machine(self) -> None:
        try:
            await self._machine.ask(disk_room.check_room, self._machine.host)
        except DiskFullError as exc:
            if not self._full:
                self._log.error("%s", exc.message)
            self._full = True
        else:
            self._full = False


def due(host: Host) -> list[str]:
    """Return who is to be measured now, the oldest measurement first; forget who has left."""
    now, known = host.clock(), disk.read_all(host.settings)
    owners = disk_measure.owners(host)
    for name in known.keys() - set(owners):
        disk.forget(host.settings, name)

    def waits_until(owner: str) -> float:
        usage = known.get(owner)
        return 0.0 if usage is None else usage.measured + max(EVERY, SHARE * usage.seconds)

    return sorted((name for name in owners if waits_until(name) <= now), key=waits_until)


def tell(host: Host, found: Standing) -> None:
    """Open, renew or close a member's notices about the disk."""
    now, owner = host.clock(), found.owner
    kinds: dict[str, notices.Kind] = {"soft": "disk_soft", "hard": "disk_hard"}
    over = [kind for level, kind in kinds.items() if level != found.level]
    notices.withdraw(host.database, owner, "", *over, now=now)
    if found.level == "ok" or found.usage is None:
        return
    values = {"used": found.usage.total, "soft": found.soft}
    if found.hard is not None:
        values["limit"] = found.hard
    notices.tell(host.database, owner, "", kinds[found.level], values, now=now)


def _withdraw_stale(host: Host) -> None:
    """Close what was said of a safe mode that has ended with its workspace's run."""
    found = [
        notice
        for notice in notices.open_notices(host.database, now=host.clock())
        if notice.kind == "safe_mode"
    ]
    if not found:
        return
    rows = list_workspaces(host)
    up = {(row.owner, row.name) for row in rows if row.container.state == "running"}
    for notice in found:
        if (notice.owner, notice.workspace) not in up:
            notices.withdraw(
                host.database, notice.owner, notice.workspace, "safe_mode", now=host.clock()
            )
