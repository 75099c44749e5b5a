"""The container through which the hub asks the driver."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.stand_in_nvml.cdi import write_specification
from workspace_cli.core import gpu_inventory, gpu_reader, labels, naming, nvml
from workspace_cli.core.engine import ExecResult
from workspace_cli.core.errors import NoFreeGpuError
from workspace_cli.core.fake_engine import FakeEngine
from workspace_cli.core.gpu_reader import GpuReader
from workspace_cli.core.models import ContainerRequest
from workspace_cli.core.settings import Settings

NAME = "labdock-gpus"
WELL: dict[str, Any] = {"present": True, "driver": "570.1", "gpus": []}


class Engine(FakeEngine):
    """An engine whose containers answer as a test says."""

    answer: dict[str, Any] = WELL
    asked: list[str]

    def execute(self, name: str, command: Any, **more: Any) -> ExecResult:
        self.asked.append(name)
        assert command[-4:] == list(gpu_reader.PROGRAM)
        return ExecResult(0, json.dumps(self.answer).encode())


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """Give an engine with CDI, two GPUs and the hub on it."""
    write_specification(tmp_path / "cdi", ("GPU-a", "GPU-b"))
    monkeypatch.setattr(gpu_inventory, "CDI_FOLDERS", (tmp_path / "cdi",))
    monkeypatch.setattr(gpu_reader, "CDI_FOLDERS", (tmp_path / "cdi",))
    engine = Engine()
    engine.asked = []
    engine.add_image("labdock/hub", config={"Cmd": ["sleep"]})
    engine.engine_info = replace(engine.engine_info, cdi=True)
    engine.devices = {"nvidia.com/gpu=all", "all"}
    engine.create(ContainerRequest(name=naming.HUB_CONTAINER, image="labdock/hub"))
    engine.start(naming.HUB_CONTAINER)
    return engine


@pytest.fixture
def reader(engine: Engine, tmp_path: Path) -> GpuReader:
    return GpuReader(engine, Settings(root=tmp_path), NAME)


def test_it_is_made_once_and_sees_the_gpus_and_nothing_else(
    engine: Engine, reader: GpuReader
) -> None:
    assert nvml.parse(reader.ask()).driver == "570.1"
    reader.ask()
    assert len(set(engine.asked)) == 1
    request = engine.made(NAME).request
    assert request.gpus == ("nvidia.com/gpu=all",)
    assert (request.network, request.host_processes, request.cap_drop) == ("none", True, ("ALL",))
    assert (request.mounts, request.cap_add, request.ports) == ((), (), ())
    assert labels.OWNER not in request.labels
    assert labels.STACK not in request.labels


def test_nvidias_runtime_is_asked_for_all(engine: Engine, tmp_path: Path) -> None:
    GpuReader(engine, Settings(root=tmp_path, gpu_backend="nvidia"), NAME).ask()
    request = engine.made(NAME).request
    assert (request.gpus, request.gpu_backend) == (("all",), "nvidia")


def test_without_a_way_to_gpus_there_is_no_container(engine: Engine, tmp_path: Path) -> None:
    answer = GpuReader(engine, Settings(root=tmp_path, gpu_backend="none"), NAME).ask()
    assert nvml.parse(answer) == nvml.Reading()
    assert [row.name for row in engine.containers()] == [naming.HUB_CONTAINER]


def stop(engine: Engine, folder: Path) -> None:
    engine.stop(NAME)


def rebuild_the_hub(engine: Engine, folder: Path) -> None:
    engine.add_image("labdock/hub", config={"Cmd": ["sleep"]}, files={"new": b""})
    engine.remove(naming.HUB_CONTAINER, force=True)
    engine.create(ContainerRequest(name=naming.HUB_CONTAINER, image="labdock/hub"))


def add_a_gpu(engine: Engine, folder: Path) -> None:
    write_specification(folder / "cdi", ("GPU-a", "GPU-b", "GPU-c"))


@pytest.mark.parametrize("change", [stop, rebuild_the_hub, add_a_gpu])
def test_it_is_made_anew_where_it_is_no_longer_the_right_one(
    engine: Engine, reader: GpuReader, tmp_path: Path, change: Callable[[Engine, Path], None]
) -> None:
    reader.ask()
    change(engine, tmp_path)
    reader.ask()
    first, second = engine.asked
    assert first != second
    assert engine.made(NAME).running


def test_it_is_replaced_once_before_all_gpus_are_called_broken(
    engine: Engine, reader: GpuReader
) -> None:
    reader.ask()
    engine.answer = {"present": True, "error": "Unknown Error"}
    for _ in range(3):
        assert nvml.parse(reader.ask()).error == "Unknown Error"
    assert len(set(engine.asked)) == 2


def test_one_broken_gpu_of_two_is_no_reason_to_replace_it(
    engine: Engine, reader: GpuReader
) -> None:
    engine.answer = {**WELL, "gpus": [{"index": 0, "trouble": "lost"}, {"index": 1}]}
    reader.ask()
    reader.ask()
    assert len(set(engine.asked)) == 1


def test_one_that_does_not_start_leaves_nothing_behind(engine: Engine, reader: GpuReader) -> None:
    engine.devices = set()
    with pytest.raises(NoFreeGpuError):
        reader.ask()
    assert [row.name for row in engine.containers()] == [naming.HUB_CONTAINER]


def test_one_that_hangs_is_given_up(
    engine: Engine, reader: GpuReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nvml, "TIMEOUT", -0.9)
    over = threading.Event()

    def execute(*rest: Any, **more: Any) -> ExecResult:
        over.wait(30)
        return ExecResult(1, b"")

    monkeypatch.setattr(engine, "execute", execute)
    with pytest.raises(TimeoutError):
        reader.ask()
    over.set()


def test_the_hub_asks_through_it(
    engine: Engine, reader: GpuReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(nvml.THROUGH, NAME)
    monkeypatch.setitem(gpu_reader._readers, NAME, reader)
    nvml.forget()
    assert nvml.read().driver == "570.1"
    engine.devices = set()
    engine.remove(NAME, force=True)
    nvml.forget()
    assert "no such GPU" in nvml.read().error
    nvml.forget()
