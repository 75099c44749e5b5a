"""Many clients of one engine at once."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.support import Namespace
from workspace_cli.core.models import ContainerRequest, Workspace

pytestmark = [pytest.mark.engine, pytest.mark.timeout(300)]

CHOOSER = """
import sys
from pathlib import Path
from workspace_cli.core import labels, ports
from workspace_cli.core.docker_engine import DockerEngine
from workspace_cli.core.lock import HostLock
from workspace_cli.core.models import ContainerRequest, PortMapping, format_ports_label
_, name, image, lock, count = sys.argv
engine = DockerEngine()
for number in range(int(count)):
    with HostLock(Path(lock)):
        held = ports.held_ports(engine.containers())
        chosen = ports.choose([PortMapping(8080)], held, (21200, 21299), ports.is_free)
        found = {labels.OWNER: name, labels.WORKSPACE: f"w{number}",
                 labels.PORTS: format_ports_label(chosen)}
        engine.create(ContainerRequest(name=f"{name}-{number}", image=image, ports=chosen,
                                       command=("sleep", "300"), labels=found, stop_timeout=0))
    engine.start(f"{name}-{number}")
"""


def test_processes_that_choose_at_once_get_different_ports(
    namespace: Namespace, tiny_image: str, tmp_path: Path
) -> None:
    arguments = [tiny_image, str(tmp_path / "lock"), "4"]
    clients = [
        subprocess.Popen([sys.executable, "-c", CHOOSER, f"{namespace}{letter}", *arguments])
        for letter in "abc"
    ]
    assert [client.wait(120) for client in clients] == [0, 0, 0]
    rows = [row for row in namespace.engine.containers() if row.name.startswith(str(namespace))]
    workspaces = [workspace for workspace in map(Workspace.of, rows) if workspace]
    chosen = [port.host for workspace in workspaces for port in workspace.ports]
    assert len(chosen) == len(set(chosen)) == 12
    # What the labels say is what the engine has published.
    assert all(workspace.ports == workspace.container.ports for workspace in workspaces)


def test_threads_share_one_adapter(namespace: Namespace, tiny_image: str) -> None:
    engine = namespace.engine

    def live(number: int) -> bytes:
        name = f"{namespace}-{number}"
        engine.create(
            ContainerRequest(name=name, image=tiny_image, command=("sleep", "300"), stop_timeout=0)
        )
        engine.start(name)
        output = engine.execute(name, ["echo", name]).output
        engine.stop(name, 0)
        engine.remove(name)
        return output

    with ThreadPoolExecutor(24) as threads:
        outputs = list(threads.map(live, range(24)))
    assert outputs == [f"{namespace}-{number}\n".encode() for number in range(24)]
