"""Answers that members hand in, and what grading found: rows of the lab's database.

A submission waits as ``queued``, is ``running`` while it is graded, and ends as
``done`` (there are verdicts) or ``failed`` (grading itself did not work).  What a
portal that died has left running is queued again when the next one comes up.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import text

from workspace_cli.core.errors import ConflictError, NotFoundError, TooOftenError
from workspace_cli.core.host import Host

State = Literal["queued", "running", "done", "failed"]
MINUTE = 60.0
PER_MINUTE = 12
"""Submissions of one member in a minute; each costs seconds of grading."""
WAITING = 6
"""Submissions of one member that wait at a time."""
PAGE = 200
_LOCK = 0x1ABD0C5
"""Key of the PostgreSQL advisory lock under which the queue is read and changed."""


@dataclass(frozen=True)
class Handed:
    """What a member hands in: the source of each exercise, and the package it was made with."""

    owner: str
    lesson: str
    sources: Mapping[str, str]
    package: str = ""
    version: str = ""
    key: str | None = None

    @property
    def digest(self) -> str:
        """A hash that the same sources of the same lesson share."""
        whole = json.dumps([self.lesson, dict(self.sources)], sort_keys=True)
        return hashlib.sha256(whole.encode()).hexdigest()


@dataclass(frozen=True)
class Verdict:
    """What grading says of one exercise; ``kind`` names the mistake, None where it is right."""

    exercise: str
    ok: bool
    kind: str | None = None


@dataclass(frozen=True)
class Submission:
    """One submission without its sources; times in seconds since the epoch."""

    id: str
    owner: str
    lesson: str
    state: State
    note: str
    created: float
    finished: float | None


@dataclass(frozen=True)
class Attempt:
    """One exercise that was graded, as the views of a class count it."""

    owner: str
    lesson: str
    exercise: str
    ok: bool
    kind: str | None
    at: float


def hand_in(host: Host, handed: Handed) -> Submission:
    """Queue a submission; one that was handed in before with the same key is answered again.

    The same sources that still wait are not queued twice.  Raises ConflictError where the
    key was used for something else, TooOftenError beyond the limits.
    """
    with host.database.begin() as connection:
        one_at_a_time(connection)
        found = _earlier(connection, handed)
        if found is not None:
            return found
        _check_rate(connection, handed.owner, host.clock())
        made = Submission(
            uuid.uuid4().hex, handed.owner, handed.lesson, "queued", "", host.clock(), None
        )
        connection.execute(
            text(
                "INSERT INTO labdock_lesson_submission (id, owner, lesson, sources_json, digest, "
                "package, version, request_key, state, tries, note, created) VALUES (:id, :owner, "
                ":lesson, :sources, :digest, :package, :version, :key, 'queued', 0, '', :created)"
            ),
            {
                **vars(made),
                "sources": json.dumps(dict(handed.sources)),
                "digest": handed.digest,
                "package": handed.package,
                "version": handed.version,
                "key": handed.key,
            },
        )
    return made


def one_at_a_time(connection: Any) -> None:
    """Let nobody else read and then write meanwhile, until the transaction ends.

    SQLite's transactions begin with its write lock already (``database.py``).
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})


def _earlier(connection: Any, handed: Handed) -> Submission | None:
    values = {"owner": handed.owner, "key": handed.key, "digest": handed.digest}
    if handed.key is not None:
        rows = connection.execute(
            text(
                "SELECT * FROM labdock_lesson_submission "
                "WHERE owner = :owner AND request_key = :key"
            ),
            values,
        )
        for row in rows:
            if row.digest != handed.digest:
                raise ConflictError(
                    "This idempotency key was used for another submission.",
                    "Send each submission with a key of its own.",
                )
            return submission_of(row)
    rows = connection.execute(
        text(
            "SELECT * FROM labdock_lesson_submission "
            "WHERE owner = :owner AND digest = :digest AND state = 'queued'"
        ),
        values,
    )
    return next((submission_of(row) for row in rows), None)


def _check_rate(connection: Any, owner: str, now: float) -> None:
    row = connection.execute(
        text(
            "SELECT COALESCE(SUM(CASE WHEN created > :since THEN 1 ELSE 0 END), 0) AS recent, "
            "COALESCE(SUM(CASE WHEN state = 'queued' THEN 1 ELSE 0 END), 0) AS waiting, "
            "MAX(created) AS last FROM labdock_lesson_submission "
            "WHERE owner = :owner AND (created > :since OR state = 'queued')"
        ),
        {"owner": owner, "since": now - MINUTE},
    ).one()
    if row.recent >= PER_MINUTE or row.waiting >= WAITING:
        raise TooOftenError(
            "You have handed in a lot within a minute.",
            "Wait a minute, then hand in again.",
            seconds=MINUTE,
        )


def submission(host: Host, wanted: str, owner: str) -> tuple[Submission, list[Verdict]]:
    """Return one of an owner's submissions with its verdicts; NotFoundError for anybody else's."""
    with host.database.connect() as connection:
        row = connection.execute(
            text("SELECT * FROM labdock_lesson_submission WHERE id = :id AND owner = :owner"),
            {"id": wanted, "owner": owner},
        ).one_or_none()
        if row is None:
            raise NotFoundError("You have handed in nothing of this id.", "See your progress.")
        rows = connection.execute(
            text(
                "SELECT exercise, ok, kind FROM labdock_lesson_attempt "
                "WHERE submission = :id ORDER BY exercise"
            ),
            {"id": wanted},
        )
        return submission_of(row), [Verdict(one.exercise, bool(one.ok), one.kind) for one in rows]


def submissions(
    host: Host, owner: str, *, before: str = "", limit: int = 50
) -> tuple[list[Submission], str | None]:
    """Return an owner's submissions, the newest first, and where the next page begins.

    ``before`` is what the page before gave; None is the end.
    """
    limit = max(1, min(limit, PAGE))
    with host.database.connect() as connection:
        rows = connection.execute(
            text(
                "SELECT * FROM labdock_lesson_submission AS one WHERE owner = :owner AND "
                "(:before = '' OR EXISTS (SELECT 1 FROM labdock_lesson_submission AS mark "
                "WHERE mark.id = :before AND mark.owner = :owner AND (one.created < mark.created "
                "OR (one.created = mark.created AND one.id < mark.id)))) "
                "ORDER BY created DESC, id DESC LIMIT :limit"
            ),
            {"owner": owner, "before": before, "limit": limit + 1},
        )
        found = [submission_of(row) for row in rows]
    return found[:limit], found[limit - 1].id if len(found) > limit else None


def attempts(host: Host, owner: str = "") -> list[Attempt]:
    """Return what was graded, an owner's or everybody's, the earliest first."""
    with host.database.connect() as connection:
        rows = connection.execute(
            text(
                "SELECT owner, lesson, exercise, ok, kind, at FROM labdock_lesson_attempt "
                "WHERE :owner = '' OR owner = :owner ORDER BY at, submission, exercise"
            ),
            {"owner": owner},
        )
        return [
            Attempt(row.owner, row.lesson, row.exercise, bool(row.ok), row.kind, row.at)
            for row in rows
        ]


def forget(connection: Any, owner: str) -> None:
    """Remove everything of somebody whose account is gone: the name may be given again."""
    for table in ("attempt", "submission"):
        connection.execute(
            text(f"DELETE FROM labdock_lesson_{table} WHERE owner = :owner"),  # noqa: S608
            {"owner": owner},
        )


def submission_of(row: Any) -> Submission:
    """Read a submission from its row."""
    return Submission(row.id, row.owner, row.lesson, row.state, row.note, row.created, row.finished)
