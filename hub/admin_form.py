"""What the admins' pages of forms share: who may, what a form did, and what it refused."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import quote

from jupyterhub.handlers.base import BaseHandler
from jupyterhub.scopes import needs_scope
from tornado.web import HTTPError, authenticated

from hub.accounts import Account
from hub.register import Register
from hub.standing import Standing
from workspace_cli.core.errors import LabdockError

Form = Callable[[str], Awaitable[str | None]]
"""Does what a form asks for, and returns where to go; None shows the page again."""


class AdminForms(BaseHandler):  # type: ignore[misc] # JupyterHub ships no types
    """A page for admins on which each form has a method of its own."""

    register: Register
    shown: dict[str, Any]

    def initialize(self, register: Register) -> None:
        """Take what the configuration hands over."""
        self.register = register
        self.shown = {}

    @property
    def standing(self) -> Standing:
        """What changes roles and groups on behalf of this request."""
        return Standing(self, self.register)

    @property
    def forms(self) -> dict[str, Form]:
        """The page's forms by name."""
        raise NotImplementedError

    async def show(self, subject: str) -> None:
        """Show the page."""
        raise NotImplementedError

    @authenticated
    @needs_scope("admin:users")  # type: ignore[untyped-decorator]
    async def get(self, subject: str = "", form: str | None = None) -> None:
        """Show the page."""
        await self.show(subject)

    @authenticated
    @needs_scope("admin:users")  # type: ignore[untyped-decorator]
    async def post(self, subject: str = "", form: str | None = None) -> None:
        """Take one of the forms."""
        action = self.forms.get(form or "")
        if action is None:
            raise HTTPError(404)
        try:
            # Reloading the page after it sends nothing twice.
            if (address := await action(subject)) is not None:
                self.redirect(f"{self.hub.base_url}{address}")
                return
        except LabdockError as exc:
            self.set_status(exc.http_status)
            self.shown["error"] = str(exc)
        await self.show(subject)

    async def account(self, name: str) -> Account:
        """Return the account; 404 where there is none."""
        found = await asyncio.to_thread(self.register.accounts.find, name)
        if found is None:
            raise HTTPError(404)
        return found

    def told(self) -> str:
        """Return what the form before this page did, as its address says."""
        return str(self.get_query_argument("told", ""))[:40]


def address_of(*parts: str) -> str:
    """Return an address of the hub with each part quoted."""
    return "/".join(quote(part, safe="") for part in parts)
