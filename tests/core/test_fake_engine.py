"""What the fake engine can do beyond the port: go wrong as a test wants it."""

from __future__ import annotations

import pytest

from tests.support import AFTER_RESTART
from workspace_cli.core.engine import Progress
from workspace_cli.core.errors import (
    DiskFullError,
    EngineUnreachableError,
    LabdockError,
    WorkspaceNotFoundError,
)
from workspace_cli.core.fake_engine import FakeEngine
from workspace_cli.core.models import ContainerRequest

IMAGE = "labdock-tests/tiny"


def request(name: str = "a", restart: str = "no") -> ContainerRequest:
    return ContainerRequest(name=name, image=IMAGE, restart=restart)


def test_a_call_fails_before_or_after_its_work(fake_engine: FakeEngine) -> None:
    fake_engine.fail_call(1, DiskFullError("full"))
    with pytest.raises(DiskFullError):
        fake_engine.create(request())
    assert fake_engine.containers() == []
    fake_engine.fail_on("create", KeyboardInterrupt(), done=True)
    with pytest.raises(KeyboardInterrupt):
        fake_engine.create(request())
    assert [row.name for row in fake_engine.containers()] == ["a"]
    fake_engine.start("a")


def test_calls_are_counted(fake_engine: FakeEngine) -> None:
    fake_engine.create(request())
    fake_engine.start("a")
    assert [method for method, _ in fake_engine.calls] == ["create", "start"]
    assert fake_engine.calls[-1] == ("start", "a")


def test_an_engine_that_is_down_answers_nothing(fake_engine: FakeEngine) -> None:
    fake_engine.unreachable = True
    with pytest.raises(EngineUnreachableError):
        fake_engine.containers()


@pytest.mark.parametrize("policy", AFTER_RESTART)
def test_a_restart_of_the_engine_follows_the_policy(fake_engine: FakeEngine, policy: str) -> None:
    for name in ("runs", "stopped"):
        fake_engine.create(request(name, policy))
        fake_engine.start(name)
    fake_engine.stop("stopped")
    fake_engine.restart_engine()
    states = (fake_engine.container("runs").state, fake_engine.container("stopped").state)
    assert states == AFTER_RESTART[policy]


def test_a_crash_is_seen_or_mended_by_the_policy(fake_engine: FakeEngine) -> None:
    for name, policy in (("crashed", "no"), ("mended", "on-failure:3")):
        fake_engine.create(request(name, policy))
        fake_engine.start(name)
        fake_engine.end(name, 3, oom_killed=True)
    crashed = fake_engine.container("crashed")
    assert (crashed.state, crashed.exit_code, crashed.oom_killed) == ("exited", 3, True)
    assert fake_engine.container("mended").state == "running"


def test_the_registry_hands_out_images(fake_engine: FakeEngine) -> None:
    steps: list[Progress] = []
    fake_engine.offer_image("lab/offered:1")
    fake_engine.pull("lab/offered:1", steps.append)
    assert fake_engine.image("lab/offered:1").tags == ("lab/offered:1",)
    assert (steps[-1].current, steps[-1].total) == (2, 2)


@pytest.mark.parametrize("call", ["create", "commit", "load", "import_filesystem", "pull"])
def test_a_full_disk_takes_nothing_more(fake_engine: FakeEngine, call: str) -> None:
    fake_engine.create(request())
    fake_engine.disk_full = True
    argument = {"create": request("b"), "load": [b""], "import_filesystem": [b""]}.get(call, "a")
    with pytest.raises(DiskFullError):
        getattr(fake_engine, call)(argument)


def test_looking_inside_is_no_call(fake_engine: FakeEngine) -> None:
    with pytest.raises(WorkspaceNotFoundError):
        fake_engine.made("nonesuch")
    fake_engine.create(request())
    fake_engine.made("a").write("/etc/motd", b"hello")
    assert fake_engine.has_path("a", "/etc/motd")
    assert [method for method, _ in fake_engine.calls] == ["create", "has_path"]


def test_errors_are_in_the_tree(fake_engine: FakeEngine) -> None:
    with pytest.raises(LabdockError):
        fake_engine.start("nonesuch")
