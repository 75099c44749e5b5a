"""What a client that dies in the middle leaves behind, and who takes it away."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.second_engine import SecondEngine
from workspace_cli.core import labels
from workspace_cli.core.catalogue import Catalogue
from workspace_cli.core.host import Host
from workspace_cli.core.models import ContainerRequest, Mount
from workspace_cli.core.removal import reap
from workspace_cli.core.settings import Settings

pytestmark = [pytest.mark.engine, pytest.mark.timeout(300)]

DYING_CLIENT = """
import os, signal, sys
from workspace_cli.core import labels
from workspace_cli.core.docker_engine import DockerEngine
from workspace_cli.core.models import ContainerRequest, Mount
_, host, image, root = sys.argv
DockerEngine(host).create(
    ContainerRequest(
        name="orphan",
        image=image,
        command=("true",),
        labels={labels.OWNER: "kim", labels.WORKSPACE: "orphan"},
        mounts=(Mount(root, "/workspace"),),
    )
)
os.kill(os.getpid(), signal.SIGKILL)
"""


def later(engine: SecondEngine, root: Path, seconds: float) -> Host:
    """Return the machine as it is after some seconds."""
    return Host(
        engine.engine, Settings(root=root), Catalogue(), clock=lambda: time.time() + seconds
    )


def test_what_a_dead_client_left_is_reaped_after_a_minute_and_nothing_else(
    second_engine: SecondEngine, tiny_image: str, tmp_path: Path
) -> None:
    engine = second_engine.engine
    dead = subprocess.run(
        [sys.executable, "-c", DYING_CLIENT, second_engine.host, tiny_image, str(tmp_path)]
    )
    assert dead.returncode == -9

    def ours(name: str) -> ContainerRequest:
        return ContainerRequest(
            name=name,
            image=tiny_image,
            command=("sleep", "1000"),
            labels={labels.OWNER: "kim", labels.WORKSPACE: name},
            mounts=(Mount(str(tmp_path), "/workspace"),),
            stop_timeout=0,
        )

    for name in ("running", "stopped"):
        engine.create(ours(name))
        engine.start(name)
    engine.stop("stopped", 0)
    engine.create(ContainerRequest(name="strangers", image=tiny_image, command=("true",)))

    assert reap(later(second_engine, tmp_path, 0)) == []
    assert engine.container("orphan").state == "created"
    assert reap(later(second_engine, tmp_path, 61)) == ["orphan"]
    assert {row.name for row in engine.containers()} == {"running", "stopped", "strangers"}
    assert reap(later(second_engine, tmp_path, 61)) == []
