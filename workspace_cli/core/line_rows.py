"""The waiting line as the database keeps it: one row a workspace that wants GPUs."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from workspace_cli.core.values import Gpus

RequestKind = Literal["hub", "cli", "restart"]
"""Who starts the workspace once its turn has come; ``restart`` keeps what one just gave back."""

_COLUMNS = (
    "id, owner, workspace, kind, wanted_json, options_json, asked, seen, state, gpus_json, "
    "granted, latest, note"
)


@dataclass(frozen=True, kw_only=True)
class Request:
    """One row: what somebody waits for, or has been granted and not yet claimed.

    ``granted`` is when that was, None while it waits; ``latest`` the end of a
    lease that is shorter than it would be; ``seen`` when a client that must be
    there was heard of; ``note`` an admin's reason to set the policy aside.
    """

    id: str
    owner: str
    workspace: str
    kind: RequestKind
    wanted: Gpus
    options: Mapping[str, Any] = field(default_factory=dict)
    asked: float
    seen: float
    gpus: tuple[str, ...] = ()
    granted: float | None = None
    latest: float | None = None
    note: str = ""

    @property
    def identity(self) -> tuple[str, str]:
        """Owner and workspace: each has one row at most."""
        return self.owner, self.workspace


def read(connection: Any) -> list[Request]:
    """Return all rows in the order in which they asked."""
    from sqlalchemy import text

    rows = connection.execute(text(f"SELECT {_COLUMNS} FROM labdock_request ORDER BY asked, id"))  # noqa: S608
    return [_request(row) for row in rows]


def put(connection: Any, request: Request) -> None:
    """Write a row in place of any that its workspace had."""
    from sqlalchemy import text

    drop_of(connection, *request.identity)
    values = ", ".join(f":{name.strip()}" for name in _COLUMNS.split(","))
    connection.execute(
        text(f"INSERT INTO labdock_request ({_COLUMNS}) VALUES ({values})"),  # noqa: S608
        {
            "id": request.id,
            "owner": request.owner,
            "workspace": request.workspace,
            "kind": request.kind,
            "wanted_json": json.dumps(request.wanted),
            "options_json": json.dumps(dict(request.options)),
            "asked": request.asked,
            "seen": request.seen,
            "state": "waiting" if request.granted is None else "granted",
            "gpus_json": json.dumps(request.gpus),
            "granted": request.granted,
            "latest": request.latest,
            "note": request.note,
        },
    )


def drop_of(connection: Any, owner: str, workspace: str) -> bool:
    """Remove a workspace's row; tell whether there was one."""
    from sqlalchemy import text

    done = connection.execute(
        text("DELETE FROM labdock_request WHERE owner = :owner AND workspace = :workspace"),
        {"owner": owner, "workspace": workspace},
    )
    return bool(done.rowcount)


def drop(connection: Any, ids: Collection[str]) -> int:
    """Remove rows by their ids; return how many there were."""
    from sqlalchemy import text

    statement = text("DELETE FROM labdock_request WHERE id = :id")
    return sum(connection.execute(statement, {"id": one}).rowcount for one in ids)


def touch(connection: Any, request_id: str, seen: float) -> bool:
    """Note that a request's client is still there; tell whether the row is."""
    from sqlalchemy import text

    done = connection.execute(
        text("UPDATE labdock_request SET seen = :seen WHERE id = :id"),
        {"id": request_id, "seen": seen},
    )
    return bool(done.rowcount)


def _request(row: Any) -> Request:
    wanted = json.loads(row.wanted_json)
    return Request(
        id=row.id,
        owner=row.owner,
        workspace=row.workspace,
        kind=row.kind,
        wanted=tuple(wanted) if isinstance(wanted, list) else wanted,
        options=json.loads(row.options_json),
        asked=row.asked,
        seen=row.seen,
        gpus=tuple(json.loads(row.gpus_json)),
        granted=row.granted,
        latest=row.latest,
        note=row.note,
    )
