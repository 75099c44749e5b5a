"""Login by name and password, for the accounts in ``accounts.py``."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from jupyterhub.auth import Authenticator
from tornado.web import HTTPError
from traitlets import Instance

from hub.accounts import AccountStore, check_name, normalize_name
from hub.machine import Machine
from hub.throttle import Throttle
from workspace_cli.core.errors import ConflictError, InvalidNameError, UserNotFoundError

_HASHING = ThreadPoolExecutor(2, "password")
"""Two at a time: each hash takes a core, 32 MiB and a quarter of a second."""


class AccountAuthenticator(Authenticator):  # type: ignore[misc] # JupyterHub ships no types
    """Lets in who has an active account, and nobody else.

    An account's ``admin`` flag alone makes an admin, never a name: the first
    admin is made at the hub's first start, before anyone can ask for its name.
    """

    accounts = Instance(AccountStore, help="The accounts.").tag(config=True)
    machine = Instance(Machine, help="Knows the proxy's addresses.").tag(config=True)
    throttle = Instance(Throttle, ())

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
        """Return the account of a login, or None; HTTP 429 where guessing is slowed down."""
        name, password = data.get("username", ""), data.get("password", "")
        if not name or not password:
            raise HTTPError(400, "Give a name and a password.")
        address, account_name = client_address(handler, self.machine), normalize_name(name)
        wait = self.throttle.attempt(address, account_name)
        if wait > 0:
            raise _too_many(wait)
        loop = asyncio.get_running_loop()
        account = await loop.run_in_executor(_HASHING, self.accounts.verify, name, password)
        if account is None:
            return None
        self.throttle.succeeded(address, account_name)
        return {"name": account.name, "admin": account.admin}

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
    # The proxy adds the address that it saw at the end. What stands before it, and X-Real-Ip,
    # which tornado prefers, are the client's own words.
    return str(request.headers.get("X-Forwarded-For", peer)).rpartition(",")[2].strip()


def _too_many(wait: float) -> HTTPError:
    seconds = math.ceil(wait)
    error = HTTPError(429, f"Too many failed logins. Try again in {seconds} seconds.")
    # JupyterHub sends these with the error's page.
    error.headers = {"Retry-After": str(seconds)}  # type: ignore[attr-defined]
    return error
