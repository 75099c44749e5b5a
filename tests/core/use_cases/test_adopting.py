"""Adopting images and containers on a machine in memory."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.core.use_cases.builder import ENDS, FACTS, Builder, answering, builder
from tests.core.use_cases.conftest import State
from workspace_cli.core import (
    adopt,
    adopt_container,
    adopt_plan,
    gpu_inventory,
    labels,
)
from workspace_cli.core.errors import (
    InvalidNameError,
    InvalidOptionError,
    NameTakenError,
    NoFreeGpuError,
    NoServerError,
    NotAllowedError,
    WorkspaceNotFoundError,
)
from workspace_cli.core.fake_engine import FakeEngine
from workspace_cli.core.gpu_inventory import Gpu
from workspace_cli.core.host import Host
from workspace_cli.core.models import ContainerRequest, Mount, PortMapping
from workspace_cli.core.workspaces import list_workspaces, remove

__all__ = ["answering", "builder"]


# adopt -----------------------------------------------------------------------------
def test_an_adopted_image_has_a_server_and_knows_where_it_is_from(
    host: Host, builder: Builder, engine: FakeEngine
) -> None:
    engine.add_image("group/vision:v3", environment={"PATH": "/opt/conda/bin"})
    origin = engine.image("group/vision:v3")
    looked = adopt.look(host, builder, Path("images/adopt"), "group/vision:v3")
    name = adopt.reference_for("group/vision:v3")
    made = adopt.adopt(host, builder, Path("images/adopt"), looked, name)
    image = engine.image("labdock/adopted/vision:v3")
    assert made.reference == "labdock/adopted/vision:v3"
    assert image.labels[labels.SERVER] == "1"
    assert image.labels[labels.ADOPTED] == image.labels[labels.PARENT_ID] == origin.id
    assert image.labels[labels.PARENT] == "group/vision:v3"
    assert engine.image("group/vision:v3") == origin
    assert builder.recipes[0].arguments["FOLDERS"] == "/opt/conda/bin"


def test_what_the_preflight_refuses_is_not_built(host: Host, builder: Builder) -> None:
    builder.facts_told = {**FACTS, "libc": "musl", "release": {"ID": "alpine"}}
    looked = adopt.look(host, builder, Path("images/adopt"), "nginx")
    with pytest.raises(NoServerError, match="alpine"):
        adopt.adopt(host, builder, Path("images/adopt"), looked, "labdock/adopted/x:1")
    assert len(builder.recipes) == 1


@pytest.mark.parametrize(
    "image, wanted, owner, name",
    [
        ("nvcr.io/nvidia/pytorch:25.01-py3", "", "", "labdock/adopted/pytorch:25.01-py3"),
        ("group/vision", "", "", "labdock/adopted/vision:latest"),
        ("group/vision:v3", "own", "", "labdock/adopted/own:latest"),
        ("group/vision:v3", "own:v1", "kim", "labdock/kim/own:v1"),
    ],
)
def test_the_name_of_an_adopted_image(image: str, wanted: str, owner: str, name: str) -> None:
    assert adopt.reference_for(image, wanted, owner) == name


def test_an_image_without_a_name_needs_one() -> None:
    with pytest.raises(InvalidNameError, match="no name"):
        adopt.reference_for("sha256:" + "0" * 64)
    with pytest.raises(InvalidNameError):
        adopt.reference_for("group/vision", "Not A Name")


# containers ------------------------------------------------------------------------
OLD = ContainerRequest(
    name="ky_study",
    image="labdock/base",
    environment={
        "WORKSPACE_AUTH_USER": "kunyoung",
        "WORKSPACE_AUTH_PASSWORD": "hunter2hunter2",
        "EXTRA": "yes",
        "LABDOCK_OWNER": "somebody",
    },
    ports=(PortMapping(8080, 29201),),
    restart="always",
)


@pytest.fixture
def by_hand(engine: FakeEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Give a container as the line of old has made it, with files of its own."""
    home = tmp_path / "kunyoung"
    home.mkdir()
    mounts = (Mount(str(home), "/workspace"),)
    engine.create(replace(OLD, mounts=mounts))
    engine.start(OLD.name)
    engine.made(OLD.name).write("/opt/kept", b"kept")
    monkeypatch.setattr(adopt_container, "wait_for_workspace", lambda *_, **__: None)
    return OLD.name


def take(host: Host, builder: Builder, name: str, **options: Any) -> adopt_plan.Takeover:
    """Take a container over, and return what was planned."""
    found = adopt_plan.plan(host, name)
    adopt_container.take_over(
        host,
        found,
        lambda image: adopt.look(host, builder, Path("images/adopt"), image),
        lambda looked, reference, owner, origin: adopt.adopt(
            host, builder, Path("images/adopt"), looked, reference, owner=owner, parent=origin
        ),
        **options,
    )
    return found


def test_a_container_becomes_a_workspace_with_the_same_files_ports_and_name(
    host: Host, builder: Builder, engine: FakeEngine, by_hand: str
) -> None:
    before = engine.container(by_hand)
    found = take(host, builder, by_hand)
    (made,) = list_workspaces(host)
    assert made.reference == "kunyoung/ky-study"
    now = engine.container(made.container.name)
    assert now.ports == (PortMapping(8080, 29201),)
    assert before.mounts[0] in now.mounts
    assert now.environment["EXTRA"] == "yes"
    assert engine.made(now.name).files["opt/kept"] == b"kept"
    assert "hunter2" not in repr(now)
    assert b"hunter2" not in b"".join(engine.save(found.reference))
    old = engine.container("ky_study.before-adoption")
    assert (old.id, old.state, old.restart) == (before.id, "exited", "no")


def test_the_old_container_goes_where_that_is_wanted(
    host: Host, builder: Builder, engine: FakeEngine, by_hand: str
) -> None:
    take(host, builder, by_hand, remove_old=True)
    assert [row.name for row in engine.containers()] == ["labdock-kunyoung--ky-study"]


def test_a_server_is_laid_on_what_has_none(
    host: Host, builder: Builder, engine: FakeEngine, by_hand: str
) -> None:
    engine.create(ContainerRequest(name="plain", image="nginx", ports=(PortMapping(80, 29205),)))
    engine.start("plain")
    engine.made("plain").write("/opt/kept", b"kept")
    found = take(host, builder, "plain")
    assert not found.has_server
    assert engine.image(found.reference).labels[labels.PARENT] == "nginx:latest"
    workspace = next(one for one in list_workspaces(host) if one.name == "plain")
    assert PortMapping(80, 29205) in workspace.ports
    assert engine.made(workspace.container.name).files["opt/kept"] == b"kept"
    assert not [tag for image in engine.images() for tag in image.tags if "unfinished" in tag]


def _no_server(*_: object) -> Any:
    raise AssertionError("an image with a server needs none")


@ENDS
def test_a_failure_at_any_call_lets_the_old_container_run_again(
    host: Host,
    engine: FakeEngine,
    by_hand: str,
    state: State,
    error: BaseException,
    done: bool,
) -> None:
    before = state()
    found = adopt_plan.plan(host, by_hand)
    for steps in range(1, 120):
        engine.fail_call(steps, error, done=done)
        first = len(engine.calls)
        with suppress(type(error)):
            adopt_container.take_over(host, found, _no_server, _no_server)
            if len(engine.calls) - first < steps:
                break
            # The error was passed over: take back what was made all the same.
            (made,) = list_workspaces(host)
            remove(host, made)
            engine.remove_image(found.reference)
            adopt_container._run_again(host, found)
        now = state()
        assert now["containers"] == before["containers"], f"step {steps}"
        assert now["images"] == before["images"], f"step {steps}"
    assert 8 < steps < 119


@pytest.mark.parametrize(
    "given, wanted",
    [((), 0), (("all",), "all"), (("1",), ("GPU-1",)), (("GPU-0", "1"), ("GPU-0", "GPU-1"))],
)
def test_a_container_keeps_the_gpus_that_it_was_started_with(
    host: Host,
    engine: FakeEngine,
    monkeypatch: pytest.MonkeyPatch,
    given: tuple[str, ...],
    wanted: object,
) -> None:
    present = tuple(Gpu(id=f"GPU-{n}", uuid=f"GPU-{n}", index=n) for n in range(2))
    monkeypatch.setattr(gpu_inventory, "inventory", lambda backend: present)
    engine.create(replace(OLD, gpus=given, gpu_backend="nvidia" if given else "none"))
    spec = adopt_plan.plan(host, OLD.name).spec
    assert spec.gpus == wanted
    assert spec.limits.shm_size is None


def test_gpus_that_are_gone_are_no_zero(
    host: Host, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gpu_inventory, "inventory", lambda backend: ())
    engine.create(replace(OLD, gpus=("0",), gpu_backend="nvidia"))
    with pytest.raises(NoFreeGpuError, match="not there"):
        adopt_plan.plan(host, OLD.name)


def test_what_a_killed_call_left_is_taken_up(
    host: Host, builder: Builder, engine: FakeEngine, by_hand: str
) -> None:
    engine.stop(by_hand)
    engine.rename(by_hand, "ky_study.before-adoption")
    take(host, builder, by_hand)
    assert [one.reference for one in list_workspaces(host)] == ["kunyoung/ky-study"]


def test_what_cannot_be_taken_over_is_refused_before_anything_is_stopped(
    host: Host, builder: Builder, engine: FakeEngine, by_hand: str, tmp_path: Path
) -> None:
    with pytest.raises(WorkspaceNotFoundError):
        adopt_plan.plan(host, "absent")
    engine.engine_info = replace(engine.engine_info, data_root=str(tmp_path))
    (tmp_path / "volumes" / "data").mkdir(parents=True)
    volume = Mount(str(tmp_path / "volumes" / "data"), "/data")
    engine.create(replace(OLD, name="volumes", ports=(), mounts=(volume,)))
    with pytest.raises(InvalidOptionError, match="/data"):
        adopt_plan.plan(host, "volumes")
    engine.create(replace(OLD, name="socket", ports=(), mounts=(Mount("/", "/host"),)))
    with pytest.raises(InvalidOptionError, match="it is or holds"):
        adopt_plan.plan(host, "socket")
    take(host, builder, by_hand)
    with pytest.raises(NotAllowedError):
        adopt_plan.plan(host, "labdock-kunyoung--ky-study")
    engine.create(replace(OLD, ports=()))
    with pytest.raises(NameTakenError):
        adopt_plan.plan(host, by_hand)
    assert adopt_plan.plan(host, by_hand, wanted="other").spec.name == "other"
