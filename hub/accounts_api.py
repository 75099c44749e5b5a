"""The accounts over HTTP, for `workspace users` and the portal.

``/hub/api/accounts`` and ``/hub/api/accounts/NAME``; scope ``admin:users``.  What is changed
is in the audit trail.
Errors are JSON: ``status``, ``message``, ``remedy``.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar, cast

from jupyterhub.roles import assign_default_roles
from jupyterhub.scopes import needs_scope

from hub import sessions
from hub.accounts import Account, AccountStore, check_name, normalize_name
from hub.json_handler import JsonHandler
from hub.machine import Machine
from hub.passwords import check_password, new_password
from hub.register import Register
from workspace_cli.core import port_shares
from workspace_cli.core.errors import (
    BusyError,
    InvalidOptionError,
    UserNotFoundError,
)

T = TypeVar("T")
Method = TypeVar("Method", bound=Callable[..., Awaitable[None]])
admins_only = cast("Callable[[Method], Method]", needs_scope("admin:users"))
STOP_SECONDS = 60.0
"""How long the removal of an account waits for its servers."""


class RegisterHandler(JsonHandler):
    """A handler that knows the accounts and all that is kept of them."""

    register: Register

    def initialize(self, register: Register) -> None:
        """Take what the configuration hands over."""
        self.register = register

    @property
    def accounts(self) -> AccountStore:
        """The accounts."""
        return self.register.accounts

    @property
    def machine(self) -> Machine:
        """The machine."""
        return self.register.machine

    @property
    def actor(self) -> str:
        """Who does it: an admin, or the machine's admin at the command line."""
        name: str = getattr(self.current_user, "name", "")
        return name

    async def note(self, action: str, subject: str, detail: str = "") -> None:
        """Keep it in the audit trail."""
        await asyncio.to_thread(self.register.note, self.actor, action, subject, detail)

    def _ensure_hub_user(self, account: Account) -> None:
        """Let the hub know the account before its first login: tokens and servers need that."""
        user = self.user_from_username(account.name)
        user.admin = account.admin
        assign_default_roles(self.db, entity=user.orm_user)
        self.db.commit()


class AccountsHandler(RegisterHandler):
    """Lists and makes accounts."""

    @admins_only
    async def get(self) -> None:
        """List the accounts."""
        self.write(json.dumps([account_model(account) for account in self.accounts.all()]))

    @admins_only
    async def post(self) -> None:
        """Make an account from ``name``, ``password`` (else one is made) and ``admin``.

        A ``temporary`` password only serves to choose another one.
        """
        known = {"name", "password", "admin", "state", "temporary"}
        body = await self.attempt(lambda: self.body(known))
        given = body.get("password")
        generated = None if given else new_password()
        account = await self.attempt(
            lambda: self.accounts.add(
                check_name(body.get("name")),
                generated or check_password(given, str(body.get("name"))),
                admin=_flag(body, "admin"),
                state=body.get("state", "active"),
            )
        )
        if _flag(body, "temporary"):
            again = generated or body["password"]
            await self.attempt(
                lambda: self.accounts.set_password(account.name, again, must_change=True)
            )
        self._ensure_hub_user(account)
        await self.note("make", account.name, "an admin's" if account.admin else "")
        model = account_model(account)
        self.set_status(201)
        self.write(json.dumps({**model, "password": generated} if generated else model))


class AccountHandler(RegisterHandler):
    """Shows, changes and removes one account."""

    @admins_only
    async def get(self, name: str) -> None:
        """Show the account."""
        account = await self.attempt(lambda: self.accounts.get(name))
        self.write(json.dumps(account_model(account)))

    @admins_only
    async def patch(self, name: str) -> None:
        """Change ``password`` (null: make one), ``state`` or ``admin``."""
        body = await self.attempt(lambda: self.body({"password", "state", "admin"}))
        before = await self.attempt(lambda: self.accounts.get(name))
        model: dict[str, Any] = {}
        if "password" in body:
            password = body["password"]
            generated = new_password() if password is None else None
            await self.attempt(lambda: self.accounts.set_password(name, generated or password))
            model = {"password": generated} if generated else {}
        if "state" in body:
            await self.attempt(lambda: self.accounts.set_state(name, body["state"]))
        if "admin" in body:
            await self.attempt(lambda: self.accounts.set_admin(name, _flag(body, "admin")))
        account = await self.attempt(lambda: self.accounts.get(name))
        self._apply(account, end_sessions="password" in body or not account.active)
        if changes := _changes(before, account, password="password" in body):
            await self.note("change", account.name, changes)
        self.write(json.dumps({**account_model(account), **model}))

    @admins_only
    async def delete(self, name: str) -> None:
        """Remove the account, the hub's user, its tokens and workspaces; the home stays."""
        user = self.find_user(normalize_name(name))
        if user is None and self.accounts.find(name) is None:
            self.fail(UserNotFoundError(f"There is no account {name!r}.", "See the list."))
        if self.accounts.find(name) is not None:
            # First: nobody logs in, and no server starts, while the rest goes.
            await self.attempt(lambda: self.accounts.remove(name))
        if user is not None:
            await self._stop_servers(user)
            await user.delete_spawners()
            self.users.delete(user)
        # Whoever gets the name next must not inherit what was shared.
        await self.attempt(
            lambda: port_shares.forget_member(self.machine.host, normalize_name(name))
        )
        await self.note("remove", normalize_name(name))
        self.set_status(204)

    def _apply(self, account: Account, *, end_sessions: bool) -> None:
        """Let the hub's user follow the account: its rights, and the end of its sessions."""
        user = self.find_user(account.name)
        if user is None:
            return
        user.admin = account.admin
        assign_default_roles(self.db, entity=user.orm_user)
        if end_sessions:
            sessions.end_all(self.db, user.orm_user, self.register.sessions)
        # The next request asks the accounts anew.
        user._auth_refreshed = None  # noqa: SLF001 - JupyterHub has no other way to say so
        self.db.commit()

    async def _stop_servers(self, user: Any) -> None:
        """Stop every server of a user, also one that is just starting; BusyError if one stays."""
        for server in list(user.spawners):
            await self._end_start(user.spawners[server])
            spawner = user.spawners[server]
            if spawner.ready:
                await self.stop_single_user(user, server)
            if stopping := getattr(spawner, "_stop_future", None):
                await asyncio.wait([stopping], timeout=STOP_SECONDS)
            if spawner.active:
                self.fail(
                    BusyError(
                        f"A workspace of {user.name} is still stopping.",
                        "Nobody can log in to the account any more; remove it again in a minute.",
                    )
                )

    async def _end_start(self, spawner: Any) -> None:
        starting = spawner._spawn_future  # noqa: SLF001 - JupyterHub's handlers do so too
        if starting and not starting.done():
            starting.cancel()
            await asyncio.wait([starting], timeout=STOP_SECONDS)


def _changes(before: Account, after: Account, *, password: bool) -> str:
    """Say what is different now, for the audit trail; '' where nothing is."""
    told = ["another password"] if password else []
    if after.state != before.state:
        told.append(f"{after.state} instead of {before.state}")
    if after.admin != before.admin:
        told.append("an admin's" if after.admin else "no admin's any more")
    return "; ".join(told)


def account_model(account: Account) -> dict[str, Any]:
    """Return what a program sees of an account; times in ISO 8601, UTC."""
    return {
        "name": account.name,
        "state": account.state,
        "admin": account.admin,
        "about": account.about,
        "created": _iso(account.created),
        "password_changed": _iso(account.password_changed),
    }


def _iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")


def _flag(body: Mapping[str, Any], name: str) -> bool:
    value = body.get(name, False)
    if not isinstance(value, bool):
        raise InvalidOptionError(f"{name} is true or false, not {value!r}.", "Send a JSON boolean.")
    return value
