"""Openings: what members have confirmed to be opened in a workspace of theirs.

A link names a repository, and anybody can send one.  So a link alone does nothing: its page
asks, and the answer is kept here under a number that nobody else knows.  The workspace's own
server comes with that number, is told what it stands for, and fetches that and nothing else.
They are kept in the lab's database, so that a portal that was started anew knows them too.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from sqlalchemy import text

from hub.invitations import digest
from workspace_cli.core.errors import NotFoundError
from workspace_cli.core.host import Host
from workspace_cli.core.opening import Wanted, parse_wanted

KEPT_SECONDS = 3600.0
"""Long enough for a start that pulls an image first."""
MOST = 20
"""Of one member at once; the oldest goes."""


@dataclass(frozen=True)
class Opening:
    """Something that a member has confirmed; ``until`` in seconds since the epoch."""

    id: str
    owner: str
    workspace: str
    wanted: Wanted
    until: float


class Openings:
    """Keeps them; safe in several threads, the calls block."""

    def __init__(self, host: Host) -> None:
        self._host = host

    def add(self, owner: str, workspace: str, wanted: Wanted) -> Opening:
        """Keep what a member has just confirmed."""
        now = self._host.clock()
        opening = Opening(secrets.token_hex(16), owner, workspace, wanted, now + KEPT_SECONDS)
        row = {
            "digest": digest(opening.id),
            "name": owner,
            "workspace": workspace,
            "repository": wanted.repository.url,
            "branch": wanted.branch,
            "path": wanted.path,
            "ends": opening.until,
        }
        with self._host.database.begin() as connection:
            connection.execute(_SWEEP, {"now": now})
            connection.execute(_MAKE_ROOM, {"name": owner, "others": MOST - 1})
            connection.execute(_ADD, row)
        return opening

    def find(self, owner: str, number: str) -> Opening:
        """Return one of a member's own; NotFoundError for anybody else's and what is over."""
        asked = {"digest": digest(number), "name": owner, "now": self._host.clock()}
        with self._host.database.connect() as connection:
            row = connection.execute(_FIND, asked).one_or_none()
        if row is None:
            raise NotFoundError(
                "This was not confirmed by you, or more than an hour ago.",
                "Open the link again.",
            )
        wanted = parse_wanted(row.repository, row.branch, row.path)
        return Opening(number, owner, row.workspace, wanted, row.ends)


_SWEEP = text("DELETE FROM labdock_opening WHERE ends <= :now")
_MAKE_ROOM = text(
    "DELETE FROM labdock_opening WHERE name = :name AND digest NOT IN ("
    "SELECT digest FROM labdock_opening WHERE name = :name ORDER BY ends DESC LIMIT :others)"
)
_ADD = text(
    "INSERT INTO labdock_opening (digest, name, workspace, repository, branch, path, ends) "
    "VALUES (:digest, :name, :workspace, :repository, :branch, :path, :ends)"
)
_FIND = text(
    "SELECT workspace, repository, branch, path, ends FROM labdock_opening "
    "WHERE digest = :digest AND name = :name AND ends > :now"
)
