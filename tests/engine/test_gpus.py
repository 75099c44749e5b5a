"""GPUs on a real engine that hands out stand-ins, beside a driver that is one, too."""

from __future__ import annotations

import io
import json
import os
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.second_engine import SecondEngine
from tests.stand_in_nvml.cdi import write_specification
from tests.stand_in_nvml.library import StandInDriver
from tests.support import free_port
from workspace_cli.core import gpu_inventory, gpu_reader, labels, naming, nvml
from workspace_cli.core.catalogue import Catalogue, CatalogueImage
from workspace_cli.core.clean_image import archive
from workspace_cli.core.docker_engine import DockerEngine
from workspace_cli.core.errors import NoFreeGpuError
from workspace_cli.core.gpu_health import look
from workspace_cli.core.gpu_reader import GpuReader
from workspace_cli.core.gpu_status import status
from workspace_cli.core.gpu_use import use_of
from workspace_cli.core.host import Host
from workspace_cli.core.models import ContainerRequest, Workspace, WorkspaceSpec
from workspace_cli.core.settings import Settings
from workspace_cli.core.workspaces import find, launch, restart, start, stop

pytestmark = [pytest.mark.engine, pytest.mark.timeout(300)]

UUIDS = ("GPU-00000000-aaaa-bbbb-cccc-000000000000", "GPU-00000000-aaaa-bbbb-cccc-000000000001")

Launch = Callable[..., Workspace]


@pytest.fixture(scope="module")
def gpu_engine(docker_engine: DockerEngine, server_image: str) -> Iterator[SecondEngine]:
    """Give an engine that knows two GPUs."""
    with tempfile.TemporaryDirectory(prefix="labdock-engine-", dir="/var/tmp") as parent:
        folder = write_specification(Path(parent) / "cdi", UUIDS).parent
        second = SecondEngine(Path(parent) / "engine", {"cdi-spec-dirs": [str(folder)]})
        with second.running():
            second.receive(docker_engine, server_image)
            yield second


@pytest.fixture
def host(
    gpu_engine: SecondEngine, server_image: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Host]:
    """Give the machine whose engine that is."""
    folder = gpu_engine.folder.parent / "cdi"
    monkeypatch.setattr(gpu_inventory, "CDI_FOLDERS", (folder,))
    monkeypatch.setattr(gpu_reader, "CDI_FOLDERS", (folder,))
    port = min(free_port(), 65000)
    settings = Settings(root=tmp_path / "labdock", port_range=(port, port + 200))
    nvml.forget()
    offered = Catalogue.of((CatalogueImage(name=server_image, workspace=True),))
    yield Host(gpu_engine.engine, settings, offered)
    gpu_engine.remove_containers()


@pytest.fixture
def run(host: Host, server_image: str) -> Launch:
    """Make and start a workspace."""

    def run(name: str, wanted: int | str | tuple[str, ...], owner: str = "kim") -> Workspace:
        spec = WorkspaceSpec(owner=owner, name=name, image=server_image, gpus=wanted)
        return launch(host, spec)

    return run


def devices(host: Host, name: str) -> list[str]:
    """Return the GPUs' device files inside a container."""
    listed = host.engine.execute(name, ["sh", "-c", "exec ls -d /dev/nvidia* 2>/dev/null"]).output
    return listed.decode().split()


def inside(host: Host, workspace: Workspace) -> list[str]:
    return devices(host, workspace.container.name)


def test_each_gpu_goes_to_one_workspace_until_it_is_given_back(host: Host, run: Launch) -> None:
    one, two = run("one", 1), run("two", 1, "lee")
    assert (one.gpus, two.gpus) == (UUIDS[:1], UUIDS[1:])
    assert inside(host, one) == ["/dev/nvidia0"]
    assert inside(host, two) == ["/dev/nvidia1"]
    with pytest.raises(NoFreeGpuError, match=r"kim/one.*lee/two"):
        run("three", 1, "park")
    stop(host, one, 0)
    assert run("four", 1, "park").gpus == UUIDS[:1]


def test_a_container_that_somebody_started_by_hand_holds_its_gpu(
    host: Host, gpu_engine: SecondEngine, server_image: str, run: Launch
) -> None:
    by_hand = ["docker", "-H", gpu_engine.host, "run", "-d", "--name", "notes"]
    by_hand += ["--device", "nvidia.com/gpu=0", server_image, "sleep", "1000"]
    subprocess.run(by_hand, check=True, capture_output=True)
    assert devices(host, "notes") == ["/dev/nvidia0"]
    with pytest.raises(NoFreeGpuError, match="container notes"):
        run("all", "all")
    assert run("one", 1).gpus == UUIDS[1:]


@pytest.fixture
def greedy_image(gpu_engine: SecondEngine, server_image: str) -> str:
    """Give an image that asks NVIDIA's runtime for every GPU."""
    layers = gpu_engine.engine.image(server_image).layers
    config = {
        "architecture": gpu_engine.engine.image(server_image).architecture,
        "os": "linux",
        "config": {
            "Env": ["PATH=/bin", "NVIDIA_VISIBLE_DEVICES=all"],
            "Cmd": ["sleep", "infinity"],
            "StopSignal": "SIGKILL",
            "Labels": {labels.SERVER: "1"},
        },
        "rootfs": {"type": "layers", "diff_ids": list(layers)},
    }
    gpu_engine.engine.load(io.BytesIO(archive(config, "labdock-tests/greedy:latest")))
    return "labdock-tests/greedy:latest"


def test_who_leases_none_sees_none_whatever_the_image_says(host: Host, greedy_image: str) -> None:
    made = launch(host, WorkspaceSpec(owner="kim", name="none", image=greedy_image))
    assert inside(host, made) == []
    environment = host.engine.execute(made.container.name, ["env"]).output.decode().splitlines()
    assert "NVIDIA_VISIBLE_DEVICES=void" in environment


def test_a_process_on_a_gpu_is_traced_to_its_workspace(
    host: Host, gpu_engine: SecondEngine, run: Launch, driver: StandInDriver
) -> None:
    for uuid in UUIDS:
        driver.gpu(uuid)
    name = run("one", 1).container.name
    asked = ["docker", "-H", gpu_engine.host, "inspect", "-f", "{{.State.Pid}}", name]
    pid = int(subprocess.run(asked, check=True, capture_output=True, text=True).stdout)
    driver.process(UUIDS[0], pid)
    driver.process(UUIDS[1], os.getpid())
    mine, stranger = (use.processes[0] for use in use_of(host))
    assert (mine.workspace, mine.name) == ("kim/one", "sleep")
    assert (stranger.workspace, stranger.container) == ("", "")
    with pytest.raises(NoFreeGpuError, match=f"process {os.getpid()} of root"):
        run("two", 1)


def test_a_workspace_whose_gpu_falls_off_moves_to_a_healthy_one_with_all_it_has(
    host: Host, run: Launch, driver: StandInDriver
) -> None:
    for uuid in UUIDS:
        driver.gpu(uuid)
    workspace = run("one", 1)
    host.engine.execute(workspace.container.name, ["touch", "/installed"])
    driver.lose(UUIDS[0])
    (change,) = look(host).changes
    assert [holder.reference for holder in change.holders] == ["kim/one"]
    restart(host, workspace)
    moved = find(host, "one")
    assert moved.gpus == UUIDS[1:]
    assert inside(host, moved) == ["/dev/nvidia1"]
    assert host.engine.has_path(moved.container.name, "/installed")
    with pytest.raises(NoFreeGpuError, match="fallen off the bus"):
        run("two", 1)
    stop(host, moved, 0)
    driver.remove(UUIDS[1])
    with pytest.raises(NoFreeGpuError):
        start(host, find(host, "one"))


def test_the_hub_asks_through_a_container_that_sees_the_machine_and_reaches_nothing(
    host: Host, gpu_engine: SecondEngine, server_image: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub = ContainerRequest(name=naming.HUB_CONTAINER, image=server_image)
    host.engine.create(hub)
    script = f"ls -d /dev/nvidia*; cat /proc/{os.getpid()}/comm; cat /proc/net/dev"
    monkeypatch.setattr(gpu_reader, "PROGRAM", ("sh", "-c", script))
    output = GpuReader(host.engine, host.settings, "labdock-gpus").ask()
    lines = output.split()
    assert lines[:2] == ["/dev/nvidia0", "/dev/nvidia1"]
    assert Path(f"/proc/{os.getpid()}/comm").read_text().strip() in lines
    assert [word for word in lines if word.endswith(":")] == ["lo:"]
    asked = ["docker", "-H", gpu_engine.host, "inspect", "labdock-gpus"]
    inspected = subprocess.run(asked, check=True, capture_output=True).stdout
    described = json.loads(inspected)[0]["HostConfig"]
    assert (described["PidMode"], described["NetworkMode"]) == ("host", "none")
    assert (described["CapDrop"], described["Privileged"]) == (["ALL"], False)
    # It sees every GPU and holds none.
    assert all(not one.holders for one in status(host))
