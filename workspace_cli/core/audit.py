"""What admins did that the lab may want to look up later."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from workspace_cli.core.errors import InvalidOptionError
from workspace_cli.core.host import Host

_LONGEST = {"actor": 64, "action": 64, "subject": 255}


@dataclass(frozen=True)
class Entry:
    """One thing that somebody did; ``at`` in seconds since the epoch."""

    at: float
    actor: str
    action: str
    subject: str
    detail: str
    id: str = ""


def record(host: Host, actor: str, action: str, subject: str, detail: str = "") -> None:
    """Keep that somebody did something: ``extend``, ``override``, ``reserve`` …"""
    from sqlalchemy import text

    values = {"actor": actor, "action": action, "subject": subject}
    cut = {name: value[: _LONGEST[name]] for name, value in values.items()}
    with host.database.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO labdock_audit (id, at, actor, action, subject, detail) "
                "VALUES (:id, :at, :actor, :action, :subject, :detail)"
            ),
            {**cut, "id": secrets.token_hex(8), "at": host.clock(), "detail": detail},
        )


def entries(host: Host, limit: int = 100, begin: int = 0, older_than: str = "") -> list[Entry]:
    """Return the latest entries, the newest first, from the ``begin``th on.

    With ``older_than`` those that come after the entry of this id: a list that is read on
    while more is added shows nothing twice.  InvalidOptionError where there is no such entry.
    """
    from sqlalchemy import text

    values: dict[str, object] = {"limit": limit, "begin": begin, "id": older_than, "at": 0.0}
    with host.database.connect() as connection:
        if older_than:
            values["at"] = connection.execute(
                text("SELECT at FROM labdock_audit WHERE id = :id"), values
            ).scalar()
            if values["at"] is None:
                raise InvalidOptionError(
                    "The audit trail has no such entry.", "Begin with its first page again."
                )
        rows = connection.execute(
            text(
                "SELECT id, at, actor, action, subject, detail FROM labdock_audit "
                "WHERE :id = '' OR at < :at OR (at = :at AND id > :id) "
                "ORDER BY at DESC, id LIMIT :limit OFFSET :begin"
            ),
            values,
        )
        return [
            Entry(row.at, row.actor, row.action, row.subject, row.detail, row.id) for row in rows
        ]
