"""Abandoned workspaces are warned, stopped, and their owners told: time travels, nothing sleeps."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from hub import languages, notice_texts
from hub.idling import IdleWatch, stop_standalone
from hub.machine import Machine
from workspace_cli.core import labels, notices
from workspace_cli.core.catalogue import Catalogue
from workspace_cli.core.errors import EngineUnreachableError
from workspace_cli.core.fake_engine import FakeEngine
from workspace_cli.core.host import Host
from workspace_cli.core.inside import Activity
from workspace_cli.core.models import ContainerRequest, Workspace
from workspace_cli.core.naming import container_name
from workspace_cli.core.notices import Kind, Notice
from workspace_cli.core.settings import Settings

LOG = logging.getLogger("tests")
MINUTE = 60.0
QUIET = Activity(running_cells=0, kernels=1, terminals=0, cpu_seconds=0.0)


@dataclass
class Lab:
    """A machine in memory with one workspace that holds a GPU, and time that a test moves."""

    machine: Machine
    engine: FakeEngine
    now: float = 1_700_000_000.0
    activity: Activity | None = QUIET
    gpu: dict[str, float] = field(default_factory=dict)
    stopped: list[str] = field(default_factory=list)
    watch: IdleWatch = field(init=False)

    def clock(self) -> float:
        return self.now

    async def stop(self, workspace: Workspace) -> str:
        self.stopped.append(workspace.reference)
        return await stop_standalone(self.machine, workspace)

    async def pass_minutes(self, minutes: int) -> None:
        for _ in range(minutes):
            self.now += MINUTE
            await self.watch.look()

    def told(self) -> list[Kind]:
        found = notices.open_notices(self.machine.host.database, now=self.now)
        return [notice.kind for notice in found]


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    engine = FakeEngine()
    engine.add_image("labdock/base", config={"Cmd": ["sleep"]})
    settings = Settings(root=tmp_path)
    settings.hub_dir.mkdir()
    settings.policy_file.write_text('[idle]\nafter = "2h"\ngrace = "30m"\n')
    found: list[Lab] = []
    machine = Machine(Host(engine, settings, Catalogue(), lambda: found[0].now))
    lab = Lab(machine, engine)
    found.append(lab)
    lab.watch = IdleWatch(
        machine, lab.stop, lambda host: lab.gpu, LOG, lambda host, workspace: lab.activity
    )
    make(engine, "kim", "default", "GPU-1")
    yield lab
    machine.host.database.close()


def make(engine: FakeEngine, owner: str, name: str, gpus: str) -> None:
    request = ContainerRequest(
        name=container_name(owner, name),
        image="labdock/base",
        labels={
            labels.OWNER: owner,
            labels.WORKSPACE: name,
            labels.KIND: "standalone",
            labels.GPUS: gpus,
            labels.RESTART: "always",
        },
        restart="always",
    )
    engine.start(engine.create(request))


@pytest.mark.asyncio
async def test_an_abandoned_workspace_with_a_gpu_is_warned_then_stopped_and_kept(lab: Lab) -> None:
    await lab.pass_minutes(121)
    assert lab.told() == ["idle_warning"]
    (warning,) = notices.open_notices(lab.machine.host.database, now=lab.now)
    assert warning.values["stops"] == lab.now + 30 * MINUTE
    await lab.pass_minutes(29)
    assert lab.stopped == []
    await lab.pass_minutes(1)
    assert lab.stopped == ["kim/default"]
    assert lab.told() == ["idle_stopped"]
    kept = lab.engine.container(container_name("kim", "default"))
    assert (kept.state, kept.restart) == ("exited", "no")


@pytest.mark.asyncio
async def test_a_busy_gpu_keeps_a_workspace_that_nobody_looks_at(lab: Lab) -> None:
    lab.gpu = {"GPU-1": 97.0, "GPU-2": 0.0}
    await lab.pass_minutes(400)
    assert (lab.stopped, lab.told()) == ([], [])


@pytest.mark.asyncio
async def test_another_s_busy_gpu_keeps_nobody_else(lab: Lab) -> None:
    lab.gpu = {"GPU-1": 0.0, "GPU-2": 99.0}
    await lab.pass_minutes(121)
    assert lab.told() == ["idle_warning"]


@pytest.mark.asyncio
async def test_one_click_says_that_somebody_is_still_there(lab: Lab) -> None:
    await lab.pass_minutes(140)
    await lab.watch.keep("kim", "default")
    assert lab.told() == []
    await lab.pass_minutes(100)
    assert lab.stopped == []


@pytest.mark.asyncio
async def test_work_takes_the_warning_back(lab: Lab) -> None:
    await lab.pass_minutes(125)
    lab.activity = Activity(running_cells=1, kernels=1, terminals=0, cpu_seconds=0.0)
    await lab.pass_minutes(1)
    assert lab.told() == []


@pytest.mark.asyncio
async def test_a_server_that_does_not_answer_loses_nothing(lab: Lab) -> None:
    lab.activity = None
    await lab.pass_minutes(400)
    assert lab.stopped == []


@pytest.mark.asyncio
async def test_a_stop_that_fails_is_tried_again(lab: Lab) -> None:
    await lab.pass_minutes(121 + 29)
    lab.engine.fail_on("stop", EngineUnreachableError("away"))
    await lab.pass_minutes(1)
    assert "idle_stopped" not in lab.told()
    await lab.pass_minutes(1)
    assert lab.told() == ["idle_stopped"]


@pytest.mark.parametrize("kind", list(notice_texts._SENTENCES))
@pytest.mark.parametrize("language", languages.LANGUAGES)
def test_every_notice_has_a_sentence_in_every_language(kind: Kind, language: str) -> None:
    values = {"ends": 1.7e9, "stops": 1.7e9, "limit": 2**32, "used": 2**33, "reason": "XID 79"}
    values |= {"target": "/data/images", "by": "choi", "text": "Please save."}
    notice = Notice("0" * 32, "kim", "논문", kind, 0.0, values)
    text = notice_texts.in_language(notice, language, "Asia/Seoul")
    assert "%(" not in text
    assert "–" not in text
    hangul = sum("가" <= letter <= "힣" for letter in text.replace("논문", ""))
    assert (hangul > 10) is (language == "ko")
