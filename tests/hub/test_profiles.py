"""Choices of the spawn page that are kept as a profile when a workspace starts with them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.hub.running_hub import BASE, TORCH, RunningHub, add_images, running_hub
from workspace_cli.core import profiles
from workspace_cli.core.actors import Actor
from workspace_cli.core.catalogue import Catalogue
from workspace_cli.core.fake_engine import FakeEngine
from workspace_cli.core.host import Host
from workspace_cli.core.profile_rows import Profile

pytestmark = pytest.mark.asyncio

KIM = Actor("kim")


@pytest_asyncio.fixture
async def hub(tmp_path: Path) -> AsyncIterator[RunningHub]:
    engine = FakeEngine()
    add_images(engine)
    async with running_hub(tmp_path / "root", engine) as hub:
        await hub.add("kim")
        yield hub


def kept(hub: RunningHub) -> list[Profile]:
    host = Host(hub.engine, hub.settings, Catalogue())
    try:
        return profiles.offered(host, "kim")
    finally:
        host.database.close()


async def test_choices_are_kept_under_a_name_once(hub: RunningHub) -> None:
    body = {"image": TORCH, "memory": "2g", "ports": "9999:8888", "save_profile": "Big"}
    assert (await hub.api("POST", "/users/kim/server", body)).status_code == 422
    assert kept(hub) == []

    body = {"image": TORCH, "memory": "2g", "ports": "8888", "save_profile": "Big"}
    assert (await hub.api("POST", "/users/kim/server", body)).status_code == 201
    (made,) = kept(hub)
    assert (made.name, made.owner) == ("Big", "kim")
    assert made.options == {"image": TORCH, "memory": "2g", "ports": "8888"}
    await hub.api("DELETE", "/users/kim/server")

    # The name was for that start: the next one brings nothing back.
    host = Host(hub.engine, hub.settings, Catalogue())
    profiles.delete(host, made, KIM)
    host.database.close()
    assert (await hub.api("POST", "/users/kim/server")).status_code == 201
    assert kept(hub) == []


async def test_the_form_of_the_spawn_page_keeps_them_with_the_image_that_is_usual(
    hub: RunningHub,
) -> None:
    async with hub.browser("kim") as browser:
        page = await browser.get("/spawn")
        assert 'name="save_profile"' in page.text
        answer = await browser.post("/spawn/kim", {"memory": "1g", "save_profile": " My  own "})
        assert answer.status_code == 302
        (made,) = kept(hub)
        assert (made.name, made.options) == ("My own", {"image": BASE, "memory": "1g"})
        await hub.api("DELETE", "/users/kim/server")
        page = await browser.get("/spawn")
        assert 'value="My own" data-options=' in page.text


async def test_a_name_that_cannot_be_is_refused_before_anything_starts(hub: RunningHub) -> None:
    answer = await hub.api("POST", "/users/kim/server", {"image": BASE, "save_profile": "a/b"})
    assert answer.status_code == 422
    assert "profile's name" in answer.json()["message"]
    assert hub.state("kim") is None
