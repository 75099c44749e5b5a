"""A machine for the use cases' tests: the real engine, a data root of the test's own."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.conftest import pytest_runtest_makereport
from tests.support import Namespace, free_port
from workspace_cli.core import labels
from workspace_cli.core.catalogue import Catalogue, CatalogueImage
from workspace_cli.core.clean_image import archive
from workspace_cli.core.docker_engine import DockerEngine
from workspace_cli.core.host import Host
from workspace_cli.core.models import WorkspaceSpec
from workspace_cli.core.settings import Settings

__all__ = ["pytest_runtest_makereport"]

BASE = "labdock/base"


@pytest.fixture(scope="session")
def server_image(docker_engine: DockerEngine, tiny_image: str) -> Iterator[str]:
    """Give a small image that stays up and says that a server is in it."""
    reference = f"{tiny_image}-server"
    config = {
        "architecture": docker_engine.image(tiny_image).architecture,
        "os": "linux",
        "config": {
            "Env": ["PATH=/bin", "FROM_IMAGE=yes"],
            "Cmd": ["sleep", "infinity"],
            "StopSignal": "SIGKILL",
            "Labels": {labels.SERVER: "1"},
        },
        "rootfs": {"type": "layers", "diff_ids": list(docker_engine.image(tiny_image).layers)},
    }
    docker_engine.load(io.BytesIO(archive(config, reference)))
    yield reference
    docker_engine.remove_image(reference)


@pytest.fixture
def host(
    docker_engine: DockerEngine, namespace: Namespace, server_image: str, tmp_path: Path
) -> Host:
    """Give the machine; what it makes belongs to the test's namespace and goes with it."""
    port = free_port()
    settings = Settings(root=tmp_path / "labdock", port_range=(port, min(port + 200, 65535)))
    offered = (
        CatalogueImage(name=server_image, workspace=True),
        CatalogueImage(name=BASE, workspace=True),
    )
    return Host(docker_engine, settings, Catalogue.of(offered))


@pytest.fixture
def spec(namespace: Namespace, server_image: str) -> WorkspaceSpec:
    """Give a standalone workspace of the small image."""
    return WorkspaceSpec(owner=str(namespace), name="study", image=server_image)
