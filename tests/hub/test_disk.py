"""What the hub makes of the disk ledger: rounds, notices, its API, a line on the page."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import pytest_asyncio

from hub import disk_api, notice_texts
from hub.disk_loop import EVERY, DiskWatch, due
from hub.machine import Machine
from tests.hub.running_hub import RunningHub, add_images, running_hub
from workspace_cli.core import disk, disk_measure, disk_room, folders, notices
from workspace_cli.core.catalogue import Catalogue
from workspace_cli.core.disk import Usage
from workspace_cli.core.disk_limits import Standing
from workspace_cli.core.disk_room import Room
from workspace_cli.core.errors import EngineUnreachableError
from workspace_cli.core.fake_engine import FakeEngine
from workspace_cli.core.host import Host
from workspace_cli.core.notices import Notice
from workspace_cli.core.settings import Settings

pytestmark = [
    # JupyterHub and its libraries warn of themselves and leave sockets to the collector.
    pytest.mark.filterwarnings("default"),
]
LOG = logging.getLogger("tests")
MIB, GIB = 2**20, 2**30


@dataclass
class Lab:
    """A machine in memory with one member, and time that a test moves."""

    machine: Machine
    now: float = 1_700_000_000.0
    watch: DiskWatch = field(init=False)

    def __post_init__(self) -> None:
        host = self.machine.host
        self.machine.host = Host(host.engine, host.settings, host.catalogue, lambda: self.now)
        self.watch = DiskWatch(self.machine, LOG)

    @property
    def host(self) -> Host:
        return self.machine.host

    def told(self) -> list[Notice]:
        return notices.open_notices(self.host.database, now=self.now)

    def fill(self, size: int, owner: str = "kim") -> None:
        folders.ensure(self.host.settings, owner)
        (folders.home(self.host.settings, owner) / "a").write_bytes(bytes(size))


@pytest.fixture
def lab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Lab]:
    monkeypatch.setattr(disk_room, "rooms", lambda host: (Room("/x", 900 * GIB, 1000 * GIB),))
    lab = Lab(Machine(Host(FakeEngine(), Settings(root=tmp_path), Catalogue.of(()))))
    folders.ensure(lab.host.settings, "kim")
    lab.host.settings.policy_file.write_text('[roles.member]\ndisk_soft = "2m"\ndisk_hard = "4m"\n')
    yield lab
    lab.host.database.close()


@pytest.mark.asyncio
async def test_everybody_is_measured_and_again_after_a_while(lab: Lab) -> None:
    lab.fill(MIB)
    lab.fill(3 * MIB, "lee")
    await lab.watch.measure_due()
    assert {
        name: usage.home // MIB for name, usage in disk.read_all(lab.host.settings).items()
    } == {
        "kim": 1,
        "lee": 3,
    }
    assert due(lab.host) == []
    lab.now += EVERY
    assert due(lab.host) == ["kim", "lee"]


def test_a_home_that_takes_long_is_measured_more_rarely(lab: Lab) -> None:
    settings = lab.host.settings
    disk.write(settings, Usage(owner="kim", measured=lab.now, seconds=100.0))
    lab.now += 4999
    assert due(lab.host) == []
    lab.now += 1
    assert due(lab.host) == ["kim"]


def test_whoever_has_left_nothing_behind_is_forgotten(lab: Lab) -> None:
    disk.write(lab.host.settings, Usage(owner="gone", measured=lab.now))
    due(lab.host)
    assert disk.read(lab.host.settings, "gone") is None


@pytest.mark.asyncio
async def test_members_are_warned_then_told_then_left_in_peace(lab: Lab) -> None:
    for size, kinds in (
        (MIB, []),
        (3 * MIB, ["disk_soft"]),
        (5 * MIB, ["disk_hard"]),
        (3 * MIB, ["disk_soft"]),
        (MIB, []),
    ):
        lab.fill(size)
        await lab.watch.measure("kim")
        assert [notice.kind for notice in lab.told()] == kinds


@pytest.mark.asyncio
async def test_a_notice_that_was_closed_comes_back_only_with_news(lab: Lab) -> None:
    lab.fill(2 * MIB + 1000)
    await lab.watch.measure("kim")
    notices.dismiss(lab.host.database, lab.told()[0].id, "kim", now=lab.now)
    await lab.watch.measure("kim")
    assert lab.told() == []
    lab.fill(3 * MIB)
    await lab.watch.measure("kim")
    assert len(lab.told()) == 1


@pytest.mark.asyncio
async def test_the_sentence_names_what_is_used_and_the_limit(lab: Lab) -> None:
    lab.fill(3 * MIB)
    await lab.watch.measure("kim")
    (notice,) = lab.told()
    assert notice_texts.in_language(notice, "en", "UTC").startswith(
        "You use 3 MiB of the disk; from 4 MiB on nothing new can be started or saved."
    )
    lab.host.settings.policy_file.write_text('[roles.member]\ndisk_soft = "1m"\n')
    lab.fill(8 * MIB)
    await lab.watch.measure("kim")
    (notice,) = lab.told()
    assert "to stay below 1 MiB" in notice_texts.in_language(notice, "en", "UTC")
    assert "권장" not in notice_texts.in_language(notice, "ko", "UTC")
    assert "1 MiB" in notice_texts.in_language(notice, "ko", "UTC")


@pytest.mark.asyncio
async def test_one_who_cannot_be_measured_keeps_nobody_from_it(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = disk_measure.measure

    def measure(host: Host, owner: str) -> Usage | None:
        if owner == "kim":
            raise EngineUnreachableError("No engine.")
        return real(host, owner)

    monkeypatch.setattr(disk_measure, "measure", measure)
    lab.fill(MIB, "lee")
    await lab.watch.measure_due()
    assert list(disk.read_all(lab.host.settings)) == ["lee"]


@pytest.mark.asyncio
async def test_a_round_is_begun_and_not_waited_for(lab: Lab) -> None:
    lab.fill(MIB)
    await lab.watch.look()
    await lab.watch.look()
    await lab.watch.stop()


@pytest.mark.asyncio
async def test_a_safe_mode_that_has_ended_is_no_news_any_more(lab: Lab) -> None:
    notices.tell(lab.host.database, "kim", "study", "safe_mode", {"why": "disk"}, now=lab.now)
    assert "disk is full" in notice_texts.in_language(lab.told()[0], "en", "UTC")
    await lab.watch.look()
    await lab.watch.stop()
    assert lab.told() == []


@pytest.mark.parametrize("why", ["asked", "disk", "environment", "?"])
def test_every_reason_has_a_sentence(why: str) -> None:
    notice = Notice("1", "kim", "study", "safe_mode", 0.0, {"why": why})
    assert "“study”" in notice_texts.in_language(notice, "en", "UTC")
    assert "안전 모드" in notice_texts.in_language(notice, "ko", "UTC")


# the hub -------------------------------------------------------------------
@pytest_asyncio.fixture
async def hub(tmp_path: Path) -> AsyncIterator[RunningHub]:
    engine = FakeEngine()
    add_images(engine)
    async with running_hub(tmp_path / "root", engine) as running:
        await running.add("kim")
        await running.add("lee")
        yield running


@pytest.mark.asyncio
async def test_the_page_tells_what_a_member_takes_up(hub: RunningHub) -> None:
    usage = Usage(
        owner="kim", measured=1.0, home=3 * GIB, layers={"study": GIB}, caches={"/workspace/.x": 9}
    )
    disk.write(hub.settings, usage)
    async with hub.browser("kim") as browser:
        page = (await browser.get("/home")).text
    assert "<strong>4 GiB</strong>" in page
    assert "Installed in “study”" in page
    assert "/workspace/.x" in page
    async with hub.browser("lee") as browser:
        assert 'id="disk"' not in (await browser.get("/home")).text


@pytest.mark.asyncio
async def test_a_member_measures_their_own_disk_and_nobody_elses(hub: RunningHub) -> None:
    token = (await hub.api("POST", "/users/kim/tokens", {})).json()["token"]
    folders.ensure(hub.settings, "kim")
    (folders.home(hub.settings, "kim") / "a").write_bytes(bytes(MIB))
    answer = await hub.api("POST", "/disk/kim", {}, token=token)
    assert answer.status_code == 200, answer.text
    assert answer.json()["usage"]["home"] >= MIB
    assert (await hub.api("GET", "/disk/kim", token=token)).json()["total"] >= MIB
    for other in ("lee", "nobody"):
        refused = await hub.api("GET", f"/disk/{other}", token=token)
        assert refused.status_code == 404
    assert (await hub.api("GET", "/disk/lee")).status_code == 200
    assert (await hub.api("GET", "/disk/lee", token="wrong")).status_code == 403


@pytest.mark.asyncio
async def test_above_the_limit_the_hub_says_so_and_starts_what_is_there(hub: RunningHub) -> None:
    assert (await hub.api("POST", "/users/kim/server")).status_code in (201, 202)
    hub.settings.policy_file.write_text('[roles.member]\ndisk_hard = "1m"\n')
    (folders.home(hub.settings, "kim") / "a").write_bytes(bytes(2 * MIB))
    assert disk_measure.measure(hub.app.machine.host, "kim") is not None
    refused = await hub.api("POST", "/users/kim/servers/paper")
    assert refused.status_code == 507
    assert "kim uses 2 MiB of the disk" in refused.json()["message"]
    assert hub.state("kim", "paper") is None
    await hub.api("DELETE", "/users/kim/server")
    assert (await hub.api("POST", "/users/kim/server")).status_code in (201, 202)
    assert hub.state("kim") == "running"


@pytest.mark.asyncio
async def test_a_start_can_be_asked_to_be_safe_and_the_next_is_not(hub: RunningHub) -> None:
    body = {"safe_mode": True, "cpus": 1}
    assert (await hub.api("POST", "/users/kim/server", body)).status_code in (201, 202)
    file = hub.settings.secrets / "labdock-kim--default" / "environment.json"
    assert '"LABDOCK_SAFE_MODE": "asked"' in file.read_text()
    await hub.api("DELETE", "/users/kim/server")
    assert (await hub.api("POST", "/users/kim/server")).status_code in (201, 202)
    assert "LABDOCK_SAFE_MODE" not in file.read_text()


def test_the_model_of_somebody_nobody_measured_is_empty() -> None:
    found = disk_api.model(Standing("kim", None, None, None))
    assert (found["total"], found["usage"], found["level"]) == (None, None, "ok")
