"""Who a member is to the lab: role and groups, as the hub last said.

The hub tells when somebody logs in, starts a workspace or is made an admin;
whoever decides without the hub reads it here.  Somebody whom the hub has never
seen is a member without groups, the lab's own admin an admin.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, cast, get_args

from workspace_cli.core.host import Host
from workspace_cli.core.policy import Allowance, Policy, Role


@dataclass(frozen=True)
class Member:
    """One member's role and groups."""

    name: str
    role: Role = "member"
    groups: frozenset[str] = frozenset()

    def allowance(self, policy: Policy) -> Allowance:
        """Return what the lab's policy allows this member."""
        return policy.allowance(self.role, self.groups)


def remember(host: Host, name: str, role: Role, groups: Iterable[str] = ()) -> None:
    """Keep what the hub knows of a member."""
    from sqlalchemy import text

    values = {"name": name, "role": role, "groups": json.dumps(sorted(groups))}
    with host.database.begin() as connection:
        connection.execute(text("DELETE FROM labdock_member WHERE name = :name"), values)
        connection.execute(
            text(
                "INSERT INTO labdock_member (name, role, groups_json) "
                "VALUES (:name, :role, :groups)"
            ),
            values,
        )


def forget(host: Host, name: str) -> None:
    """Forget a member whose account is gone."""
    from sqlalchemy import text

    with host.database.begin() as connection:
        connection.execute(text("DELETE FROM labdock_member WHERE name = :name"), {"name": name})


def member(host: Host, name: str) -> Member:
    """Return one member; somebody unknown has the role ``member`` and no group."""
    with host.database.connect() as connection:
        return pick(read(connection), name, host.settings.admin)


def read(connection: Any) -> Mapping[str, Member]:
    """Return everybody whom the hub has told of, by name."""
    from sqlalchemy import text

    rows = connection.execute(text("SELECT name, role, groups_json FROM labdock_member"))
    return {
        row.name: Member(row.name, _role(row.role), frozenset(json.loads(row.groups_json)))
        for row in rows
    }


def pick(known: Mapping[str, Member], name: str, admin: str) -> Member:
    """Return one of the known members, or who somebody is whom nobody has told of."""
    return known.get(name) or Member(name, "admin" if name == admin else "member")


def _role(text: str) -> Role:
    return cast("Role", text) if text in get_args(Role) else "member"
