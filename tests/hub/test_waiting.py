"""Waiting for a GPU in the hub: a place in line, a turn, cancelling, extending, notices."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import pytest_asyncio

from tests.hub.running_hub import BASE, RunningHub, add_images, running_hub
from workspace_cli.core import audit, gpu_inventory, labels, notices
from workspace_cli.core.fake_engine import FakeEngine
from workspace_cli.core.naming import container_name

pytestmark = [
    pytest.mark.asyncio,
    # JupyterHub and its libraries warn of themselves and leave sockets to the collector.
    pytest.mark.filterwarnings("default"),
]
SPECIFICATION = """
cdiVersion: 0.5.0
kind: nvidia.com/gpu
devices:
- name: GPU-aaaa
  containerEdits:
    deviceNodes:
    - path: /dev/nvidia0
      hostPath: /dev/null
"""


@pytest.fixture(autouse=True)
def one_gpu(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "cdi"
    folder.mkdir()
    (folder / "nvidia.yaml").write_text(SPECIFICATION)
    monkeypatch.setattr(gpu_inventory, "CDI_FOLDERS", (folder,))


def machine_with_one_gpu() -> FakeEngine:
    engine = FakeEngine()
    engine.devices = {"GPU-aaaa"}
    add_images(engine)
    return engine


@pytest_asyncio.fixture
async def hub(tmp_path: Path) -> AsyncIterator[RunningHub]:
    async with running_hub(tmp_path / "root", machine_with_one_gpu()) as hub:
        for name in ("kim", "lee", "park"):
            await hub.add(name)
        yield hub


async def start(hub: RunningHub, owner: str, *, wait: bool = True) -> httpx.Response:
    body = {"image": BASE, "gpus": "1", "wait": wait}
    return await hub.api("POST", f"/users/{owner}/server", body)


def holder(hub: RunningHub) -> list[str]:
    """Who has the GPU, as the labels of containers that have not ended say."""
    return holder_of(hub.engine)


def holder_of(engine: FakeEngine) -> list[str]:
    rows = engine.containers({labels.GPUS: "GPU-aaaa"})
    return [row.labels[labels.OWNER] for row in rows if row.state != "exited"]


async def place(hub: RunningHub, owner: str) -> dict[str, object] | None:
    answer = await hub.api("GET", f"/line/{owner}")
    assert answer.status_code == 200, answer.text
    entry: dict[str, object] | None = answer.json()["entry"]
    return entry


async def until_running(hub: RunningHub, owner: str) -> None:
    for _ in range(100):
        model = (await hub.api("GET", f"/users/{owner}")).json()
        if model["servers"].get("", {}).get("ready"):
            return
        await asyncio.sleep(0.1)
    raise AssertionError(model)


async def test_who_waits_is_started_by_the_hub_when_the_gpu_is_given_back(hub: RunningHub) -> None:
    assert (await start(hub, "kim")).status_code == 201
    for owner in ("lee", "park"):
        answer = await start(hub, owner)
        assert answer.status_code == 409
        assert "in line" in answer.text
    assert [entry["owner"] for entry in (await hub.api("GET", "/line")).json()] == ["lee", "park"]
    second = await place(hub, "park")
    assert second is not None
    assert (second["place"], second["state"]) == (2, "waiting")
    held = (await hub.api("GET", "/line/lee")).json()["holders"]
    assert [(row["gpu"], row["holder"]) for row in held] == [("GPU-aaaa", "kim/default")]

    assert (await hub.api("DELETE", "/users/kim/server")).status_code == 204
    await hub.app.broker.take_turns()
    await until_running(hub, "lee")
    assert holder(hub) == ["lee"]
    assert await place(hub, "lee") is None
    first = await place(hub, "park")
    assert first is not None
    assert first["place"] == 1


async def test_whoever_does_not_wait_is_told_who_holds_what(hub: RunningHub) -> None:
    await start(hub, "kim")
    answer = await start(hub, "lee", wait=False)
    assert answer.status_code == 409
    assert "kim/default" in answer.text
    assert await place(hub, "lee") is None


async def test_leaving_the_line_gives_the_turn_to_the_next(hub: RunningHub) -> None:
    for owner in ("kim", "lee", "park"):
        await start(hub, owner)
    assert (await hub.api("DELETE", "/line/lee")).status_code == 204
    await hub.api("DELETE", "/users/kim/server")
    await hub.app.broker.take_turns()
    await until_running(hub, "park")
    assert holder(hub) == ["park"]


async def test_a_turn_whose_workspace_cannot_start_passes_on(hub: RunningHub) -> None:
    for owner in ("kim", "lee", "park"):
        await start(hub, owner)
    with hub.app.machine.host.database.begin() as connection:
        connection.exec_driver_sql(
            'UPDATE labdock_request SET options_json = \'{"image": "no/such", "gpus": "1"}\' '
            "WHERE owner = 'lee'"
        )
    await hub.api("DELETE", "/users/kim/server")
    await hub.app.broker.take_turns()
    await hub.app.broker.take_turns()
    await until_running(hub, "park")
    assert holder(hub) == ["park"]


async def test_the_line_outlives_the_hub(tmp_path: Path) -> None:
    engine = machine_with_one_gpu()
    async with running_hub(tmp_path / "root", engine) as hub:
        for name in ("kim", "lee"):
            await hub.add(name)
            await start(hub, name)
    async with running_hub(tmp_path / "root", engine) as hub:
        assert await place(hub, "lee") is not None
        await hub.api("DELETE", "/users/kim/server")
        await hub.app.broker.take_turns()
        await until_running(hub, "lee")


async def test_an_engine_restart_gives_a_gpu_back_to_who_had_it_not_to_who_waits(
    tmp_path: Path,
) -> None:
    engine = machine_with_one_gpu()
    async with running_hub(tmp_path / "root", engine) as hub:
        for name in ("kim", "lee"):
            await hub.add(name)
            await start(hub, name)
    # Engine 26.1 starts what ran before it knows CDI: what has a GPU stays down.
    engine.restart_engine(knows_gpus=False)
    assert holder_of(engine) == []
    async with running_hub(tmp_path / "root", engine) as hub:
        await until_running(hub, "kim")
        await hub.app.broker.take_turns()
        assert holder(hub) == ["kim"]
        assert [entry["owner"] for entry in (await hub.api("GET", "/line")).json()] == ["lee"]


async def test_the_pages_show_the_line_and_a_way_out(hub: RunningHub) -> None:
    await start(hub, "kim")
    async with hub.browser("lee") as browser:
        await browser.get("/spawn/lee")
        page = await browser.post("/spawn/lee", {"image": BASE, "gpus": "1"})
        if page.status_code == 302:
            page = await browser.get("/spawn-pending/lee")
        assert 'id="waiting"' in page.text
        home = await browser.get("/home")
        assert 'data-state="waiting"' in home.text
        assert "/hub/waiting/lee" in home.text
        assert 'id="leave"' in (await browser.get("/waiting/lee")).text


@pytest.mark.parametrize(
    "method, path",
    [
        ("GET", "/line/kim"),
        ("DELETE", "/line/kim"),
        ("POST", "/leases/kim/default/extend"),
        ("POST", "/idle/kim/default/keep"),
        ("DELETE", "/notices/kim/" + "0" * 32),
    ],
)
async def test_nobody_acts_for_another_member(hub: RunningHub, method: str, path: str) -> None:
    await start(hub, "kim")
    token = (await hub.api("POST", "/users/lee/tokens", {})).json()["token"]
    answer = await hub.api(method, path, {} if method == "POST" else None, token=token)
    assert answer.status_code == 404
    nobody = await hub.client.request(method, f"{hub.url}/hub/api{path}")
    assert nobody.status_code == 403


async def test_one_click_extends_and_closes_the_warning(hub: RunningHub) -> None:
    await start(hub, "kim")
    host = hub.app.machine.host
    with host.database.begin() as connection:
        soon = host.clock() + 600
        connection.exec_driver_sql(f"UPDATE labdock_lease SET ends = {soon}")
    await hub.app.broker.end_leases()
    (warning,) = notices.open_notices(host.database, now=host.clock(), owner="kim")
    assert (warning.kind, warning.values["ends"]) == ("lease_ending", pytest.approx(soon))
    async with hub.browser("kim") as browser:
        assert f'data-notice="{warning.id}"' in (await browser.get("/home")).text

    token = (await hub.api("POST", "/users/kim/tokens", {})).json()["token"]
    answer = await hub.api("POST", "/leases/kim/default/extend", {}, token=token)
    assert answer.status_code == 200, answer.text
    assert answer.json()["ends"] > soon + 3600
    assert notices.open_notices(host.database, now=host.clock()) == []
    # A member's own click is no act of an admin's.
    assert {row.action for row in audit.entries(host)} == {"account-make"}


async def test_a_workspace_extends_itself_with_its_own_token(hub: RunningHub) -> None:
    await start(hub, "kim")
    folder = hub.settings.secrets / container_name("kim", "default")
    token = json.loads((folder / "environment.json").read_text())["JUPYTERHUB_API_TOKEN"]
    answer = await hub.api("POST", "/leases/kim/default/extend", {}, token=token)
    assert answer.status_code == 200, answer.text


async def test_a_lease_that_is_over_stops_its_workspace_and_says_so(hub: RunningHub) -> None:
    await start(hub, "kim")
    await start(hub, "lee")
    host = hub.app.machine.host
    with host.database.begin() as connection:
        connection.exec_driver_sql(f"UPDATE labdock_lease SET ends = {host.clock() - 1}")
    await hub.app.broker.end_leases()
    kinds = [row.kind for row in notices.open_notices(host.database, now=host.clock())]
    assert kinds == ["lease_ended"]
    assert hub.engine.container(container_name("kim", "default")).state == "exited"
    await hub.app.broker.take_turns()
    await until_running(hub, "lee")


async def test_a_member_lists_and_closes_their_own_notices(hub: RunningHub) -> None:
    host = hub.app.machine.host
    notices.tell(
        host.database, "kim", "default", "out_of_memory", {"limit": 2**30}, now=host.clock()
    )
    token = (await hub.api("POST", "/users/kim/tokens", {})).json()["token"]
    (row,) = (await hub.api("GET", "/notices", token=token)).json()
    assert "1 GiB" in row["text"]["en"]
    assert "1 GiB" in row["text"]["ko"]
    gone = await hub.api("DELETE", f"/notices/kim/{row['id']}", token=token)
    assert gone.status_code == 204
    assert (await hub.api("GET", "/notices", token=token)).json() == []
