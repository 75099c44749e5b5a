"""What containers do, over both engines."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.contract.conftest import Bench
from tests.support import eventually
from workspace_cli.core.engine import Engine
from workspace_cli.core.errors import (
    ConflictError,
    ImageNotFoundError,
    InvalidOptionError,
    NameTakenError,
    NoFreeGpuError,
    PortTakenError,
    StartFailedError,
    WorkspaceNotFoundError,
)
from workspace_cli.core.models import Limits, Mount, PortMapping

LOG = Limits(log_size=10 * 2**20, log_files=3)
"""An engine may have a default of its own for logs: tests say theirs."""
MIB = 2**20


def test_create_leaves_a_container_that_has_not_started(bench: Bench) -> None:
    name = bench.create()
    container = bench.engine.container(name)
    assert (container.name, container.state) == (name, "created")
    assert container.started is None
    assert container.exit_code is None


def test_list_shows_every_state_and_filters_by_label(bench: Bench) -> None:
    bench.create("a", labels={"test.of": bench.prefix, "test.size": "1"})
    bench.run("b", labels={"test.of": bench.prefix, "test.size": "2"})
    bench.create("c")

    def names(**labels: str | None) -> set[str]:
        wanted = {f"test.{name}": value for name, value in labels.items()}
        return {row.name for row in bench.engine.containers(wanted)}

    assert names(of=bench.prefix) == {bench.name("a"), bench.name("b")}
    assert names(of=bench.prefix, size="2") == {bench.name("b")}
    assert names(of=bench.prefix, size=None) == {bench.name("a"), bench.name("b")}
    assert names(of=bench.prefix, colour=None) == set()
    assert {bench.name(letter) for letter in "abc"} <= {
        row.name for row in bench.engine.containers()
    }


def test_start_and_stop_move_through_the_states(bench: Bench) -> None:
    name = bench.create()
    bench.engine.start(name)
    running = bench.engine.container(name)
    assert running.state == "running"
    assert running.started is not None
    assert running.started >= running.created
    assert running.networks["bridge"]

    bench.engine.stop(name, 0)
    stopped = bench.engine.container(name)
    assert stopped.state == "exited"
    assert stopped.finished is not None
    assert stopped.finished >= running.started
    assert stopped.networks == {"bridge": ""}


def test_start_and_stop_do_nothing_the_second_time(bench: Bench) -> None:
    name = bench.run()
    started = bench.engine.container(name).started
    bench.engine.start(name)
    assert bench.engine.container(name).started == started
    bench.engine.stop(name, 0)
    bench.engine.stop(name, 0)
    assert bench.engine.container(name).state == "exited"


def test_stop_leaves_a_created_container_alone(bench: Bench) -> None:
    name = bench.create()
    bench.engine.stop(name, 0)
    assert bench.engine.container(name).state == "created"


@pytest.mark.parametrize("command, code", [("true", 0), ("false", 1)])
def test_exit_code_is_the_main_process_own(bench: Bench, command: str, code: int) -> None:
    name = bench.run(command=(command,))
    eventually(lambda: bench.engine.container(name).state == "exited")
    assert bench.engine.container(name).exit_code == code


def test_create_refuses_a_taken_name(bench: Bench) -> None:
    name = bench.create()
    with pytest.raises(NameTakenError, match=name):
        bench.create()


def test_create_refuses_an_image_that_is_not_here(bench: Bench) -> None:
    with pytest.raises(ImageNotFoundError, match="nonesuch"):
        bench.create(image=f"{bench.prefix}/nonesuch")
    with pytest.raises(WorkspaceNotFoundError):
        bench.engine.container(bench.name())


def test_create_refuses_an_image_with_nothing_to_run(bench: Bench) -> None:
    # One that was imported has no configuration, so it names no command.
    image_id = bench.engine.import_filesystem(bench.engine.export(bench.create()))
    bench.engine.tag(image_id, bench.reference())
    with pytest.raises(InvalidOptionError, match="no command"):
        bench.create("b", image=bench.reference(), command=())


def test_create_refuses_memory_that_no_process_fits_in(bench: Bench) -> None:
    with pytest.raises(InvalidOptionError, match="6MB"):
        bench.create(limits=Limits(memory=1000))


def test_create_refuses_a_mount_of_a_missing_folder(bench: Bench, tmp_path: Path) -> None:
    missing = tmp_path / "missing"
    with pytest.raises(InvalidOptionError, match="missing"):
        bench.create(mounts=(Mount(str(missing), "/data"),))
    assert not missing.exists()


def test_inspect_tells_what_was_asked_for(bench: Bench, tmp_path: Path, host_port: int) -> None:
    limits = Limits(
        cpus=0.5,
        memory=128 * MIB,
        swap=32 * MIB,
        shm_size=96 * MIB,
        pids=77,
        open_files=2048,
        log_size=3 * MIB,
        log_files=2,
    )
    mounts = (Mount(str(tmp_path), "/data", read_only=True),)
    ports = (PortMapping(8080, host_port),)
    name = bench.create(
        environment={"COLOUR": "blue=green"},
        labels={"test.note": "안녕"},
        limits=limits,
        mounts=mounts,
        ports=ports,
        restart="on-failure:3",
        gpus=(bench.device,),
        gpu_backend="cdi",
    )
    container = bench.engine.container(name)
    assert container.image == bench.image
    assert container.environment["COLOUR"] == "blue=green"
    assert container.labels["test.note"] == "안녕"
    assert container.limits == limits
    assert container.mounts == mounts
    assert container.ports == ports
    assert container.restart == "on-failure:3"
    assert container.gpus == (bench.device,)


def test_a_container_without_limits_has_the_engine_s_shared_memory(bench: Bench) -> None:
    name = bench.create(limits=LOG)
    assert bench.engine.container(name).limits == replace(LOG, shm_size=64 * MIB)


def test_update_changes_limits_of_a_running_container_in_place(bench: Bench) -> None:
    name = bench.run(limits=replace(LOG, cpus=1, memory=128 * MIB, shm_size=96 * MIB))
    wanted = Limits(cpus=0.5, memory=256 * MIB, swap=64 * MIB, pids=99)
    bench.engine.update(name, limits=wanted)
    changed = bench.engine.container(name)
    assert changed.limits == replace(
        wanted, shm_size=96 * MIB, log_size=LOG.log_size, log_files=LOG.log_files
    )
    assert changed.state == "running"


def test_update_takes_limits_off_and_puts_them_on_again(bench: Bench) -> None:
    name = bench.run(limits=replace(LOG, cpus=1, memory=128 * MIB, swap=MIB))
    bench.engine.update(name, limits=Limits())
    assert bench.engine.container(name).limits == replace(LOG, shm_size=64 * MIB)
    bench.engine.update(name, limits=Limits(cpus=0.25, memory=64 * MIB, pids=50))
    limits = bench.engine.container(name).limits
    assert (limits.cpus, limits.memory, limits.pids) == (0.25, 64 * MIB, 50)


def test_update_changes_the_restart_policy_alone(bench: Bench) -> None:
    name = bench.run(limits=Limits(cpus=1), restart="unless-stopped")
    bench.engine.update(name, restart="no")
    container = bench.engine.container(name)
    assert container.restart == "no"
    assert container.limits.cpus == 1


def test_use_tells_the_memory_that_processes_hold_and_the_time_they_took(bench: Bench) -> None:
    name = bench.run(limits=Limits(memory=128 * MIB))
    before = bench.engine.use(name)
    assert before is not None
    assert before.limit == 128 * MIB
    assert 0 < before.memory < 16 * MIB
    bench.fill(name, 32 * MIB)
    after = bench.engine.use(name)
    assert after is not None
    # The start itself gives a little back.
    assert 30 * MIB < after.memory - before.memory < 48 * MIB
    assert after.cpu_seconds > before.cpu_seconds > 0
    assert after.at >= before.at


def test_use_has_no_limit_where_the_container_has_none(bench: Bench) -> None:
    use = bench.engine.use(bench.run())
    assert use is not None
    assert use.limit is None


def test_use_is_told_of_what_runs_alone(bench: Bench) -> None:
    name = bench.create()
    assert bench.engine.use(name) is None
    bench.engine.start(name)
    bench.engine.pause(name)
    assert bench.engine.use(name) is not None
    bench.engine.unpause(name)
    bench.engine.stop(name, 0)
    assert bench.engine.use(name) is None
    with pytest.raises(WorkspaceNotFoundError):
        bench.engine.use(bench.name("b"))


def test_rename_keeps_the_container(bench: Bench) -> None:
    container_id = bench.engine.create(bench.request())
    bench.engine.rename(bench.name(), bench.name("b"))
    assert bench.engine.container(bench.name("b")).id == container_id
    with pytest.raises(WorkspaceNotFoundError):
        bench.engine.container(bench.name())


def test_rename_refuses_a_taken_name(bench: Bench) -> None:
    first, second = bench.create("a"), bench.create("b")
    with pytest.raises(NameTakenError, match=second):
        bench.engine.rename(first, second)


def test_a_container_answers_to_its_id(bench: Bench) -> None:
    container_id = bench.engine.create(bench.request())
    assert bench.engine.container(container_id).name == bench.name()


def test_remove_spares_a_running_container_unless_forced(bench: Bench) -> None:
    name = bench.run()
    with pytest.raises(ConflictError):
        bench.engine.remove(name)
    assert bench.engine.container(name).state == "running"
    bench.engine.remove(name, force=True)
    with pytest.raises(WorkspaceNotFoundError):
        bench.engine.container(name)


CALLS: dict[str, Callable[[Engine, str], object]] = {
    "container": lambda engine, name: engine.container(name),
    "start": lambda engine, name: engine.start(name),
    "stop": lambda engine, name: engine.stop(name),
    "remove": lambda engine, name: engine.remove(name),
    "rename": lambda engine, name: engine.rename(name, f"{name}-new"),
    "update": lambda engine, name: engine.update(name, restart="no"),
    "logs": lambda engine, name: list(engine.logs(name)),
    "execute": lambda engine, name: engine.execute(name, ["true"]),
    "has_path": lambda engine, name: engine.has_path(name, "/"),
    "commit": lambda engine, name: engine.commit(name),
    "export": lambda engine, name: list(engine.export(name)),
    "connect": lambda engine, name: engine.connect("bridge", name),
    "disconnect": lambda engine, name: engine.disconnect("bridge", name),
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_every_call_says_that_a_container_is_missing(
    bench: Bench, call: Callable[[Engine, str], object]
) -> None:
    with pytest.raises(WorkspaceNotFoundError, match=bench.name("nonesuch")):
        call(bench.engine, bench.name("nonesuch"))


def test_ports_are_published_while_the_container_runs(bench: Bench, host_port: int) -> None:
    mapping = PortMapping(8080, host_port)
    name = bench.run(ports=(mapping,))

    def listed() -> tuple[PortMapping, ...]:
        return next(row.ports for row in bench.engine.containers() if row.name == name)

    assert listed() == (mapping,)
    bench.engine.stop(name, 0)
    assert listed() == ()
    assert bench.engine.container(name).ports == (mapping,)


def test_start_refuses_a_port_that_another_container_holds(bench: Bench, host_port: int) -> None:
    ports = (PortMapping(8080, host_port),)
    first, second = bench.run("a", ports=ports), bench.create("b", ports=ports)
    with pytest.raises(PortTakenError, match=str(host_port)):
        bench.engine.start(second)
    assert bench.engine.container(second).state == "created"
    bench.engine.stop(first, 0)
    bench.engine.start(second)
    assert bench.engine.container(second).state == "running"


def test_start_refuses_a_port_that_a_stranger_holds(bench: Bench, host_port: int) -> None:
    name = bench.create(ports=(PortMapping(8080, host_port),))
    with bench.hold_port(host_port), pytest.raises(PortTakenError, match=str(host_port)):
        bench.engine.start(name)
    assert bench.engine.container(name).state == "created"


def test_a_device_that_is_there_is_handed_out(bench: Bench) -> None:
    name = bench.run(gpus=(bench.device,), gpu_backend="cdi")
    assert bench.engine.container(name).state == "running"


def test_start_refuses_a_device_that_is_not_there(bench: Bench) -> None:
    name = bench.create(gpus=("nvidia.com/gpu=GPU-nonesuch",), gpu_backend="cdi")
    with pytest.raises(NoFreeGpuError, match="GPU-nonesuch"):
        bench.engine.start(name)
    assert bench.engine.container(name).state == "created"


def test_start_says_that_the_image_lacks_the_command(bench: Bench) -> None:
    name = bench.create(command=("nonesuch",))
    with pytest.raises(StartFailedError, match="nonesuch"):
        bench.engine.start(name)
    container = bench.engine.container(name)
    assert container.state == "created"
    assert "nonesuch" in container.error


def test_logs_hold_what_the_container_printed(bench: Bench) -> None:
    name = bench.run(command=("echo", "안녕"))
    eventually(lambda: bench.engine.container(name).state == "exited")
    assert b"".join(bench.engine.logs(name)) == "안녕\n".encode()
    assert b"".join(bench.engine.logs(name, tail=0)) == b""


def test_logs_since_a_moment_leave_out_what_came_before(bench: Bench) -> None:
    name = bench.run(command=("echo", "again"))
    eventually(lambda: bench.engine.container(name).state == "exited")
    ended = bench.engine.container(name).finished
    bench.engine.start(name)
    eventually(lambda: b"".join(bench.engine.logs(name)) == b"again\nagain\n")
    assert b"".join(bench.engine.logs(name, since=ended)) == b"again\n"


def test_logs_can_be_followed_to_the_end(bench: Bench) -> None:
    name = bench.run(command=("echo", "done"))
    assert b"".join(bench.engine.logs(name, follow=True)) == b"done\n"


def test_execute_returns_output_and_exit_code(bench: Bench) -> None:
    name = bench.run()
    done = bench.engine.execute(name, ["echo", "two words"])
    assert (done.exit_code, done.output) == (0, b"two words\n")
    assert bench.engine.execute(name, ["false"]).exit_code == 1


def test_execute_hands_over_output_as_it_comes(bench: Bench) -> None:
    name, pieces = bench.run(), list[bytes]()
    done = bench.engine.execute(name, ["echo", "hello"], on_output=pieces.append)
    assert b"".join(pieces) == b"hello\n"
    assert done.output == b""


def test_execute_keeps_standard_error_apart(bench: Bench) -> None:
    name, errors = bench.run(), list[bytes]()
    done = bench.engine.execute(name, ["cat", "/nonesuch"], on_error=errors.append)
    assert b"cat: " in b"".join(errors)
    assert done.output == b""
    assert b"cat: " in bench.engine.execute(name, ["cat", "/nonesuch"]).output


def test_execute_adds_variables(bench: Bench) -> None:
    name = bench.run(environment={"COLOUR": "blue"})
    done = bench.engine.execute(name, ["printenv", "COLOUR"], environment={"COLOUR": "red"})
    assert done.output == b"red\n"


def test_execute_tells_a_missing_command_by_its_exit_code(bench: Bench) -> None:
    assert bench.engine.execute(bench.run(), ["nonesuch"]).exit_code in (126, 127)


def test_execute_needs_a_running_container(bench: Bench) -> None:
    with pytest.raises(ConflictError, match="running"):
        bench.engine.execute(bench.create(), ["true"])


def test_files_stay_over_stop_and_start(bench: Bench) -> None:
    name = bench.run()
    assert not bench.engine.has_path(name, "/workspace/made")
    bench.engine.execute(name, ["touch", "/workspace/made"])
    assert bench.engine.has_path(name, "/workspace/made")
    bench.engine.stop(name, 0)
    assert bench.engine.has_path(name, "/workspace/made")
    bench.engine.start(name)
    assert bench.engine.has_path(name, "/workspace")


def test_what_a_container_has_written_is_told_for_all_that_carry_a_label(bench: Bench) -> None:
    name = bench.run("a", labels={"test.of": bench.prefix})
    bench.run("b")
    bench.engine.execute(name, ["touch", "/made"])
    found = bench.engine.written({"test.of": bench.prefix})
    assert list(found) == [bench.engine.container(name).id]
    assert found[bench.engine.container(name).id] >= 0
