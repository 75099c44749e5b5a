"""Openings: what members have confirmed to be opened in a workspace of theirs.

A link names a repository, and anybody can send one.  So a link alone does nothing: its page
asks, and the answer is kept here under a number that nobody else knows.  The workspace's own
server comes with that number, is told what it stands for, and fetches that and nothing else.
They are kept in memory: after a restart of the portal the link is opened once more.
"""

from __future__ import annotations

import secrets
import threading
from dataclasses import dataclass

from workspace_cli.core.errors import NotFoundError
from workspace_cli.core.opening import Wanted

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
    """Keeps them; safe in several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: dict[str, Opening] = {}

    def add(self, owner: str, workspace: str, wanted: Wanted, now: float) -> Opening:
        """Keep what a member has just confirmed."""
        opening = Opening(secrets.token_hex(16), owner, workspace, wanted, now + KEPT_SECONDS)
        with self._lock:
            self._kept = {name: one for name, one in self._kept.items() if one.until > now}
            own = [name for name, one in self._kept.items() if one.owner == owner]
            for name in own[: max(0, len(own) - MOST + 1)]:
                del self._kept[name]
            self._kept[opening.id] = opening
        return opening

    def find(self, owner: str, number: str, now: float) -> Opening:
        """Return one of a member's own; NotFoundError for anybody else's and what is over."""
        with self._lock:
            found = self._kept.get(number)
        if found is None or found.owner != owner or found.until <= now:
            raise NotFoundError(
                "This was not confirmed by you, or more than an hour ago.",
                "Open the link again.",
            )
        return found
