"""Who a member is to the lab, as the hub knows it now."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from workspace_cli.core import members
from workspace_cli.core.host import Host
from workspace_cli.core.members import Member
from workspace_cli.core.policy import Role

INSTRUCTORS = "instructors"
"""The group whose members have the role of an instructor."""


def member_of(user: Any) -> Member:
    """Return a JupyterHub user's role and groups; called on the event loop."""
    return _member(user.name, user.admin, (str(group.name) for group in user.groups))


def everybody(db: Any) -> list[Member]:
    """Return every user of JupyterHub's database; called on the event loop.

    A question for each group, however many users there are.
    """
    # Of the hub alone: the portal's process has no JupyterHub.
    from jupyterhub import orm

    groups: dict[str, set[str]] = {}
    for group in db.query(orm.Group):
        for user in group.users:
            groups.setdefault(str(user.name), set()).add(str(group.name))
    rows = db.query(orm.User.name, orm.User.admin)
    return [_member(name, admin, groups.get(name, ())) for name, admin in rows]


def _member(name: str, admin: bool, names: Iterable[str]) -> Member:
    groups = frozenset(names)
    role: Role = "instructor" if INSTRUCTORS in groups else "member"
    return Member(name, "admin" if admin else role, groups)


def follow(host: Host, found: Iterable[Member]) -> None:
    """Keep what is news of many, as changed at JupyterHub's own API; blocks."""
    with host.database.connect() as connection:
        known = members.read(connection)
    for one in found:
        if members.pick(known, one.name, host.settings.admin) != one:
            members.remember(host, one.name, one.role, one.groups)


def remember(host: Host, found: Member) -> None:
    """Keep it for whoever decides without the hub, where it is news; blocks."""
    if members.member(host, found.name) != found:
        members.remember(host, found.name, found.role, found.groups)
