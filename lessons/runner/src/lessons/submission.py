"""Hands answers to the portal, which grades them anew; kept in an outbox while it is out of reach.

The portal's API: POST {portal}/api/v1/lessons/submissions answers 202 {"id", "state"}, GET …/{id}
answers {"id", "state", "verdicts"}; problems are application/problem+json with "detail".
"""

import json
import os
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from lessons.answers import write_whole
from lessons.errors import NotReadyError, OutOfReachError, RefusedError
from lessons.places import Places
from lessons.registry import Lesson

TOKEN_FILE = Path("/run/labdock-member/token")
TIMEOUT = 10.0
POLL = 0.5
WAIT = 120.0
FINAL = {"done", "failed"}


@dataclass(frozen=True)
class Portal:
    """Where answers are handed in, and the member's token."""

    url: str
    token: str

    def call(self, method: str, path: str, body: object = None) -> dict[str, Any]:
        """One call of the API; OutOfReachError or RefusedError where it does not work out."""
        data = None if body is None else json.dumps(body, ensure_ascii=False).encode()
        request = urllib.request.Request(  # noqa: S310 - the scheme is checked where it is read
            f"{self.url}/api/v1/lessons/{path}",
            data=data,
            method=method,
            headers={
                "Authorization": f"Bearer {self.token}",
                "Content-Type": "application/json",
                "Accept": "application/json",
            },
        )
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:  # noqa: S310
                return _object(answer.read())
        except urllib.error.HTTPError as refusal:
            raise _refused(refusal) from refusal
        except (OSError, ValueError) as problem:
            why = getattr(problem, "reason", problem)
            raise OutOfReachError("portal_out_of_reach", url=self.url, why=why) from problem


def _object(data: bytes) -> dict[str, Any]:
    given = json.loads(data)
    if not isinstance(given, dict):
        raise ValueError("the portal's answer is no JSON object")  # noqa: TRY004 - as bad JSON is
    return given


def _refused(refusal: urllib.error.HTTPError) -> OutOfReachError:
    try:
        detail = str(_object(refusal.read())["detail"])
    except (ValueError, KeyError, OSError):
        detail = str(refusal.reason)
    if refusal.code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return OutOfReachError("portal_broken", code=refusal.code, why=detail)
    return RefusedError("portal_refused", code=refusal.code, why=detail)


def find_portal(environ: Mapping[str, str] = os.environ) -> Portal:
    """The portal that LABDOCK_PORTAL_URL names, else the one beside the hub of this workspace."""
    url = environ.get("LABDOCK_PORTAL_URL") or _beside_the_hub(environ)
    if url is None:
        raise NotReadyError("no_portal")
    if urlsplit(url).scheme not in {"http", "https"}:
        raise NotReadyError("bad_portal", url=url)
    return Portal(url.rstrip("/"), _token(environ))


def _beside_the_hub(environ: Mapping[str, str]) -> str | None:
    api = environ.get("JUPYTERHUB_API_URL", "")
    if not api:
        return None
    # Services live beside the hub: …/hub/api → …/services/portal, at the same host's proxy.
    base, found, _ = api.partition("/hub/api")
    return f"{base}/services/portal" if found else None


def _token(environ: Mapping[str, str]) -> str:
    given = environ.get("LABDOCK_TOKEN", "").strip()
    if given:
        return given
    file = Path(environ.get("LABDOCK_TOKEN_FILE") or TOKEN_FILE)
    try:
        token = file.read_text(encoding="utf-8").strip()
    except OSError as problem:
        raise NotReadyError("no_token", file=file, why=problem.strerror) from problem
    if not token:
        raise NotReadyError("no_token", file=file, why="empty")
    return token


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
