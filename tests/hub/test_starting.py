"""Options against what exists, and the steps that followers see."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.languages import current
from hub.starting import Wanted, chosen_options
from hub.steps import Steps
from tests.hub.running_hub import BASE, TORCH, add_images
from workspace_cli.core.catalogue import Catalogue, CatalogueImage
from workspace_cli.core.engine import Progress
from workspace_cli.core.errors import (
    ConflictError,
    InvalidOptionError,
    LabdockError,
    NameTakenError,
)
from workspace_cli.core.fake_engine import FakeEngine
from workspace_cli.core.host import Host
from workspace_cli.core.models import Container, WorkspaceSpec
from workspace_cli.core.settings import Settings
from workspace_cli.core.workspaces import launch

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)
FIELD = st.sampled_from(
    ["image", "cpus", "memory", "shm_size", "gpus", "ports", "replace_image", "bogus"]
)


@pytest.fixture
def host(tmp_path: Path) -> Host:
    engine = FakeEngine()
    add_images(engine)
    images = (
        CatalogueImage(name=BASE, workspace=True),
        CatalogueImage(name=TORCH, workspace=True),
    )
    return Host(engine, Settings(root=tmp_path), Catalogue.of(images))


def wanted(**options: Any) -> Wanted:
    return Wanted("kim", "default", options, {})


def existing(host: Host, image: str = BASE, kind: str = "hub") -> Container:
    spec = WorkspaceSpec(owner="kim", name="default", image=image)
    if kind == "hub":
        spec = replace(spec, kind="hub")
    return host.engine.container(launch(host, spec).container.name)


def test_without_a_container_the_catalogues_first_image_is_taken(host: Host) -> None:
    assert chosen_options(host, wanted(), None).image == BASE


def test_a_workspace_keeps_its_image_where_none_is_named(host: Host) -> None:
    current_one = existing(host, TORCH)
    assert chosen_options(host, wanted(cpus=1), current_one).image == TORCH


@pytest.mark.parametrize(
    "asked",
    [
        TORCH,
        f"{TORCH}:latest",
        [TORCH],
        [
            "",
        ],
        None,
        "",
    ],
)
def test_naming_the_same_image_replaces_nothing(host: Host, asked: object) -> None:
    assert chosen_options(host, wanted(image=asked), existing(host, TORCH)).image == TORCH


def test_an_image_that_is_no_longer_on_offer_stays_usable(host: Host) -> None:
    found = existing(host)
    gone = replace(found, labels={**found.labels, "labdock.image": "labdock/kim/thesis:1"})
    options = chosen_options(host, wanted(image="labdock/kim/thesis:1", cpus="2"), gone)
    assert (options.image, options.cpus) == ("labdock/kim/thesis:1", 2)


@pytest.mark.parametrize("flag", [None, False, "", "no", 0, "false", []])
def test_another_image_needs_a_yes(host: Host, flag: object) -> None:
    with pytest.raises(ConflictError, match="would be lost"):
        chosen_options(host, wanted(image=TORCH, replace_image=flag), existing(host))


@pytest.mark.parametrize("flag", [True, "on", "true", ["on"]])
def test_another_image_is_taken_with_a_yes(host: Host, flag: object) -> None:
    options = chosen_options(host, wanted(image=TORCH, replace_image=flag), existing(host))
    assert options.image == TORCH


def test_a_standalone_workspace_is_not_taken_over(host: Host) -> None:
    with pytest.raises(NameTakenError):
        chosen_options(host, wanted(), existing(host, kind="standalone"))


def test_somebody_elses_environment_is_refused(host: Host) -> None:
    assert isinstance(host.engine, FakeEngine)
    host.engine.add_image("labdock/lee/secret:1")
    with pytest.raises(InvalidOptionError, match="not on offer"):
        chosen_options(host, wanted(image="labdock/lee/secret:1"), None)


def test_any_options_are_taken_or_refused_in_words(host: Host) -> None:
    current_one = existing(host)

    @given(st.dictionaries(FIELD | st.text(max_size=8), JSON, max_size=4), st.booleans())
    def check(options: dict[str, Any], there: bool) -> None:
        try:
            asked = Wanted("kim", "default", options, {})
            chosen = chosen_options(host, asked, current_one if there else None)
        except LabdockError as exc:
            told = str(exc)
        else:
            told = chosen.image
        assert told

    check()


async def follow(steps: Steps) -> list[tuple[int, str]]:
    return [(event["progress"], event["message"]) async for event in steps.events()]


@pytest.mark.asyncio
async def test_everyone_sees_every_step_early_or_late() -> None:
    steps = Steps()
    early = asyncio.create_task(follow(steps))
    await asyncio.sleep(0)
    steps.begin(asyncio.get_running_loop())
    for text in ("Creating", "Starting"):
        steps.add(Progress(text))
        await asyncio.sleep(0)
    late = asyncio.create_task(follow(steps))
    steps.add(Progress("Waiting"))
    await asyncio.sleep(0)
    steps.end()
    expected = ["Creating", "Starting", "Waiting"]
    assert [text for _, text in await early] == expected
    assert [text for _, text in await late] == expected


@pytest.mark.asyncio
async def test_a_bar_only_grows_and_a_long_step_is_brought_up_to_date() -> None:
    steps = Steps()
    steps.begin(asyncio.get_running_loop())
    following = asyncio.create_task(follow(steps))
    for current_bytes in (0, 50, 100):
        steps.add(Progress("Fetching", current_bytes, 100))
        await asyncio.sleep(0)
    steps.add(Progress("Starting"))
    steps.end()
    events = await following
    assert [text for _, text in events] == ["Fetching", "Fetching", "Fetching", "Starting"]
    bars = [bar for bar, _ in events]
    assert bars == sorted(bars)
    assert bars[0] < bars[2] < 100


@pytest.mark.asyncio
async def test_reports_from_a_thread_arrive_and_are_not_too_many() -> None:
    steps = Steps(clock=lambda: 0.0)
    steps.begin(asyncio.get_running_loop())
    following = asyncio.create_task(follow(steps))

    def work() -> None:
        for done in range(1000):
            steps.report(Progress("Fetching", done, 1000))

    await asyncio.to_thread(work)
    await asyncio.sleep(0.05)
    steps.end()
    assert len(await following) < 10


@pytest.mark.asyncio
async def test_each_follower_reads_their_own_language() -> None:
    steps = Steps()
    steps.begin(asyncio.get_running_loop())
    steps.add(Progress("Starting the container"))
    steps.end()

    async def in_language(language: str) -> str:
        current.set(language)
        ((_, text),) = await follow(steps)
        return text

    korean, english = await asyncio.gather(in_language("ko"), in_language("en"))
    assert english == "Starting the container"
    assert korean != english
