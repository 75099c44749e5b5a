"""The submissions that wait for grading, as rows of the lab's database."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import text

from hub.portal.submissions import (
    MINUTE,
    State,
    Submission,
    Verdict,
    one_at_a_time,
    submission_of,
)
from workspace_cli.core.host import Host

TRIES = 3
"""How often one is begun: what ends the portal each time must not do so for ever."""


def queue_again(host: Host, wanted: str = "") -> int:
    """Queue what was being graded when a portal ended, or ``wanted`` alone; return how many.

    What was begun several times is given up instead.
    """
    with host.database.begin() as connection:
        connection.execute(
            text(
                "UPDATE labdock_lesson_submission SET state = 'failed', finished = :now, "
                "note = 'Grading was interrupted several times.' "
                "WHERE state = 'running' AND tries >= :tries AND (:id = '' OR id = :id)"
            ),
            {"now": host.clock(), "tries": TRIES, "id": wanted},
        )
        again = connection.execute(
            text(
                "UPDATE labdock_lesson_submission SET state = 'queued' "
                "WHERE state = 'running' AND (:id = '' OR id = :id)"
            ),
            {"id": wanted},
        )
    return int(again.rowcount)


def take(host: Host) -> tuple[Submission, Mapping[str, str]] | None:
    """Take the submission that is next for grading, with its sources; None where none waits.

    Members take turns: the one for whom least was graded lately comes first.
    """
    with host.database.begin() as connection:
        one_at_a_time(connection)
        row = connection.execute(
            text(
                "SELECT * FROM labdock_lesson_submission AS one WHERE state = 'queued' "
                "ORDER BY (SELECT COUNT(*) FROM labdock_lesson_submission AS other "
                "WHERE other.owner = one.owner AND (other.state = 'running' OR "
                "other.finished > :since)), created, id LIMIT 1"
            ),
            {"since": host.clock() - MINUTE},
        ).one_or_none()
        if row is None:
            return None
        connection.execute(
            text(
                "UPDATE labdock_lesson_submission SET state = 'running', tries = tries + 1 "
                "WHERE id = :id"
            ),
            {"id": row.id},
        )
        return submission_of(row), json.loads(row.sources_json)


def put_back(host: Host, wanted: str) -> None:
    """Queue a submission again that could not be graded now; it does not count as a try."""
    with host.database.begin() as connection:
        connection.execute(
            text(
                "UPDATE labdock_lesson_submission SET state = 'queued', tries = tries - 1 "
                "WHERE id = :id AND state = 'running'"
            ),
            {"id": wanted},
        )


def finish(host: Host, graded: Submission, verdicts: Iterable[Verdict]) -> None:
    """Keep the verdicts of a submission; nothing happens where its owner is gone meanwhile."""
    with host.database.begin() as connection:
        if not _end(connection, graded.id, "done", "", host.clock()):
            return
        for one in verdicts:
            connection.execute(
                text(
                    "INSERT INTO labdock_lesson_attempt "
                    "(submission, exercise, owner, lesson, ok, kind, at) VALUES "
                    "(:submission, :exercise, :owner, :lesson, :ok, :kind, :at)"
                ),
                {
                    "submission": graded.id,
                    "exercise": one.exercise,
                    "owner": graded.owner,
                    "lesson": graded.lesson,
                    "ok": one.ok,
                    "kind": one.kind,
                    "at": graded.created,
                },
            )


def fail(host: Host, graded: Submission, note: str) -> None:
    """Keep that grading itself did not work, and why."""
    with host.database.begin() as connection:
        _end(connection, graded.id, "failed", note, host.clock())


def _end(connection: Any, wanted: str, state: State, note: str, now: float) -> bool:
    done = connection.execute(
        text(
            "UPDATE labdock_lesson_submission SET state = :state, note = :note, finished = :now "
            "WHERE id = :id AND state = 'running'"
        ),
        {"id": wanted, "state": state, "note": note[:500], "now": now},
    )
    return bool(done.rowcount)
