"""A member's leaving over HTTP: ``/hub/api/accounts/NAME/departure`` (scope ``admin:users``)."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from hub.accounts import normalize_name
from hub.accounts_api import admins_only
from hub.departures import Departures
from hub.json_handler import JsonHandler
from hub.register import Register
from workspace_cli.core import leaving, offboarding
from workspace_cli.core.actors import Actor
from workspace_cli.core.errors import (
    BusyError,
    ConflictError,
    InvalidOptionError,
    UserNotFoundError,
)
from workspace_cli.core.leaving import Fate
from workspace_cli.core.offboarding import Belongings


class DepartureHandler(JsonHandler):
    """Tells what a member leaves behind and how far the departure is, and begins it."""

    register: Register
    departures: Departures

    def initialize(self, register: Register, departures: Departures) -> None:
        """Take what the configuration hands over."""
        self.register = register
        self.departures = departures

    @admins_only
    async def get(self, name: str) -> None:
        """Tell it; nothing changes."""
        self.write(json.dumps(await self.attempt(lambda: self._model(normalize_name(name)))))

    @admins_only
    async def post(self, name: str) -> None:
        """Begin it: ``files`` stay, are handed over to ``heir``, or go; ``archive`` saves them."""
        wanted = normalize_name(name)
        if wanted == getattr(self.current_user, "name", None):
            self.fail(ConflictError("You cannot let yourself leave.", "Ask another admin."))
        fate = await self.attempt(lambda: self._fate(wanted))
        found = await self.attempt(lambda: self._found(wanted, fate))
        api = f"http://127.0.0.1:{self.hub.port}{self.hub.base_url}api"
        actor = Actor(self.current_user.name, admin=True)
        try:
            self.departures.begin(api, found, fate, actor)
        except BusyError as exc:
            self.fail(exc)
        self.set_status(202)
        self.write(json.dumps(await asyncio.to_thread(self._model, wanted)))

    def _fate(self, name: str) -> Fate:
        body = self.body({"files", "heir", "archive"})
        files, heir = body.get("files", "stay"), body.get("heir")
        if files not in ("stay", "hand-over", "delete"):
            raise InvalidOptionError(
                f"files: {files!r} is unknown.", "There are stay, hand-over and delete."
            )
        if (files == "hand-over") != (isinstance(heir, str) and bool(heir)):
            raise InvalidOptionError(
                "Who is handed over to is named with hand-over, and with nothing else.",
                "Send heir.",
            )
        saved = leaving.archive_file(self._host.settings, name) if body.get("archive") else None
        to = normalize_name(str(heir)) if heir else None
        return Fate(archive=saved, heir=to, delete=files == "delete")

    def _found(self, name: str, fate: Fate) -> Belongings:
        found = offboarding.belongings(self._host, name)
        accounts = self.register.accounts.all()
        admins = {one.name for one in accounts if one.admin}
        leaving.check(self._host, found, admins, {one.name for one in accounts}, fate)
        return found

    def _model(self, name: str) -> dict[str, Any]:
        departure, account = self.departures.of(name), self.register.accounts.find(name)
        if departure is None and account is None:
            raise UserNotFoundError(f"There is no account {name!r}.", "See the list of people.")
        found = offboarding.belongings(self._host, name)
        return {
            "name": name,
            "home": found.home is not None,
            "workspaces": [one.name for one in found.workspaces],
            "environments": list(found.environments),
            "gpus": found.gpus,
            "ports_shared": found.ports_shared,
            "profiles": found.profiles,
            "reservations": list(found.reservations),
            "state": _state(departure),
            "done": list(departure.done) if departure else [],
            "failed": departure.failed if departure else "",
        }

    @property
    def _host(self) -> Any:
        return self.register.machine.host


def _state(departure: Any) -> str:
    if departure is None:
        return "stays"
    if not departure.over:
        return "leaving"
    return "failed" if departure.failed else "left"


def handlers(register: Register, departures: Departures) -> list[tuple[Any, ...]]:
    """Return the route, for JupyterHub's ``extra_handlers``."""
    handed = {"register": register, "departures": departures}
    return [(r"/api/accounts/([^/]+)/departure", DepartureHandler, handed)]
