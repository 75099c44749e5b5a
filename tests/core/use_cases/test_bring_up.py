from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.core.use_cases.conftest import Clock
from workspace_cli.core import labels, secrets
from workspace_cli.core.errors import (
    BusyError,
    EngineUnreachableError,
    LabdockError,
    NameTakenError,
    NoServerError,
    StartFailedError,
)
from workspace_cli.core.fake_engine import FakeEngine
from workspace_cli.core.host import Host
from workspace_cli.core.models import ContainerRequest, Limits, PortMapping, WorkspaceSpec
from workspace_cli.core.reading import find, list_workspaces
from workspace_cli.core.workspaces import (
    Change,
    bring_up,
    pending_change,
    reap,
    remove,
    start,
    stop,
)

Specs = Callable[..., WorkspaceSpec]
NAME = "labdock-kunyoung--study"
FILE = "usr/lib/installed"


@pytest.fixture
def stopped(host: Host, engine: FakeEngine, spec: Specs) -> WorkspaceSpec:
    """A stopped hub workspace in which something was installed."""
    wanted = spec(kind="hub", secrets={"JUPYTERHUB_API_TOKEN": "one"}, limits=Limits(cpus=1))
    workspace = bring_up(host, wanted)
    engine.made(NAME).write(FILE, b"with apt")
    stop(host, workspace)
    return wanted


def test_the_first_time_it_is_created(host: Host, spec: Specs) -> None:
    workspace = bring_up(host, spec(kind="hub", secrets={"JUPYTERHUB_API_TOKEN": "t"}))
    assert workspace.kind == "hub"
    assert workspace.ports == ()
    assert secrets.read(host.settings, NAME) == {"JUPYTERHUB_API_TOKEN": "t"}
    assert "JUPYTERHUB_API_TOKEN" not in host.engine.container(NAME).environment


def test_stopping_turns_the_restart_policy_off_and_starting_on_again(
    host: Host, engine: FakeEngine, stopped: WorkspaceSpec
) -> None:
    engine.restart_engine()
    assert (engine.made(NAME).state, engine.made(NAME).restart) == ("exited", "no")
    bring_up(host, stopped)
    assert engine.made(NAME).restart == "unless-stopped"
    engine.restart_engine()
    assert engine.made(NAME).state == "running"


def test_the_same_container_starts_again_with_fresh_secrets(
    host: Host, engine: FakeEngine, stopped: WorkspaceSpec
) -> None:
    before = engine.made(NAME).id
    bring_up(host, replace(stopped, secrets={"JUPYTERHUB_API_TOKEN": "two"}))
    assert engine.made(NAME).id == before
    assert secrets.read(host.settings, NAME) == {"JUPYTERHUB_API_TOKEN": "two"}


def test_what_runs_as_wanted_is_left_alone(host: Host, engine: FakeEngine, spec: Specs) -> None:
    wanted = spec(kind="hub", secrets={"JUPYTERHUB_API_TOKEN": "one"})
    bring_up(host, wanted)
    started = engine.made(NAME).started
    count = len(engine.calls)
    bring_up(host, wanted)
    assert engine.made(NAME).started == started
    assert {"start", "stop", "create"}.isdisjoint(method for method, _ in engine.calls[count:])


def test_what_runs_with_an_old_token_is_started_again(
    host: Host, engine: FakeEngine, spec: Specs
) -> None:
    wanted = spec(kind="hub", secrets={"JUPYTERHUB_API_TOKEN": "one"})
    bring_up(host, wanted)
    count = len(engine.calls)
    bring_up(host, replace(wanted, secrets={"JUPYTERHUB_API_TOKEN": "two"}))
    assert [m for m, _ in engine.calls[count:] if m in ("stop", "start", "create")] == [
        "stop",
        "start",
    ]


def test_other_limits_change_in_place(
    host: Host, engine: FakeEngine, stopped: WorkspaceSpec
) -> None:
    before = engine.made(NAME).id
    wanted = replace(stopped, limits=Limits(cpus=2, memory=2**30))
    assert pending_change(host, wanted) is Change.UPDATE
    bring_up(host, wanted)
    assert engine.made(NAME).id == before
    assert engine.made(NAME).limits.cpus == 2
    assert engine.made(NAME).limits.memory == 2**30


def test_a_limit_that_is_taken_off_changes_in_place(
    host: Host, engine: FakeEngine, stopped: WorkspaceSpec
) -> None:
    bring_up(host, replace(stopped, limits=Limits()))
    assert engine.made(NAME).limits.cpus is None


@pytest.mark.parametrize(
    "change",
    [
        {"ports": (PortMapping(8888),)},
        {"limits": Limits(shm_size=2**28)},
        {"environment": {"COURSE": "nlp"}},
    ],
    ids=["ports", "shm", "environment"],
)
def test_what_is_fixed_at_creation_recreates_from_the_own_layer(
    host: Host, engine: FakeEngine, stopped: WorkspaceSpec, change: dict[str, object]
) -> None:
    before = engine.made(NAME).id
    wanted = replace(stopped, **change)  # type: ignore[arg-type]
    assert pending_change(host, wanted) is Change.RECREATE
    workspace = bring_up(host, wanted)
    made = engine.made(NAME)
    assert made.id != before
    assert made.files[FILE] == b"with apt"
    assert made.state == "running"
    assert workspace.image == "labdock/base"
    assert [row.name for row in engine.containers()] == [NAME]
    assert pending_change(host, wanted) is Change.NONE


def test_another_profile_recreates_what_another_time_zone_does_not(
    host: Host, engine: FakeEngine, stopped: WorkspaceSpec
) -> None:
    elsewhere = replace(host, settings=replace(host.settings, timezone="Asia/Seoul"))
    assert pending_change(elsewhere, stopped) is Change.NONE
    hardened = replace(host, settings=replace(host.settings, profile="hardened"))
    assert pending_change(hardened, stopped) is Change.RECREATE
    bring_up(hardened, stopped)
    assert engine.made(NAME).request.user == "1000"
    assert engine.made(NAME).request.cap_add == ()
    assert FILE in engine.made(NAME).files


def test_recreating_again_and_again_keeps_one_internal_image(
    host: Host, engine: FakeEngine, stopped: WorkspaceSpec
) -> None:
    for number in range(1, 5):
        wanted = replace(stopped, ports=(PortMapping(8000 + number),))
        stop(host, bring_up(host, wanted))
        engine.made(NAME).write(f"step{number}", b"")
    tags = [tag for image in engine.store.stored.values() for tag in image.tags]
    assert [tag for tag in tags if "internal" in tag or "unfinished" in tag] == [
        f"labdock/internal:{NAME}-4"
    ]
    assert {f"step{number}" for number in range(1, 5)} <= set(engine.made(NAME).files)


def test_no_image_without_a_name_is_left(
    host: Host, engine: FakeEngine, stopped: WorkspaceSpec
) -> None:
    bring_up(host, replace(stopped, ports=(PortMapping(8888),)))
    assert all(image.tags for image in engine.store.stored.values())


def test_an_internal_image_holds_no_variable_of_the_container(
    host: Host, engine: FakeEngine, stopped: WorkspaceSpec
) -> None:
    bring_up(host, replace(stopped, environment={"COURSE": "nlp"}))
    image = engine.image(f"labdock/internal:{NAME}-1")
    assert set(image.environment) == {"PATH", "LANG"}
    assert labels.WORKSPACE not in image.labels


def test_layers_are_flattened_before_the_engines_limit(
    host: Host, engine: FakeEngine, stopped: WorkspaceSpec
) -> None:
    for number in range(105):
        wanted = replace(stopped, ports=(PortMapping(8000 + number % 2),))
        stop(host, bring_up(host, wanted))
        engine.made(NAME).write(f"step{number}", b"")
    assert len(engine.image(engine.made(NAME).image_id).layers) < 100
    assert {FILE, "step0", "step104", "etc/os-release"} <= set(engine.made(NAME).files)
    assert all(image.tags for image in engine.store.stored.values())
    assert [row.name for row in engine.containers()] == [NAME]


def test_another_image_replaces_the_container(
    host: Host, engine: FakeEngine, stopped: WorkspaceSpec
) -> None:
    wanted = replace(stopped, image="labdock/pytorch")
    assert pending_change(host, wanted) is Change.REPLACE_IMAGE
    workspace = bring_up(host, wanted)
    assert workspace.image == "labdock/pytorch"
    assert FILE not in engine.made(NAME).files
    assert engine.made(NAME).files["etc/os-release"] == b"labdock/pytorch"


def test_a_newer_build_under_the_same_tag_is_not_forced(
    host: Host, engine: FakeEngine, stopped: WorkspaceSpec
) -> None:
    before = engine.made(NAME).image_id
    engine.add_image("labdock/base", labels={labels.SERVER: "1"}, files={"new": b""})
    assert pending_change(host, replace(stopped, image="labdock/base:latest")) is Change.NONE
    bring_up(host, stopped)
    assert engine.made(NAME).image_id == before


def test_an_image_without_a_server_replaces_nothing(
    host: Host, stopped: WorkspaceSpec, state: Callable[[], object]
) -> None:
    before = state()
    with pytest.raises(NoServerError):
        bring_up(host, replace(stopped, image="nginx"))
    assert state() == before


@pytest.mark.parametrize("done", [False, True], ids=["before", "after"])
@pytest.mark.parametrize(
    "error",
    [EngineUnreachableError("gone"), LabdockError("odd"), KeyboardInterrupt()],
    ids=["unreachable", "failure", "ctrl-c"],
)
@pytest.mark.parametrize("change", ["recreate", "replace"])
def test_a_failure_at_any_call_leaves_the_old_or_the_new_one_whole(
    host: Host,
    engine: FakeEngine,
    stopped: WorkspaceSpec,
    state: Callable[[], dict[str, object]],
    error: BaseException,
    done: bool,
    change: str,
) -> None:
    old = engine.made(NAME).id
    if change == "replace":
        wanted = replace(stopped, image="labdock/pytorch")
    else:
        wanted = replace(stopped, ports=(PortMapping(8888),))
    before = state()
    failed = []
    for number in range(1, 80):
        engine.fail_call(number, error, done=done)
        calls = len(engine.calls)
        try:
            bring_up(host, wanted)
        except type(error):
            failed.append(engine.calls[calls + number - 1][0])
        if engine.made(NAME).state != "exited":
            break
        after = state()
        assert after["containers"] == before["containers"], f"call {number}: {failed[-1]}"
        assert after["images"] == before["images"], f"call {number}: {failed[-1]}"
    made = engine.made(NAME)
    assert made.id != old
    assert made.state == "running"
    assert (FILE in made.files) == (change == "recreate")
    assert {"create", "rename", "start"} <= set(failed)
    reap(host)
    assert [row.name for row in engine.containers()] == [NAME]


def test_a_new_container_that_does_not_start_gives_way_to_the_old_one(
    host: Host, engine: FakeEngine, stopped: WorkspaceSpec
) -> None:
    old = engine.made(NAME).id
    engine.fail_on("start", StartFailedError("The container did not start."))
    with pytest.raises(StartFailedError):
        bring_up(host, replace(stopped, ports=(PortMapping(8888),)))
    assert engine.made(NAME).id == old
    bring_up(host, stopped)
    assert engine.made(NAME).id == old
    assert engine.made(NAME).state == "running"


def test_a_workspace_that_somebody_starts_meanwhile_is_not_replaced(
    host: Host, engine: FakeEngine, stopped: WorkspaceSpec, clock: Clock
) -> None:
    old = engine.made(NAME).id

    def meddle(method: str) -> None:
        if method == "load":  # the layer is kept by now
            engine.before = None
            clock.now += 1
            engine.start(NAME)
            engine.made(NAME).write("since", b"")

    engine.before = meddle
    with pytest.raises(BusyError):
        bring_up(host, replace(stopped, ports=(PortMapping(8888),)))
    made = engine.made(NAME)
    assert (made.id, made.state) == (old, "running")
    assert "since" in made.files
    assert [row.name for row in engine.containers()] == [NAME]


@pytest.mark.parametrize("step", ["next", "between", "old"])
def test_a_death_in_the_middle_of_a_swap_is_settled_by_the_next_start(
    host: Host, engine: FakeEngine, stopped: WorkspaceSpec, step: str
) -> None:
    def copy_as(name: str) -> None:
        made = engine.made(NAME if step != "between" else f"{NAME}.old")
        request = ContainerRequest(
            name=name, image=made.request.image, labels=made.labels, mounts=made.request.mounts
        )
        engine.create(request)

    if step == "next":
        copy_as(f"{NAME}.next")
    elif step == "between":
        engine.rename(NAME, f"{NAME}.old")
        copy_as(f"{NAME}.next")
    else:
        copy_as(f"{NAME}.old")
    assert [w.name for w in list_workspaces(host)] == ["study"]
    bring_up(host, stopped)
    assert engine.made(NAME).files[FILE] == b"with apt"
    reap(host)
    assert [row.name for row in engine.containers()] == [NAME]


def test_a_workspace_whose_swap_died_can_be_found_started_and_removed(
    host: Host, engine: FakeEngine, stopped: WorkspaceSpec
) -> None:
    engine.rename(NAME, f"{NAME}.old")
    start(host, find(host, "study"))
    assert engine.made(NAME).state == "running"
    engine.rename(NAME, f"{NAME}.old")
    remove(host, find(host, "study"))
    assert list(engine.containers()) == []
    assert not list(host.settings.secrets.iterdir())


def test_a_chosen_port_that_is_taken_meanwhile_recreates_with_the_next(
    host: Host, engine: FakeEngine, stopped: WorkspaceSpec
) -> None:
    wanted = replace(stopped, ports=(PortMapping(8888),))
    workspace = bring_up(host, wanted)
    assert workspace.ports == (PortMapping(8888, 29200),)
    stop(host, workspace)
    engine.foreign_ports = {29200}
    assert bring_up(host, wanted).ports == (PortMapping(8888, 29201),)
    assert engine.made(NAME).files[FILE] == b"with apt"


def test_a_strangers_container_of_that_name_is_left_alone(
    host: Host, engine: FakeEngine, spec: Specs
) -> None:
    engine.create(ContainerRequest(name=NAME, image="nginx"))
    with pytest.raises(NameTakenError):
        bring_up(host, spec(kind="hub"))
    assert engine.made(NAME).state == "created"


def test_a_container_that_was_created_and_not_started_is_taken_up(
    host: Host, engine: FakeEngine, stopped: WorkspaceSpec
) -> None:
    engine.made(NAME).state = "created"
    bring_up(host, stopped)
    assert engine.made(NAME).state == "running"


def test_a_failed_start_leaves_the_restart_policy_off(
    host: Host, engine: FakeEngine, stopped: WorkspaceSpec
) -> None:
    engine.fail_on("start", StartFailedError("no"))
    with pytest.raises(StartFailedError):
        bring_up(host, stopped)
    assert engine.made(NAME).restart == "no"


def test_a_failed_stop_leaves_the_restart_policy_on(
    host: Host, engine: FakeEngine, spec: Specs
) -> None:
    workspace = bring_up(host, spec(kind="hub"))
    engine.fail_on("stop", LabdockError("no"))
    with pytest.raises(LabdockError):
        stop(host, workspace)
    assert engine.made(NAME).restart == "unless-stopped"
