"""What becomes of servers, sent as it happens: ``/hub/api/server-changes``.

A line of JSON is a user's model anew, an empty line a sign of life.
"""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

from jupyterhub import orm
from jupyterhub.scopes import has_scope
from tornado.iostream import StreamClosedError
from tornado.web import HTTPError

from hub.json_handler import MachineHandler
from hub.machine import Machine


class ServerChangesHandler(MachineHandler):
    """The stream, for services that may read all servers: a person's rights can end meanwhile."""

    def initialize(self, machine: Machine) -> None:
        """Take what the configuration hands over."""
        self.machine = machine

    async def get(self) -> None:
        """Send users' models as their servers change, until the caller goes."""
        service = isinstance(self.current_user, orm.Service)
        if not service or not has_scope("read:servers", self.parsed_scopes, db=self.db):
            raise HTTPError(403, "Only the lab's own services may follow everybody's servers.")
        self.set_header("Content-Type", "application/x-ndjson")
        with self.machine.changes.follow() as following, suppress(StreamClosedError):
            # What changes from here on is heard: the caller may look at what there is.
            await self._send("")
            while True:
                owners = await following.news()
                await self._send(*map(self._model_of, sorted(owners)))

    async def _send(self, *lines: str) -> None:
        self.write("".join(f"{line}\n" for line in lines or ("",)))
        await self.flush()

    def _model_of(self, owner: str) -> str:
        user = self.find_user(owner)
        model = self.user_model(user) if user is not None else {"name": owner, "servers": {}}
        return json.dumps({"name": owner, "servers": model.get("servers", {})})


def handlers(machine: Machine) -> list[tuple[Any, ...]]:
    """Return the routes, for JupyterHub's ``extra_handlers``."""
    return [(r"/api/server-changes", ServerChangesHandler, {"machine": machine})]
