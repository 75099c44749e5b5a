"""Starts, stops and the rest that is done to a workspace: by the hub, with the caller's rights.

What takes long goes on in a thread when the caller has been answered; why it failed is kept
for the page.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import quote

from sqlalchemy.exc import SQLAlchemyError

from hub.portal.callers import Caller
from hub.portal.hub_api import HubApi
from hub.portal.live import Live
from hub.portal.shown import REMEMBERED, Key, Shown
from workspace_cli.core import audit, naming
from workspace_cli.core.engine import Report
from workspace_cli.core.errors import (
    ConflictError,
    LabdockError,
    TooOftenError,
    WorkspaceNotFoundError,
)
from workspace_cli.core.host import Host

log = logging.getLogger("labdock.portal")

THREADS = 32
"""Starts and stops at once; each waits for the hub nearly all of its time."""
QUICK_THREADS = 16
"""For what the hub answers at once, so that it never waits behind many starts."""
MOST_BEGUN = 12
"""Starts and stops of one member that have not ended: more than workspaces that one may have."""
SOON_SECONDS = 1.0
"""What fails within this is told in the answer."""
NEW_OPTIONS = (*REMEMBERED, "wait", "replace_image", "fresh", "safe_mode")
"""What a start may be asked for."""


class Servers(Protocol):
    """Starts and stops with somebody's token; both wait until it is done."""

    def start_server(
        self,
        owner: str,
        workspace: str,
        report: Report | None = None,
        options: Mapping[str, Any] | None = None,
    ) -> None:
        """Start a workspace; StartFailedError with the hub's reason."""

    def stop_server(self, owner: str, workspace: str, *, remove: bool = False) -> None:
        """Stop a workspace; ``remove`` also forgets it and deletes its container."""


@dataclass(frozen=True)
class Actor:
    """Somebody who acts: who they are, the token they do it with, and their language."""

    who: Caller
    token: str
    language: str = "en"


class Acting:
    """Does it for one machine."""

    def __init__(
        self, host: Host, live: Live, hub: HubApi, servers: Callable[[str], Servers]
    ) -> None:
        self._host, self._live, self._hub, self._servers = host, live, hub, servers
        self._pool = ThreadPoolExecutor(THREADS, "acting")
        self._quick = ThreadPoolExecutor(QUICK_THREADS, "asking")
        self._begun: Counter[str] = Counter()

    def stop(self) -> None:
        """Begin nothing more; what is under way the hub brings to its end."""
        for pool in (self._pool, self._quick):
            pool.shutdown(wait=False, cancel_futures=True)

    def find(self, who: Caller, owner: str, name: str) -> Shown:
        """Return a workspace that somebody may see: their own, for an admin anybody's."""
        found = self._live.board.picture.workspaces.get((owner, name))
        if found is None or not (owner == who.name or who.administers):
            raise WorkspaceNotFoundError(
                "There is no such workspace, or it is not yours.",
                "Your page of workspaces lists them.",
            )
        return found

    async def start(self, actor: Actor, key: Key, options: Mapping[str, Any] | None = None) -> None:
        """Start one, or make it; without options with those that it had."""
        owner, name = key
        naming.check_workspace(name)
        known = self._live.board.picture.workspaces.get(key)
        if known is not None:
            _check_hubs(known)

        # Somebody has stopped its container behind the hub's back, which waits for a while
        # whether it comes back.
        ended = known is not None and known.believed_up and known.state in ("stopped", "failed")

        def start() -> None:
            servers = self._servers(actor.token)
            if ended:
                servers.stop_server(owner, name)
            servers.start_server(owner, name, None, options)

        await self._soon(actor, "start", key, start, begins=True)

    async def halt(self, actor: Actor, one: Shown) -> None:
        """Stop it; what is installed in it stays."""
        _check_hubs(one)

        def stop() -> None:
            self._servers(actor.token).stop_server(one.owner, one.name)

        await self._soon(actor, "stop", one.key, stop)

    async def restart(self, actor: Actor, one: Shown) -> None:
        """Stop it and start it again with the options that it had."""
        _check_hubs(one)

        def restart() -> None:
            servers = self._servers(actor.token)
            if one.state not in ("stopped", "failed", "new"):
                servers.stop_server(one.owner, one.name)
            servers.start_server(one.owner, one.name, None, None)

        await self._soon(actor, "restart", one.key, restart, begins=True)

    async def remove(self, actor: Actor, one: Shown) -> None:
        """Remove its container and forget it; the files in /workspace stay."""
        _check_hubs(one)
        if not one.server:
            raise ConflictError(
                "The default workspace stays.", "Stop it, or start it anew from another image."
            )

        def remove() -> None:
            self._servers(actor.token).stop_server(one.owner, one.name, remove=True)

        await self._soon(actor, "remove", one.key, remove)

    async def extend(self, actor: Actor, one: Shown) -> str:
        """Put the end of its GPU lease off; return what the hub says of it."""
        path = f"/leases/{_address(one)}/extend"
        answer = await self.ask(actor, "POST", path, {})
        await self._look_at_rows()
        return str(answer["message"]) if isinstance(answer, Mapping) else ""

    async def keep(self, actor: Actor, one: Shown) -> str:
        """Say that it is in use though nothing seems to happen; return what the hub says of it."""
        answer = await self.ask(actor, "POST", f"/idle/{_address(one)}/keep", {})
        return str(answer["message"]) if isinstance(answer, Mapping) else ""

    async def leave(self, actor: Actor, one: Shown) -> None:
        """Give its place in the line up."""
        path = f"/line/{quote(one.owner, safe='')}"
        path += f"/{quote(one.server, safe='')}" if one.server else ""
        await self.ask(actor, "DELETE", path)
        await self._look_at_rows()
        await asyncio.wrap_future(self._quick.submit(self._note, actor, "leave", one.key))

    async def ask(self, actor: Actor, method: str, path: str, body: object = None) -> Any:
        """Ask the hub for anything else, with the actor's rights."""
        return await asyncio.wrap_future(self._quick.submit(self._ask, actor, method, path, body))

    async def _look_at_rows(self) -> None:
        """Show what was just done; where that fails now, it was done all the same."""
        look = self._live.look_at_rows
        await asyncio.wrap_future(self._quick.submit(self._live.attempt, look))

    def _ask(self, actor: Actor, method: str, path: str, body: object = None) -> Any:
        return self._hub.ask(method, path, body, token=actor.token, language=actor.language)

    def _note(self, actor: Actor, action: str, key: Key) -> None:
        """Keep in the audit trail what an admin does to somebody else's workspace."""
        if actor.who.name != key[0]:
            note(self._host, actor.who.name, action, "/".join(key))

    async def _soon(
        self,
        actor: Actor,
        action: str,
        key: Key,
        work: Callable[[], None],
        *,
        begins: bool = False,
    ) -> None:
        """Begin the work; raise what fails at once, keep for the page what fails later."""
        self._enter(actor.who)
        self._live.touch(key[0])
        if begins:
            self._live.board.put_failure(key, "")

        def attempt() -> None:
            self._attempt(key, work, begins)
            self._note(actor, action, key)

        future = self._pool.submit(attempt)
        waiting = asyncio.wrap_future(future)

        def over(ended: asyncio.Future[None]) -> None:
            self._begun[actor.who.name] -= 1
            # Nobody may be there any more when it ends: asyncio need not complain of that.
            _ = ended.cancelled() or ended.exception()

        waiting.add_done_callback(over)
        try:
            await asyncio.wait_for(asyncio.shield(waiting), SOON_SECONDS)
        except TimeoutError:
            return

    def _enter(self, who: Caller) -> None:
        """Count one more of what somebody has begun; TooOftenError for a member's too many."""
        if self._begun[who.name] >= MOST_BEGUN and not who.administers:
            raise TooOftenError(
                "You have asked for much already that is not done yet.",
                "Wait until some of it has ended.",
                seconds=10,
            )
        self._begun[who.name] += 1

    def _attempt(self, key: Key, work: Callable[[], None], begins: bool) -> None:
        try:
            _in_words(work)
        except LabdockError as exc:
            self._live.attempt(self._live.look_at_rows)
            one = self._live.board.picture.workspaces.get(key)
            # Who stands in line has not failed.
            if one is not None and one.state == "waiting":
                return
            if begins:
                self._live.board.put_failure(key, str(exc))
            raise
        finally:
            self._live.touch(key[0])


def note(host: Host, actor: str, action: str, subject: str, detail: str = "") -> None:
    """Keep in the audit trail what was done; where that fails, in the log: it is done."""
    try:
        audit.record(host, actor, action, subject, detail)
    except (LabdockError, SQLAlchemyError):
        log.exception("Not in the audit trail: %s %s %s %s", actor, action, subject, detail)


def _in_words(work: Callable[[], None]) -> None:
    """Do it; what nobody has foreseen is in the log, and raised in words for people."""
    try:
        work()
    except LabdockError:
        raise
    except Exception as exc:
        # Whoever asked may have been answered long ago.
        log.exception("What was asked of the hub failed")
        raise LabdockError(
            "Something went wrong in the portal.", "Try again, or ask an admin."
        ) from exc


def _address(one: Shown) -> str:
    return f"{quote(one.owner, safe='')}/{quote(one.name, safe='')}"


def _check_hubs(one: Shown) -> None:
    if one.kind != "hub":
        raise ConflictError(
            "This workspace was made by the command line, outside of the hub.",
            "Whoever made it steers it with `workspace`.",
        )
