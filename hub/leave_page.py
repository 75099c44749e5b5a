"""The admins' page on which a member leaves: what there is, what becomes of it, how far it is."""

from __future__ import annotations

import asyncio
from typing import Any

from tornado.web import HTTPError

from hub import leave_api
from hub.accounts import normalize_name
from hub.admin_form import AdminForms, Form, address_of
from hub.departures import Departures
from hub.register import Register
from workspace_cli.core import disk, leaving, offboarding
from workspace_cli.core.actors import Actor
from workspace_cli.core.errors import ConflictError, InvalidOptionError
from workspace_cli.core.leaving import Fate
from workspace_cli.core.offboarding import Belongings


class LeavePage(AdminForms):
    """Shows what a member leaves behind, and begins and watches the departure."""

    departures: Departures

    def initialize(  # type: ignore[override] # tornado calls it with what the route names
        self, register: Register, departures: Departures
    ) -> None:
        """Take what the configuration hands over."""
        super().initialize(register)
        self.departures = departures

    @property
    def forms(self) -> dict[str, Form]:
        """The page's forms by name."""
        return {"": self._begin}

    async def _begin(self, subject: str) -> str:
        name = normalize_name(subject)
        if self.get_body_argument("again", ""):
            self.departures.forget(name)
            return address_of("people", name, "leave")
        fate = self._fate(name)
        if name == self.current_user.name:
            raise ConflictError("You cannot let yourself leave.", "Ask another admin.")
        if normalize_name(self.get_body_argument("confirm", "").strip()) != name:
            raise InvalidOptionError(
                "The name that was typed is not the member's.", f"Type {name} to confirm."
            )
        found = await asyncio.to_thread(self._check, name, fate)
        api = f"http://127.0.0.1:{self.hub.port}{self.hub.base_url}api"
        self.departures.begin(api, found, fate, Actor(self.current_user.name, admin=True))
        return address_of("people", name, "leave")

    def _fate(self, name: str) -> Fate:
        chosen = self.get_body_argument("fate", "stays")
        if chosen not in ("stays", "handed", "goes"):
            raise InvalidOptionError("Nobody said what becomes of the files.", "Choose one.")
        heir = normalize_name(self.get_body_argument("heir", "").strip())
        if chosen == "handed" and not heir:
            raise InvalidOptionError("Nobody was named to hand over to.", "Name another member.")
        archive = self.get_body_argument("archive", "") == "1"
        return Fate(
            archive=leaving.archive_file(self._host.settings, name) if archive else None,
            heir=heir if chosen == "handed" else None,
            delete=chosen == "goes",
        )

    def _check(self, name: str, fate: Fate) -> Belongings:
        found = offboarding.belongings(self._host, name)
        accounts = self.register.accounts.all()
        admins = {one.name for one in accounts if one.admin}
        leaving.check(self._host, found, admins, {one.name for one in accounts}, fate)
        return found

    @property
    def _host(self) -> Any:
        return self.register.machine.host

    async def show(self, subject: str) -> None:
        """Show the page; 404 where there is neither an account nor a departure."""
        name = normalize_name(subject)
        departure = self.departures.of(name)
        account = await asyncio.to_thread(self.register.accounts.find, name)
        if departure is None and account is None:
            raise HTTPError(404)
        facts: dict[str, Any] = {}
        if departure is None:
            facts = await asyncio.to_thread(self._facts, name)
        page = await self.render_template(
            "leave.html", member=name, departure=departure, **facts, **self.shown
        )
        self.finish(page)

    def _facts(self, name: str) -> dict[str, Any]:
        heirs = [one.name for one in self.register.accounts.all() if one.active]
        return {
            "found": offboarding.belongings(self._host, name),
            "usage": disk.read(self._host.settings, name),
            "heirs": [one for one in heirs if one != name],
            "archive": self._host.settings.root / "archive",
        }


def handlers(register: Register) -> list[tuple[Any, ...]]:
    """Return the routes, for JupyterHub's ``extra_handlers``."""
    handed: dict[str, Any] = {"register": register, "departures": Departures(register)}
    page = (r"/people/([^/]+)/leave", LeavePage, handed)
    return [page, *leave_api.handlers(register, handed["departures"])]
