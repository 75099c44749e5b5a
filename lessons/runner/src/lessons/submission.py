"""Hands answers to the portal, which grades them anew; kept in an outbox while it is out of reach.

The portal's API: POST {portal}/api/v1/lessons/submissions answers 202 {"id", "state"}, GET …/{id}
answers {"id", "state", "verdicts"}; problems are application/problem+json with "detail".
"""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lessons.answers import write_whole
from lessons.errors import RefusedError
from lessons.places import Places
from lessons.portal import Portal
from lessons.registry import Lesson

POLL = 0.5
WAIT = 120.0
FINAL = {"done", "failed"}


@dataclass(frozen=True)
class Outbox:
    """Submissions that wait for the portal, a file each, oldest first."""

    folder: Path

    def put(self, lesson: Lesson, sources: Mapping[str, str]) -> Path:
        """Keeps a submission; one of the same lesson that still waits is replaced."""
        for waiting in self.folder.glob(f"*-{lesson.id}.json"):
            waiting.unlink(missing_ok=True)
        file = self.folder / f"{time.time_ns()}-{lesson.id}.json"
        body = {
            "lesson": lesson.id,
            "exercises": dict(sources),
            "package": lesson.package.id,
            "version": lesson.package.version,
        }
        write_whole(file, json.dumps(body, ensure_ascii=False))
        return file

    def waiting(self) -> list[Path]:
        return sorted(self.folder.glob("*.json"))

    def send(self, portal: Portal) -> dict[str, str]:
        """Sends everything that waits; the portal's id of each, by lesson.

        What was refused is taken out too: sent again it would be refused again.
        """
        sent: dict[str, str] = {}
        for file in self.waiting():
            body = json.loads(file.read_text(encoding="utf-8"))
            try:
                answer = portal.call("POST", "submissions", body)
            except RefusedError:
                file.unlink(missing_ok=True)
                raise
            sent[str(body["lesson"])] = str(answer["id"])
            file.unlink(missing_ok=True)
        return sent


def await_verdicts(portal: Portal, submission: str, wait: float = WAIT) -> dict[str, Any]:
    """The submission once it is graded, or as it is when `wait` seconds are over."""
    end = time.monotonic() + wait
    while True:
        given = portal.call("GET", f"submissions/{submission}")
        if given.get("state") in FINAL or time.monotonic() > end:
            return given
        time.sleep(POLL)


def outbox(places: Places) -> Outbox:
    """The outbox of this learner."""
    return Outbox(places.outbox)
