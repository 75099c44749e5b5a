"""What the live picture reads beside the engine: the hub's servers, rows of the database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from sqlalchemy import text

from workspace_cli.core import lease_rows, line_rows, naming
from workspace_cli.core.host import Host
from workspace_cli.core.lease_rows import LeaseRow

PAGE = 200
"""The most users that the hub tells of at once."""


@dataclass
class Rows:
    """What the database says; ``signs`` stand for each owner's open notices.

    ``told`` are owners whose notices have changed since the last publication.
    """

    leases: Mapping[str, LeaseRow] = field(default_factory=dict)
    waiting: bool = False
    signs: Mapping[str, str] = field(default_factory=dict)
    told: frozenset[str] = frozenset()


def read_rows(host: Host, before: Rows | None = None) -> Rows:
    """Read leases, whether anybody waits, and which notices are open."""
    with host.database.connect() as connection:
        leases = lease_rows.read(connection)
        waiting = bool(line_rows.read(connection))
        signs: dict[str, str] = {}
        rows = connection.execute(
            text(
                "SELECT owner, id, created FROM labdock_notice WHERE dismissed IS NULL "
                "AND ends > :now ORDER BY owner, id"
            ),
            {"now": host.clock()},
        )
        for row in rows:
            signs[row.owner] = f"{signs.get(row.owner, '')}{row.id}{row.created};"
    old = before.signs if before is not None else {}
    told = {name for name in {*signs, *old} if signs.get(name) != old.get(name)}
    if before is not None:
        told |= before.told
    return Rows(leases, waiting, signs, frozenset(told if before is not None else ()))


def users_path(offset: int) -> str:
    """Return the path of a page of the hub's users, with all of their servers."""
    return f"/users?include_stopped_servers=true&limit={PAGE}&offset={offset}"


def user_path(owner: str) -> str:
    """Return the path of one of them."""
    return f"/users/{quote(owner, safe='')}?include_stopped_servers=true"


def servers_of(user: Mapping[str, Any]) -> dict[tuple[str, str], Mapping[str, Any]]:
    """Return a user's servers by owner and workspace; those that were never used are left out."""
    found = {}
    for server, model in (user.get("servers") or {}).items():
        # Every account that has logged in has a default server, wanted or not.
        untouched = not (server or model.get("user_options") or model.get("last_activity"))
        if not (untouched and model.get("stopped", True)):
            found[str(user["name"]), naming.workspace_of_server(server)] = model
    return found
