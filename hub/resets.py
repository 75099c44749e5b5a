"""Links with which a member who forgot the password sets another one, once."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable

from sqlalchemy import text

from hub.invitations import digest
from workspace_cli.core.database import Database

GOOD_FOR = 86400.0
"""Seconds that a link is good for."""


class Resets:
    """The links that an admin has made, in one database; the calls block."""

    def __init__(self, database: Database, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock

    def __deepcopy__(self, memo: dict[int, object]) -> Resets:
        # traitlets copies what a configuration holds; a connection pool has no copy.
        return self

    def create(self, name: str) -> str:
        """Return the token of a new link; an older one of the member is good no more."""
        token = secrets.token_urlsafe(24)
        values = {
            "name": name,
            "digest": digest(token),
            "expires": self._clock() + GOOD_FOR,
        }
        with self._database.begin() as connection:
            connection.execute(_FORGET, values)
            connection.execute(
                text(
                    "INSERT INTO labdock_password_reset (name, digest, expires) "
                    "VALUES (:name, :digest, :expires)"
                ),
                values,
            )
        return token

    def owner(self, token: str) -> str | None:
        """Return whose password a link sets, None where it is used up, too old or made up."""
        with self._database.connect() as connection:
            found: str | None = connection.execute(
                text(
                    "SELECT name FROM labdock_password_reset "
                    "WHERE digest = :digest AND expires > :now"
                ),
                {"digest": digest(token), "now": self._clock()},
            ).scalar()
            return found

    def use_up(self, token: str) -> bool:
        """End a link; tell whether this call was the one that did."""
        with self._database.begin() as connection:
            gone = connection.execute(
                text(
                    "DELETE FROM labdock_password_reset WHERE digest = :digest AND expires > :now"
                ),
                {"digest": digest(token), "now": self._clock()},
            )
            return bool(gone.rowcount)

    def forget(self, name: str) -> None:
        """End a member's link, for example because the password was changed otherwise."""
        with self._database.begin() as connection:
            connection.execute(_FORGET, {"name": name})


_FORGET = text("DELETE FROM labdock_password_reset WHERE name = :name")
