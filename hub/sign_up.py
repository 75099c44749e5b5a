"""The page on which somebody without an account makes or asks for one, and the one for resets."""

from __future__ import annotations

import asyncio
from typing import Any

from jupyterhub.handlers.base import BaseHandler
from jupyterhub.roles import assign_default_roles
from tornado.web import HTTPError

from hub import sessions
from hub.accounts import normalize_name
from hub.authenticator import client_address, too_many
from hub.groups import put_into
from hub.joining import Application, join
from hub.passwords import check_password
from hub.register import Register
from hub.throttle import Keys, Kind
from workspace_cli.core.errors import InvalidOptionError, LabdockError, NotFoundError


class _OpenPage(BaseHandler):  # type: ignore[misc] # JupyterHub ships no types
    """A form for who is not logged in; attempts of one address are counted."""

    register: Register
    template = ""
    kind: Kind

    def initialize(self, register: Register) -> None:
        """Take what the configuration hands over."""
        self.register = register

    async def get(self) -> None:
        """Show the form."""
        await self.show()

    async def show(self, error: str = "", **values: Any) -> None:
        """Show the form, and what was wrong with it."""
        page = await self.render_template(
            self.template, error=error, rules=self.register.rules, **values
        )
        self.finish(page)

    @property
    def keys(self) -> Keys:
        """What an attempt counts on."""
        return {self.kind: client_address(self, self.register.machine)}

    async def count(self) -> None:
        """Count an attempt of this address; HTTP 429 where it must wait."""
        wait = await asyncio.to_thread(self.register.throttle.attempt, self.keys)
        if wait > 0:
            raise too_many(wait)

    async def uncount(self) -> None:
        """Forget the address's attempts: it showed something that nobody guesses."""
        await asyncio.to_thread(self.register.throttle.succeeded, self.keys)

    def field(self, name: str, *, strip: bool = True) -> str:
        """Return what was typed into a field."""
        typed: str = self.get_body_argument(name, "", strip=strip)
        return typed

    def password(self) -> str:
        """Return the password that was typed twice; InvalidOptionError where they differ."""
        password = self.field("password", strip=False)
        if password != self.field("again", strip=False):
            raise InvalidOptionError("The two passwords differ.", "Type them again.")
        return password


class SignUpHandler(_OpenPage):
    """Signing up."""

    template = "sign_up.html"
    kind: Kind = "sign-up"

    async def post(self) -> None:
        """Make the account; it may have to wait for an admin."""
        await self.count()
        name = self.field("username")
        try:
            application = Application(
                name, self.password(), self.field("about"), self.field("invitation")
            )
            account, invitation = await asyncio.to_thread(join, self.register, application)
        except LabdockError as exc:
            self.set_status(exc.http_status)
            await self.show(str(exc), username=name, about=self.field("about"))
            return
        if invitation is not None:
            await self.uncount()
        if account.active:
            user = self.user_from_username(account.name)
            assign_default_roles(self.db, entity=user.orm_user)
            put_into(self.db, user.orm_user, invitation.groups if invitation else ())
        page = await self.render_template("signed_up.html", account=account)
        self.finish(page)


class ResetHandler(_OpenPage):
    """Setting a new password with a link from an admin."""

    template = "reset.html"
    kind: Kind = "reset"

    async def post(self) -> None:
        """Set the password where the link is good, and end every session of the old one."""
        await self.count()
        try:
            name = await asyncio.to_thread(self._reset, self.field("token"), self.password())
        except LabdockError as exc:
            self.set_status(exc.http_status)
            await self.show(str(exc))
            return
        await self.uncount()
        user = self.find_user(name)
        if user is not None:
            sessions.end_all(self.db, user.orm_user, self.register.sessions)
        page = await self.render_template("signed_up.html", account=None)
        self.finish(page)

    def _reset(self, token: str, password: str) -> str:
        register = self.register
        name = register.resets.owner(token)
        if name is None:
            raise NotFoundError(
                "This link is no longer good, or never was.", "Ask your admin for another one."
            )
        # First: a password that is refused must not use the link up.
        check_password(password, normalize_name(name))
        if not register.resets.use_up(token):
            raise HTTPError(409, "This link was used a moment ago.")
        register.accounts.set_password(name, password)
        register.throttle.forget("account", name)
        register.note(name, "password", name, "with a link")
        return name


def handlers(register: Register) -> list[tuple[Any, ...]]:
    """Return the routes, for JupyterHub's ``extra_handlers``."""
    handed = {"register": register}
    return [(r"/signup", SignUpHandler, handed), (r"/reset", ResetHandler, handed)]
