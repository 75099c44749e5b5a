"""Leases on a real engine that hands out stand-ins for GPUs."""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.second_engine import SecondEngine
from workspace_cli.core import gpu_inventory, gpus, labels
from workspace_cli.core.catalogue import Catalogue
from workspace_cli.core.docker_engine import DockerEngine
from workspace_cli.core.errors import NoFreeGpuError
from workspace_cli.core.host import Host
from workspace_cli.core.models import ContainerRequest
from workspace_cli.core.settings import Settings

pytestmark = [pytest.mark.engine, pytest.mark.timeout(300)]

UUIDS = ("GPU-00000000-aaaa-bbbb-cccc-000000000000", "GPU-00000000-aaaa-bbbb-cccc-000000000001")


def specification() -> dict[str, object]:
    """Return a CDI specification with two GPUs, each by index and by UUID, as NVIDIA's does."""

    def device(name: str, number: int) -> dict[str, object]:
        node = {"path": f"/dev/nvidia{number}", "hostPath": "/dev/null"}
        return {"name": name, "containerEdits": {"deviceNodes": [node]}}

    devices = [
        device(name, number) for number, uuid in enumerate(UUIDS) for name in (str(number), uuid)
    ]
    return {"cdiVersion": "0.5.0", "kind": "nvidia.com/gpu", "devices": devices}


@pytest.fixture(scope="module")
def gpu_engine(docker_engine: DockerEngine, tiny_image: str) -> Iterator[SecondEngine]:
    """Give an engine that knows two GPUs."""
    with tempfile.TemporaryDirectory(prefix="labdock-engine-", dir="/var/tmp") as parent:
        folder = Path(parent) / "cdi"
        folder.mkdir()
        (folder / "nvidia.json").write_text(json.dumps(specification()))
        second = SecondEngine(Path(parent) / "engine", {"cdi-spec-dirs": [str(folder)]})
        with second.running():
            second.receive(docker_engine, tiny_image)
            yield second


@pytest.fixture
def host(
    gpu_engine: SecondEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Host]:
    """Give the machine whose engine that is."""
    folder = gpu_engine.folder.parent / "cdi"
    monkeypatch.setattr(gpu_inventory, "CDI_FOLDERS", (folder,))
    # A real GPU of this machine is none of this test's.
    monkeypatch.setattr(gpu_inventory, "read_nvidia_smi", list)
    monkeypatch.setattr(gpus, "computing_processes", dict)
    yield Host(gpu_engine.engine, Settings(root=tmp_path), Catalogue())
    gpu_engine.remove_containers()


def run(host: Host, image: str, name: str, wanted: gpus.Wanted) -> tuple[str, ...]:
    """Lease GPUs, start a workspace of Kim's with them, and return their ids."""
    backend, leased = gpus.lease(host, wanted, host.engine.containers())
    host.engine.create(
        ContainerRequest(
            name=name,
            image=image,
            command=("sleep", "1000"),
            gpus=leased,
            gpu_backend=backend,
            labels={
                labels.OWNER: "kim",
                labels.WORKSPACE: name,
                labels.GPUS: ",".join(leased),
            },
            stop_timeout=0,
        )
    )
    host.engine.start(name)
    return leased


def devices(host: Host, name: str) -> list[str]:
    """Return the GPUs' device files inside a container."""
    listed = host.engine.execute(name, ["sh", "-c", "exec ls -d /dev/nvidia*"]).output
    return listed.decode().split()


def test_each_gpu_goes_to_one_workspace_until_it_is_given_back(host: Host, tiny_image: str) -> None:
    assert run(host, tiny_image, "one", 1) == UUIDS[:1]
    assert run(host, tiny_image, "two", 1) == UUIDS[1:]
    assert devices(host, "one") == ["/dev/nvidia0"]
    assert devices(host, "two") == ["/dev/nvidia1"]
    assert host.engine.container("two").gpus == UUIDS[1:]
    with pytest.raises(NoFreeGpuError, match=r"0 of 2 are free.*kim/one.*kim/two"):
        run(host, tiny_image, "three", 1)
    host.engine.stop("one", 0)
    assert run(host, tiny_image, "four", 1) == UUIDS[:1]


def test_a_container_that_somebody_started_by_hand_holds_its_gpu(
    host: Host, gpu_engine: SecondEngine, tiny_image: str
) -> None:
    by_hand = ["docker", "-H", gpu_engine.host, "run", "-d", "--name", "notes"]
    by_hand += ["--device", "nvidia.com/gpu=0", tiny_image, "sleep", "1000"]
    subprocess.run(by_hand, check=True, capture_output=True)
    assert devices(host, "notes") == ["/dev/nvidia0"]
    with pytest.raises(NoFreeGpuError, match="container notes"):
        run(host, tiny_image, "all", "all")
    assert run(host, tiny_image, "one", 1) == UUIDS[1:]
