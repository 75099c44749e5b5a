"""Invitations: links with which people make their own account, once or a few times."""

from __future__ import annotations

import hashlib
import json
import secrets
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text

from workspace_cli.core.database import Database
from workspace_cli.core.errors import InvalidOptionError, NotFoundError
from workspace_cli.core.naming import check_group

MOST_USES = 500
LONGEST = 90 * 86400.0
"""Seconds that an invitation can be good for."""


@dataclass(frozen=True)
class Invitation:
    """One invitation without its token; times in seconds since the epoch."""

    id: str
    created: float
    created_by: str
    expires: float
    uses: int
    uses_left: int
    groups: tuple[str, ...]
    note: str


class Invitations:
    """The invitations in one database; the calls block."""

    def __init__(self, database: Database, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock

    def __deepcopy__(self, memo: dict[int, object]) -> Invitations:
        # traitlets copies what a configuration holds; a connection pool has no copy.
        return self

    def create(
        self, by: str, *, uses: int, seconds: float, groups: Iterable[str] = (), note: str = ""
    ) -> tuple[Invitation, str]:
        """Make an invitation and return it with its token, which is kept nowhere.

        InvalidOptionError, InvalidNameError (a group).
        """
        if not 1 <= uses <= MOST_USES:
            raise InvalidOptionError(
                f"An invitation is good for 1 to {MOST_USES} accounts, not {uses}.",
                "Choose a number in between.",
            )
        if not 60 <= seconds <= LONGEST:
            raise InvalidOptionError(
                "An invitation lasts from a minute to 90 days.", "Choose a time in between."
            )
        wanted = tuple(sorted(set(groups)))
        for group in wanted:
            check_group(group)
        now = self._clock()
        token = secrets.token_urlsafe(24)
        made = Invitation(
            secrets.token_hex(6), now, by, now + seconds, uses, uses, wanted, note[:200]
        )
        row = {**vars(made), "digest": digest(token), "groups_json": json.dumps(wanted)}
        del row["groups"]
        with self._database.begin() as connection:
            connection.execute(
                text(
                    "INSERT INTO labdock_invitation (id, digest, created, created_by, expires, "
                    "uses, uses_left, groups_json, note) VALUES (:id, :digest, :created, "
                    ":created_by, :expires, :uses, :uses_left, :groups_json, :note)"
                ),
                row,
            )
        return made, token

    def all(self) -> list[Invitation]:
        """List the invitations that are still good, the newest first."""
        with self._database.connect() as connection:
            rows = connection.execute(
                text(
                    "SELECT * FROM labdock_invitation WHERE expires > :now AND uses_left > 0 "
                    "ORDER BY created DESC"
                ),
                {"now": self._clock()},
            )
            return [_invitation(row) for row in rows]

    def revoke(self, id_: str) -> None:
        """End an invitation; NotFoundError where there is none."""
        with self._database.begin() as connection:
            gone = connection.execute(
                text("DELETE FROM labdock_invitation WHERE id = :id"), {"id": id_}
            )
            if not gone.rowcount:
                raise NotFoundError(
                    f"There is no invitation {id_!r}.",
                    "`workspace users invitations` lists them.",
                )

    def check(self, token: str) -> None:
        """Raise NotFoundError unless an invitation is still good; it is not used up by this."""
        with self._database.connect() as connection:
            good = connection.execute(
                text(
                    "SELECT 1 FROM labdock_invitation "
                    "WHERE digest = :digest AND uses_left > 0 AND expires > :now"
                ),
                {"digest": digest(token), "now": self._clock()},
            ).scalar()
        if not good:
            raise _no_good()

    def redeem(self, connection: Connection, token: str) -> Invitation:
        """Use an invitation up by one, in the transaction that makes the account.

        NotFoundError where it is unknown, used up or too old: all in the same words.
        """
        values = {"digest": digest(token), "now": self._clock()}
        used = connection.execute(
            text(
                "UPDATE labdock_invitation SET uses_left = uses_left - 1 "
                "WHERE digest = :digest AND uses_left > 0 AND expires > :now"
            ),
            values,
        )
        if not used.rowcount:
            raise _no_good()
        found = connection.execute(
            text("SELECT * FROM labdock_invitation WHERE digest = :digest"), values
        )
        return _invitation(found.one())


def _no_good() -> NotFoundError:
    return NotFoundError(
        "This invitation is no longer good, or never was.", "Ask whoever sent it for another one."
    )


def digest(token: str) -> str:
    """Return what is kept of a random token: its hash. It needs no salt, being random."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def _invitation(row: Any) -> Invitation:
    return Invitation(
        row.id,
        row.created,
        row.created_by,
        row.expires,
        row.uses,
        row.uses_left,
        tuple(json.loads(row.groups_json)),
        row.note,
    )
