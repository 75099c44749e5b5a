"""Networks, leftovers and an engine that is late."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

import pytest

from hub import health
from hub.machine import Machine
from hub.readiness import wait_until_ready
from hub.upkeep import attach, reap_leftovers, wait_for_engine
from workspace_cli.core import labels, naming
from workspace_cli.core.catalogue import Catalogue
from workspace_cli.core.errors import EngineUnreachableError, StartFailedError
from workspace_cli.core.fake_engine import FakeEngine
from workspace_cli.core.host import Host
from workspace_cli.core.models import ContainerRequest
from workspace_cli.core.settings import Settings

LOG = logging.getLogger("tests")
pytestmark = pytest.mark.asyncio


@pytest.fixture
def engine() -> FakeEngine:
    engine = FakeEngine()
    engine.add_image("labdock/hub", config={"Cmd": ["sleep"]})
    engine.create_network(naming.CONTROL_NETWORK, "10.213.255.224/27", {})
    for name in (naming.HUB_CONTAINER, naming.PROXY_CONTAINER):
        role = name.removeprefix("labdock-")
        request = ContainerRequest(
            name=name,
            image="labdock/hub",
            labels={labels.STACK: role},
            network=naming.CONTROL_NETWORK,
        )
        engine.start(engine.create(request))
    return engine


@pytest.fixture
def machine(engine: FakeEngine, tmp_path: Path) -> Machine:
    return Machine(Host(engine, Settings(root=tmp_path), Catalogue()))


async def test_hub_and_proxy_are_attached_and_the_proxys_addresses_known(
    machine: Machine, engine: FakeEngine
) -> None:
    for number, owner in enumerate(("kim", "lee")):
        subnet = f"10.213.{number}.0/27"
        engine.create_network(naming.network_name(owner), subnet, {labels.OWNER: owner})
    await attach(machine)
    for name in (naming.HUB_CONTAINER, naming.PROXY_CONTAINER):
        networks = engine.container(name).networks
        assert {naming.network_name("kim"), naming.network_name("lee")} <= set(networks)
    proxy = engine.container(naming.PROXY_CONTAINER)
    assert machine.proxy_addresses == set(proxy.networks.values())
    assert len(machine.proxy_addresses) == 3


async def test_a_proxy_that_is_made_anew_is_attached_again(
    machine: Machine, engine: FakeEngine
) -> None:
    engine.create_network(naming.network_name("kim"), "10.213.0.0/27", {labels.OWNER: "kim"})
    await attach(machine)
    engine.disconnect(naming.network_name("kim"), naming.PROXY_CONTAINER)
    await attach(machine)
    assert naming.network_name("kim") in engine.container(naming.PROXY_CONTAINER).networks


async def test_networks_of_owners_without_workspaces_go(
    machine: Machine, engine: FakeEngine
) -> None:
    engine.create_network(naming.network_name("kim"), "10.213.0.0/27", {labels.OWNER: "kim"})
    await attach(machine)
    await reap_leftovers(machine, LOG)
    # It might have been made a moment ago, for a container that is on its way.
    assert naming.network_name("kim") in {network.name for network in engine.networks()}
    await reap_leftovers(machine, LOG)
    assert naming.network_name("kim") not in {network.name for network in engine.networks()}
    assert naming.CONTROL_NETWORK in {network.name for network in engine.networks()}


async def test_leftovers_stay_where_the_engine_cannot_be_asked(
    machine: Machine, engine: FakeEngine, caplog: pytest.LogCaptureFixture
) -> None:
    engine.unreachable = True
    await reap_leftovers(machine, LOG)
    assert "Leftovers stay" in caplog.text


async def test_the_hub_waits_for_an_engine_that_is_late(
    machine: Machine, engine: FakeEngine
) -> None:
    engine.unreachable = True
    waiting = asyncio.create_task(wait_for_engine(machine, LOG))
    await asyncio.sleep(0.1)
    assert not waiting.done()
    engine.unreachable = False
    await asyncio.wait_for(waiting, 5)


async def test_the_hub_gives_up_on_an_engine_that_stays_away(
    machine: Machine, engine: FakeEngine
) -> None:
    engine.unreachable = True
    hours = iter(range(0, 36000, 3600))
    with pytest.raises(EngineUnreachableError):
        await wait_for_engine(machine, LOG, clock=lambda: next(hours))


async def answer(status: bytes) -> asyncio.Server:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 " + status + b"\r\n\r\n")
        await writer.drain()
        writer.close()

    return await asyncio.start_server(serve, "127.0.0.1", 0)


async def runs() -> bool:
    return True


@pytest.mark.parametrize("status, ready", [(b"200 OK", True), (b"403 No", True), (b"502 B", False)])
async def test_a_server_is_ready_once_it_answers(status: bytes, ready: bool) -> None:
    server = await answer(status)
    port = server.sockets[0].getsockname()[1]
    wait = wait_until_ready("127.0.0.1", port, "/api", runs, seconds=0.3)
    if ready:
        await wait
    else:
        with pytest.raises(StartFailedError, match="did not answer"):
            await wait
    server.close()
    await server.wait_closed()


async def test_a_server_that_has_ended_is_not_waited_for() -> None:
    async def ended() -> bool:
        return False

    with pytest.raises(StartFailedError, match="ended"):
        await asyncio.wait_for(wait_until_ready("127.0.0.1", 9, "/api", ended), 5)
    with pytest.raises(StartFailedError, match="ended"):
        await wait_until_ready("", 9, "/api", runs)


@pytest.mark.parametrize("status, well", [(b"200 OK", True), (b"503 No", False)])
async def test_health_is_what_the_server_answers(status: bytes, well: bool) -> None:
    server = await answer(status)
    port = server.sockets[0].getsockname()[1]
    assert await asyncio.to_thread(health.healthy, port) is well
    server.close()
    await server.wait_closed()
    assert await asyncio.to_thread(health.healthy, port) is False


async def test_many_that_are_waited_for_are_asked_less_often() -> None:
    asked = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 502 Not yet\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]

    async def count(others: int) -> int:
        asked.clear()
        wait = wait_until_ready(
            "127.0.0.1", port, "/api", runs, seconds=0.65, others=lambda: others
        )
        with pytest.raises(StartFailedError):
            await wait
        return len(asked)

    counts = [await count(0), await count(39)]
    server.close()
    await server.wait_closed()
    assert counts[0] >= 2 * counts[1]
    assert counts[1] >= 2
