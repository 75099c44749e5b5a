"""The disk ledger over HTTP: ``/hub/api/disk/USER``; a member's own, or anybody's for admins."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from jupyterhub.scopes import has_scope
from tornado.web import HTTPError

from hub.disk_loop import DiskWatch
from hub.json_handler import MachineHandler
from hub.machine import Machine
from workspace_cli.core import disk_limits
from workspace_cli.core.disk_limits import Standing
from workspace_cli.core.errors import LabdockError

SOON = 30.0
"""Seconds within which a member is not measured again: every count reads a whole home."""


class DiskHandler(MachineHandler):
    """What one member takes up."""

    watch: DiskWatch

    def initialize(self, machine: Machine, watch: DiskWatch) -> None:
        """Take what the configuration hands over."""
        self.machine = machine
        self.watch = watch

    async def get(self, owner: str) -> None:
        """Tell what was last measured."""
        self._check(owner)
        self.write(json.dumps(model(await self._standing(owner))))

    async def post(self, owner: str) -> None:
        """Measure now and tell the result; what was measured a moment ago stands."""
        self._check(owner)
        found = await self._standing(owner)
        if found.usage is None or self.host.clock() - found.usage.measured > SOON:
            try:
                found = await self.watch.measure(owner)
            except LabdockError as exc:
                self.fail(exc)
        self.write(json.dumps(model(found)))

    def _check(self, owner: str) -> None:
        """Refuse whoever asks for somebody else, in the same words as where there is nobody."""
        mine = getattr(self.current_user, "name", None) == owner
        known = self.find_user(owner) is not None
        admin = has_scope("admin:servers", self.parsed_scopes, db=self.db)
        if not known or not (mine or admin):
            raise HTTPError(404, "There is no such member, or you may not see what they use.")

    async def _standing(self, owner: str) -> Standing:
        found: Standing = await self.asked(disk_limits.standing, self.host, owner)
        return found


def model(found: Standing) -> dict[str, Any]:
    """Return a member's standing as JSON; sizes in bytes, times in seconds since the epoch."""
    usage = found.usage
    return {
        "owner": found.owner,
        "level": found.level,
        "soft": found.soft,
        "hard": found.hard,
        "total": usage.total if usage else None,
        "usage": asdict(usage) if usage else None,
    }


def handlers(machine: Machine, watch: DiskWatch) -> list[tuple[Any, ...]]:
    """Return the routes, for JupyterHub's ``extra_handlers``."""
    return [(r"/api/disk/([^/]+)", DiskHandler, {"machine": machine, "watch": watch})]
