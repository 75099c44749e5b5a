"""What the live picture reads of the database: leases, the line, notices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import text

from workspace_cli.core import lease_rows, line_rows
from workspace_cli.core.host import Host
from workspace_cli.core.lease_rows import LeaseRow


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
