"""What admins tell everybody for a while, and whether the lab takes new starts meanwhile."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any

from workspace_cli.core import audit
from workspace_cli.core.errors import ConflictError, InvalidOptionError, NotFoundError
from workspace_cli.core.host import Host

LONGEST_TEXT = 500
"""Characters."""
LONGEST = 366 * 86400.0
"""Seconds that an announcement is shown at most."""


@dataclass(frozen=True, kw_only=True)
class Announcement:
    """One text for everybody; times in seconds since the epoch.

    ``korean`` is '' where there is no translation.  While one with ``maintenance`` is
    shown, only admins start workspaces.
    """

    id: str
    text: str
    korean: str
    maintenance: bool
    made_by: str
    created: float
    ends: float

    def in_language(self, language: str) -> str:
        """Return the text for a reader."""
        return self.korean if language == "ko" and self.korean else self.text


def announce(
    host: Host, text: str, *, ends: float, made_by: str, korean: str = "", maintenance: bool = False
) -> Announcement:
    """Show a text to everybody until ``ends``; InvalidOptionError for one that cannot be."""
    from sqlalchemy import text as sql

    text, korean, now = text.strip(), korean.strip(), host.clock()
    if not text:
        raise InvalidOptionError("The announcement is empty.", "Write what everybody should know.")
    if max(len(text), len(korean)) > LONGEST_TEXT:
        raise InvalidOptionError(
            f"The announcement is longer than {LONGEST_TEXT} characters.", "Write less."
        )
    if not now < ends <= now + LONGEST:
        raise InvalidOptionError(
            "The announcement would be over before it begins, or lasts more than a year.",
            "Choose another end.",
        )
    made = Announcement(
        id=secrets.token_hex(8),
        text=text,
        korean=korean,
        maintenance=maintenance,
        made_by=made_by,
        created=now,
        ends=ends,
    )
    with host.database.begin() as connection:
        connection.execute(
            sql(
                "INSERT INTO labdock_announcement "
                "(id, told, korean, maintenance, made_by, created, ends) "
                "VALUES (:id, :text, :korean, :maintenance, :made_by, :created, :ends)"
            ),
            vars(made),
        )
    audit.record(host, made_by, "maintenance" if maintenance else "announce", made.id, text)
    return made


def announcements(host: Host) -> list[Announcement]:
    """Return what is shown now, maintenance first, then the newest."""
    from sqlalchemy import text as sql

    with host.database.connect() as connection:
        rows = connection.execute(
            sql(
                "SELECT id, told, korean, maintenance, made_by, created, ends "
                "FROM labdock_announcement WHERE ends > :now ORDER BY created DESC, id"
            ),
            {"now": host.clock()},
        )
        found = [_of(row) for row in rows]
    return sorted(found, key=lambda one: not one.maintenance)


def withdraw(host: Host, announcement_id: str, by: str) -> None:
    """Show it no more; NotFoundError where there is none."""
    from sqlalchemy import text as sql

    with host.database.begin() as connection:
        done = connection.execute(
            sql("DELETE FROM labdock_announcement WHERE id = :id"), {"id": announcement_id}
        )
    if not done.rowcount:
        raise NotFoundError("There is no such announcement any more.", "Reload the page.")
    audit.record(host, by, "withdraw-announcement", announcement_id)


def check_open(host: Host) -> None:
    """Raise ConflictError while the lab is under maintenance."""
    found = next((one for one in announcements(host) if one.maintenance), None)
    if found is not None:
        raise ConflictError(
            "The lab is under maintenance, and nothing can be started.",
            "The announcement at the top of the page says more.",
        )


def is_open(host: Host) -> bool:
    """Tell whether members may start workspaces."""
    return not any(one.maintenance for one in announcements(host))


def _of(row: Any) -> Announcement:
    return Announcement(
        id=row.id,
        text=row.told,
        korean=row.korean,
        maintenance=bool(row.maintenance),
        made_by=row.made_by,
        created=row.created,
        ends=row.ends,
    )
