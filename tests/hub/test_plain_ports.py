"""Ports of an image that is no workspace, opened under the hub's own log-in."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import pytest_asyncio

from tests.hub.running_hub import RunningHub, SpawnerByAddress, add_images, running_hub
from workspace_cli.core.catalogue import Catalogue
from workspace_cli.core.fake_engine import FakeEngine
from workspace_cli.core.host import Host
from workspace_cli.core.models import WorkspaceSpec
from workspace_cli.core.workspaces import launch

pytestmark = [pytest.mark.asyncio, pytest.mark.filterwarnings("default")]
TOP = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document", "Sec-Fetch-Site": "none"}


@pytest_asyncio.fixture
async def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[RunningHub]:
    monkeypatch.setattr("workspace_cli.core.ports.is_free", lambda port: True)
    engine = FakeEngine()
    add_images(engine)
    async with running_hub(tmp_path / "root", engine) as hub:
        for name in ("kim", "lee"):
            await hub.add(name)
        # The containers' stand-ins all answer at one port of this machine.
        port = SpawnerByAddress._server_port
        engine.add_image("wiki", config={"Cmd": ["sleep"], "ExposedPorts": {f"{port}/tcp": {}}})
        host = Host(engine, hub.settings, Catalogue.of(()))
        launch(host, WorkspaceSpec(owner="kim", name="wiki", image="wiki"))
        yield hub


def at(hub: RunningHub, path: str) -> str:
    place = urlsplit(hub.url)
    return f"{place.scheme}://{place.netloc}{path}"


async def test_its_owner_opens_it_and_others_do_not(hub: RunningHub) -> None:
    entry = f"/hub/shared/kim/wiki/{SpawnerByAddress._server_port}/"
    async with hub.browser("kim") as browser:
        sent = await browser.client.get(at(hub, entry), headers=TOP)
        assert sent.status_code == 302, sent.text
        address = at(hub, f"{sent.headers['Location']}page?x=1")
        page = await browser.client.get(address, headers=TOP)
    assert page.status_code == 200
    # Nothing of ours stands before its path, and no key of a server that is not there.
    assert hub.servers.asked[-1] == "/page?x=1"
    assert "Authorization" not in hub.servers.heads[-1]
    async with hub.browser("lee") as browser:
        assert (await browser.client.get(at(hub, entry), headers=TOP)).status_code == 404
    stranger = await hub.client.get(at(hub, entry), headers=TOP)
    assert "/hub/login" in stranger.headers["Location"]


async def test_only_the_ports_that_it_was_made_with_are_reached(hub: RunningHub) -> None:
    async with hub.browser("kim") as browser:
        sent = await browser.client.get(at(hub, "/hub/shared/kim/wiki/22/"), headers=TOP)
        page = await browser.client.get(at(hub, sent.headers["Location"]), headers=TOP)
    assert page.status_code == 503
