"""Workspaces that lose their GPUs inside, while the GPUs are well, are found and told."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hub.broker_loop import BrokerLoop
from hub.lost_gpus import LostGpus
from hub.machine import Machine
from workspace_cli.core import gpu_marks, labels, notices
from workspace_cli.core.catalogue import Catalogue
from workspace_cli.core.engine import ExecResult
from workspace_cli.core.fake_engine import FakeEngine
from workspace_cli.core.gpu_marks import Mark
from workspace_cli.core.host import Host
from workspace_cli.core.models import ContainerRequest
from workspace_cli.core.naming import container_name
from workspace_cli.core.settings import Settings

LOG = logging.getLogger("tests")
LOST = ExecResult(255, b"Failed to initialize NVML: Unknown Error")
WELL = ExecResult(0, b"GPU 0: Stand-in (UUID: GPU-1)\nGPU 1: Stand-in (UUID: GPU-2)")
pytestmark = pytest.mark.asyncio


@pytest.fixture
def engine() -> FakeEngine:
    engine = FakeEngine()
    engine.add_image("labdock/base", config={"Cmd": ["sleep"]})
    for owner, gpus in (("kim", "GPU-1"), ("lee", "GPU-2"), ("park", "")):
        own = {labels.OWNER: owner, labels.WORKSPACE: "w", labels.GPUS: gpus}
        name = container_name(owner, "w")
        engine.start(engine.create(ContainerRequest(name=name, image="labdock/base", labels=own)))
    return engine


@pytest.fixture
def machine(engine: FakeEngine, tmp_path: Path) -> Iterator[Machine]:
    settings = Settings(root=tmp_path)
    settings.hub_dir.mkdir()
    machine = Machine(Host(engine, settings, Catalogue()))
    yield machine
    machine.host.database.close()


@pytest.fixture
def says(engine: FakeEngine, monkeypatch: pytest.MonkeyPatch) -> dict[str, ExecResult]:
    """Give what nvidia-smi answers in each container; all are well at first."""
    answers: dict[str, ExecResult] = {}

    def execute(name: str, *arguments: Any, **more: Any) -> ExecResult:
        return answers.get(name, WELL)

    monkeypatch.setattr(engine, "execute", execute)
    return answers


def told(machine: Machine) -> dict[str, str]:
    host = machine.host
    found = notices.open_notices(host.database, now=host.clock())
    return {one.owner: one.values["reason"] for one in found if one.kind == "gpu_lost"}


async def test_its_owner_is_told_once_and_no_longer_when_it_is_healed(
    machine: Machine, says: dict[str, ExecResult], caplog: pytest.LogCaptureFixture
) -> None:
    watch = LostGpus(machine, LOG)
    await watch.look()
    assert told(machine) == {}
    says[container_name("kim", "w")] = LOST
    for _ in range(2):
        await watch.look()
    assert told(machine) == {"kim": "Failed to initialize NVML: Unknown Error"}
    assert len([row for row in caplog.records if "kim/w" in row.message]) == 1
    del says[container_name("kim", "w")]
    # A hub that was restarted meanwhile takes it back as well.
    await LostGpus(machine, LOG).look()
    assert told(machine) == {}


async def test_a_gpu_that_has_failed_itself_is_told_of_elsewhere(
    machine: Machine, says: dict[str, ExecResult]
) -> None:
    with machine.host.database.begin() as connection:
        gpu_marks.put(connection, "GPU-1", Mark("It has fallen off the bus", 0.0))
    says[container_name("kim", "w")] = LOST
    await LostGpus(machine, LOG).look()
    assert told(machine) == {}


async def test_one_that_is_stopped_while_it_is_asked_has_lost_nothing(
    machine: Machine, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def execute(name: str, *arguments: Any, **more: Any) -> ExecResult:
        engine.stop(name)
        return ExecResult(137, b"")

    monkeypatch.setattr(engine, "execute", execute)
    await LostGpus(machine, LOG).look()
    assert told(machine) == {}


async def test_the_hub_looks_by_the_clock(machine: Machine, says: dict[str, ExecResult]) -> None:
    says[container_name("lee", "w")] = LOST
    loop = BrokerLoop(machine)
    (duty,) = [one for one in loop._duties if one.work == loop.lost.look]
    assert duty.every == 60
    await duty.work()
    assert list(told(machine)) == ["lee"]
