"""The gate in front of every handler, and what is kept of a login."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tornado.httputil import HTTPHeaders, HTTPServerRequest, RequestStartLine
from tornado.web import create_signed_value

from hub.sessions import DAYS, SEEN_SECONDS, SessionGate, Sessions
from workspace_cli.core.database import Database

SECRET = b"0" * 32


class Clock:
    now = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def sessions(tmp_path: Path, clock: Clock) -> Iterator[Sessions]:
    database = Database(f"sqlite:///{tmp_path / 'labdock.sqlite'}")
    sessions = Sessions(database, clock)
    sessions.cookie_secret = SECRET
    yield sessions
    sessions.stop()
    database.close()


def passes(sessions: Sessions, name: str, cookie_id: str, session: str | None) -> bool:
    """Tell whether the login cookie of a request is still there behind the gate."""
    signed = create_signed_value(SECRET, name, cookie_id).decode()
    cookies = f"{name}={signed}" + (f"; jupyterhub-session-id={session}" if session else "")
    line = RequestStartLine("GET", "/", "HTTP/1.1")
    request = HTTPServerRequest(
        start_line=line, headers=HTTPHeaders({"Cookie": cookies, "Host": "lab"})
    )
    SessionGate(request, sessions)
    return name in request.cookies


@pytest.mark.parametrize("name", SessionGate.COOKIES)
def test_only_a_login_that_is_kept_passes(sessions: Sessions, name: str) -> None:
    sessions.open("kim", "s-1", "kims-cookie", "10.0.0.1", "Firefox")
    sessions.open("lee", "s-2", "lees-cookie", "10.0.0.2", "Firefox")
    assert passes(sessions, name, "kims-cookie", "s-1")
    assert not passes(sessions, name, "kims-cookie", "s-2")
    assert not passes(sessions, name, "kims-cookie", "made-up")
    assert not passes(sessions, name, "kims-cookie", None)
    (row,) = sessions.all("kim")
    assert sessions.close("lee", {row.id}) == [], "nobody ends another one's"
    assert sessions.close("kim", {row.id}) == ["s-1"]
    assert not passes(sessions, name, "kims-cookie", "s-1")
    assert passes(sessions, name, "lees-cookie", "s-2")


def test_a_restart_of_the_hub_ends_no_login(sessions: Sessions, clock: Clock) -> None:
    sessions.open("kim", "s-1", "kims-cookie", "10.0.0.1", "Firefox")
    again = Sessions(sessions._database, clock)
    assert again.lives("s-1", "kims-cookie")
    again.stop()


def test_when_a_browser_was_last_seen_is_noted_now_and_then(
    sessions: Sessions, clock: Clock
) -> None:
    sessions.open("kim", "s-1", "kims-cookie", "10.0.0.1", "Firefox" * 100)
    began = clock.now
    clock.now += SEEN_SECONDS - 1
    assert sessions.lives("s-1", "kims-cookie")
    clock.now += 2
    assert sessions.lives("s-1", "kims-cookie")
    sessions.stop()
    (row,) = sessions.all("kim")
    assert (row.created, row.seen) == (began, clock.now)


def test_old_logins_are_forgotten(sessions: Sessions, clock: Clock) -> None:
    sessions.open("kim", "s-1", "kims-cookie", "10.0.0.1", "Firefox")
    clock.now += DAYS * 86400 + 1
    sessions.open("lee", "s-2", "lees-cookie", "10.0.0.2", "Firefox")
    assert [row.name for row in sessions.all()] == ["lee"]
