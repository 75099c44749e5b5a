"""The way back over HTTP: ``/hub/api/way-back/USER[/SERVER]``, asked where a start has failed."""

from __future__ import annotations

import json
from typing import Any

from jupyterhub.scopes import has_scope
from tornado.web import HTTPError

from hub import cards, offers
from hub.json_handler import MachineHandler
from hub.machine import Machine
from workspace_cli.core import naming
from workspace_cli.core.good_starts import WayBack, way_back


class WayBackHandler(MachineHandler):
    """What a workspace that does not start can be made anew from."""

    def initialize(self, machine: Machine) -> None:
        """Take the machine that the configuration hands over."""
        self.machine = machine

    async def get(self, owner: str, server: str = "") -> None:
        """Tell the environment, and the fields of a form that goes back to it."""
        workspace = naming.workspace_of_server(server)
        self._check(owner, server)
        user = self.find_user(owner)
        row = user.orm_spawners.get(server) if user else None
        chosen = cards.remembered(row.user_options or {}) if row else {}
        found = await self.asked(way_back, self.host, owner, workspace, chosen.get("image", ""))
        self.write(json.dumps({"way_back": model(found, chosen) if found else None}))

    def _check(self, owner: str, server: str) -> None:
        """Refuse whoever may not open the workspace, in the same words as where there is none."""
        name = f"access:servers!server={owner}/{server}"
        if not has_scope(name, self.parsed_scopes, db=self.db):
            raise HTTPError(404, "There is no such workspace, or it is not yours.")


def model(found: WayBack, chosen: dict[str, str]) -> dict[str, Any]:
    """Return a way back as JSON: whoever posts its fields to the spawn page goes it."""
    fields = {**chosen, "image": found.reference, "replace_image": "yes", "fresh": "yes"}
    if found.save_first:
        fields["save_first"] = "not-started"
    return {
        "image": found.reference,
        "title": offers.image_titles().get(found.reference, found.reference),
        "save_first": found.save_first,
        "fields": fields,
    }


def handlers(machine: Machine) -> list[tuple[Any, ...]]:
    """Return the routes, for JupyterHub's ``extra_handlers``."""
    return [(r"/api/way-back/([^/]+)(?:/([^/]+))?", WayBackHandler, {"machine": machine})]
