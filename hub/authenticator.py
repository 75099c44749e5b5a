"""Login by name and password, and what else an account needs, for ``accounts.py``."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Literal

from jupyterhub.auth import Authenticator
from tornado.web import HTTPError
from traitlets import Instance, default

from hub.accounts import Account, AccountStore, check_name, normalize_name
from hub.directory import Directory
from hub.groups import put_into, take_out_of
from hub.login_turns import LoginTurns
from hub.machine import Machine
from hub.outside import admit, lab_groups
from hub.register import Register, role_of
from hub.throttle import Keys, login_keys
from workspace_cli.core.errors import (
    ConflictError,
    InvalidNameError,
    LabdockError,
    UnreachableError,
    UserNotFoundError,
)

_HASHING = ThreadPoolExecutor(2, "password")
"""Two at a time: each hash takes a core, 32 MiB and a quarter of a second."""
DEVICE_COOKIE = "labdock-device"
DEVICE_DAYS = 365
Step = Literal["code", "enrol", "password"]
"""What is asked for after the password: a code, the setting up of one, a new password."""


class Proven(dict[str, str]):
    """A login whose every step is done; a form or a JSON body can never be one."""


class NextStepError(HTTPError):
    """The password is right and something else is asked for; programs end here."""

    def __init__(self, account: Account, steps: tuple[Step, ...]) -> None:
        super().__init__(403, "This login needs another step. Log in with a browser.")
        self.account = account
        self.steps = steps


class AccountAuthenticator(Authenticator):  # type: ignore[misc] # JupyterHub ships no types
    """Lets in who has an active account, and nobody else.

    An account's ``admin`` flag alone makes an admin, never a name: the first
    admin is made at the hub's first start, before anyone can ask for its name.
    """

    register = Instance(Register, help="What is kept of accounts.").tag(config=True)
    directory = Instance(Directory, allow_none=True, help="Asked beside them.").tag(config=True)

    turns = Instance(LoginTurns)

    @default("turns")
    def _turns(self) -> LoginTurns:
        return LoginTurns(self.register.throttle)

    @property
    def accounts(self) -> AccountStore:
        """The accounts."""
        return self.register.accounts

    def get_handlers(self, app: Any) -> list[tuple[Any, ...]]:
        """Return the pages of a login, which come before JupyterHub's own."""
        from hub import login

        return login.handlers(self.register)

    def normalize_username(self, username: str) -> str:
        """Return the one way in which a name is written."""
        return normalize_name(username)

    def validate_username(self, username: str) -> bool:
        """Tell whether an account could have this name."""
        try:
            return check_name(username) == username
        except InvalidNameError:
            return False

    def check_allow_config(self) -> None:
        """Skip JupyterHub's warning: who is allowed is in the accounts, not in its settings."""

    async def authenticate(self, handler: Any, data: Mapping[str, str]) -> dict[str, Any] | None:
        """Return the account of a login, or None; HTTP 429 where guessing is slowed down.

        NextStepError where the password is right and not enough.
        """
        if isinstance(data, Proven):
            return _model(await asyncio.to_thread(self.accounts.get, data["username"]))
        account = await self.check_password(handler, data)
        if account is None or account.state == "disabled":
            return None
        if account.state == "pending":
            raise HTTPError(403, "Your account waits for an admin's approval. Come back later.")
        if steps := await self.steps(handler, account):
            raise NextStepError(account, steps)
        return _model(account)

    async def check_password(self, handler: Any, data: Mapping[str, str]) -> Account | None:
        """Return the account that name and password belong to, whatever its state."""
        name, password = data.get("username", ""), data.get("password", "")
        if not name or not password:
            raise HTTPError(400, "Give a name and a password.")
        name = normalize_name(name)
        keys = login_keys(
            client_address(handler, self.register.machine), name, device_of(handler, name)
        )
        async with self.turns.turn(keys) as wait:
            if wait > 0:
                raise too_many(wait)
            loop = asyncio.get_running_loop()
            account = await loop.run_in_executor(_HASHING, self.accounts.check, name, password)
            if account is None and self.directory is not None:
                account = await self._from_directory(self.directory, handler, name, password)
            if account is not None:
                await asyncio.to_thread(self.register.throttle.succeeded, keys)
        return account

    async def _from_directory(
        self, directory: Directory, handler: Any, name: str, password: str
    ) -> Account | None:
        """Return the account of whom the lab's directory knows; HTTP 502, 403 where it may not be.

        It is asked also for names that have a password here, or the time would tell.
        """
        try:
            person = await directory.find(name, password)
            known = await asyncio.to_thread(self.accounts.find, name)
            if person is None or (known is not None and known.outside != person.identity):
                return None
            account = await asyncio.to_thread(admit, self.register, directory.settings, person)
        except UnreachableError as exc:
            raise HTTPError(502, str(exc)) from exc
        except LabdockError as exc:
            raise HTTPError(403, str(exc)) from exc
        if account.active:
            user = handler.user_from_username(account.name)
            wanted, unwanted = lab_groups(directory.settings, person)
            put_into(handler.db, user.orm_user, wanted)
            take_out_of(handler.db, user.orm_user, unwanted)
        return account

    async def count(self, keys: Keys) -> None:
        """Count an attempt; HTTP 429 where the next one must wait."""
        wait = await asyncio.to_thread(self.register.throttle.attempt, keys)
        if wait > 0:
            raise too_many(wait)

    async def steps(self, handler: Any, account: Account) -> tuple[Step, ...]:
        """Return what is asked for after a right password."""
        factor = await asyncio.to_thread(self.register.factors.find, account.name)
        user = handler.find_user(account.name)
        role = role_of(user.orm_user if user else None, admin=account.admin)
        steps: tuple[Step, ...] = ()
        if factor is not None:
            steps = ("code",)
        elif self.register.needs_factor(role):
            steps = ("enrol",)
        return (*steps, "password") if account.must_change else steps

    def check_allowed(self, username: str, authentication: object = None) -> bool:
        """Tell whether the name has an active account."""
        account = self.accounts.find(username)
        return account is not None and account.active

    async def refresh_user(self, user: Any, handler: Any = None) -> bool | dict[str, Any]:
        """End the sessions and tokens of an account that is gone or disabled."""
        account = self.accounts.find(user.name)
        if account is None or not account.active:
            return False
        return {"name": account.name, "admin": account.admin}

    def delete_user(self, user: Any) -> None:
        """Remove the account of a user whom JupyterHub's own pages remove."""
        try:
            self.accounts.remove(user.name)
        except UserNotFoundError:
            pass
        except ConflictError as exc:
            raise HTTPError(409, str(exc)) from exc
        super().delete_user(user)


def _model(account: Account) -> dict[str, Any]:
    return {"name": account.name, "admin": account.admin}


def client_address(handler: Any, machine: Machine) -> str:
    """Return the address that a request came from.

    Only our proxy is believed when it says on whose behalf it asks: a
    workspace reaches the hub directly and could claim any address.
    """
    request = handler.request
    # Tornado has taken over X-Forwarded-For by now and keeps the peer's address here.
    context = getattr(request.connection, "context", None)
    peer = str(getattr(context, "_orig_remote_ip", request.remote_ip))
    if peer not in machine.proxy_addresses:
        return peer
    # Each adds the address that it saw at the end: what speaks TLS in front, where there is
    # one, then the proxy. What stands before these, and X-Real-Ip, which tornado prefers, are
    # the client's own words.
    told = str(request.headers.get("X-Forwarded-For", peer)).split(",")
    hops = 2 if machine.host.settings.fronted else 1
    return told[-min(hops, len(told))].strip()


def device_of(handler: Any, name: str) -> str | None:
    """Return the mark of a browser in which this account has logged in before."""
    kept = handler.get_secure_cookie(DEVICE_COOKIE, max_age_days=DEVICE_DAYS)
    mark, _, owner = (kept or b"").decode("utf-8", "replace").partition(":")
    return mark if mark and owner == name else None


def too_many(wait: float) -> HTTPError:
    """Return the answer to who has to wait, in the same words for every name."""
    seconds = math.ceil(wait)
    error = HTTPError(429, f"Too many failed logins. Try again in {seconds} seconds.")
    # JupyterHub sends these with the error's page.
    error.headers = {"Retry-After": str(seconds)}  # type: ignore[attr-defined]
    return error
