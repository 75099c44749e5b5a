"""Recreating a workspace from its own layer, on the real engine."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from dataclasses import replace

import pytest

from tests.engine.conftest import BASE
from tests.support import Namespace, eventually
from workspace_cli.core import references
from workspace_cli.core.host import Host
from workspace_cli.core.limits import usual_limits
from workspace_cli.core.models import Limits, PortMapping, WorkspaceSpec
from workspace_cli.core.workspaces import Change, bring_up, pending_change, reap, remove, stop

pytestmark = pytest.mark.engine


@pytest.fixture
def stopped(host: Host, spec: WorkspaceSpec) -> WorkspaceSpec:
    """Give a stopped hub workspace in which something was installed."""
    wanted = replace(spec, kind="hub", secrets={"JUPYTERHUB_API_TOKEN": "one"})
    workspace = bring_up(host, wanted)
    host.engine.execute(workspace.container.name, ["touch", "/installed"])
    stop(host, workspace)
    return wanted


def test_the_same_container_comes_back_unchanged(host: Host, stopped: WorkspaceSpec) -> None:
    before = host.engine.container(stopped.container_name)
    assert pending_change(host, stopped) is Change.NONE
    bring_up(host, stopped)
    after = host.engine.container(stopped.container_name)
    assert (after.id, after.restart) == (before.id, "unless-stopped")


@pytest.mark.parametrize(
    "first, then",
    [
        (Limits(), Limits(cpus=0.5, memory=2**28, pids=200)),
        (Limits(cpus=0.5, memory=2**28), Limits(cpus=1, memory=2**29)),
        (Limits(cpus=1, memory=2**29), Limits(cpus=0.25, memory=2**27)),
        (Limits(cpus=1, memory=2**28), Limits()),
    ],
    ids=["set", "raised", "lowered", "taken-off"],
)
def test_other_limits_take_effect_in_place(
    host: Host, stopped: WorkspaceSpec, first: Limits, then: Limits
) -> None:
    stop(host, bring_up(host, replace(stopped, limits=first)))
    before = host.engine.container(stopped.container_name)
    wanted = replace(stopped, limits=then)
    assert pending_change(host, wanted) is Change.UPDATE
    bring_up(host, wanted)
    after = host.engine.container(stopped.container_name)
    assert after.id == before.id
    # What nobody chose any more is the lab's default again.
    usual = usual_limits(host, stopped.owner)
    assert (after.limits.cpus, after.limits.memory, after.limits.pids) == (
        then.cpus or usual.cpus,
        then.memory or usual.memory,
        then.pids or usual.pids,
    )
    assert pending_change(host, wanted) is Change.NONE


def test_other_ports_and_shm_keep_what_was_installed(host: Host, stopped: WorkspaceSpec) -> None:
    before = host.engine.container(stopped.container_name)
    wanted = replace(stopped, ports=(PortMapping(8888),), limits=Limits(shm_size=2**27))
    workspace = bring_up(host, wanted)
    after = host.engine.container(stopped.container_name)
    assert after.id != before.id
    assert after.limits.shm_size == 2**27
    assert workspace.ports[0].host >= host.settings.port_range[0]
    assert host.engine.has_path(after.name, "/installed")
    assert workspace.image == stopped.image
    assert pending_change(host, wanted) is Change.NONE
    remove(host, workspace)
    assert not [
        tag for image in host.engine.images() for tag in image.tags if stopped.container_name in tag
    ]


def test_the_name_on_the_owners_network_is_the_new_containers(
    host: Host, stopped: WorkspaceSpec, server_image: str
) -> None:
    bring_up(host, replace(stopped, ports=(PortMapping(8888),)))
    container = host.engine.container(stopped.container_name)
    network = f"labdock-net-{stopped.owner}"
    assert container.networks[network]
    told = subprocess.run(
        ["docker", "inspect", "--format", "{{json .NetworkSettings.Networks}}", container.name],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert f'"{stopped.container_name}"' in told
    assert ".next" not in told


def test_flattening_keeps_sudo_and_what_was_installed(
    host: Host, namespace: Namespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Owners, modes and the set-uid bit survive the way through an export."""
    wanted = WorkspaceSpec(owner=str(namespace), name="deep", image=BASE, kind="hub")
    wanted = replace(wanted, secrets={"JUPYTERHUB_API_TOKEN": "one"})
    workspace = bring_up(host, wanted)
    host.engine.execute(workspace.container.name, ["touch", "/installed"], user="0")
    stop(host, workspace, timeout=1)
    monkeypatch.setattr("workspace_cli.core.clean_image.MOST_LAYERS", 3)
    bring_up(host, replace(wanted, ports=(PortMapping(8888),)))
    container = host.engine.container(wanted.container_name)
    assert len(host.engine.image(container.image_id).layers) == 1
    assert host.engine.has_path(container.name, "/installed")
    listed = host.engine.execute(
        container.name, ["stat", "-c", "%a %u %g", "/usr/bin/sudo", "/opt/env", "/home/member"]
    )
    fresh = subprocess.run(
        [
            "docker",
            "run",
            "--rm",
            "--entrypoint",
            "stat",
            BASE,
            "-c",
            "%a %u %g",
            "/usr/bin/sudo",
            "/opt/env",
            "/home/member",
        ],
        capture_output=True,
        check=True,
    )
    assert listed.output == fresh.stdout
    assert listed.output.startswith(b"4755 0 0")


_PROGRAM = """
import sys
from dataclasses import replace
from pathlib import Path
from workspace_cli.core.catalogue import Catalogue, CatalogueImage
from workspace_cli.core.docker_engine import DockerEngine
from workspace_cli.core.host import Host
from workspace_cli.core.models import PortMapping, WorkspaceSpec
from workspace_cli.core.settings import Settings
from workspace_cli.core.workspaces import bring_up

root, owner, image, low = sys.argv[1:]
settings = Settings(root=Path(root), port_range=(int(low), int(low) + 100))
host = Host(DockerEngine(), settings, Catalogue.of((CatalogueImage(name=image, workspace=True),)))
spec = WorkspaceSpec(owner=owner, name="study", image=image, kind="hub", ports=(PortMapping(8888),))
print("begin", flush=True)
bring_up(host, spec, lambda step: print(step.text, flush=True))
"""


@pytest.mark.parametrize("kind", [signal.SIGINT, signal.SIGKILL], ids=["ctrl-c", "death"])
@pytest.mark.parametrize("delay", [0.0, 0.05])
@pytest.mark.parametrize("step", ["Saving", "Writing", "Creating", "Starting"])
def test_an_interruption_leaves_one_whole_workspace_and_no_image(
    host: Host,
    stopped: WorkspaceSpec,
    server_image: str,
    kind: signal.Signals,
    step: str,
    delay: float,
) -> None:
    low = str(host.settings.port_range[0])
    process = subprocess.Popen(
        [
            sys.executable,
            "-c",
            textwrap.dedent(_PROGRAM),
            str(host.settings.root),
            stopped.owner,
            server_image,
            low,
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": os.getcwd()},  # noqa: PTH109
    )
    assert process.stdout is not None
    assert any(line.startswith(step.encode()) for line in process.stdout), "it came to that step"
    time.sleep(delay)
    process.send_signal(kind)
    process.wait(60)
    process.stdout.close()
    if kind is signal.SIGINT:
        leftovers = [c.name for c in host.engine.containers({"labdock.owner": stopped.owner})]
        assert leftovers == [stopped.container_name]
        assert not unfinished(host, stopped)
    else:
        time.sleep(0.3)  # the engine ends what the dead client had asked for
    bring_up(host, stopped)
    reap(replace(host, clock=lambda: time.time() + 4000))
    container = host.engine.container(stopped.container_name)
    assert container.state == "running"
    assert host.engine.has_path(container.name, "/installed")
    rows = host.engine.containers({"labdock.owner": stopped.owner})
    assert [row.name for row in rows] == [stopped.container_name]
    eventually(lambda: not unfinished(host, stopped))


def unfinished(host: Host, spec: WorkspaceSpec) -> list[str]:
    return [
        tag
        for image in host.engine.images({"labdock.owner": spec.owner})
        for tag in image.tags
        if tag.startswith(references.UNFINISHED)
    ]
