"""The browsers in which somebody is logged in: listed, and ended one by one.

JupyterHub gives all browsers of a member one login cookie, so that one alone
cannot be ended.  Here each login is a row, bound to the login cookie and to the
browser's session id together; ``SessionGate`` takes the login cookie out of
every request whose row is gone, before any handler looks at it.
"""

from __future__ import annotations

import hashlib
import secrets
import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from jupyterhub import orm
from sqlalchemy import text
from tornado.httputil import HTTPServerRequest
from tornado.web import OutputTransform, decode_signed_value

from workspace_cli.core.database import Database

SESSION_COOKIE = "jupyterhub-session-id"
DAYS = 14
"""How long a login lasts: JupyterHub's ``cookie_max_age_days``."""
SEEN_SECONDS = 300.0
"""How exactly is noted when a browser was last seen."""


@dataclass(frozen=True)
class Session:
    """One browser's login; times in seconds since the epoch."""

    id: str
    session: str
    name: str
    created: float
    seen: float
    address: str
    agent: str


class Sessions:
    """The logins in one database, and in memory what the gate asks at each request.

    Only the hub opens and ends logins, so its memory is never out of date.
    """

    def __init__(self, database: Database, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock
        self._live: dict[str, float] | None = None
        self._notes = ThreadPoolExecutor(1, "sessions")
        self.cookie_secret = b""
        """The hub's, from when it has read it."""

    def __deepcopy__(self, memo: dict[int, object]) -> Sessions:
        # traitlets copies what a configuration holds; threads have no copy.
        return self

    def open(self, name: str, session: str, cookie_id: str, address: str, agent: str) -> None:
        """Keep that a browser has logged in."""
        now = self._clock()
        digest = _digest(session, cookie_id)
        values = {
            "id": secrets.token_hex(6),
            "digest": digest,
            "session": session,
            "name": name,
            "now": now,
            "address": address[:64],
            "agent": agent[:255],
            "old": now - DAYS * 86400.0,
        }
        with self._database.begin() as connection:
            connection.execute(text("DELETE FROM labdock_session WHERE created < :old"), values)
            connection.execute(
                text(
                    "INSERT INTO labdock_session "
                    "(id, digest, session, name, created, seen, address, agent) "
                    "VALUES (:id, :digest, :session, :name, :now, :now, :address, :agent)"
                ),
                values,
            )
        self._loaded()[digest] = now

    def all(self, name: str | None = None) -> list[Session]:
        """List a member's logins, or everybody's, the latest seen first."""
        where = "" if name is None else " WHERE name = :name"
        with self._database.connect() as connection:
            rows = connection.execute(
                text(f"SELECT * FROM labdock_session{where} ORDER BY seen DESC"),  # noqa: S608
                {} if name is None else {"name": name},
            )
            return [
                Session(
                    row.id, row.session, row.name, row.created, row.seen, row.address, row.agent
                )
                for row in rows
            ]

    def close(self, name: str, ids: set[str]) -> list[str]:
        """End logins of a member; return their session ids."""
        ended = [row.session for row in self.all(name) if row.id in ids]
        with self._database.begin() as connection:
            for session in ended:
                connection.execute(
                    text("DELETE FROM labdock_session WHERE session = :session AND name = :name"),
                    {"session": session, "name": name},
                )
        self._live = None
        return ended

    def lives(self, session: str, cookie_id: str) -> bool:
        """Tell whether a browser's login has not been ended, and note that it was seen."""
        digest = _digest(session, cookie_id)
        live = self._loaded()
        seen = live.get(digest)
        if seen is None:
            return False
        now = self._clock()
        if now - seen > SEEN_SECONDS:
            live[digest] = now
            self._notes.submit(self._note, digest, now)
        return True

    def stop(self) -> None:
        """Finish what is noted in the background."""
        self._notes.shutdown()

    def _loaded(self) -> dict[str, float]:
        if self._live is None:
            with self._database.connect() as connection:
                rows = connection.execute(text("SELECT digest, seen FROM labdock_session"))
                self._live = {row.digest: row.seen for row in rows}
        return self._live

    def _note(self, digest: str, now: float) -> None:
        with self._database.begin() as connection:
            connection.execute(
                text("UPDATE labdock_session SET seen = :now WHERE digest = :digest"),
                {"now": now, "digest": digest},
            )


class SessionGate(OutputTransform):
    """Takes the login cookie out of a request whose login has been ended.

    Tornado makes its output transforms before the handler looks at anything,
    which is the one place that no handler of JupyterHub can be reached around.
    """

    COOKIES = ("jupyterhub-hub-login", "__Host-jupyterhub-hub-login")
    """What JupyterHub calls its login cookie, where members have host names of their own too."""

    def __init__(self, request: HTTPServerRequest, sessions: Sessions) -> None:
        super().__init__(request)
        session = request.cookies.get(SESSION_COOKIE)
        for name in self.COOKIES:
            login = request.cookies.get(name)
            if login is None:
                continue
            cookie_id = decode_signed_value(
                sessions.cookie_secret, name, login.value, max_age_days=DAYS
            )
            if (
                cookie_id is None
                or session is None
                or not sessions.lives(session.value, cookie_id.decode("utf-8", "replace"))
            ):
                del request.cookies[name]


def begin(handler: Any, user: Any, sessions: Sessions, address: str) -> None:
    """Give a browser a session of its own after a login, and keep it.

    Never the id that the browser brought along: whoever planted it would know it.
    """
    handler._session_id = uuid.uuid4().hex  # noqa: SLF001 - set_session_cookie() reads it
    session = handler.set_session_cookie()
    agent = handler.request.headers.get("User-Agent", "")
    sessions.open(user.name, session, user.cookie_id, address, agent)


def end(db: Any, orm_user: Any, sessions: Sessions, ids: set[str]) -> int:
    """End some logins of a member, with what their browsers hold for workspaces and portal."""
    ended = set(sessions.close(orm_user.name, ids))
    for token in list(orm_user.api_tokens):
        if token.session_id in ended:
            db.delete(token)
    db.commit()
    return len(ended)


def end_all(db: Any, orm_user: Any, sessions: Sessions) -> None:
    """End every login of a member, also those that nobody listed.

    Tokens made for scripts, and those of running servers, belong to no session.
    """
    sessions.close(orm_user.name, {row.id for row in sessions.all(orm_user.name)})
    orm_user.cookie_id = orm.new_token()
    for token in list(orm_user.api_tokens):
        if token.session_id is not None:
            db.delete(token)
    db.commit()


def _digest(session: str, cookie_id: str) -> str:
    return hashlib.sha256(f"{session}:{cookie_id}".encode("utf-8", "replace")).hexdigest()
