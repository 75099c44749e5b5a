"""What an admin makes of a member: role and groups, in the accounts and the hub at once."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable
from typing import Any, cast, get_args

from jupyterhub import orm
from jupyterhub.handlers.base import BaseHandler
from jupyterhub.roles import assign_default_roles

from hub import groups, sessions
from hub.accounts import Account
from hub.membership import member_of, remember
from hub.register import INSTRUCTORS, Register, role_of
from workspace_cli.core.errors import (
    InvalidOptionError,
    NameTakenError,
    NotFoundError,
    UserNotFoundError,
)
from workspace_cli.core.naming import check_group
from workspace_cli.core.policy import Role


class Standing:
    """Changes roles and groups on behalf of one request, and keeps it in the audit trail."""

    def __init__(self, handler: BaseHandler, register: Register) -> None:
        self._handler = handler
        self._register = register

    @property
    def _db(self) -> Any:
        return self._handler.db

    async def change(self, account: Account, role: Role, wanted: Iterable[str]) -> None:
        """Give an account a role, and let it be in these groups and no others.

        The instructors' group is a role and none of them.  What changes is one entry of the
        audit trail.  Raises NotFoundError for an unknown group and ConflictError for the last
        admin, both before anything has changed.
        """
        user = self._user(account.name)
        now = {str(one.name) for one in user.orm_user.groups} - {INSTRUCTORS}
        new = set(wanted) - {INSTRUCTORS}
        for name in new:
            self.group(name)
        before = role_of(user.orm_user, admin=account.admin)
        await self._set_role(account, user, role)
        groups.put_into(self._db, user.orm_user, new - now)
        groups.take_out_of(self._db, user.orm_user, now - new)
        await self._follow(user)
        if changes := _changes(before, role, new - now, now - new):
            await self._note("change", account.name, changes)

    async def _set_role(self, account: Account, user: Any, role: Role) -> None:
        store = self._register.accounts
        if account.admin != (role == "admin"):
            await asyncio.to_thread(store.set_admin, account.name, role == "admin")
        if user.admin != (role == "admin"):
            user.admin = role == "admin"
            assign_default_roles(self._db, entity=user.orm_user)
            # The next request asks the accounts anew.
            user._auth_refreshed = None  # noqa: SLF001 - JupyterHub has no other way to say so
        change = groups.put_into if role == "instructor" else groups.take_out_of
        change(self._db, user.orm_user, [INSTRUCTORS])

    async def set_state(self, account: Account, *, active: bool) -> None:
        """Let an account log in, or no longer; then its logins end, and all else stays."""
        state = "active" if active else "disabled"
        await asyncio.to_thread(self._register.accounts.set_state, account.name, state)
        user = self._user(account.name)
        if not active:
            sessions.end_all(self._db, user.orm_user, self._register.sessions)
        user._auth_refreshed = None  # noqa: SLF001 - JupyterHub has no other way to say so
        if account.state != state:
            await self._note("enable" if active else "disable", account.name)

    async def make_group(self, name: str) -> None:
        """Make a group; InvalidNameError, NameTakenError."""
        check_group(name)
        if orm.Group.find(self._db, name) is not None:
            raise NameTakenError(f"There is a group {name!r} already.", "Choose another name.")
        self._db.add(orm.Group(name=name))
        self._db.commit()
        await self._note("make-group", name)

    async def delete_group(self, name: str) -> None:
        """Delete a group; its members stay members of the lab."""
        group = self.group(name)
        users = [self._user(str(one.name)) for one in group.users]
        self._db.delete(group)
        self._db.commit()
        for user in users:
            self._db.refresh(user.orm_user)
            await self._follow(user)
        await self._note("delete-group", name)

    async def join(self, name: str, people: Iterable[str]) -> None:
        """Put accounts into a group; UserNotFoundError before anybody is in it."""
        self.group(name)
        known = {one.name for one in await asyncio.to_thread(self._register.accounts.all)}
        wanted = sorted(set(people))
        if not wanted:
            raise InvalidOptionError("No name was given.", "Write names with spaces between.")
        for one in wanted:
            if one not in known:
                raise UserNotFoundError(
                    f"There is no account {one!r}.", "`workspace users ls` lists the accounts."
                )
        users = [self._user(one) for one in wanted]
        new = [user for user in users if not _is_in(user, name)]
        for user in new:
            groups.put_into(self._db, user.orm_user, [name])
            await self._follow(user)
        if new:
            await self._note("join-group", name, ", ".join(str(user.name) for user in new))

    async def leave(self, name: str, person: str) -> None:
        """Take somebody out of a group; nothing happens where they are not in it."""
        self.group(name)
        user = self._handler.find_user(person)
        if user is None or not _is_in(user, name):
            return
        groups.take_out_of(self._db, user.orm_user, [name])
        await self._follow(user)
        await self._note("leave-group", name, person)

    def group(self, name: str) -> Any:
        """Return the hub's group; NotFoundError where there is none."""
        found = orm.Group.find(self._db, name)
        if found is None:
            raise NotFoundError(f"There is no group {name!r}.", "Make it on the page of groups.")
        return found

    def _user(self, name: str) -> Any:
        """Return the hub's user, made where somebody has never logged in."""
        return self._handler.user_from_username(name)

    async def _follow(self, user: Any) -> None:
        """Let whoever decides without the hub know it now, not at the next login."""
        found = member_of(user)
        await asyncio.to_thread(remember, self._register.machine.host, found)

    async def _note(self, action: str, subject: str, detail: str = "") -> None:
        actor = self._handler.current_user.name
        await asyncio.to_thread(self._register.note, actor, action, subject, detail)


def _is_in(user: Any, group: str) -> bool:
    return any(one.name == group for one in user.orm_user.groups)


def _changes(before: Role, after: Role, joined: Collection[str], left: Collection[str]) -> str:
    """Say what is different now, for the audit trail; '' where nothing is.

    >>> _changes("member", "instructor", {"vision"}, {"nlp", "audio"})
    'role instructor instead of member; into vision; out of audio, nlp'
    """
    told = [f"role {after} instead of {before}"] if after != before else []
    told += [f"into {', '.join(sorted(joined))}"] if joined else []
    told += [f"out of {', '.join(sorted(left))}"] if left else []
    return "; ".join(told)


def check_role(text: str) -> Role:
    """Return the role of this name, or raise InvalidOptionError."""
    if text not in get_args(Role):
        raise InvalidOptionError(
            f"There is no role {text!r}.", f"Known: {', '.join(get_args(Role))}."
        )
    return cast("Role", text)
