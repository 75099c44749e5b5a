"""Who a member is to the lab, as the hub knows it now."""

from __future__ import annotations

from typing import Any

from workspace_cli.core import members
from workspace_cli.core.host import Host
from workspace_cli.core.members import Member
from workspace_cli.core.policy import Role

INSTRUCTORS = "instructors"
"""The group whose members have the role of an instructor."""


def member_of(user: Any) -> Member:
    """Return a JupyterHub user's role and groups; called on the event loop."""
    groups = frozenset(str(group.name) for group in user.groups)
    role: Role = "instructor" if INSTRUCTORS in groups else "member"
    return Member(user.name, "admin" if user.admin else role, groups)


def remember(host: Host, found: Member) -> None:
    """Keep it for whoever decides without the hub, where it is news; blocks."""
    if members.member(host, found.name) != found:
        members.remember(host, found.name, found.role, found.groups)
