"""Ports over HTTP: what can be opened, and what is shared with whom.

``/hub/api/ports`` tells a member what they can open; ``/hub/api/ports/OWNER`` an
owner's ports and shares.  ``/hub/api/port-shares/OWNER`` takes new shares, and
``/hub/api/port-shares/OWNER/ID`` withdraws one.  Only somebody who may start and
stop the owner's workspaces (scope ``servers``) shares their ports.
"""

from __future__ import annotations

import asyncio
import json
from typing import Any

from jupyterhub.scopes import has_scope
from tornado.web import HTTPError

from hub.accounts import AccountStore
from hub.json_handler import MachineHandler
from hub.machine import Machine
from workspace_cli.core import inside, naming, port_shares, reading
from workspace_cli.core.errors import InvalidOptionError, UserNotFoundError
from workspace_cli.core.host import Host
from workspace_cli.core.models import SERVER_PORT, Workspace
from workspace_cli.core.port_shares import PortShare


class _PortsHandler(MachineHandler):
    accounts: AccountStore

    def initialize(self, machine: Machine, accounts: AccountStore) -> None:
        """Take what the configuration hands over."""
        self.machine = machine
        self.accounts = accounts

    def check(self, owner: str) -> None:
        """Refuse whoever may not act for the owner."""
        if not has_scope(f"servers!user={owner}", self.parsed_scopes, db=self.db):
            raise HTTPError(404, "There is no such member, or they are not yours to act for.")


class ReceivedHandler(_PortsHandler):
    """Tells a member what others share with them."""

    async def get(self) -> None:
        """List the shares in force, each with the path to open."""
        name = self.current_user.name
        found = await self.asked(lambda: port_shares.shares(self.host, with_member=name))
        self.finish(json.dumps([share_model(one, self.hub.base_url) for one in found]))


class OwnerHandler(_PortsHandler):
    """Tells the ports of an owner's workspaces."""

    async def get(self, owner: str) -> None:
        """List each running workspace's ports and each share."""
        self.check(owner)
        rows = await self.asked(lambda: reading.list_workspaces(self.host, owner=owner))
        running = [row for row in rows if row.container.state == "running"]
        ports = await asyncio.gather(*(self.asked(_ports, self.host, row) for row in running))
        found = await self.asked(lambda: port_shares.shares(self.host, owner=owner))
        base = self.hub.base_url
        self.finish(
            json.dumps(
                {
                    "workspaces": [
                        workspace_model(row, listening, self.base_url)
                        for row, listening in zip(running, ports, strict=True)
                    ],
                    "shares": [share_model(one, base) for one in found],
                }
            )
        )


class SharesHandler(_PortsHandler):
    """Takes new shares of an owner's ports."""

    async def post(self, owner: str) -> None:
        """Share ``workspace``'s ``port`` with the member ``with`` for ``seconds``."""
        self.check(owner)
        made = await self.attempt(lambda: self._share(owner))
        self.set_status(201)
        self.finish(json.dumps(share_model(made, self.hub.base_url)))

    def _share(self, owner: str) -> PortShare:
        body = self.body({"workspace", "port", "with", "seconds"})
        workspace, visitor = body.get("workspace"), body.get("with")
        if not isinstance(workspace, str) or not isinstance(visitor, str):
            raise InvalidOptionError("workspace and with must be names.", "Send both as texts.")
        port = _number(body.get("port"))
        seconds = _number(body.get("seconds", port_shares.DEFAULT_SECONDS))
        account = self.accounts.find(visitor)
        if account is None or not account.active:
            raise UserNotFoundError(f"There is no member {visitor!r}.", "Ask for their name.")
        found = reading.find(self.host, f"{owner}/{workspace}")
        return port_shares.share(self.host, owner, found.name, int(port), account.name, seconds)


class ShareHandler(_PortsHandler):
    """Withdraws one share."""

    async def delete(self, owner: str, share: str) -> None:
        """End it at once, also for what is open."""
        self.check(owner)
        await self.asked(port_shares.withdraw, self.host, share, owner)
        self.set_status(204)


def _ports(host: Host, workspace: Workspace) -> list[int]:
    mapped = {port.container for port in workspace.ports} - {SERVER_PORT}
    return sorted(mapped | set(inside.open_ports(host, workspace)))


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 < value < 2**31:
        raise InvalidOptionError("port and seconds must be numbers.", "Send both as numbers.")
    return float(value)


def share_model(share: PortShare, hub: str) -> dict[str, Any]:
    """Return one share as JSON; times in seconds since the epoch."""
    return {
        "id": share.id,
        "owner": share.owner,
        "workspace": share.workspace,
        "port": share.port,
        "with": share.with_member,
        "created": share.created,
        "ends": share.ends,
        "url": hub + share.path,
    }


def workspace_model(workspace: Workspace, listening: list[int], base: str) -> dict[str, Any]:
    """Return one workspace's ports as JSON, each with the path that its owner opens."""
    server = naming.server_name(workspace.name)
    path = f"{base}user/{workspace.owner}/" + (f"{server}/" if server else "")
    mapped = {port.container: port.host for port in workspace.ports}
    return {
        "workspace": workspace.name,
        "server": server if workspace.kind == "hub" else None,
        "ports": [
            {
                "port": port,
                "host": mapped.get(port),
                "url": f"{path}proxy/{port}/" if workspace.kind == "hub" else None,
            }
            for port in listening
        ],
    }


def handlers(machine: Machine, accounts: AccountStore) -> list[tuple[Any, ...]]:
    """Return the routes, for JupyterHub's ``extra_handlers``."""
    given = {"machine": machine, "accounts": accounts}
    return [
        (r"/api/ports", ReceivedHandler, given),
        (r"/api/ports/([^/]+)", OwnerHandler, given),
        (r"/api/port-shares/([^/]+)", SharesHandler, given),
        (r"/api/port-shares/([^/]+)/([0-9a-f]{32})", ShareHandler, given),
    ]
