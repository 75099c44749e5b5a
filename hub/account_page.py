"""A member's own account: password, second factor, and where they are logged in."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any

from jupyterhub.handlers.base import BaseHandler
from tornado.web import HTTPError, authenticated

from hub import sessions
from hub.accounts import Account
from hub.authenticator import client_address, device_of
from hub.register import Register, role_of
from hub.second_factor import picture
from hub.sessions import Session
from hub.throttle import Keys, code_keys
from workspace_cli.core.errors import InvalidOptionError, LabdockError


class AccountPage(BaseHandler):  # type: ignore[misc] # JupyterHub ships no types
    """Shows the account; each form on the page has a method of its own."""

    register: Register
    shown: dict[str, Any]

    def initialize(self, register: Register) -> None:
        """Take what the configuration hands over."""
        self.register = register
        self.shown = {}

    @authenticated
    async def get(self, form: str = "") -> None:
        """Show the page."""
        await self._show()

    @authenticated
    async def post(self, form: str = "") -> None:
        """Take one of the forms."""
        actions = {
            "password": self._password,
            "factor-begin": self._factor_begin,
            "factor-confirm": self._factor_confirm,
            "factor-off": self._factor_off,
            "session": self._end_session,
            "sessions": self._end_others,
        }
        if form not in actions:
            raise HTTPError(404)
        account = await self._account()
        try:
            await actions[form](account)
        except LabdockError as exc:
            self.set_status(exc.http_status)
            self.shown["error"] = str(exc)
        if "told" in self.shown:
            # So that reloading the page sends nothing twice.
            self.redirect(f"{self.hub.base_url}account?told={self.shown['told']}")
            return
        await self._show()

    async def _account(self) -> Account:
        return await asyncio.to_thread(self.register.accounts.get, self.current_user.name)

    async def _password(self, account: Account) -> None:
        if account.outside is not None:
            raise InvalidOptionError(
                "You log in with an account from outside.", "Change its password there."
            )
        password = self.get_body_argument("password", "", strip=False)
        if password != self.get_body_argument("again", "", strip=False):
            raise InvalidOptionError("The two passwords differ.", "Type them again.")
        # Whoever sits down at somebody's open browser guesses no faster than at the login.
        current = self.get_body_argument("current", "", strip=False)
        data = {"username": account.name, "password": current}
        if await self.authenticator.check_password(self, data) is None:
            raise InvalidOptionError("The present password is not right.", "Type it again.")
        register = self.register
        await asyncio.to_thread(register.accounts.set_password, account.name, password)
        await asyncio.to_thread(register.resets.forget, account.name)
        await asyncio.to_thread(register.note, account.name, "password", account.name)
        sessions.end_all(self.db, self.current_user.orm_user, register.sessions)
        self._stay()
        self.shown["told"] = "password"

    async def _factor_begin(self, account: Account) -> None:
        secret = await asyncio.to_thread(self.register.factors.begin, account.name)
        self.shown |= {"secret": secret, "picture": picture(secret, account.name)}

    async def _factor_confirm(self, account: Account) -> None:
        keys = await self._count_code(account)
        code = self.get_body_argument("code", "")
        try:
            codes = await asyncio.to_thread(self.register.factors.confirm, account.name, code)
        except InvalidOptionError:
            if await asyncio.to_thread(self.register.factors.find, account.name) is None:
                await self._factor_begin(account)
            raise
        await asyncio.to_thread(self.register.throttle.succeeded, keys)
        await asyncio.to_thread(self.register.note, account.name, "second-factor", account.name)
        self.shown |= {"codes": codes}

    async def _factor_off(self, account: Account) -> None:
        role = role_of(self.current_user.orm_user, admin=account.admin)
        if self.register.needs_factor(role):
            raise InvalidOptionError(
                "Your role needs a second factor.", "An admin can reset it for a new device."
            )
        keys = await self._count_code(account)
        code = self.get_body_argument("code", "")
        if not await asyncio.to_thread(self.register.factors.verify, account.name, code):
            raise InvalidOptionError(
                "The code is not right.", "Wait for the next one, or use a recovery code."
            )
        await asyncio.to_thread(self.register.throttle.succeeded, keys)
        await asyncio.to_thread(self.register.factors.remove, account.name)
        await asyncio.to_thread(self.register.note, account.name, "no-second-factor", account.name)
        self.shown["told"] = "factor-off"

    async def _count_code(self, account: Account) -> Keys:
        keys = code_keys(account.name, device_of(self, account.name))
        await self.authenticator.count(keys)
        return keys

    async def _end_session(self, account: Account) -> None:
        wanted = {self.get_body_argument("id", "")}
        sessions.end(self.db, self.current_user.orm_user, self.register.sessions, wanted)
        self.shown["told"] = "sessions"

    async def _end_others(self, account: Account) -> None:
        sessions.end_all(self.db, self.current_user.orm_user, self.register.sessions)
        self._stay()
        self.shown["told"] = "sessions"

    def _stay(self) -> None:
        """Log this browser in again after every login was ended."""
        address = client_address(self, self.register.machine)
        sessions.begin(self, self.current_user, self.register.sessions, address)
        self.set_hub_cookie(self.current_user)

    async def _show(self) -> None:
        register, name = self.register, self.current_user.name
        mine = await asyncio.to_thread(register.sessions.all, name)
        here = self.get_session_cookie()
        account = await self._account()
        role = role_of(self.current_user.orm_user, admin=account.admin)
        page = await self.render_template(
            "account.html",
            account=account,
            factor=await asyncio.to_thread(register.factors.find, name),
            factor_needed=register.needs_factor(role),
            logins=[_login(row, here) for row in mine],
            told=self.get_query_argument("told", ""),
            **self.shown,
        )
        self.finish(page)


def _login(row: Session, here: str | None) -> dict[str, Any]:
    return {
        "id": row.id,
        "here": row.session == here,
        "agent": browser_name(row.agent),
        "address": row.address,
        "created": datetime.fromtimestamp(row.created, UTC),
        "seen": datetime.fromtimestamp(row.seen, UTC),
    }


def browser_name(agent: str) -> str:
    """Return a browser's and a system's name out of what a browser calls itself.

    >>> browser_name("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537 Chrome/126 Safari/537")
    'Chrome, Linux'
    """
    browsers = ("Edg", "OPR", "Firefox", "Chrome", "Safari", "python", "curl")
    systems = ("Android", "iPhone", "iPad", "Windows", "Mac OS X", "Linux")
    names = {"Edg": "Edge", "OPR": "Opera", "Mac OS X": "macOS"}
    found = [next((one for one in kind if one in agent), "") for kind in (browsers, systems)]
    return ", ".join(names.get(one, one) for one in found if one) or agent[:40]


def handlers(register: Register) -> list[tuple[Any, ...]]:
    """Return the routes, for JupyterHub's ``extra_handlers``."""
    return [(r"/account(?:/([a-z-]+))?", AccountPage, {"register": register})]
