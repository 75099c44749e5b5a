"""Finds workspaces that cannot reach their GPUs although these are well, and tells their owners."""

from __future__ import annotations

import asyncio
from logging import Logger

from hub.machine import Machine
from workspace_cli.core import gpu_health, gpu_marks, notices
from workspace_cli.core.host import Host
from workspace_cli.core.models import Workspace
from workspace_cli.core.reading import list_workspaces


class LostGpus:
    """What was told of whom; a hub that starts anew takes back what is no longer so."""

    def __init__(self, machine: Machine, log: Logger) -> None:
        self._machine = machine
        self._log = log
        self._told: set[str] = set()
        """Containers whose owners know."""

    async def look(self) -> None:
        """Ask inside every workspace that runs with GPUs; one that hangs holds up no other.

        Those whose GPU itself has failed are left out: their owners have been told.
        """
        rows = await self._machine.ask(_running_with_gpus, self._machine.host)
        reasons = await asyncio.gather(
            *(self._machine.submit(gpu_health.lost_inside, self._machine.host, row) for row in rows)
        )
        # One that was stopped meanwhile answers nothing, which says nothing of its GPUs.
        still = await self._machine.ask(_running_with_gpus, self._machine.host)
        up = {row.container.id for row in still}
        self._told &= up
        for row, reason in zip(rows, reasons, strict=True):
            if row.container.id in up:
                await self._judge(row, reason)

    async def _judge(self, workspace: Workspace, reason: str) -> None:
        key = workspace.container.id
        if not reason:
            self._told.discard(key)
            await self._machine.ask(_withdraw, self._machine.host, workspace)
        elif key not in self._told:
            self._log.error("%s has lost its GPUs: %s", workspace.reference, reason)
            self._told.add(key)
            await self._machine.ask(_tell, self._machine.host, workspace, reason)


def _running_with_gpus(host: Host) -> list[Workspace]:
    running = [
        row for row in list_workspaces(host) if row.gpus and row.container.state == "running"
    ]
    marked = gpu_marks.read(host) if running else {}
    return [row for row in running if not set(row.gpus) & set(marked)]


def _tell(host: Host, workspace: Workspace, reason: str) -> None:
    owner, name = workspace.owner, workspace.name
    notices.tell(host.database, owner, name, "gpu_lost", {"reason": reason}, now=host.clock())


def _withdraw(host: Host, workspace: Workspace) -> None:
    owner, name = workspace.owner, workspace.name
    notices.withdraw(host.database, owner, name, "gpu_lost", now=host.clock())
