"""The broker over HTTP: the line, leases, idleness, notices, GPUs.

``/hub/api/line``, ``/hub/api/leases``, ``/hub/api/idle``, ``/hub/api/notices``,
``/hub/api/gpus``.  Whoever may open a workspace (scope ``access:servers``) may
act on its lease and its place in line; only its owner closes a notice.
"""

from __future__ import annotations

import json
from typing import Any

from jupyterhub.scopes import has_scope
from tornado.web import HTTPError

from hub import notice_texts
from hub.idling import IdleWatch
from hub.json_handler import MachineHandler
from hub.languages import gettext_ as _
from hub.machine import Machine
from workspace_cli.core import broker, leases, naming, notices, reading
from workspace_cli.core.gpus import Holder


class _BrokerHandler(MachineHandler):
    def initialize(self, machine: Machine) -> None:
        """Take the machine that the configuration hands over."""
        self.machine = machine

    def check(self, owner: str, workspace: str) -> None:
        """Refuse whoever may not open the workspace, in the same words as where there is none."""
        if not has_scope(
            f"access:servers!server={owner}/{_server(workspace)}", self.parsed_scopes, db=self.db
        ):
            raise HTTPError(404, "There is no such workspace, or it is not yours.")

    @property
    def is_admin(self) -> bool:
        """Whether the one who asks may do it for anybody."""
        return bool(has_scope("admin:servers", self.parsed_scopes, db=self.db))


class LineHandler(_BrokerHandler):
    """Lists the whole line."""

    async def get(self) -> None:
        """Tell who waits for what, in order."""
        rows = await self.asked(broker.line, self.host)
        self.write(json.dumps([place_model(row) for row in rows]))


class PlaceHandler(_BrokerHandler):
    """One workspace's place in the line."""

    async def get(self, owner: str, server: str = "") -> None:
        """Tell the place, the estimate, and who holds the GPUs."""
        workspace = naming.workspace_of_server(server)
        self.check(owner, workspace)
        rows = await self.asked(broker.line, self.host)
        mine = next((row for row in rows if row.request.identity == (owner, workspace)), None)
        self.write(
            json.dumps(
                {
                    "entry": place_model(mine) if mine else None,
                    "holders": [holder_model(*one) for one in mine.holders] if mine else [],
                }
            )
        )

    async def delete(self, owner: str, server: str = "") -> None:
        """Leave the line."""
        workspace = naming.workspace_of_server(server)
        self.check(owner, workspace)
        rows = await self.asked(broker.line, self.host)
        for row in rows:
            if row.request.identity == (owner, workspace):
                await self.asked(broker.withdraw, self.host, row.request.id)
        self.set_status(204)


class ExtendHandler(_BrokerHandler):
    """Puts the end of a lease off."""

    async def post(self, owner: str, name: str) -> None:
        """Extend by the policy's step."""
        self.check(owner, name)
        reference = f"{owner}/{name}"
        workspace = await self.asked(reading.find, self.host, reference)
        term = await self.asked(self._extend, workspace)
        await self.asked(self._withdraw, owner, name)
        zone = self.host.settings.timezone
        when = notice_texts.moment(term.ends, zone) if term.ends else "–"
        message = _("The GPU lease now ends on %(ends)s.") % {"ends": when}
        self.write(json.dumps({"ends": term.ends, "message": message}))

    def _extend(self, workspace: Any) -> leases.Term:
        actor = self.current_user.name
        # An admin who extends their own lease is a member like any other.
        admin = self.is_admin and actor != workspace.owner
        return leases.extend(self.host, workspace, actor=actor, admin=admin)

    def _withdraw(self, owner: str, name: str) -> None:
        now = self.host.clock()
        notices.withdraw(self.host.database, owner, name, "lease_ending", now=now)


class KeepHandler(_BrokerHandler):
    """Takes a member's word that an idle workspace is in use."""

    idle: IdleWatch

    def initialize(self, machine: Machine, idle: IdleWatch | None = None) -> None:
        """Take what the configuration hands over."""
        super().initialize(machine)
        if idle is not None:
            self.idle = idle

    async def post(self, owner: str, name: str) -> None:
        """Begin to count anew."""
        self.check(owner, name)
        await self.idle.keep(owner, name)
        self.write(json.dumps({"message": _("The workspace keeps running.")}))


class NoticesHandler(_BrokerHandler):
    """Lists one's own notices."""

    async def get(self) -> None:
        """List them, in all languages."""
        found = await self.asked(self._open)
        zone = self.host.settings.timezone
        rows = [{**notice_texts.everywhere(one, zone), "workspace": one.workspace} for one in found]
        self.write(json.dumps(rows))

    def _open(self) -> list[notices.Notice]:
        now, owner = self.host.clock(), self.current_user.name
        return notices.open_notices(self.host.database, now=now, owner=owner)


class NoticeHandler(_BrokerHandler):
    """Closes one notice."""

    async def delete(self, owner: str, notice: str) -> None:
        """Close it; only its owner can."""
        if owner != self.current_user.name:
            raise HTTPError(404, "There is no such notice, or it is not yours.")
        await self.asked(self._dismiss, notice, owner)
        self.set_status(204)

    def _dismiss(self, notice: str, owner: str) -> bool:
        return notices.dismiss(self.host.database, notice, owner, now=self.host.clock())


def place_model(row: broker.Place) -> dict[str, Any]:
    """Return a place in the line as JSON; times in seconds since the epoch."""
    request = row.request
    return {
        "id": request.id,
        "owner": request.owner,
        "workspace": request.workspace,
        "wanted": request.wanted,
        "asked": request.asked,
        "state": "waiting" if request.granted is None else "granted",
        "place": row.position,
        "starts": row.starts,
        "barred": row.barred,
    }


def holder_model(gpu: str, holder: Holder) -> dict[str, Any]:
    """Return who has a GPU as JSON."""
    return {"gpu": gpu, "holder": holder.name, "since": holder.since, "until": holder.until}


def _server(workspace: str) -> str:
    return "" if workspace == naming.DEFAULT_WORKSPACE else workspace


def handlers(machine: Machine, idle: IdleWatch) -> list[tuple[Any, ...]]:
    """Return the routes, for JupyterHub's ``extra_handlers``."""
    with_machine = {"machine": machine}
    return [
        (r"/api/line", LineHandler, with_machine),
        (r"/api/line/([^/]+)(?:/([^/]+))?", PlaceHandler, with_machine),
        (r"/api/leases/([^/]+)/([^/]+)/extend", ExtendHandler, with_machine),
        (r"/api/idle/([^/]+)/([^/]+)/keep", KeepHandler, {**with_machine, "idle": idle}),
        (r"/api/notices", NoticesHandler, with_machine),
        (r"/api/notices/([^/]+)/([0-9a-f]{32})", NoticeHandler, with_machine),
    ]
