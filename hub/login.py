"""The pages of a login: name and password, then whatever else the account needs."""

from __future__ import annotations

import asyncio
import json
import secrets
from typing import Any

from jupyterhub.handlers.base import BaseHandler
from jupyterhub.handlers.login import LoginHandler, LogoutHandler
from tornado.httputil import url_concat

from hub import sessions
from hub.accounts import Account
from hub.authenticator import (
    DEVICE_COOKIE,
    DEVICE_DAYS,
    NextStepError,
    Proven,
    Step,
    client_address,
    device_of,
)
from hub.register import Register
from hub.second_factor import picture
from hub.throttle import code_keys
from workspace_cli.core.errors import InvalidOptionError, LabdockError

STEP_COOKIE = "labdock-login-step"
STEP_MINUTES = 15


class SessionLogin(BaseHandler):  # type: ignore[misc] # JupyterHub ships no types
    """Gives each login a session of its own and remembers the browser."""

    register: Register

    def initialize(self, register: Register) -> None:
        """Take what the configuration hands over."""
        self.register = register

    def set_login_cookie(self, user: Any) -> None:
        """Log the browser in; a login that goes on keeps its session."""
        here = self.get_current_user_cookie()
        if here is not None and here.id == user.id:
            super().set_login_cookie(user)
            return
        address = client_address(self, self.register.machine)
        sessions.begin(self, user, self.register.sessions, address)
        super().set_login_cookie(user)
        if device_of(self, user.name) is None:
            self._set_cookie(
                DEVICE_COOKIE,
                f"{secrets.token_hex(12)}:{user.name}",
                path=self.hub.base_url,
                expires_days=DEVICE_DAYS,
            )


class PasswordHandler(SessionLogin, LoginHandler):  # type: ignore[misc]
    """The login form."""

    async def post(self) -> None:
        """Log in, or go on to the next step."""
        try:
            await super().post()
        except NextStepError as next_step:
            begin_steps(self, next_step.account)
            self.redirect(step_address(self))


class StepHandler(SessionLogin, LoginHandler):  # type: ignore[misc]
    """What comes after a right password: a code, setting up a second factor, a new password.

    Who is on the way is in a signed cookie that is good for some minutes and for
    this password only.
    """

    async def get(self) -> None:
        """Show the form of the step that is next."""
        account, step = await self._next()
        if account is None:
            self.redirect(self.settings["login_url"])
        elif step is None:
            await self._log_in(account)
        else:
            await self._show(account, step)

    async def post(self) -> None:
        """Take what the form holds; go on, or log in after the last step."""
        account, step = await self._next()
        if account is None or step is None:
            self.redirect(self.settings["login_url"])
            return
        try:
            shown = await self._take(account, step)
        except LabdockError as exc:
            self.set_status(exc.http_status)
            await self._show(account, step, error=str(exc))
            return
        if shown is not None:
            begin_steps(self, account, [*self._done(), step])
            page = await self.render_template(
                "recovery_codes.html", codes=shown, onward=step_address(self)
            )
            self.finish(page)
            return
        account = await asyncio.to_thread(self.register.accounts.get, account.name)
        done = [*self._done(), step]
        if [one for one in await self.authenticator.steps(self, account) if one not in done]:
            begin_steps(self, account, done)
            self.redirect(step_address(self))
            return
        await self._log_in(account)

    async def _log_in(self, account: Account) -> None:
        self.clear_cookie(step_cookie(self), path=self.hub.base_url)
        user = await self.login_user(Proven(username=account.name))
        self._jupyterhub_user = user
        self.redirect(self.get_next_url(user))

    async def _next(self) -> tuple[Account | None, Step | None]:
        kept = self._kept()
        account = await asyncio.to_thread(self.register.accounts.find, kept.get("name", ""))
        if account is None or not account.active or kept["changed"] != account.password_changed:
            return None, None
        steps = await self.authenticator.steps(self, account)
        # What was enrolled on the way is asked for at the next login, not in this one.
        left = [one for one in steps if one not in kept["done"]]
        if "enrol" in kept["done"] and "code" in left:
            left.remove("code")
        return account, left[0] if left else None

    async def _take(self, account: Account, step: Step) -> list[str] | None:
        """Check what was sent; return recovery codes that must be shown first."""
        if step == "password":
            await self._change_password(account)
            return None
        keys = code_keys(account.name, device_of(self, account.name))
        await self.authenticator.count(keys)
        code = self.get_body_argument("code", "")
        factors = self.register.factors
        codes = None
        if step == "enrol":
            codes = await asyncio.to_thread(factors.confirm, account.name, code)
        elif not await asyncio.to_thread(factors.verify, account.name, code):
            raise InvalidOptionError(
                "The code is not right.", "Wait for the next one, or use a recovery code."
            )
        await asyncio.to_thread(self.register.throttle.succeeded, keys)
        return codes

    async def _change_password(self, account: Account) -> None:
        password = self.get_body_argument("password", "", strip=False)
        if password != self.get_body_argument("again", "", strip=False):
            raise InvalidOptionError("The two passwords differ.", "Type them again.")
        if await asyncio.to_thread(self.register.accounts.check, account.name, password):
            raise InvalidOptionError(
                "This is the password that you were given.", "Choose one of your own."
            )
        await asyncio.to_thread(self.register.accounts.set_password, account.name, password)
        await asyncio.to_thread(self.register.note, account.name, "password", account.name)
        user = self.find_user(account.name)
        if user is not None:
            sessions.end_all(self.db, user.orm_user, self.register.sessions)

    async def _show(self, account: Account, step: Step, error: str = "") -> None:
        values: dict[str, Any] = {}
        if step == "enrol":
            secret = await asyncio.to_thread(self.register.factors.begin, account.name)
            values = {"secret": secret, "picture": picture(secret, account.name)}
        page = await self.render_template(
            "login_step.html", step=step, username=account.name, login_error=error, **values
        )
        self.finish(page)

    def _kept(self) -> dict[str, Any]:
        cookie = self.get_secure_cookie(step_cookie(self), max_age_days=STEP_MINUTES / 1440)
        return dict(json.loads(cookie)) if cookie else {"done": []}

    def _done(self) -> list[str]:
        return list(self._kept()["done"])


class LeavingHandler(LogoutHandler):  # type: ignore[misc] # JupyterHub ships no types
    """Ends the session with the login."""

    register: Register

    def initialize(self, register: Register) -> None:
        """Take what the configuration hands over."""
        self.register = register

    async def get(self) -> None:
        """Log out where somebody has followed a link of ours; no other page does it for them."""
        headers = self.request.headers
        away = headers.get("Sec-Fetch-Site", "none") == "cross-site"
        if away or headers.get("Sec-Fetch-Dest", "document") != "document":
            self.redirect(f"{self.hub.base_url}home")
            return
        await super().get()

    async def default_handle_logout(self) -> None:
        """Forget the session, then what JupyterHub forgets."""
        user, session = self.current_user, self.get_session_cookie()
        if user is not None and session is not None:
            mine = await asyncio.to_thread(self.register.sessions.all, user.name)
            ids = {row.id for row in mine if row.session == session}
            sessions.end(self.db, user.orm_user, self.register.sessions, ids)
        await super().default_handle_logout()


def begin_steps(handler: Any, account: Account, done: list[str] | None = None) -> None:
    """Keep in the browser who is on the way to log in, and what is done of it."""
    kept = {"name": account.name, "changed": account.password_changed, "done": done or []}
    value = json.dumps(kept)
    name, path = step_cookie(handler), handler.hub.base_url
    handler._set_cookie(name, value, path=path)  # noqa: SLF001 - theirs do


def step_cookie(handler: Any) -> str:
    """Return the cookie's name: where members have hosts of their own, one that these cannot set.

    Else a member could let others log in as that member, and read what they do there.
    """
    prefixed = handler.settings.get("cookie_host_prefix_enabled")
    return f"__Host-{STEP_COOKIE}" if prefixed else STEP_COOKIE


def step_address(handler: Any) -> str:
    """Return the page of the next step, which leads on to where the login was to lead."""
    address = f"{handler.hub.base_url}login/step"
    wanted = handler.get_argument("next", "")
    return str(url_concat(address, {"next": wanted})) if wanted else address


def handlers(register: Register) -> list[tuple[Any, ...]]:
    """Return the routes; they come before JupyterHub's own."""
    handed = {"register": register}
    return [
        (r"/login", PasswordHandler, handed),
        (r"/login/step", StepHandler, handed),
        (r"/logout", LeavingHandler, handed),
    ]
