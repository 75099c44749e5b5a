"""The bench's way to ready, against a hub of a few lines that takes a known time."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator

import aiohttp
import pytest
import pytest_asyncio
from aiohttp import web

from tests.bench.hub_api import HubApi, HubFailedError, Member

START_S = 0.2
MEMBER = Member("kim", "members-token")


class SmallHub:
    """Starts one server in START_S seconds; ``fails`` makes every start fail."""

    def __init__(self, *, slow: bool = False) -> None:
        self.slow = slow
        self.fails = False
        self.began = 0.0
        self.polls = 0
        self.stopping = 0
        self.application = web.Application()
        server = "/hub/api/users/kim/server"
        self.application.add_routes(
            [
                web.post(server, self.start),
                web.get(f"{server}/progress", self.progress),
                web.delete(server, self.stop),
                web.get("/hub/api/users/kim", self.user),
                web.get("/user/kim/api/status", self.status),
            ]
        )

    @property
    def up(self) -> bool:
        return bool(self.began) and time.monotonic() - self.began >= START_S

    async def start(self, _: web.Request) -> web.Response:
        if self.fails:
            return web.json_response({"message": "no such image"}, status=400)
        self.began = time.monotonic()
        if self.slow:
            return web.Response(status=202)
        await asyncio.sleep(START_S)
        return web.Response(status=201)

    async def progress(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await asyncio.sleep(START_S)
        await response.write(b'data: {"progress": 100, "ready": true}\n\n')
        return response

    async def stop(self, _: web.Request) -> web.Response:
        self.stopping = 2
        return web.Response(status=202)

    async def user(self, _: web.Request) -> web.Response:
        self.stopping -= 1
        servers: dict[str, object] = {"": {}} if self.stopping else {}
        return web.Response(text=json.dumps({"servers": servers}))

    async def status(self, request: web.Request) -> web.Response:
        self.polls += 1
        member = request.headers["Authorization"] == f"token {MEMBER.token}"
        return web.Response(status=200 if self.up and member else 424)


@pytest_asyncio.fixture
async def hub() -> AsyncIterator[tuple[SmallHub, HubApi]]:
    small = SmallHub()
    runner = web.AppRunner(small.application)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    async with aiohttp.ClientSession() as session:
        yield small, HubApi(session, f"http://127.0.0.1:{port}", "admins-token")
    await runner.cleanup()


@pytest.mark.asyncio
async def test_ready_by_polling_counts_from_post_to_the_first_200(
    hub: tuple[SmallHub, HubApi],
) -> None:
    small, api = hub
    seconds = await api.ready_by_polling(MEMBER, {})
    assert START_S <= seconds < START_S + 0.2
    assert small.polls > 3


@pytest.mark.asyncio
async def test_ready_by_events_does_not_poll_while_the_server_starts(
    hub: tuple[SmallHub, HubApi],
) -> None:
    small, api = hub
    small.slow = True
    seconds = await api.ready_by_events(MEMBER, {})
    assert START_S <= seconds < START_S + 0.2
    assert small.polls <= 2


@pytest.mark.asyncio
async def test_a_start_that_the_hub_refuses_ends_the_wait(hub: tuple[SmallHub, HubApi]) -> None:
    small, api = hub
    small.fails = True
    with pytest.raises(HubFailedError, match="no such image"):
        await api.ready_by_polling(MEMBER, {})


@pytest.mark.asyncio
async def test_stop_returns_when_the_hub_lists_no_server(hub: tuple[SmallHub, HubApi]) -> None:
    small, api = hub
    await api.stop("kim")
    assert small.stopping == 0


@pytest.mark.asyncio
async def test_removing_a_member_who_is_gone_is_no_error(hub: tuple[SmallHub, HubApi]) -> None:
    _, api = hub
    await api.remove_member("lee")
