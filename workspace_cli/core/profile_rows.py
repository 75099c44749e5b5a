"""Profiles as rows of the database."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

LAB = "lab:"
"""What stands before the name of a lab's profile where somebody may have the same."""


@dataclass(frozen=True, kw_only=True)
class Profile:
    """One profile; ``owner`` is '' for the lab's, ``group`` '' for everybody's.

    ``options`` are what the spawn form sends, each as one text; ``created`` is in seconds
    since the epoch.
    """

    id: str
    owner: str
    group: str
    name: str
    options: Mapping[str, str]
    made_by: str
    created: float

    @property
    def of_the_lab(self) -> bool:
        """Whether admins offer it."""
        return not self.owner

    @property
    def reference(self) -> str:
        """The name by which its users start from it: ``NAME`` or ``lab:NAME``."""
        return self.name if self.owner else LAB + self.name


def folded(name: str) -> str:
    """Return a name as it is compared: neither case nor width nor blanks make a difference.

    >>> folded("Paper  Ｆigures")
    'paper figures'
    """
    return unicodedata.normalize("NFKC", " ".join(name.split())).casefold()


def read(connection: Any, owners: Iterable[str]) -> list[Profile]:
    """Return the profiles of owners, by name; '' is the lab."""
    from sqlalchemy import bindparam, text

    rows = connection.execute(
        text(
            "SELECT id, owner, for_group, name, options_json, made_by, created "
            "FROM labdock_profile WHERE owner IN :owners ORDER BY folded, owner"
        ).bindparams(bindparam("owners", expanding=True)),
        {"owners": list(owners)},
    )
    return [
        Profile(
            id=row.id,
            owner=row.owner,
            group=row.for_group,
            name=row.name,
            options=json.loads(row.options_json),
            made_by=row.made_by,
            created=row.created,
        )
        for row in rows
    ]


def insert(connection: Any, one: Profile) -> None:
    """Write one that is not there."""
    from sqlalchemy import text

    connection.execute(
        text(
            "INSERT INTO labdock_profile "
            "(id, owner, for_group, name, folded, options_json, made_by, created) "
            "VALUES (:id, :owner, :group, :name, :folded, :options, :made_by, :created)"
        ),
        {**vars(one), "folded": folded(one.name), "options": json.dumps(dict(one.options))},
    )


def delete(connection: Any, profile_id: str) -> bool:
    """Remove one; tell whether it was there."""
    from sqlalchemy import text

    gone = connection.execute(
        text("DELETE FROM labdock_profile WHERE id = :id"), {"id": profile_id}
    )
    return bool(gone.rowcount)


def forget(connection: Any, owner: str) -> None:
    """Remove an owner's profiles, and which one they wanted chosen."""
    from sqlalchemy import text

    connection.execute(text("DELETE FROM labdock_profile WHERE owner = :owner"), {"owner": owner})
    put_first(connection, owner, "")


def first(connection: Any, owner: str) -> str:
    """Return the id of the profile that a member wants to find chosen, or ''."""
    from sqlalchemy import text

    found = connection.execute(
        text("SELECT profile FROM labdock_profile_first WHERE owner = :owner"), {"owner": owner}
    ).scalar()
    return str(found or "")


def put_first(connection: Any, owner: str, profile_id: str) -> None:
    """Write which profile a member wants to find chosen; '' for none."""
    from sqlalchemy import text

    values = {"owner": owner, "profile": profile_id}
    connection.execute(text("DELETE FROM labdock_profile_first WHERE owner = :owner"), values)
    if profile_id:
        connection.execute(
            text("INSERT INTO labdock_profile_first (owner, profile) VALUES (:owner, :profile)"),
            values,
        )
