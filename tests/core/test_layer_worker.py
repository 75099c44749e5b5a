"""The program over the engine's folders, in this process and in a container."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from workspace_cli.core import labels, layer_worker, naming
from workspace_cli.core.catalogue import Catalogue
from workspace_cli.core.engine import STDERR, STDOUT
from workspace_cli.core.fake_containers import FakeContainer, FakeOutput
from workspace_cli.core.fake_engine import FakeEngine
from workspace_cli.core.host import Host
from workspace_cli.core.host_folders import IN_CONTAINER
from workspace_cli.core.models import ContainerRequest
from workspace_cli.core.settings import Settings


class Ran(FakeOutput):
    """What such a program has written."""

    def __init__(self, made: FakeContainer, ran: subprocess.CompletedProcess[bytes]) -> None:
        super().__init__(made)
        self._ran = ran

    def __iter__(self) -> Iterator[tuple[int, bytes]]:
        yield STDOUT, self._ran.stdout
        yield STDERR, self._ran.stderr


class Programs(FakeEngine):
    """An engine whose containers really run the program that they are given."""

    requests: list[ContainerRequest]

    def create(self, request: ContainerRequest) -> str:
        self.requests.append(request)
        return super().create(request)

    def attach(self, name: str, data: bytes) -> FakeOutput:
        made = self.made(name)
        command = [sys.executable, *made.request.entrypoint[1:]]
        ran = subprocess.run(command, input=data, capture_output=True, check=False)
        return Ran(made, ran)


@pytest.fixture
def engine() -> Programs:
    engine = Programs()
    engine.requests = []
    engine.add_image("labdock/hub", files={"/opt/hub/bin/python": b""})
    return engine


@pytest.fixture
def host(engine: Programs, tmp_path: Path) -> Host:
    return Host(engine, Settings(root=tmp_path / "root"), Catalogue())


@pytest.fixture
def layer(tmp_path: Path) -> Path:
    folder = tmp_path / "layer"
    folder.mkdir()
    (folder / "a").write_bytes(b"12345")
    (folder / b"odd-\xff.txt".decode(errors="surrogateescape")).write_bytes(b"1")
    return folder


def job(layer: Path) -> dict[str, object]:
    return {"do": "layer_program.count", "read": [str(layer)]}


def test_root_runs_it_in_this_process(host: Host, engine: Programs, layer: Path) -> None:
    assert layer_worker.work(host, job(layer)) == {"files": 2, "bytes": 6}
    assert engine.requests == []


def test_the_hub_runs_it_in_a_container_that_sees_nothing_else(
    host: Host, engine: Programs, layer: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(IN_CONTAINER, "1")
    assert layer_worker.work(host, job(layer)) == {"files": 2, "bytes": 6}
    [request] = engine.requests
    assert [(m.source, m.target, m.read_only) for m in request.mounts] == [
        (str(layer), str(layer), True)
    ]
    assert request.network == "none"
    assert request.read_only
    assert request.cap_drop == ("ALL",)
    assert engine.containers() == []


def test_it_uses_the_image_of_the_hub_that_runs(
    host: Host, engine: Programs, layer: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(IN_CONTAINER, "1")
    engine.add_image("other/hub", labels={"a": "b"}, files={"/opt/hub/bin/python": b""})
    engine.create(ContainerRequest(name=naming.HUB_CONTAINER, image="other/hub"))
    layer_worker.work(host, job(layer))
    assert engine.requests[-1].image == engine.image("other/hub").id


def test_what_a_caller_that_died_has_left_is_removed(
    host: Host, engine: Programs, layer: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(IN_CONTAINER, "1")
    engine.create(
        ContainerRequest(
            name="labdock-layers-left",
            image="labdock/hub",
            command=("true",),
            labels={labels.WORKER: "1", labels.ROOT: str(host.settings.root)},
        )
    )
    engine.start("labdock-layers-left")
    layer_worker.work(host, job(layer))
    assert engine.containers() == []


def test_the_gate_of_a_caller_that_died_goes(host: Host, engine: Programs) -> None:
    folder = host.settings.root / "hub" / "saving"
    for name, age in (("gate-old", 1000), ("gate-new", 0)):
        (folder / name).mkdir(parents=True)
        (folder / name / layer_worker.GO).touch()
        then = host.clock() - age
        os.utime(folder / name, (then, then))
    layer_worker.remove_dead(host)
    assert [path.name for path in folder.iterdir()] == ["gate-new"]


def test_a_program_that_waits_goes_on_once_it_is_told(
    host: Host, layer: Path, tmp_path: Path
) -> None:
    target = tmp_path / "target"
    target.mkdir()
    store = {
        "do": "layer_program.store",
        "read": [str(layer)],
        "write": str(target),
        "sources": [str(layer)],
        "saved": [],
        "below": [],
        "leave_out": [],
        "junk": False,
        "since": 0,
    }
    told: list[set[str]] = []
    layer_worker.work(
        host, store, ready=lambda: told.append({path.name for path in target.iterdir()})
    )
    assert told == [set()]
    assert len(list(target.iterdir())) == 2
