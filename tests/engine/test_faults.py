"""An engine that is full, or that lacks what it is asked for."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.second_engine import SecondEngine
from workspace_cli.core.docker_engine import DockerEngine
from workspace_cli.core.errors import DiskFullError, NoFreeGpuError
from workspace_cli.core.models import ContainerRequest

pytestmark = [pytest.mark.engine, pytest.mark.timeout(300)]

MIB = 2**20


@contextmanager
def small_disk(folder: Path, size: int) -> Iterator[None]:
    """Mount a disk of so many bytes at a folder."""
    folder.mkdir(parents=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=False)


@pytest.fixture(scope="module")
def full_engine(docker_engine: DockerEngine, tiny_image: str) -> Iterator[SecondEngine]:
    """Give an engine on a disk of 64 MiB, with CDI off and the tiny image on it."""
    with tempfile.TemporaryDirectory(prefix="labdock-engine-", dir="/var/tmp") as parent:
        folder = Path(parent) / "engine"
        second = SecondEngine(folder, {"features": {"cdi": False}})
        with small_disk(folder / "data", 64 * MIB), second.running():
            second.receive(docker_engine, tiny_image)
            yield second


def test_a_full_disk_is_told_as_one(full_engine: SecondEngine, tiny_image: str) -> None:
    engine = full_engine.engine
    before = {image.id for image in engine.images()}
    engine.create(ContainerRequest(name="one", image=tiny_image, command=("sleep", "1000")))
    engine.start("one")
    fill = ["sh", "-c", "exec cat /dev/zero > /zeros"]
    assert b"No space left" in engine.execute("one", fill).output
    with pytest.raises(DiskFullError):
        engine.commit("one", reference="full/image")
    with pytest.raises(DiskFullError):
        engine.import_filesystem([bytes(MIB)] * 100)
    assert {image.id for image in engine.images()} == before
    assert engine.container("one").state == "running"
    engine.remove("one", force=True)


def test_an_engine_without_cdi_says_that_it_has_no_gpus(
    full_engine: SecondEngine, tiny_image: str
) -> None:
    engine = full_engine.engine
    assert not engine.info().cdi
    request = ContainerRequest(
        name="two", image=tiny_image, command=("true",), gpus=("GPU-1",), gpu_backend="cdi"
    )
    engine.create(request)
    with pytest.raises(NoFreeGpuError, match="cannot hand out GPUs"):
        engine.start("two")
    engine.remove("two")
