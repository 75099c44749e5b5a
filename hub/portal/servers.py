"""What is known of the hub's servers: told by the hub as it happens, else asked for.

The hub's stream is what pages live on.  While there is none (the hub restarts), those whose
servers are on their way are asked about closely, as long as that lasts.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import quote

from hub.portal.board import Board
from hub.portal.hub_api import HubApi
from hub.portal.shown import Key
from workspace_cli.core import naming
from workspace_cli.core.errors import NotFoundError

PAGE = 200
"""The most users that the hub tells of at once."""
TOUCHED_SECONDS = 8.0
"""For so long somebody's servers are looked at closely after something happened to one."""
MANY = 8
"""More than so many who are on their way are asked about all at once."""


class Servers:
    """Puts them on a board; safe in several threads."""

    def __init__(self, hub: HubApi, board: Board) -> None:
        self._hub, self._board = hub, board
        self._looking = threading.Lock()
        self._guard = threading.Lock()
        self._touched: dict[str, float] = {}
        self._told: dict[str, float] = {}
        """Owner → when the hub last told of their servers."""
        self._followed = False

    def follow(
        self, users: Iterable[Mapping[str, Any]], told: Callable[[], None] = lambda: None
    ) -> None:
        """Take in what the hub tells, until it ends; call ``told`` after each."""
        self._followed = True
        try:
            for user in users:
                owner = str(user["name"])
                with self._guard:
                    self._told[owner] = time.monotonic()
                    self._board.put_servers_of(owner, servers_of(user))
                told()
        finally:
            self._followed = False

    def look(self) -> None:
        """Ask about everybody's; what the hub has told meanwhile is newer and stays."""
        # One after the other: the answer that comes last must be the newest.
        with self._looking:
            began = time.monotonic()
            found = self._everybodys()
            with self._guard:
                self._told = {name: at for name, at in self._told.items() if at >= began}
                self._board.put_servers(found, keep=self._told.keys())

    def _everybodys(self) -> dict[Key, Mapping[str, Any]]:
        found: dict[Key, Mapping[str, Any]] = {}
        offset = 0
        while True:
            page = self._hub.ask("GET", users_path(offset))
            for user in page:
                found.update(servers_of(user))
            offset += len(page)
            if len(page) < PAGE:
                return found

    def look_closely(self) -> None:
        """Ask about those on their way up or down."""
        owners = self.moving()
        if len(owners) > MANY:
            self.look()
            return
        for owner in sorted(owners):
            try:
                user = self._hub.ask("GET", user_path(owner))
            except NotFoundError:
                user = {}  # an account that never logged in, or is gone
            if isinstance(user, Mapping):
                self._board.put_servers_of(owner, servers_of(user))

    def touch(self, owner: str) -> None:
        """Look at somebody's closely: something is about to happen to one."""
        with self._guard:
            self._touched[owner] = time.monotonic() + TOUCHED_SECONDS

    def moving(self) -> set[str]:
        """Return whose are to be asked about closely; nobody's while the hub tells."""
        if self._followed:
            return set()
        under_way = {
            one.owner
            for one in self._board.picture.workspaces.values()
            if one.kind == "hub" and one.state in ("starting", "stopping")
        }
        with self._guard:
            now = time.monotonic()
            self._touched = {name: until for name, until in self._touched.items() if until > now}
            return under_way | set(self._touched)


def users_path(offset: int) -> str:
    """Return the path of a page of the hub's users, with all of their servers."""
    return f"/users?include_stopped_servers=true&limit={PAGE}&offset={offset}"


def user_path(owner: str) -> str:
    """Return the path of one of them."""
    return f"/users/{quote(owner, safe='')}?include_stopped_servers=true"


def servers_of(user: Mapping[str, Any]) -> dict[tuple[str, str], Mapping[str, Any]]:
    """Return a user's servers by owner and workspace; those that were never used are left out."""
    found = {}
    for server, model in (user.get("servers") or {}).items():
        # Every account that has logged in has a default server, wanted or not.
        untouched = not (server or model.get("user_options") or model.get("last_activity"))
        if not (untouched and model.get("stopped", True)):
            found[str(user["name"]), naming.workspace_of_server(server)] = model
    return found
