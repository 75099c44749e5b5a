"""The admins' page of accounts: who waits, who is invited, who is locked out."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any

from jupyterhub.handlers.base import BaseHandler
from jupyterhub.scopes import needs_scope
from tornado.web import authenticated

from hub.register import Register


class PeoplePage(BaseHandler):  # type: ignore[misc] # JupyterHub ships no types
    """Shows the accounts; its script calls the API of ``people_api.py``."""

    register: Register

    def initialize(self, register: Register) -> None:
        """Take what the configuration hands over."""
        self.register = register

    @authenticated
    @needs_scope("admin:users")  # type: ignore[untyped-decorator]
    async def get(self) -> None:
        """Show the page."""
        page = await self.render_template("people.html", **await asyncio.to_thread(self._facts))
        self.finish(page)

    def _facts(self) -> dict[str, Any]:
        register = self.register
        accounts = register.accounts.all()
        factors = register.factors.names()
        locked = {row.subject: row for row in register.throttle.waiting() if row.kind == "account"}
        return {
            "rules": register.rules,
            "pending": [
                {"name": one.name, "about": one.about, "created": _moment(one.created)}
                for one in accounts
                if one.state == "pending"
            ],
            "accounts": [
                {
                    "name": one.name,
                    "admin": one.admin,
                    "state": one.state,
                    "factor": one.name in factors,
                    "locked": one.name in locked,
                    "outside": one.outside is not None,
                    "created": _moment(one.created),
                }
                for one in accounts
                if one.state != "pending"
            ],
            "invitations": [
                {**vars(one), "expires": _moment(one.expires)} for one in register.invitations.all()
            ],
        }


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def handlers(register: Register) -> list[tuple[Any, ...]]:
    """Return the routes, for JupyterHub's ``extra_handlers``."""
    return [(r"/people", PeoplePage, {"register": register})]
