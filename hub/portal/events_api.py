"""``/events``: what changes, as server-sent events, to whoever may see it.

Source: https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import StreamingResponse
from starlette.concurrency import run_in_threadpool
from starlette.types import Receive, Scope, Send

from hub.portal import problems
from hub.portal.access import MEMBERS, Member, Parts, Token, only
from hub.portal.board import Board, Change, Picture
from hub.portal.callers import Caller, Callers
from hub.portal.machine_api import gpus_of, queue_of
from hub.portal.shown import Key
from hub.portal.workspaces_models import UseOut, WorkspaceShown
from workspace_cli.core.errors import LabdockError, NotAllowedError

HEARTBEAT_SECONDS = 15.0
"""A proxy on the way closes what is silent; at each beat the login is looked at as well."""
GATHER_SECONDS = 0.05
"""What happens within this is told at once."""
RETRY_MILLISECONDS = 2000

router = APIRouter(tags=["events"])


class Follower:
    """What one open page has not been told yet: no more than there are workspaces."""

    def __init__(self, board: Board, who: Caller, everyone: bool) -> None:
        self._board, self._who, self._everyone = board, who, everyone
        self._loop = asyncio.get_running_loop()
        self._news = asyncio.Event()
        self._keys: set[Key] = set()
        self._used: set[Key] = set()
        self._topics: set[str] = set()

    def begin(self) -> None:
        """Begin to listen."""
        self._board.watch(self._heard)

    def end(self) -> None:
        """Listen no more."""
        self._board.unwatch(self._heard)

    def sees(self, owner: str) -> bool:
        """Tell whether the reader sees what is this owner's."""
        return self._everyone or owner == self._who.name

    def _heard(self, change: Change) -> None:
        # From any thread; a loop that has ended has nobody to tell.
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._note, change)

    def _note(self, change: Change) -> None:
        self._keys |= {key for key in change.workspaces if self.sees(key[0])}
        self._used |= {key for key in change.uses if self.sees(key[0])}
        self._topics |= {name for name in ("gpus", "queue") if getattr(change, name)}
        if self._who.name in change.notices:
            self._topics.add("notices")
        if self._keys or self._used or self._topics:
            self._news.set()

    async def news(self, seconds: float) -> list[tuple[str, Any]]:
        """Return what is new as (event, data), nothing after so many seconds."""
        try:
            await asyncio.wait_for(self._news.wait(), seconds)
        except TimeoutError:
            return []
        await asyncio.sleep(GATHER_SECONDS)
        self._news.clear()
        keys, self._keys = self._keys, set()
        used, self._used = self._used - keys, set()
        topics, self._topics = self._topics, set()
        picture = self._board.picture
        found: list[tuple[str, Any]] = []
        if keys:
            found.append(("workspaces", _workspaces(picture, keys)))
        if used:
            found.append(("use", _uses(picture, used)))
        found += [(name, _topic(picture, name)) for name in sorted(topics)]
        return found

    def snapshot(self) -> dict[str, Any]:
        """Return all that the reader sees now."""
        picture = self._board.picture
        keys = {key for key in picture.workspaces if self.sees(key[0])}
        return {
            **_workspaces(picture, keys),
            "gpus": _topic(picture, "gpus"),
            "queue": _topic(picture, "queue"),
        }


def _workspaces(picture: Picture, keys: set[Key]) -> dict[str, Any]:
    there = [picture.workspaces[key] for key in sorted(keys) if key in picture.workspaces]
    return {
        "workspaces": [WorkspaceShown.of(one).model_dump() for one in there],
        "gone": [f"{owner}/{name}" for owner, name in sorted(keys - picture.workspaces.keys())],
    }


def _uses(picture: Picture, keys: set[Key]) -> list[dict[str, Any]]:
    there = [picture.workspaces[key] for key in sorted(keys) if key in picture.workspaces]
    return [UseOut.of(one).model_dump() for one in there]


def _topic(picture: Picture, name: str) -> Any:
    if name == "gpus":
        return [one.model_dump() for one in gpus_of(picture)]
    if name == "queue":
        return [one.model_dump() for one in queue_of(picture)]
    return {}


@router.get(
    "/events",
    openapi_extra=only(MEMBERS),
    response_class=StreamingResponse,
    responses={
        200: {
            "content": {"text/event-stream": {}},
            "description": "`snapshot` first, also after a reconnection, then `workspaces`, "
            "`use`, `gpus`, `queue`, `notices` as they change; `end` when the login is over.",
        },
        **problems.answers(401, 403, 422, 429, 503),
    },
)
async def follow(
    request: Request,
    who: Member,
    token: Token,
    parts: Parts,
    everyone: Annotated[bool, Query(description="Everybody's, for admins.")] = False,
) -> StreamingResponse:
    """Follow your workspaces, for an admin everybody's, and GPUs and the line."""
    if everyone and not who.administers:
        raise NotAllowedError("Only admins see everybody's workspaces.", "Ask an admin.")
    parts.streams.enter(who.name)
    follower = Follower(parts.live.board, who, everyone)

    async def stream() -> AsyncIterator[str]:
        follower.begin()
        yield f"retry: {RETRY_MILLISECONDS}\n\n"
        yield _event("snapshot", follower.snapshot(), parts.live.board.picture.version)
        async for text in _news(follower, parts.callers, token, parts.live.board, everyone):
            yield text

    def end() -> None:
        follower.end()
        parts.streams.leave(who.name)

    return Following(stream(), end)


class Following(StreamingResponse):
    """An answer that goes on until the page is closed; then ``end`` is called, come what may.

    The stream itself cannot see to that: a page that is closed at once is gone before its
    stream has begun, and what never began has no end.
    """

    def __init__(self, stream: AsyncIterator[str], end: Callable[[], None]) -> None:
        # A proxy that gathers answers would keep them back.
        headers = {"X-Accel-Buffering": "no"}
        super().__init__(stream, media_type="text/event-stream", headers=headers)
        self._end = end

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._end()


async def _news(
    follower: Follower, callers: Callers, token: str, board: Board, everyone: bool
) -> AsyncIterator[str]:
    loop = asyncio.get_running_loop()
    looked = loop.time()
    while True:
        left = max(0.0, looked + HEARTBEAT_SECONDS - loop.time())
        for name, data in await follower.news(left):
            yield _event(name, data, board.picture.version)
        if loop.time() - looked < HEARTBEAT_SECONDS:
            continue
        looked = loop.time()
        if not await run_in_threadpool(_is_valid, callers, token, everyone):
            yield _event("end", {}, board.picture.version)
            return
        yield ": still here\n\n"


def _is_valid(callers: Callers, token: str, everyone: bool) -> bool:
    """Tell whether whoever follows may still see what the stream tells."""
    try:
        who = callers.caller(token, fresh=True)
    except NotAllowedError:
        return False
    except LabdockError:
        return True  # a hub that is being started again ends nobody's login
    return who.administers or not everyone


def _event(name: str, data: Any, version: int) -> str:
    return f"event: {name}\nid: {version}\ndata: {json.dumps(data, separators=(',', ':'))}\n\n"
