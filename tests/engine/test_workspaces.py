"""Workspaces on the real engine."""

from __future__ import annotations

import base64
import http.client
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from tests.engine.conftest import BASE
from tests.support import Namespace, free_port, listening
from workspace_cli.core import secrets
from workspace_cli.core.docker_line import commit_lines, restart_lines, rm_lines, run_lines
from workspace_cli.core.errors import InvalidOptionError, NameTakenError, PortTakenError
from workspace_cli.core.host import Host
from workspace_cli.core.limits import usual_limits
from workspace_cli.core.models import Limits, Mount, PortMapping, WorkspaceSpec
from workspace_cli.core.readiness import wait_for_workspace
from workspace_cli.core.workspaces import (
    find,
    launch,
    plan,
    purge,
    remove,
    restart,
    start,
    stop,
)

pytestmark = pytest.mark.engine


def names(host: Host, namespace: Namespace) -> dict[str, list[str]]:
    """Return what of the test is on the engine and under the data root."""
    root = host.settings.root
    return {
        "containers": [c.name for c in host.engine.containers() if str(namespace) in c.name],
        "networks": [n.name for n in host.engine.networks() if str(namespace) in n.name],
        "homes": sorted(path.name for path in (root / "homes").glob("*")),
        "secrets": sorted(path.name for path in (root / "secrets").glob("*")),
    }


def sign_in(port: int, name: str, password: str) -> int:
    """Return the status that a program gets with a name and a password."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    token = base64.b64encode(f"{name}:{password}".encode()).decode()
    connection.request("GET", "/api/contents", headers={"Authorization": f"Basic {token}"})
    status = connection.getresponse().status
    connection.close()
    return status


def test_a_member_signs_in_with_the_generated_password_and_files_outlive_a_stop(
    host: Host, namespace: Namespace
) -> None:
    workspace = launch(host, WorkspaceSpec(owner=str(namespace), name="study", image=BASE))
    port = workspace.ports[0].host
    wait_for_workspace(host, workspace, f"http://127.0.0.1:{port}/api", timeout=120)
    kept = secrets.read(host.settings, workspace.container.name)
    password = kept[secrets.AUTH_PASSWORD]
    assert sign_in(port, str(namespace), password) == 200
    assert sign_in(port, str(namespace), "wrong") in (401, 403)

    host.engine.execute(workspace.container.name, ["touch", "/workspace/file", "/opt/installed"])
    assert (host.settings.homes / str(namespace) / "file").exists()
    stop(host, find(host, f"{namespace}/study"))
    start(host, find(host, f"{namespace}/study"))
    wait_for_workspace(host, workspace, f"http://127.0.0.1:{port}/api", timeout=120)
    assert sign_in(port, str(namespace), password) == 200
    assert host.engine.has_path(workspace.container.name, "/opt/installed")


def test_no_secret_is_in_what_the_engine_tells(host: Host, spec: WorkspaceSpec) -> None:
    given = {"WORKSPACE_AUTH_PASSWORD": "hunter2hunter2"}
    workspace = launch(host, replace(spec, environment=given, secrets={"T": "tok-4711-abc"}))
    told = repr(host.engine.container(workspace.container.name))
    assert "hunter2hunter2" not in told
    assert "tok-4711-abc" not in told
    inside = host.engine.execute(
        workspace.container.name, ["cat", "/run/labdock/environment.json"], user="0"
    )
    assert b"hunter2hunter2" in inside.output
    refused = host.engine.execute(
        workspace.container.name, ["cat", "/run/labdock/environment.json"], user="1000"
    )
    assert refused.exit_code != 0


def test_many_at_once_get_different_ports_and_one_network_an_owner(
    host: Host, spec: WorkspaceSpec, namespace: Namespace
) -> None:
    with ThreadPoolExecutor(6) as threads:
        made = list(
            threads.map(lambda number: launch(host, replace(spec, name=f"w{number}")), range(6))
        )
    assert len({workspace.ports for workspace in made}) == 6
    assert {workspace.container.state for workspace in made} == {"running"}
    assert names(host, namespace)["networks"] == [f"labdock-net-{namespace}"]


def test_one_of_two_at_once_with_one_name_wins(
    host: Host, spec: WorkspaceSpec, namespace: Namespace
) -> None:
    def attempt(_: int) -> str:
        try:
            return launch(host, spec).container.id
        except NameTakenError:
            return ""

    with ThreadPoolExecutor(2) as threads:
        outcomes = sorted(threads.map(attempt, range(2)))
    assert outcomes[0] == ""
    assert host.engine.container(f"labdock-{namespace}--study").id == outcomes[1]
    assert host.engine.container(f"labdock-{namespace}--study").state == "running"


def test_a_port_that_a_stranger_holds_is_skipped_or_refused(
    host: Host, spec: WorkspaceSpec, namespace: Namespace
) -> None:
    low = host.settings.port_range[0]
    with listening(low):
        with pytest.raises(PortTakenError):
            launch(host, replace(spec, ports=(PortMapping(8080, low),)))
        assert names(host, namespace) == {
            key: [] for key in ("containers", "networks", "homes", "secrets")
        }
        assert launch(host, spec).ports[0].host > low


def test_a_port_that_is_taken_between_choice_and_start_is_given_up_for_the_next(
    host: Host, spec: WorkspaceSpec, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The probe of a hub in a container sees no stranger's port; only the start tells."""
    low = host.settings.port_range[0]
    monkeypatch.setattr("workspace_cli.core.ports.is_free", lambda port: True)
    with listening(low):
        workspace = launch(host, spec)
    assert workspace.ports[0].host == low + 1
    assert len(host.engine.containers({"labdock.owner": spec.owner})) == 1


def test_a_failed_start_leaves_nothing(
    host: Host, spec: WorkspaceSpec, namespace: Namespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workspace_cli.core.ports.is_free", lambda port: True)
    port = free_port()
    with listening(port), pytest.raises(PortTakenError):
        launch(host, replace(spec, ports=(PortMapping(8080, port),)))
    assert names(host, namespace) == {
        key: [] for key in ("containers", "networks", "homes", "secrets")
    }


def test_limits_and_security_reach_the_container(host: Host, spec: WorkspaceSpec) -> None:
    limits = Limits(cpus=0.5, memory=2**28, shm_size=2**27, pids=100)
    workspace = launch(host, replace(spec, limits=limits))
    usual = usual_limits(host, spec.owner)
    assert host.engine.container(workspace.container.name).limits == replace(
        usual, cpus=0.5, memory=2**28, shm_size=2**27, pids=100
    )


def test_the_engines_socket_cannot_be_mounted_by_any_way(
    host: Host, spec: WorkspaceSpec, namespace: Namespace
) -> None:
    link = host.settings.root.parent / "link"
    link.symlink_to("/var/run")
    for source in ("/", "/var/run/docker.sock", "/run", "/var/run", str(link), "/var"):
        with pytest.raises(InvalidOptionError):
            launch(host, replace(spec, mounts=(Mount(source, "/x"),)))
    assert names(host, namespace)["containers"] == []


def test_restart_keeps_the_container_and_its_layer(host: Host, spec: WorkspaceSpec) -> None:
    workspace = launch(host, spec)
    host.engine.execute(workspace.container.name, ["touch", "/installed"])
    restart(host, workspace)
    again = host.engine.container(workspace.container.name)
    assert (again.id, again.state, again.restart) == (
        workspace.container.id,
        "running",
        "unless-stopped",
    )
    assert host.engine.has_path(again.name, "/installed")


def test_remove_keeps_the_home_and_purge_takes_it(
    host: Host, spec: WorkspaceSpec, namespace: Namespace
) -> None:
    workspace = launch(host, spec)
    host.engine.execute(workspace.container.name, ["touch", "/workspace/thesis"])
    remove(host, workspace)
    assert names(host, namespace) == {
        "containers": [],
        "networks": [],
        "homes": [str(namespace)],
        "secrets": [],
    }
    assert (host.settings.homes / str(namespace) / "thesis").exists()
    purge(host, launch(host, spec))
    assert names(host, namespace)["homes"] == []


_PROGRAM = """
import sys
from pathlib import Path
from workspace_cli.core.catalogue import Catalogue, CatalogueImage
from workspace_cli.core.docker_engine import DockerEngine
from workspace_cli.core.host import Host
from workspace_cli.core.models import WorkspaceSpec
from workspace_cli.core.settings import Settings
from workspace_cli.core.workspaces import launch

root, owner, image, low = sys.argv[1:]
settings = Settings(root=Path(root), port_range=(int(low), int(low) + 100))
host = Host(DockerEngine(), settings, Catalogue.of((CatalogueImage(name=image, workspace=True),)))
spec = WorkspaceSpec(owner=owner, name="study", image=image)
launch(host, spec, lambda step: print(step.text, flush=True))
print("Launched", flush=True)
"""


@pytest.mark.parametrize("delay", [0.0, 0.1, 0.2])
@pytest.mark.parametrize("step", ["Creating", "Starting"])
def test_ctrl_c_leaves_nothing_of_a_launch(
    host: Host, spec: WorkspaceSpec, namespace: Namespace, step: str, delay: float
) -> None:
    low = str(host.settings.port_range[0])
    process = subprocess.Popen(
        [sys.executable, "-c", _PROGRAM, str(host.settings.root), spec.owner, spec.image, low],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": os.getcwd()},  # noqa: PTH109
    )
    assert process.stdout is not None
    assert any(line.startswith(step.encode()) for line in process.stdout), "it came to that step"
    time.sleep(delay)
    process.send_signal(signal.SIGINT)
    printed = process.stdout.read()
    process.wait(60)
    process.stdout.close()
    if b"Launched" in printed:  # Ctrl-C came too late, perhaps while the interpreter ended
        assert host.engine.container(f"labdock-{namespace}--study").state == "running"
        remove(host, find(host, f"{namespace}/study"))
        (host.settings.homes / str(namespace)).rmdir()
    assert not any(names(host, namespace).values())


def test_the_printed_docker_lines_make_the_same_container(
    host: Host, spec: WorkspaceSpec, namespace: Namespace
) -> None:
    wanted = secrets.with_credentials(
        replace(
            spec,
            environment={"COURSE": "it's nlp", "WORKSPACE_AUTH_PASSWORD": "hunter2hunter2"},
            limits=Limits(cpus=0.5, memory=2**28, pids=100),
        )
    )
    request = plan(host, wanted)
    lines = run_lines(request, wanted.secrets, network_is_missing=True)
    assert "hunter2" not in "".join(lines)
    subprocess.run(
        ["sh", "-ec", "\n".join(lines)],
        check=True,
        capture_output=True,
        env={**os.environ, "WORKSPACE_AUTH_PASSWORD": "hunter2hunter2"},
    )
    made = host.engine.container(request.name)
    assert made.state == "running"
    assert dict(made.labels) == {**made.labels, **request.labels}
    assert made.environment["COURSE"] == "it's nlp"
    assert made.environment["WORKSPACE_AUTH_PASSWORD"] == "hunter2hunter2"
    assert (made.limits.cpus, made.limits.memory, made.limits.pids) == (0.5, 2**28, 100)
    assert made.limits.shm_size == request.limits.shm_size
    assert set(made.ports) == set(request.ports)
    assert {m.target for m in made.mounts} == {"/workspace", "/shared", "/datasets"}
    workspace = find(host, "study", owner=str(namespace))
    saved = commit_lines(workspace, f"{namespace}/x:v1")
    for others in (saved, restart_lines(workspace), rm_lines(workspace)):
        subprocess.run(["sh", "-ec", "\n".join(others)], check=True, capture_output=True)
    assert names(host, namespace)["containers"] == []


def test_a_container_that_was_left_paused_runs_again_after_start(
    host: Host, spec: WorkspaceSpec
) -> None:
    workspace = launch(host, spec)
    name = workspace.container.name
    subprocess.run(["docker", "pause", name], check=True, capture_output=True)
    start(host, workspace)
    assert host.engine.container(name).state == "running"
    assert host.engine.execute(name, ["true"]).exit_code == 0
