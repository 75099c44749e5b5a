import errno
from collections.abc import Callable
from dataclasses import replace

import pytest

from workspace_cli.core import labels, secrets
from workspace_cli.core.engine import Progress
from workspace_cli.core.errors import (
    DiskFullError,
    EngineUnreachableError,
    ImageNotFoundError,
    InvalidOptionError,
    LabdockError,
    NameTakenError,
    NoFreePortError,
    NoServerError,
    PortTakenError,
)
from workspace_cli.core.fake_engine import FakeEngine
from workspace_cli.core.host import Host
from workspace_cli.core.models import PortMapping, WorkspaceSpec
from workspace_cli.core.workspaces import launch, remove

Specs = Callable[..., WorkspaceSpec]


def test_launch_publishes_the_server_on_a_port_of_the_range(host: Host, spec: Specs) -> None:
    workspace = launch(host, spec())
    assert workspace.reference == "kunyoung/study"
    assert workspace.ports == (PortMapping(8080, 29200),)
    assert workspace.container.state == "running"
    assert workspace.container.name == "labdock-kunyoung--study"


def test_two_launches_get_two_ports(host: Host, spec: Specs) -> None:
    ports = {launch(host, spec(name)).ports for name in ("one", "two", "three")}
    assert len(ports) == 3


def test_a_stopped_workspace_keeps_its_port(host: Host, engine: FakeEngine, spec: Specs) -> None:
    first = launch(host, spec("one"))
    engine.stop(first.container.name)
    assert launch(host, spec("two")).ports != first.ports


def test_a_chosen_port_that_a_stranger_took_is_given_up_for_the_next(
    host: Host, engine: FakeEngine, spec: Specs
) -> None:
    engine.foreign_ports = {29200, 29201}
    assert launch(host, spec()).ports == (PortMapping(8080, 29202),)
    assert [row.name for row in engine.containers()] == ["labdock-kunyoung--study"]


def test_a_wanted_port_that_a_stranger_took_is_refused_and_nothing_is_left(
    host: Host, engine: FakeEngine, spec: Specs, state: Callable[[], object]
) -> None:
    engine.foreign_ports = {29205}
    before = state()
    with pytest.raises(PortTakenError, match="29205"):
        launch(host, spec(ports=(PortMapping(8080, 29205),)))
    assert state() == before


def test_no_port_left_is_told(host: Host, spec: Specs) -> None:
    small = replace(host, settings=replace(host.settings, port_range=(29200, 29200)))
    launch(small, spec("one"))
    with pytest.raises(NoFreePortError):
        launch(small, spec("two"))


def test_a_taken_name_is_refused_and_the_first_one_stays(host: Host, spec: Specs) -> None:
    first = launch(host, spec())
    before = secrets.read(host.settings, first.container.name)
    with pytest.raises(NameTakenError):
        launch(host, spec())
    assert host.engine.container(first.container.name).id == first.container.id
    assert secrets.read(host.settings, first.container.name) == before


def test_the_password_is_generated_and_in_no_configuration(
    host: Host, engine: FakeEngine, spec: Specs
) -> None:
    workspace = launch(host, spec())
    kept = secrets.read(host.settings, workspace.container.name)
    assert kept[secrets.AUTH_USER] == "kunyoung"
    assert len(kept[secrets.AUTH_PASSWORD]) >= 12
    assert kept[secrets.AUTH_PASSWORD] not in repr(engine.made(workspace.container.name))


def test_a_given_password_becomes_a_secret(host: Host, engine: FakeEngine, spec: Specs) -> None:
    given = {"WORKSPACE_AUTH_USER": "ky", "WORKSPACE_AUTH_PASSWORD": "hunter2hunter2", "A": "b"}
    workspace = launch(host, spec(environment=given))
    container = host.engine.container(workspace.container.name)
    assert container.environment["A"] == "b"
    assert "hunter2hunter2" not in repr(engine.made(container.name))
    assert secrets.read(host.settings, container.name) == {
        "WORKSPACE_AUTH_USER": "ky",
        "WORKSPACE_AUTH_PASSWORD": "hunter2hunter2",
    }


def test_a_program_that_is_not_ours_gets_a_given_password_as_it_expects_it(
    host: Host, spec: Specs
) -> None:
    """Without it the lab's older images would serve their page to anybody."""
    given = {"WORKSPACE_AUTH_PASSWORD": "hunter2hunter2"}
    workspace = launch(host, spec(image="nginx", ports=(PortMapping(80),), environment=given))
    container = host.engine.container(workspace.container.name)
    assert container.environment["WORKSPACE_AUTH_PASSWORD"] == "hunter2hunter2"
    assert "WORKSPACE_AUTH_USER" not in container.environment


def test_an_empty_password_is_refused(host: Host, spec: Specs) -> None:
    with pytest.raises(InvalidOptionError, match="empty"):
        launch(host, spec(environment={"WORKSPACE_AUTH_PASSWORD": ""}))


def test_an_unknown_image_is_an_error_that_lists_what_is_on_offer(host: Host, spec: Specs) -> None:
    with pytest.raises(ImageNotFoundError, match="labdock/pytorch"):
        launch(host, spec(image="torch"))


def test_an_image_of_ours_is_never_asked_of_a_registry(
    host: Host, engine: FakeEngine, spec: Specs
) -> None:
    engine.offer_image("labdock/pytorch-cuda", labels={labels.SERVER: "1"})
    with pytest.raises(ImageNotFoundError, match="on request"):
        launch(host, spec(image="labdock/pytorch-cuda"))
    assert "pull" not in [method for method, _ in engine.calls]


def test_an_image_of_a_registry_is_pulled_with_progress(
    host: Host, engine: FakeEngine, spec: Specs
) -> None:
    engine.offer_image("site/study:v1", labels={labels.SERVER: "1"})
    steps: list[Progress] = []
    launch(host, spec(image="site/study:v1"), steps.append)
    assert any("site/study:v1" in step.text for step in steps)


def test_an_image_without_a_server_is_refused_unless_a_port_is_named(
    host: Host, spec: Specs
) -> None:
    with pytest.raises(NoServerError, match="-p"):
        launch(host, spec(image="nginx"))
    warnings: list[Progress] = []
    workspace = launch(host, spec(image="nginx", ports=(PortMapping(80),)), warnings.append)
    assert workspace.ports == (PortMapping(80, 29200),)
    assert any("no Labdock server" in step.text for step in warnings)


def test_a_hub_workspace_needs_a_server_in_any_case(host: Host, spec: Specs) -> None:
    with pytest.raises(NoServerError):
        launch(host, spec(image="nginx", kind="hub", ports=(PortMapping(80),)))


def test_every_container_is_told_which_gpus_it_has(host: Host, spec: Specs) -> None:
    container = host.engine.container(launch(host, spec()).container.name)
    assert container.environment["NVIDIA_VISIBLE_DEVICES"] == "void"
    assert container.labels[labels.GPUS] == ""


@pytest.mark.parametrize("done", [False, True], ids=["before", "after"])
@pytest.mark.parametrize(
    "error",
    [EngineUnreachableError("gone"), LabdockError("odd"), KeyboardInterrupt()],
    ids=["unreachable", "failure", "ctrl-c"],
)
@pytest.mark.parametrize("kind", ["standalone", "hub"])
def test_a_failure_at_any_call_leaves_nothing_behind(
    host: Host,
    engine: FakeEngine,
    spec: Specs,
    state: Callable[[], object],
    error: BaseException,
    done: bool,
    kind: str,
) -> None:
    wanted = spec(kind=kind)
    before = state()
    failed = []
    for number in range(1, 50):
        engine.fail_call(number, error, done=done)
        calls = len(engine.calls)
        try:
            workspace = launch(host, wanted)
        except type(error):
            failed.append(engine.calls[calls + number - 1][0])
            assert state() == before, f"call {number}: {failed[-1]}"
        else:
            if len(engine.calls) - calls < number:
                break
            # The call failed anyway, as looking for a name that is free does.
            remove(host, workspace)
            (host.settings.homes / "kunyoung").rmdir()
    assert {"containers", "create_network", "create", "start"} <= set(failed)


def test_a_full_disk_leaves_nothing(
    host: Host,
    engine: FakeEngine,
    spec: Specs,
    state: Callable[[], object],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = state()
    engine.disk_full = True
    with pytest.raises(DiskFullError):
        launch(host, spec())
    assert state() == before
    engine.disk_full = False

    def full(*args: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("workspace_cli.core.secrets._write_file", full)
    with pytest.raises(DiskFullError, match="disk is full"):
        launch(host, spec())
    assert state() == before


def test_a_failure_keeps_a_home_that_was_there_or_holds_files(
    host: Host, engine: FakeEngine, spec: Specs
) -> None:
    home = host.settings.homes / "kunyoung"
    home.mkdir(parents=True)
    engine.fail_on("start", LabdockError("odd"))
    with pytest.raises(LabdockError):
        launch(host, spec())
    assert home.is_dir()


def test_a_failure_keeps_the_network_of_the_owners_other_workspace(
    host: Host, engine: FakeEngine, spec: Specs
) -> None:
    launch(host, spec("one"))
    engine.fail_on("start", LabdockError("odd"))
    with pytest.raises(LabdockError):
        launch(host, spec("two"))
    assert "labdock-net-kunyoung" in {network.name for network in engine.networks()}


def test_the_oldest_creation_keeps_a_port_that_two_containers_claim(
    host: Host, engine: FakeEngine, spec: Specs
) -> None:
    """A client died while its create was under way: its container turns up after the lock."""
    first = host.engine.container(launch(host, spec("one")).container.name)

    rows: list[str] = []

    def claim(method: str) -> None:
        rows.append(method)
        if method == "containers" and rows.count("containers") == 2:
            engine.made(first.id).labels[labels.PORTS] = "29201:8080"

    engine.before = claim
    second = launch(host, spec("two"))
    assert second.ports != (PortMapping(8080, 29201),)
    assert second.container.state == "running"
