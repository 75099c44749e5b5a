"""Brings open notices to where their owners look: into the workspaces themselves."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from typing import Any

from hub import notice_texts
from hub.machine import Machine
from workspace_cli.core import inside, notices
from workspace_cli.core.host import Host
from workspace_cli.core.models import Workspace
from workspace_cli.core.notices import Notice
from workspace_cli.core.reading import list_workspaces

AGAIN_SECONDS = 300.0
"""A server that was restarted inside its container has forgotten; it is told again after this."""


class Delivery:
    """Remembers what each container was told, so that nothing is sent twice for nothing."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self._told: dict[str, tuple[float, list[dict[str, Any]]]] = {}

    async def deliver(self) -> None:
        """Hand every running workspace the notices that changed since it was last told."""
        host = self._machine.host
        found = await self._machine.ask(_open, host)
        if not any(found.values()) and not self._told:
            return
        rows = await self._machine.ask(list_workspaces, host)
        running = {row.container.id: row for row in rows if row.container.state == "running"}
        self._told = {key: told for key, told in self._told.items() if key in running}
        await asyncio.gather(
            *(
                self._show(
                    row, found.get((row.owner, row.name), []) + found.get((row.owner, ""), [])
                )
                for row in running.values()
            )
        )

    async def _show(self, workspace: Workspace, found: list[Notice]) -> None:
        host = self._machine.host
        shown = [notice_texts.everywhere(notice, host.settings.timezone) for notice in found]
        key, now = workspace.container.id, host.clock()
        at, before = self._told.get(key, (now, []))
        if shown == before and (not shown or now - at < AGAIN_SECONDS):
            return
        if await self._machine.ask(inside.show_notices, host, workspace, shown):
            if shown:
                self._told[key] = (now, shown)
            else:
                self._told.pop(key, None)


def _open(host: Host) -> dict[tuple[str, str], list[Notice]]:
    """Return the open notices by owner and workspace; '' for those of no one workspace."""
    found: dict[tuple[str, str], list[Notice]] = defaultdict(list)
    for notice in notices.open_notices(host.database, now=host.clock()):
        if notice.kind == "safe_mode":
            continue  # a server in safe mode says so itself
        found[notice.owner, notice.workspace].append(notice)
    return found
