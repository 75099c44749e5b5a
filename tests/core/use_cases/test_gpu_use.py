"""What is known of each GPU's use, and which are not to be handed on: a driver, an engine."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.stand_in_nvml.cdi import write_specification
from tests.stand_in_nvml.library import UNKNOWN_ERROR, VERSION_MISMATCH, StandInDriver
from workspace_cli.core import gpu_inventory, gpu_marks, gpu_use, labels, nvml
from workspace_cli.core.database import open_database
from workspace_cli.core.fake_engine import FakeEngine
from workspace_cli.core.gpu_health import HealthChange, Look, look, lost_inside
from workspace_cli.core.gpu_inventory import Gpu, choose_backend, inventory
from workspace_cli.core.gpu_marks import Mark
from workspace_cli.core.gpu_use import GpuUse, unready, use_of
from workspace_cli.core.host import Host
from workspace_cli.core.models import Container, ContainerRequest, Workspace

GIB = 2**30
A, B = "GPU-aaaa", "GPU-bbbb"


@pytest.fixture(autouse=True)
def two_gpus(
    driver: StandInDriver, engine: FakeEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Let the machine have two GPUs that CDI hands out."""
    folder = tmp_path / "cdi"
    write_specification(folder, (A, B))
    monkeypatch.setattr(gpu_inventory, "CDI_FOLDERS", (folder,))
    engine.engine_info = replace(engine.engine_info, cdi=True)
    engine.devices = {A, B, "0", "all"}
    for uuid in (A, B):
        driver.gpu(uuid, used=12)


@pytest.fixture
def processes(monkeypatch: pytest.MonkeyPatch) -> dict[int, dict[str, Any]]:
    """Say of processes on GPUs where they run, as their control groups would."""
    found: dict[int, dict[str, Any]] = {}
    parse = nvml.parse

    def parse_and_trace(text: str) -> nvml.Reading:
        row = json.loads(text)
        for gpu in row.get("gpus", ()):
            for process in (*gpu.get("processes", ()),):
                process.update(found.get(process["pid"], {}))
        return parse(json.dumps(row))

    monkeypatch.setattr(nvml, "parse", parse_and_trace)
    return found


def run(engine: FakeEngine, name: str, *held: str, owner: str = "") -> Container:
    """Start a workspace of an owner's, or a container that somebody made by hand."""
    ours = {labels.OWNER: owner, labels.WORKSPACE: name, labels.GPUS: ",".join(held)}
    engine.create(
        ContainerRequest(
            name=name,
            image="nginx",
            gpus=held,
            gpu_backend="cdi",
            labels=ours if owner else {},
        )
    )
    engine.start(name)
    return engine.container(name)


def kept_back(host: Host, *held: str) -> dict[str, str]:
    """Return what is not to be given out."""
    present = inventory(choose_backend(host.settings, host.info))
    return unready(host, present, host.engine.containers(), held)


def use(host: Host, gpu: str) -> GpuUse:
    return next(one for one in use_of(host) if one.gpu.id == gpu)


def test_a_gpus_use_is_told(host: Host, driver: StandInDriver) -> None:
    driver.clear()
    driver.gpu(A, used=2048, percent=97, degrees=71, total=81920)
    driver.gpu(B)
    found = use(host, A)
    assert (found.utilisation, found.used, found.temperature) == (97, 2 * GIB, 71)
    assert found.gpu.memory == 80 * GIB
    assert found.trouble == ""
    assert [one.gpu.number for one in use_of(host)] == ["0", "1"]


def test_processes_are_traced_to_workspaces_containers_and_people(
    host: Host, engine: FakeEngine, driver: StandInDriver, processes: dict[int, dict[str, Any]]
) -> None:
    ours, theirs = run(engine, "nlp", A, owner="kim"), run(engine, "notes", "0")
    processes[11] = {"containers": [ours.id], "name": "python"}
    processes[12] = {"containers": [theirs.id]}
    processes[13] = {"containers": ["f" * 64], "name": "python", "uid": 0}
    # This machine may be a container of somebody else's engine itself.
    processes[14] = {"containers": ["e" * 64, ours.id]}
    for pid in processes:
        driver.process(A, pid)
    first, second, third, fourth = use(host, A).processes
    assert (first.workspace, first.name, first.memory) == ("kim/nlp", "python", 512 * 2**20)
    assert str(first) == "kim/nlp"
    assert (second.workspace, second.container) == ("", "notes")
    assert str(second) == "container notes"
    assert str(third) == "process 13 of root (python)"
    assert fourth.workspace == "kim/nlp"


def test_what_is_well_and_unused_can_be_handed_on(host: Host) -> None:
    assert kept_back(host) == {}


def test_memory_that_nobody_accounts_for_keeps_a_gpu_back(
    host: Host, driver: StandInDriver
) -> None:
    driver.clear()
    driver.gpu(A, used=512)
    driver.gpu(B, used=3 * 1024)
    assert kept_back(host) == {B: "3.0 GiB of its memory are still in use"}
    # Its holder's memory is no reason: whoever shares the GPU may still come.
    assert kept_back(host, B) == {}


def test_how_much_memory_counts_is_the_policys(host: Host, driver: StandInDriver) -> None:
    driver.clear()
    driver.gpu(A, used=600)
    host.settings.root.mkdir(exist_ok=True)
    host.settings.policy_file.write_text('[lease]\nfree_memory = "1g"\n')
    assert kept_back(host) == {B: "The driver no longer finds it"}
    host.settings.policy_file.write_text('[lease]\nfree_memory = "100m"\n')
    assert "0.6 GiB" in kept_back(host)[A]


def test_a_process_of_the_machine_keeps_a_gpu_back(
    host: Host, driver: StandInDriver, processes: dict[int, dict[str, Any]]
) -> None:
    processes[13] = {"name": "python", "uid": 0}
    driver.process(B, 13, memory=1)
    assert kept_back(host) == {B: "process 13 of root (python) uses it without holding it"}


def test_what_draws_on_a_screen_keeps_no_gpu_back(host: Host, driver: StandInDriver) -> None:
    driver.clear()
    driver.gpu(A, used=900)
    driver.gpu(B)
    driver.process(A, 13, kind="graphics", memory=880)
    assert kept_back(host) == {}


def test_holders_processes_are_no_strangers(
    host: Host, engine: FakeEngine, driver: StandInDriver, processes: dict[int, dict[str, Any]]
) -> None:
    processes[11] = {"containers": [run(engine, "nlp", A, owner="kim").id]}
    processes[12] = {"containers": [run(engine, "notes", "0").id]}
    driver.process(A, 11)
    driver.process(A, 12)
    assert kept_back(host) == {}


def test_a_process_that_outlives_its_container_keeps_the_gpu_back(
    host: Host, engine: FakeEngine, driver: StandInDriver, processes: dict[int, dict[str, Any]]
) -> None:
    processes[11] = {"containers": [run(engine, "nlp", A, owner="kim").id]}
    driver.process(A, 11)
    engine.stop("nlp")
    assert kept_back(host) == {A: "kim/nlp uses it without holding it"}


def test_what_was_so_a_moment_ago_keeps_nothing_back(
    host: Host, driver: StandInDriver, monkeypatch: pytest.MonkeyPatch
) -> None:
    driver.process(A, 2**22 + 1)
    assert set(kept_back(host)) == {A}
    lines = [line for line in driver.lines if not line.startswith("process")]
    # The last answer is still remembered, as where a workspace stopped a moment ago.
    driver.file.write_text("\n".join(lines))
    monkeypatch.setattr(gpu_use, "_JUST_NOW", 0.0)
    assert kept_back(host) == {}


def test_a_container_that_computes_where_it_holds_nothing_is_named(
    host: Host, engine: FakeEngine, driver: StandInDriver, processes: dict[int, dict[str, Any]]
) -> None:
    processes[11] = {"containers": [run(engine, "nlp", A, owner="kim").id]}
    processes[12] = {"containers": [run(engine, "privileged").id]}
    driver.process(B, 11)
    assert kept_back(host) == {B: "kim/nlp uses it without holding it"}
    driver.remove(B)
    driver.gpu(B)
    driver.process(B, 12)
    assert kept_back(host) == {B: "container privileged uses it without holding it"}


def test_without_the_drivers_library_a_specification_is_believed(
    host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LD_LIBRARY_PATH")
    nvml.forget()
    assert kept_back(host) == {}
    assert [one.trouble for one in use_of(host)] == ["", ""]
    assert look(host) == Look()


def test_a_driver_that_does_not_work_keeps_everything_back_and_marks_nothing(
    host: Host, driver: StandInDriver
) -> None:
    driver.say("init", VERSION_MISMATCH)
    assert set(kept_back(host)) == {A, B}
    found = look(host)
    assert (found.changes, found.driver_error != "") == ((), True)
    assert gpu_marks.read(host) == {}


@pytest.fixture
def with_database(host: Host) -> Host:
    """Give the machine a database, as `workspace up` does."""
    host.settings.hub_dir.mkdir(parents=True)
    open_database(host.settings).migrate()
    return host


def test_a_gpu_that_falls_off_is_marked_and_its_holder_is_told(
    with_database: Host, engine: FakeEngine, driver: StandInDriver
) -> None:
    host = with_database
    run(engine, "nlp", A, owner="kim")
    assert look(host) == Look()
    driver.lose(A)
    nvml.forget()
    (change,) = look(host).changes
    assert (change.gpu, change.reason) == (A, "It has fallen off the bus (GPU is lost)")
    assert [one.reference for one in change.holders] == ["kim/nlp"]
    assert gpu_marks.read(host) == {
        A: Mark("It has fallen off the bus (GPU is lost)", host.clock())
    }
    assert look(host) == Look()
    assert kept_back(host)[A] == "It has fallen off the bus (GPU is lost)"


def test_a_gpu_that_is_gone_is_marked_and_unmarked_when_it_is_back(
    with_database: Host, driver: StandInDriver
) -> None:
    host = with_database
    driver.remove(B)
    assert look(host).changes == (HealthChange(B, "The driver no longer finds it"),)
    driver.gpu(B)
    assert look(host).changes == (HealthChange(B, None),)
    assert gpu_marks.read(host) == {}


def test_a_mark_outlives_a_driver_that_is_silent(
    with_database: Host, driver: StandInDriver
) -> None:
    host = with_database
    driver.lose(B, UNKNOWN_ERROR)
    look(host)
    driver.clear()
    driver.say("init", UNKNOWN_ERROR)
    assert look(host).changes == ()
    assert set(gpu_marks.read(host)) == {B}


def test_nvidias_runtime_knows_a_lost_gpu_by_its_lease(
    with_database: Host, engine: FakeEngine, driver: StandInDriver
) -> None:
    host = replace(with_database, settings=replace(with_database.settings, gpu_backend="nvidia"))
    workspace = Workspace.of(run(engine, "nlp", B, owner="kim"))
    driver.remove(B)
    assert look(host).changes == (
        HealthChange(B, "The driver no longer finds it", (Workspace.of(engine.containers()[0]),)),  # type: ignore[arg-type]
    )
    assert workspace is not None
    engine.stop("nlp")
    # Nobody holds it and nobody names it: it is no GPU of this machine any more.
    assert look(host).changes == (HealthChange(B, None),)


@pytest.mark.parametrize(
    "code, output, words",
    [
        (0, f"GPU 0: NVIDIA H100 (UUID: {A})", ""),
        (0, "", ""),
        (
            255,
            "Failed to initialize NVML: Unknown Error",
            "Failed to initialize NVML: Unknown Error",
        ),
        (0, f"GPU 0: NVIDIA H100 (UUID: {B})", f"It no longer sees {A}"),
        (137, "", "nvidia-smi does not answer"),
    ],
)
def test_a_workspace_that_lost_its_gpus_alone_is_found_out(
    host: Host,
    engine: FakeEngine,
    monkeypatch: pytest.MonkeyPatch,
    code: int,
    output: str,
    words: str,
) -> None:
    from workspace_cli.core.engine import ExecResult

    workspace = Workspace.of(run(engine, "nlp", A, owner="kim"))
    assert workspace is not None
    answer = ExecResult(code, output.encode())
    monkeypatch.setattr(engine, "execute", lambda *arguments, **more: answer)
    assert lost_inside(host, workspace) == words


def test_the_inventory_names_a_lost_gpu(host: Host, driver: StandInDriver) -> None:
    driver.remove(A)
    found: dict[str, Gpu] = {gpu.id: gpu for gpu in inventory("cdi")}
    assert set(found) == {A, B}
    assert kept_back(host) == {A: "The driver no longer finds it"}
