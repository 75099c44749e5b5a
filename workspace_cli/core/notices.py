"""What a member is told about a workspace: kept in the database, shown on pages and inside.

A notice is a kind and the values of its sentence, never a sentence: whoever
shows it does so in the reader's language.  There is at most one open notice of
a kind for a workspace; telling again brings it up to date.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, cast

from sqlalchemy import text

from workspace_cli.core.database import Database

Kind = Literal[
    "lease_ending",
    "lease_ended",
    "idle_warning",
    "idle_stopped",
    "out_of_memory",
    "gpu_lost",
    "disk_soft",
    "disk_hard",
    "safe_mode",
    "mount_missing",
    "from_admin",
]
KEPT = 30 * 86400.0
"""How long a notice that nobody dismissed is kept, in seconds."""


@dataclass(frozen=True)
class Notice:
    """One thing that a member should know; times in seconds since the epoch."""

    id: str
    owner: str
    workspace: str
    kind: Kind
    created: float
    values: Mapping[str, Any] = field(default_factory=dict)


def tell(
    database: Database,
    owner: str,
    workspace: str,
    kind: Kind,
    values: Mapping[str, Any],
    *,
    now: float,
    ends: float | None = None,
) -> Notice:
    """Open a notice, or bring the open one of its kind up to date, and return it.

    After ``ends`` it is no longer shown.  ``values`` must be JSON.
    """
    packed = json.dumps(dict(values), sort_keys=True)
    row = {"owner": owner, "workspace": workspace, "kind": kind, "now": now}
    row |= {"packed": packed, "ends": now + KEPT if ends is None else ends}
    with database.begin() as connection:
        found = connection.execute(
            text(
                "SELECT id FROM labdock_notice WHERE owner = :owner AND workspace = :workspace "
                "AND kind = :kind AND dismissed IS NULL AND ends > :now"
            ),
            row,
        ).scalar()
        row["id"] = found or uuid.uuid4().hex
        connection.execute(
            text(
                "UPDATE labdock_notice SET values_json = :packed, ends = :ends, created = :now "
                "WHERE id = :id"
                if found
                else "INSERT INTO labdock_notice (id, owner, workspace, kind, values_json, "
                "created, ends) VALUES (:id, :owner, :workspace, :kind, :packed, :now, :ends)"
            ),
            row,
        )
    return Notice(str(row["id"]), owner, workspace, kind, now, dict(values))


def open_notices(
    database: Database, *, now: float, owner: str | None = None, workspace: str | None = None
) -> list[Notice]:
    """List what is open, the newest first: everyone's, an owner's, or a workspace's."""
    with database.connect() as connection:
        rows = connection.execute(
            text(
                "SELECT id, owner, workspace, kind, values_json, created FROM labdock_notice "
                "WHERE dismissed IS NULL AND ends > :now "
                "AND (:owner = '' OR owner = :owner) "
                "AND (:workspace = '' OR workspace = :workspace) ORDER BY created DESC, id"
            ),
            {"now": now, "owner": owner or "", "workspace": workspace or ""},
        ).all()
    return [
        Notice(
            row.id,
            row.owner,
            row.workspace,
            cast("Kind", row.kind),
            row.created,
            json.loads(row.values_json),
        )
        for row in rows
    ]


def dismiss(database: Database, notice_id: str, owner: str, *, now: float) -> bool:
    """Close one notice of an owner's; tell whether it was open."""
    with database.begin() as connection:
        done = connection.execute(
            text(
                "UPDATE labdock_notice SET dismissed = :now "
                "WHERE id = :id AND owner = :owner AND dismissed IS NULL"
            ),
            {"now": now, "id": notice_id, "owner": owner},
        )
    return bool(done.rowcount)


def withdraw(database: Database, owner: str, workspace: str, *kinds: Kind, now: float) -> None:
    """Close the open notices of some kinds: what they said is no longer so."""
    with database.begin() as connection:
        for kind in kinds:
            connection.execute(
                text(
                    "UPDATE labdock_notice SET dismissed = :now WHERE owner = :owner "
                    "AND workspace = :workspace AND kind = :kind AND dismissed IS NULL"
                ),
                {"now": now, "owner": owner, "workspace": workspace, "kind": kind},
            )


def forget_member(connection: Any, owner: str) -> None:
    """Remove what somebody was told whose account is gone: the name may be given again."""
    connection.execute(text("DELETE FROM labdock_notice WHERE owner = :owner"), {"owner": owner})


def forget(database: Database, *, now: float) -> None:
    """Remove what nobody can be shown any more."""
    with database.begin() as connection:
        connection.execute(
            text("DELETE FROM labdock_notice WHERE ends < :now OR dismissed < :old"),
            {"now": now, "old": now - KEPT},
        )
