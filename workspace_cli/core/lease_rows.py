"""When leases end, as the database keeps it: one row a container name.

That a lease exists, and of which GPUs, the container's labels say; a lease
without a row has the policy's default end, counted from the container's start.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

_COLUMNS = "container, owner, workspace, began, ends, extensions, latest, warned, overridden_by"


@dataclass(frozen=True, kw_only=True)
class LeaseRow:
    """One lease: ``ends`` None is no end; ``latest`` how far it can be extended at most."""

    container: str
    owner: str
    workspace: str
    began: float
    ends: float | None = None
    extensions: int = 0
    latest: float | None = None
    warned: float | None = None
    overridden_by: str | None = None

    @property
    def term(self) -> dict[str, Any]:
        """What goes on where the workspace starts again with its lease, by field."""
        names = ("began", "ends", "extensions", "latest", "warned", "overridden_by")
        return {name: getattr(self, name) for name in names}


def read(connection: Any) -> Mapping[str, LeaseRow]:
    """Return all rows by the container's name."""
    from sqlalchemy import text

    rows = connection.execute(text(f"SELECT {_COLUMNS} FROM labdock_lease")).mappings()  # noqa: S608
    return {row["container"]: LeaseRow(**row) for row in rows}


def put(connection: Any, row: LeaseRow) -> None:
    """Write a lease in place of the one that the container had."""
    from sqlalchemy import text

    drop(connection, row.container)
    names = [name.strip() for name in _COLUMNS.split(",")]
    values = ", ".join(f":{name}" for name in names)
    connection.execute(
        text(f"INSERT INTO labdock_lease ({_COLUMNS}) VALUES ({values})"),  # noqa: S608
        {name: getattr(row, name) for name in names},
    )


def drop(connection: Any, container: str) -> None:
    """Forget a container's lease."""
    from sqlalchemy import text

    connection.execute(
        text("DELETE FROM labdock_lease WHERE container = :container"), {"container": container}
    )


def shortened(row: LeaseRow, end: float) -> LeaseRow:
    """Return a lease that ends earlier and cannot be extended beyond; its owner is warned anew."""
    latest = end if row.latest is None else min(row.latest, end)
    return replace(row, ends=end, latest=latest, warned=None)
