"""Slows down guessing: counted in the database, so that a restart forgets nothing.

A few failures cost nothing; each further one doubles the wait, up to a
quarter of an hour.  A failure is forgotten after an hour without another.  An
account's waits are counted by name whether the account exists or not, so the
answer says nothing about that.

A browser in which a member has logged in before is counted apart, so that a
stranger who fails on purpose keeps no member out.
(https://owasp.org/www-community/Slow_Down_Online_Guessing_Attacks_with_Device_Cookies)
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Connection, text

from workspace_cli.core.database import Database

Kind = Literal["account", "address", "device", "code", "sign-up", "reset"]
FREE: Mapping[Kind, int] = {
    "account": 5,
    # A lab behind one router shares an address, so an address gets more.
    "address": 20,
    "device": 10,
    # A second factor has a million values, and three of them are good at a time.
    "code": 5,
    # A class that signs up sits behind one address.
    "sign-up": 40,
    "reset": 10,
}
"""Failures without a wait."""
LONGEST_WAIT = 900.0
FORGOTTEN_AFTER = 3600.0
MOST_ENTRIES = 20_000
"""Bound on the table: beyond it the oldest rows go."""
Keys = Mapping[Kind, str]


@dataclass(frozen=True)
class Waiting:
    """Who has to wait for how many seconds."""

    kind: str
    subject: str
    failures: int
    seconds: float


def login_keys(address: str, account: str, device: str | None = None) -> Keys:
    """Return what a login counts on: a known browser itself, else account and address."""
    if device is not None:
        return {"device": device}
    return {"account": account, "address": address}


def code_keys(account: str, device: str | None) -> Keys:
    """Return what a code of a second factor counts on: the account's, in a known browser apart."""
    return {"code": account if device is None else f"{device}:{account}"}


class Throttle:
    """Counts failures and says how long the next attempt must wait.

    Call ``attempt`` before a secret is looked at and ``succeeded`` after a right
    one: an attempt under way counts as failed, so that many at once gain
    nothing.  The calls block; safe in several threads.
    """

    def __init__(self, database: Database, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock
        self._lock = threading.Lock()

    def __deepcopy__(self, memo: dict[int, object]) -> Throttle:
        # traitlets copies what a configuration holds; a connection pool has no copy.
        return self

    def attempt(self, keys: Keys) -> float:
        """Count an attempt and return 0, or return the seconds left to wait and count nothing."""
        with self._lock, self._database.begin() as connection:
            wait = max(self._wait(connection, kind, who[:255]) for kind, who in keys.items())
            if wait <= 0:
                for kind, who in keys.items():
                    self._count(connection, kind, who[:255])
            return max(wait, 0.0)

    def succeeded(self, keys: Keys) -> None:
        """Forget the failures, but of an address only this attempt.

        An address keeps its others, or a member's own logins would clear the
        way for guessing at somebody else's password.
        """
        with self._lock, self._database.begin() as connection:
            for kind, who in keys.items():
                values = {"kind": kind, "who": who[:255]}
                if kind == "address":
                    connection.execute(
                        text(
                            "UPDATE labdock_login_failure SET failures = failures - 1 "
                            "WHERE kind = :kind AND subject = :who AND failures > 0"
                        ),
                        values,
                    )
                else:
                    connection.execute(_FORGET, values)

    def forget(self, kind: Kind, subject: str) -> bool:
        """Let somebody try again at once; tell whether there was anything to forget."""
        with self._lock, self._database.begin() as connection:
            gone = connection.execute(_FORGET, {"kind": kind, "who": subject[:255]})
            return bool(gone.rowcount)

    def waiting(self) -> list[Waiting]:
        """List who has to wait now, the longest first."""
        with self._database.connect() as connection:
            rows = connection.execute(
                text("SELECT kind, subject, failures, latest FROM labdock_login_failure")
            )
            found = [
                Waiting(row.kind, row.subject, row.failures, self._left(row.kind, row))
                for row in rows
            ]
        return sorted((row for row in found if row.seconds > 0), key=lambda row: -row.seconds)

    def _wait(self, connection: Connection, kind: Kind, who: str) -> float:
        row = connection.execute(
            text(
                "SELECT failures, latest FROM labdock_login_failure "
                "WHERE kind = :kind AND subject = :who"
            ),
            {"kind": kind, "who": who},
        ).one_or_none()
        return 0.0 if row is None else self._left(kind, row)

    def _left(self, kind: Kind, row: object) -> float:
        failures, latest = row.failures, row.latest  # type: ignore[attr-defined]
        passed = self._clock() - latest
        over = failures - FREE.get(kind, 0)
        if over < 0 or passed > FORGOTTEN_AFTER:
            return 0.0
        # A clock that was set back must not lengthen a wait.
        return float(min(2.0 ** min(over, 30), LONGEST_WAIT) - max(passed, 0.0))

    def _count(self, connection: Connection, kind: Kind, who: str) -> None:
        now = self._clock()
        values = {"kind": kind, "who": who, "now": now, "old": now - FORGOTTEN_AFTER}
        connection.execute(text("DELETE FROM labdock_login_failure WHERE latest < :old"), values)
        # Upsert: SQLite and PostgreSQL write it alike.
        connection.execute(
            text(
                "INSERT INTO labdock_login_failure (kind, subject, failures, latest) "
                "VALUES (:kind, :who, 1, :now) ON CONFLICT (kind, subject) DO UPDATE "
                "SET failures = labdock_login_failure.failures + 1, latest = :now"
            ),
            values,
        )
        connection.execute(
            text(
                "DELETE FROM labdock_login_failure WHERE latest < (SELECT latest FROM "
                "labdock_login_failure ORDER BY latest DESC LIMIT 1 OFFSET :most)"
            ),
            {"most": MOST_ENTRIES},
        )


_FORGET = text("DELETE FROM labdock_login_failure WHERE kind = :kind AND subject = :who")
