"""The admins' page of accounts: who waits, who is invited, and everybody, to search."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from jupyterhub import orm
from jupyterhub.handlers.base import BaseHandler
from jupyterhub.scopes import needs_scope
from tornado.web import authenticated

from hub.accounts import Account
from hub.register import INSTRUCTORS, Register
from workspace_cli.core.policy import Role

ROWS = 50
"""Accounts on one page."""


@dataclass(frozen=True)
class Row:
    """One account as the list shows it."""

    name: str
    role: Role
    groups: tuple[str, ...]
    state: str
    factor: bool
    locked: bool
    outside: bool
    created: datetime

    def fits(self, words: Sequence[str]) -> bool:
        """Tell whether each word is in the name, a group, the role or the state."""
        texts = (self.name, self.role, self.state, *self.groups)
        return all(any(word in text.casefold() for text in texts) for word in words)


class PeoplePage(BaseHandler):  # type: ignore[misc] # JupyterHub ships no types
    """Shows the accounts; its script calls the API of ``people_api.py``."""

    register: Register

    def initialize(self, register: Register) -> None:
        """Take what the configuration hands over."""
        self.register = register

    @authenticated
    @needs_scope("admin:users")  # type: ignore[untyped-decorator]
    async def get(self) -> None:
        """Show the page, or those accounts that ``q`` names, from the ``begin``-th on."""
        words = self.get_query_argument("q", "")[:100]
        groups = groups_of_all(self.db)
        facts = await asyncio.to_thread(self._facts, groups)
        rows = [row for row in facts.pop("rows") if row.fits(words.casefold().split())]
        begin = _whole(self.get_query_argument("begin", ""), len(rows))
        page = await self.render_template(
            "people.html",
            **facts,
            q=words,
            found=len(rows),
            rows=rows[begin : begin + ROWS],
            earlier=max(0, begin - ROWS) if begin else None,
            later=begin + ROWS if len(rows) > begin + ROWS else None,
        )
        self.finish(page)

    def _facts(self, groups: Mapping[str, Collection[str]]) -> dict[str, Any]:
        register = self.register
        accounts = register.accounts.all()
        factors = set(register.factors.names())
        locked = {row.subject for row in register.throttle.waiting() if row.kind == "account"}
        return {
            "pending": [
                {"name": one.name, "about": one.about, "created": moment_of(one.created)}
                for one in accounts
                if one.state == "pending"
            ],
            "rows": [
                _row(one, groups.get(one.name, ()), one.name in factors, one.name in locked)
                for one in accounts
                if one.state != "pending"
            ],
            "invitations": [
                {**vars(one), "expires": moment_of(one.expires)}
                for one in register.invitations.all()
            ],
        }


def groups_of_all(db: Any) -> dict[str, list[str]]:
    """Return the groups of everybody who is in one: two questions, however many people."""
    found: dict[str, list[str]] = {}
    for group in db.query(orm.Group).order_by(orm.Group.name):
        for user in group.users:
            found.setdefault(str(user.name), []).append(str(group.name))
    return found


def role_in(groups: Collection[str], *, admin: bool) -> Role:
    """Return the role of somebody in these groups."""
    return "admin" if admin else "instructor" if INSTRUCTORS in groups else "member"


def moment_of(seconds: float) -> datetime:
    """Return seconds since the epoch as a moment, UTC."""
    return datetime.fromtimestamp(seconds, UTC)


def _row(account: Account, groups: Collection[str], factor: bool, locked: bool) -> Row:
    return Row(
        name=account.name,
        role=role_in(groups, admin=account.admin),
        groups=tuple(one for one in groups if one != INSTRUCTORS),
        state=account.state,
        factor=factor,
        locked=locked,
        outside=account.outside is not None,
        created=moment_of(account.created),
    )


def _whole(text: str, most: int) -> int:
    """Return where a page begins; the first one where an address says nonsense."""
    return min(int(text), most) if text.isascii() and text.isdecimal() and len(text) < 9 else 0


def handlers(register: Register) -> list[tuple[Any, ...]]:
    """Return the routes, for JupyterHub's ``extra_handlers``."""
    return [(r"/people", PeoplePage, {"register": register})]
