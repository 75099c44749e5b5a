"""The hub tells its portal what becomes of servers, as it happens."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, Self

import pytest

from hub.portal.hub_calls import HubCalls
from tests.hub.running_hub import RunningHub, running_hub
from workspace_cli.core.errors import HubUnreachableError, NotAllowedError
from workspace_cli.core.fake_engine import FakeEngine

pytestmark = [pytest.mark.asyncio, pytest.mark.filterwarnings("default")]


class Follower:
    """A portal that follows, in a thread of its own."""

    def __init__(self, hub: RunningHub) -> None:
        token = (hub.settings.hub_dir / "portal-token").read_text().strip()
        self._calls = HubCalls(f"{hub.url}/hub/api", token)
        self._heard: SimpleQueue[dict[str, Any]] = SimpleQueue()
        self._thread = threading.Thread(target=self._follow)

    async def __aenter__(self) -> Self:
        self._stream = await asyncio.to_thread(self._calls.changes)
        self._thread.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        self._stream.close()
        await asyncio.to_thread(self._thread.join, 5)
        assert not self._thread.is_alive()

    def _follow(self) -> None:
        for user in self._stream:
            self._heard.put(user)

    async def until(self, owner: str, server: str, **expected: Any) -> dict[str, Any]:
        """Return the first model in which the server is as expected."""
        while True:
            try:
                user = await asyncio.to_thread(self._heard.get, timeout=20)
            except Empty:
                raise AssertionError(f"nobody told that {owner}/{server} is {expected}") from None
            model = user["servers"].get(server)
            if user["name"] != owner or model is None:
                continue
            if all(model[name] == value for name, value in expected.items()):
                return dict(model)

    async def until_gone(self, owner: str, server: str) -> None:
        """Wait until the server is not among the owner's any more."""
        while True:
            user = await asyncio.to_thread(self._heard.get, timeout=20)
            if user["name"] == owner and server not in user["servers"]:
                return


async def test_a_start_and_a_stop_are_told_step_by_step(hub: RunningHub) -> None:
    await hub.add("kim")
    async with Follower(hub) as follower:
        start = asyncio.create_task(hub.api("POST", "/users/kim/server", {"cpus": "1"}))
        await follower.until("kim", "", pending="spawn", ready=False)
        model = await follower.until("kim", "", pending=None, ready=True)
        assert model["url"] == "/user/kim/"
        assert model["user_options"]["cpus"] == "1"
        assert (await start).status_code == 201
        stop = asyncio.create_task(hub.api("DELETE", "/users/kim/server"))
        await follower.until("kim", "", pending="stop")
        await follower.until("kim", "", pending=None, stopped=True)
        assert (await stop).status_code in (202, 204)


async def test_a_start_that_fails_is_told_to_be_over(hub: RunningHub) -> None:
    await hub.add("kim")
    async with Follower(hub) as follower:
        await hub.api("POST", "/users/kim/server", {"image": "labdock/none"})
        await follower.until("kim", "", pending="spawn")
        await follower.until("kim", "", pending=None, stopped=True)


async def test_a_removed_server_is_told_to_be_gone(hub: RunningHub) -> None:
    await hub.add("kim")
    assert (await hub.api("POST", "/users/kim/servers/nlp")).status_code == 201
    async with Follower(hub) as follower:
        await hub.api("DELETE", "/users/kim/servers/nlp", {"remove": True})
        await follower.until_gone("kim", "nlp")


async def test_a_hub_that_goes_is_noticed(tmp_path: Path) -> None:
    engine = FakeEngine()
    async with running_hub(tmp_path / "root", engine) as hub:
        token = (hub.settings.hub_dir / "portal-token").read_text().strip()
        calls = HubCalls(f"{hub.url}/hub/api", token)
        stream = await asyncio.to_thread(calls.changes)
        heard = asyncio.create_task(asyncio.to_thread(list, stream))
    with pytest.raises(HubUnreachableError):
        await asyncio.to_thread(calls.changes)
    stream.close()
    assert await heard == []


async def test_nobody_but_the_labs_services_may_follow(hub: RunningHub) -> None:
    await hub.add("kim")
    for name in ("kim", "admin"):
        made = await hub.api("POST", f"/users/{name}/tokens", {"note": "test"})
        calls = HubCalls(f"{hub.url}/hub/api", made.json()["token"])
        with pytest.raises(NotAllowedError):
            await asyncio.to_thread(calls.changes)
    assert (await hub.client.get(f"{hub.url}/hub/api/server-changes")).status_code == 403
