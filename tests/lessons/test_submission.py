"""Answers reach the portal, wait while it is away, and come back verified."""

import json
import socket
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.lessons.tiny import RIGHT, lessons

VERDICTS = [{"exercise": "double", "ok": True, "kind": None}]


class Portal(ThreadingHTTPServer):
    """A portal that grades at the second time of asking, or says what it is told to say."""

    def __init__(self, address: Any = ("127.0.0.1", 0)) -> None:
        super().__init__(address, Handler)
        self.received: list[dict[str, Any]] = []
        self.tokens: list[str | None] = []
        self.asked = 0
        self.refusal: tuple[int, str] | None = None
        self.verdicts = VERDICTS

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class Handler(BaseHTTPRequestHandler):
    server: Portal

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
        """Say nothing."""

    def answer(self, code: int, body: object) -> None:
        data = json.dumps(body).encode()
        self.send_response(code)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.tokens.append(self.headers["Authorization"])
        if self.server.refusal:
            code, detail = self.server.refusal
            self.answer(code, {"title": "no", "detail": detail})
            return
        assert self.path == "/api/v1/lessons/submissions"
        self.server.received.append(body)
        self.answer(202, {"id": f"s{len(self.server.received)}", "state": "queued"})

    def do_GET(self) -> None:
        self.server.asked += 1
        state = "running" if self.server.asked == 1 else "done"
        number = self.path.rpartition("/")[2]
        verdicts = self.server.verdicts if state == "done" else []
        self.answer(200, {"id": number, "state": state, "verdicts": verdicts})


@contextmanager
def serving(server: Portal) -> Iterator[Portal]:
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def portal() -> Iterator[Portal]:
    with serving(Portal()) as server:
        yield server


@pytest.fixture
def worked(home_of_its_own: Path) -> Path:
    lessons("open", "z1")
    (home_of_its_own / "lessons/z1-double/double.py").write_text(RIGHT)
    return home_of_its_own


def test_only_what_was_worked_on_is_handed_in_and_the_verdict_comes_back(
    portal: Portal, worked: Path
) -> None:
    ran = lessons("submit", "z1", LABDOCK_PORTAL_URL=portal.url, LABDOCK_TOKEN="t0ken")
    assert (ran.code, ran.out) == (0, "✓ double: verified\n"), ran.err
    (body,) = portal.received
    assert body["lesson"] == "z1-double"
    assert body["exercises"] == {"double": RIGHT}
    assert portal.tokens == ["Bearer t0ken"]
    assert lessons("progress", "--json").json[0]["exercises"]["double"]["verified"] is True


def test_a_failed_verdict_is_explained(portal: Portal, worked: Path) -> None:
    portal.verdicts = [{"exercise": "double", "ok": False, "kind": "squared"}]
    ran = lessons("submit", "z1", LABDOCK_PORTAL_URL=portal.url, LABDOCK_TOKEN="t")
    assert (ran.code, ran.out) == (1, "✗ double: That is the square.\n")


def test_the_token_is_read_from_its_file(portal: Portal, worked: Path) -> None:
    file = worked / "token"
    file.write_text("from-file\n")
    surroundings = {"LABDOCK_PORTAL_URL": portal.url, "LABDOCK_TOKEN_FILE": str(file)}
    assert lessons("submit", "z1", "--no-wait", **surroundings).code == 0
    assert portal.tokens == ["Bearer from-file"]


def test_answers_wait_while_the_portal_is_away_and_go_out_next_time(
    portal: Portal, worked: Path
) -> None:
    away = {"LABDOCK_PORTAL_URL": "http://127.0.0.1:9", "LABDOCK_TOKEN": "t"}
    ran = lessons("submit", "z1", **away)
    assert ran.code == 6
    assert "wait in the outbox" in ran.err
    assert len(list((worked / ".lessons/outbox").glob("*.json"))) == 1
    assert lessons("submit", "z1", LABDOCK_PORTAL_URL=portal.url, LABDOCK_TOKEN="t").code == 0
    assert len(portal.received) == 1
    assert list((worked / ".lessons/outbox").glob("*.json")) == []


def test_what_had_waited_is_verified_too(portal: Portal, worked: Path) -> None:
    lessons("submit", "z1", LABDOCK_PORTAL_URL="http://127.0.0.1:9", LABDOCK_TOKEN="t")
    (waiting,) = (worked / ".lessons/outbox").glob("*.json")
    body = json.loads(waiting.read_text())
    earlier = waiting.with_name("1-a1-netpath.json")
    earlier.write_text(json.dumps({**body, "lesson": "a1-netpath"}))
    assert lessons("submit", "z1", LABDOCK_PORTAL_URL=portal.url, LABDOCK_TOKEN="t").code == 0
    assert [one["lesson"] for one in portal.received] == ["a1-netpath", "z1-double"]
    lines = (worked / ".lessons/progress.jsonl").read_text().splitlines()
    verified = [one for one in map(json.loads, lines) if one["event"] == "verified"]
    assert {one["lesson"] for one in verified} == {"a1-netpath", "z1-double"}


def test_a_refusal_says_why_and_is_not_sent_again(portal: Portal, worked: Path) -> None:
    portal.refusal = (403, "This course is closed.")
    ran = lessons("submit", "z1", LABDOCK_PORTAL_URL=portal.url, LABDOCK_TOKEN="t")
    assert ran.code == 5
    assert "This course is closed." in ran.err
    assert list((worked / ".lessons/outbox").glob("*.json")) == []


def test_a_broken_portal_keeps_the_answers_waiting(portal: Portal, worked: Path) -> None:
    portal.refusal = (503, "busy")
    ran = lessons("submit", "z1", LABDOCK_PORTAL_URL=portal.url, LABDOCK_TOKEN="t")
    assert ran.code == 6
    assert len(list((worked / ".lessons/outbox").glob("*.json"))) == 1


def test_a_member_who_hands_in_too_often_loses_nothing(portal: Portal, worked: Path) -> None:
    portal.refusal = (429, "Wait a minute.")
    ran = lessons("submit", "z1", LABDOCK_PORTAL_URL=portal.url, LABDOCK_TOKEN="t")
    assert ran.code == 6
    assert "Wait a minute." in ran.err
    assert len(list((worked / ".lessons/outbox").glob("*.json"))) == 1


class SocketPortal(Portal):
    """The portal behind the socket of a workspace's server."""

    address_family = socket.AF_UNIX

    def __init__(self, file: Path) -> None:
        super().__init__(str(file))

    def server_bind(self) -> None:
        self.socket.bind(self.server_address)


def test_inside_a_workspace_the_server_passes_answers_on(worked: Path) -> None:
    # A socket's path is short: pytest's folders are not.
    with tempfile.TemporaryDirectory() as folder:
        with serving(SocketPortal(Path(folder) / "labdock-portal.sock")) as portal:
            ran = lessons("submit", "z1", LABDOCK_PORTAL_URL="", JUPYTER_RUNTIME_DIR=folder)
            assert (ran.code, ran.out) == (0, "✓ double: verified\n"), ran.err
            assert portal.received[0]["exercises"] == {"double": RIGHT}
            assert portal.tokens == [None], "the server adds its own"
        ran = lessons("submit", "z1", LABDOCK_PORTAL_URL="", JUPYTER_RUNTIME_DIR=folder)
        assert ran.code == 6
        assert "does not answer" in ran.err


def test_without_token_or_portal_the_message_says_what_to_set(worked: Path) -> None:
    none = {"LABDOCK_PORTAL_URL": "", "JUPYTER_RUNTIME_DIR": str(worked)}
    assert "LABDOCK_PORTAL_URL" in lessons("submit", "z1", **none).err
    missing = {"LABDOCK_PORTAL_URL": "http://x", "LABDOCK_TOKEN_FILE": str(worked / "none")}
    assert "LABDOCK_TOKEN" in lessons("submit", "z1", LABDOCK_TOKEN="", **missing).err
