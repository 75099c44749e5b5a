"""Starting from environments through the hub: own, shared, withdrawn, broken."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from tests.hub.html import Document
from tests.hub.running_hub import BASE, TORCH, RunningHub, add_images, running_hub
from workspace_cli.core import good_starts, sharing
from workspace_cli.core.actors import Actor
from workspace_cli.core.environments import commit
from workspace_cli.core.fake_engine import FakeEngine
from workspace_cli.core.host import Host
from workspace_cli.core.naming import container_name
from workspace_cli.core.reading import find
from workspace_cli.core.sharing import Recipient
from workspace_cli.core.workspaces import remove

pytestmark = [pytest.mark.asyncio, pytest.mark.filterwarnings("default")]
VISION = "labdock/kim/vision:v1"
LEE = container_name("lee", "default")
KIM = container_name("kim", "default")


@pytest.fixture
def engine() -> FakeEngine:
    engine = FakeEngine()
    add_images(engine)
    return engine


@pytest_asyncio.fixture
async def hub(tmp_path: Path, engine: FakeEngine) -> AsyncIterator[RunningHub]:
    """A hub with kim, who has saved an environment, and lee."""
    async with running_hub(tmp_path / "root", engine) as hub:
        for name in ("kim", "lee"):
            await hub.add(name)
        assert (await hub.api("POST", "/users/kim/server", {"image": BASE})).status_code == 201
        engine.made(KIM).write("/opt/env/figlet")
        commit(host_of(hub), find(host_of(hub), "kim/default"), "vision:v1", note="with figlet")
        yield hub


def host_of(hub: RunningHub) -> Host:
    found: Host = hub.app.machine.host
    return found


async def start(hub: RunningHub, **options: Any) -> int:
    return (await hub.api("POST", "/users/lee/server", options)).status_code


async def stop(hub: RunningHub, owner: str = "lee") -> None:
    assert (await hub.api("DELETE", f"/users/{owner}/server")).status_code == 204


async def test_another_starts_from_it_only_while_it_is_shared(hub: RunningHub) -> None:
    host, kim = host_of(hub), Actor("kim")
    assert await start(hub, image=VISION) == 422
    assert hub.state("lee") is None
    sharing.share(host, VISION, Recipient("member", "lee"), kim)
    async with hub.browser("lee") as browser:
        page = Document((await browser.get("/spawn/lee")).text)
        offered = [one.attributes["value"] for one in page.all("input", name="image")]
        assert VISION in offered
    assert await start(hub, image=VISION) == 201
    assert hub.engine.made(LEE).has_path("/opt/env/figlet")

    assert sharing.withdraw(host, VISION, None, kim).users == ("lee/default",)
    await stop(hub)
    # What runs or is stopped goes on; nothing is made from it anew.
    assert await start(hub) == 201
    await stop(hub)
    assert await start(hub, image=VISION, fresh=True, replace_image=True) == 422
    assert hub.state("lee") == "exited"
    async with hub.browser("lee") as browser:
        text = (await browser.get("/spawn/lee")).text
        assert Document(text).values()["image"] == VISION
        assert "Not on offer any more" in text


async def test_no_spelling_of_anothers_environment_starts(hub: RunningHub) -> None:
    image = hub.engine.image(VISION)
    spellings = (
        *(VISION, image.id, image.id.removeprefix("sha256:")[:12], f"{VISION}@{image.id}"),
        *(f"docker.io/{VISION}", "labdock/KIM/vision:v1", "LABDOCK/kim/vision:v1"),
    )
    async with hub.browser("lee") as browser:
        for asked in spellings:
            assert await start(hub, image=asked) == 422, asked
            await browser.get("/spawn/lee")
            answer = await browser.post("/spawn/lee", {"image": asked, "replace_image": "yes"})
            assert "is not on offer" in answer.text or "cannot name an image" in answer.text
    assert hub.state("lee") is None


async def test_a_group_that_lee_has_just_joined_counts_on_the_page(hub: RunningHub) -> None:
    sharing.share(host_of(hub), VISION, Recipient("group", "nlp"), Actor("kim"))
    async with hub.browser("lee") as browser:
        await hub.api("POST", "/groups/nlp", {})
        for joined, verb in ((True, "POST"), (False, "DELETE")):
            answer = await hub.api(verb, "/groups/nlp/users", {"users": ["lee"]})
            assert answer.status_code == 200
            page = Document((await browser.get("/spawn/lee")).text)
            offered = [one.attributes["value"] for one in page.all("input", name="image")]
            assert (VISION in offered) is joined
            assert await start(hub, image=VISION) == (201 if joined else 422)
            if joined:
                await stop(hub)
                remove(host_of(hub), find(host_of(hub), "lee/default"))


async def test_what_is_replaced_is_saved_first_where_that_is_wished(hub: RunningHub) -> None:
    host = host_of(hub)
    await stop(hub, "kim")
    body = {"image": TORCH, "replace_image": True, "save_first": True}
    assert (await hub.api("POST", "/users/kim/server", body)).status_code == 201
    assert hub.engine.container(KIM).image == TORCH
    (saved,) = [
        tag for image in hub.engine.images() for tag in image.tags if ":before-rollback-" in tag
    ]
    assert saved.startswith("labdock/kim/default:")
    await stop(hub, "kim")
    # Neither the permission nor the save is repeated.
    assert (await hub.api("POST", "/users/kim/server")).status_code == 201
    assert find(host, "kim/default").image == TORCH
    await stop(hub, "kim")
    back = {"image": saved, "replace_image": True}
    assert (await hub.api("POST", "/users/kim/server", back)).status_code == 201
    assert hub.engine.made(KIM).has_path("/opt/env/figlet")


async def test_where_the_save_is_refused_nothing_is_replaced(hub: RunningHub) -> None:
    settings = hub.settings
    settings.policy_file.parent.mkdir(parents=True, exist_ok=True)
    settings.policy_file.write_text("[roles.member]\nenvironments = 1\n")
    await stop(hub, "kim")
    before = hub.engine.container(KIM).id
    body = {"image": TORCH, "replace_image": True, "save_first": True}
    answer = await hub.api("POST", "/users/kim/server", body)
    assert answer.status_code == 403
    assert VISION in answer.json()["message"]
    assert hub.engine.container(KIM).id == before


async def test_an_address_cannot_make_a_browser_replace_anything(hub: RunningHub) -> None:
    await stop(hub, "kim")
    before = hub.engine.container(KIM).id
    async with hub.browser("kim") as browser:
        await browser.get("/home")
        await browser.get(f"/spawn/kim?opt-image={TORCH}&opt-replace_image=yes&opt-fresh=yes")
    assert hub.engine.container(KIM).id == before


async def test_a_good_start_is_remembered_and_a_failing_one_offers_it(hub: RunningHub) -> None:
    host = host_of(hub)
    sharing.share(host, VISION, Recipient("lab"), Actor("kim"))
    assert await start(hub, image=BASE) == 201
    await stop(hub)
    assert good_starts.good_starts(host, "lee", "default") == [f"{BASE}:latest"]

    assert await start(hub, image=VISION, replace_image=True) == 201
    with host.database.begin() as connection:
        # As if it had never answered.
        connection.exec_driver_sql("DELETE FROM labdock_good_start WHERE reference LIKE '%vision%'")
    await stop(hub)
    answer = (await hub.api("GET", "/way-back/lee")).json()["way_back"]
    assert answer["image"] == BASE
    assert answer["save_first"] is False
    async with hub.browser("lee") as browser:
        await browser.get("/spawn/lee")
        gone = await browser.post("/spawn/lee", answer["fields"])
        assert gone.status_code == 302
    for _ in range(200):
        if hub.state("lee") == "running":
            break
        await asyncio.sleep(0.05)
    assert hub.engine.container(LEE).image == BASE


async def test_what_does_not_start_is_saved_by_that_name_on_the_way_back(hub: RunningHub) -> None:
    await stop(hub, "kim")
    answer = (await hub.api("GET", "/way-back/kim")).json()["way_back"]
    assert (answer["image"], answer["save_first"]) == (VISION, True)
    async with hub.browser("kim") as browser:
        await browser.get("/spawn/kim")
        assert (await browser.post("/spawn/kim", answer["fields"])).status_code == 302
    for _ in range(200):
        if hub.state("kim") == "running" and hub.engine.container(KIM).image == VISION:
            break
        await asyncio.sleep(0.05)
    assert hub.engine.container(KIM).image == VISION
    tags = [tag for image in hub.engine.images() for tag in image.tags]
    assert [tag for tag in tags if tag.startswith("labdock/kim/default:not-started-")]


async def test_nobody_sees_anothers_way_back(hub: RunningHub) -> None:
    async with hub.browser("lee") as browser:
        await browser.get("/home")
        assert (await browser.get("/api/way-back/kim")).status_code in (403, 404)


async def test_who_gets_a_removed_members_name_gets_nothing_of_what_was_shared(
    hub: RunningHub,
) -> None:
    host = host_of(hub)
    sharing.share(host, VISION, Recipient("member", "lee"), Actor("kim"))
    assert (await hub.api("DELETE", "/accounts/lee")).status_code == 204
    await hub.add("lee")
    assert sharing.grants(host) == []
    assert await start(hub, image=VISION) == 422
