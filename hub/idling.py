"""Looks at every workspace now and then, and stops what was abandoned: warn, grace, stop."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from logging import Logger

from hub.machine import Machine
from workspace_cli.core import idle, inside, notices
from workspace_cli.core.errors import LabdockError
from workspace_cli.core.host import Host
from workspace_cli.core.idle import Sample, Watch
from workspace_cli.core.models import Workspace
from workspace_cli.core.policy import Idle
from workspace_cli.core.reading import list_workspaces

Stop = Callable[[Workspace], Awaitable[str]]
GpuPercent = Callable[[Host], Mapping[str, float]]
"""Returns GPU id → how busy it is, in percent."""


class IdleWatch:
    """What is remembered of the workspaces between two looks; all of it is lost with the hub.

    A hub that starts anew begins to count anew: nobody is stopped early for it.
    """

    def __init__(
        self,
        machine: Machine,
        stop: Stop,
        gpu_percent: GpuPercent,
        log: Logger,
        activity: Callable[[Host, Workspace], inside.Activity | None] = inside.activity,
    ) -> None:
        self._machine = machine
        self._activity = activity
        self._stop = stop
        self._gpu_percent = gpu_percent
        self._log = log
        self._watches: dict[str, Watch] = {}
        self._names: Mapping[str, tuple[str, str]] = {}

    async def look(self) -> None:
        """Look once at everything that runs, and act on what is due."""
        host = self._machine.host
        limits = (await self._machine.ask(lambda: host.policy)).idle
        rows = await self._machine.ask(list_workspaces, host)
        running = [row for row in rows if row.container.state == "running"]
        samples = await self._samples(running)
        known = {row.container.id for row in running}
        self._watches = {key: watch for key, watch in self._watches.items() if key in known}
        for workspace in running:
            await self._judge(workspace, samples[workspace.container.id], limits)

    async def keep(self, owner: str, workspace: str) -> None:
        """Take a member's word that a workspace is in use."""
        now = self._machine.host.clock()
        for key, names in self._names.items():
            if names == (owner, workspace) and key in self._watches:
                self._watches[key] = Watch(self._watches[key].last, now)
        await self._machine.ask(_withdraw, self._machine.host, owner, workspace)

    async def _samples(self, running: list[Workspace]) -> dict[str, Sample]:
        host = self._machine.host
        self._names = {row.container.id: (row.owner, row.name) for row in running}
        use = await self._machine.ask(self._gpu_percent, host)
        found = await asyncio.gather(
            *(self._machine.ask(self._sample, host, row, use) for row in running)
        )
        return {row.container.id: sample for row, sample in zip(running, found, strict=True)}

    def _sample(self, host: Host, workspace: Workspace, use: Mapping[str, float]) -> Sample:
        found = self._activity(host, workspace)
        busy = [use[gpu] for gpu in workspace.gpus if gpu in use]
        return Sample(
            host.clock(),
            running_cells=found.running_cells if found else None,
            cpu_seconds=found.cpu_seconds if found else None,
            gpu_percent=max(busy) if busy else None,
        )

    async def _judge(self, workspace: Workspace, sample: Sample, limits: Idle) -> None:
        key = workspace.container.id
        before = self._watches.get(key)
        watch = idle.first(sample) if before is None else idle.look(before, sample, limits)
        if before is not None and before.warned is not None and watch.warned is None:
            await self._machine.ask(_withdraw, self._machine.host, workspace.owner, workspace.name)
        due = idle.verdict(watch, holds_gpu=workspace.holds_gpus, limits=limits)
        if due == "warn":
            watch = idle.warned(watch)
            stops = idle.stops_at(watch, limits)
            self._log.info("%s is idle and was warned", workspace.reference)
            await self._machine.ask(_warn, self._machine.host, workspace, stops)
        self._watches[key] = watch
        if due == "stop":
            await self._end(workspace)

    async def _end(self, workspace: Workspace) -> None:
        refused = await self._stop(workspace)
        if refused:
            self._log.warning("%s is idle and stays: %s", workspace.reference, refused)
            return
        self._log.info("%s was idle and is stopped", workspace.reference)
        self._watches.pop(workspace.container.id, None)
        await self._machine.ask(_told, self._machine.host, workspace)


def _warn(host: Host, workspace: Workspace, stops: float | None) -> None:
    now = host.clock()
    values = {"stops": stops}
    notices.tell(
        host.database, workspace.owner, workspace.name, "idle_warning", values, now=now, ends=stops
    )


def _withdraw(host: Host, owner: str, workspace: str) -> None:
    notices.withdraw(host.database, owner, workspace, "idle_warning", now=host.clock())


def _told(host: Host, workspace: Workspace) -> None:
    _withdraw(host, workspace.owner, workspace.name)
    notices.tell(
        host.database, workspace.owner, workspace.name, "idle_stopped", {}, now=host.clock()
    )


async def stop_standalone(machine: Machine, workspace: Workspace) -> str:
    """Stop a workspace that the hub did not start; return '' or why not."""
    from workspace_cli.core import workspaces

    try:
        await machine.submit(workspaces.stop, machine.host, workspace)
    except LabdockError as exc:
        return str(exc)
    return ""
