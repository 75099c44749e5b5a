"""Maintenance in the hub: nothing starts, nobody loses a place in line, pages say why."""

from __future__ import annotations

import httpx
import pytest

from tests.hub.running_hub import BASE, RunningHub
from tests.hub.test_waiting import holder, hub, one_gpu, place, start, until_running
from workspace_cli.core import announcements

pytestmark = [
    pytest.mark.asyncio,
    # JupyterHub and its libraries warn of themselves and leave sockets to the collector.
    pytest.mark.filterwarnings("default"),
]
__all__ = ["hub", "one_gpu"]


def close(hub: RunningHub) -> str:
    """Put the lab under maintenance; return the announcement's id."""
    host = hub.app.machine.host
    made = announcements.announce(
        host, "New disks", ends=host.clock() + 600, made_by="admin", maintenance=True
    )
    return made.id


async def test_a_member_starts_nothing_until_the_maintenance_is_over(hub: RunningHub) -> None:
    made = close(hub)
    refused = await hub.api("POST", "/users/lee/server", {"image": BASE})
    assert refused.status_code == 409
    assert "maintenance" in refused.text
    async with httpx.AsyncClient() as browser:
        assert "New disks" in (await browser.get(f"{hub.url}/hub/login")).text
    announcements.withdraw(hub.app.machine.host, made, "admin")
    assert (await hub.api("POST", "/users/lee/server", {"image": BASE})).status_code == 201


async def test_the_line_stands_still_and_nobody_loses_a_place(hub: RunningHub) -> None:
    for owner in ("kim", "lee"):
        await start(hub, owner)
    made = close(hub)
    assert (await hub.api("DELETE", "/users/kim/server")).status_code == 204
    await hub.app.broker.take_turns()
    assert holder(hub) == []
    assert await place(hub, "lee") is not None
    announcements.withdraw(hub.app.machine.host, made, "admin")
    await hub.app.broker.take_turns()
    await until_running(hub, "lee")


async def test_the_hub_tells_how_the_gpus_are_used(hub: RunningHub) -> None:
    await start(hub, "kim")
    (gpu,) = (await hub.api("GET", "/gpus")).json()
    assert (gpu["id"], gpu["state"]) == ("GPU-aaaa", "leased")
    (one,) = gpu["holders"]
    assert (one["owner"], one["workspace"]) == ("kim", "default")
