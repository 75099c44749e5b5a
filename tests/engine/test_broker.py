"""Many processes at once over a real engine with four stand-in GPUs, and killed clients."""

from __future__ import annotations

import asyncio
import logging
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from hub.lost_gpus import LostGpus
from hub.machine import Machine
from hub.upkeep import revive_workspaces
from tests.second_engine import SecondEngine
from tests.support import eventually
from workspace_cli.core import broker, gpu_marks, leases, notices
from workspace_cli.core.docker_engine import DockerEngine
from workspace_cli.core.gpu_marks import Mark
from workspace_cli.core.host import Host
from workspace_cli.core.models import WorkspaceSpec
from workspace_cli.core.removal import reap
from workspace_cli.core.workspaces import find, launch, list_workspaces, restart, stop

from .broker_client import Client, host_of
from .broker_rush import UUIDS, engine_with_gpus, holders, rush, told

pytestmark = [pytest.mark.engine, pytest.mark.timeout(600)]
LOG = logging.getLogger("tests")


@pytest.fixture(scope="module")
def gpu_engine(docker_engine: DockerEngine, server_image: str) -> Iterator[SecondEngine]:
    """Give an engine that knows four GPUs."""
    with engine_with_gpus(docker_engine, server_image) as second:
        yield second


@pytest.fixture
def wanted(gpu_engine: SecondEngine, server_image: str, tmp_path: Path) -> Iterator[dict[str, Any]]:
    """Give what every client is told."""
    yield told(gpu_engine, tmp_path / "labdock", server_image)
    if not gpu_engine.up:
        gpu_engine.start()
    gpu_engine.remove_containers()


@pytest.fixture
def host(wanted: dict[str, Any]) -> Host:
    return host_of(wanted)


@pytest.mark.parametrize("policy", ["on-failure:3", "always"])
def test_forty_at_once_leave_four_holders_and_a_line_in_order(
    wanted: dict[str, Any], host: Host, gpu_engine: SecondEngine, policy: str
) -> None:
    held, asked = rush({**wanted, "restart": policy}, 40)
    assert sorted(held) == list(UUIDS)
    assert len(asked) == len(set(asked)) == 36
    before = holders(host)
    assert sorted(before) == list(UUIDS)
    gpu_engine.restart()
    # Docker 26.1 brings containers back before it knows CDI, so those with GPUs stay down
    # ("could not select device driver") until the hub looks; nobody is given theirs meanwhile.
    assert broker.advance(host) == []
    servers = {(one.owner, one.name) for one in list_workspaces(host) if one.kind == "hub"}
    asyncio.run(revive_workspaces(Machine(host), servers, LOG))
    eventually(lambda: holders(host) == before, 30)
    # A minute later the command lines, which are gone, have lost their places.
    later = replace(host, clock=lambda: host.clock() + 61)
    waiting = [place.request.asked for place in broker.line(later)]
    assert waiting == [at for at in asked if at in waiting]
    assert 20 <= len(waiting) <= 27
    # Whoever stops gives its GPU to the first in line, also after a restart of the engine.
    first = next(one for one in list_workspaces(host) if one.holds_gpus)
    stop(host, first, 0)
    (granted,) = broker.advance(later)
    assert granted.gpus == first.gpus
    assert granted.request.asked == waiting[0]


def test_a_holder_that_was_started_by_hand_is_left_alone(
    wanted: dict[str, Any], host: Host, gpu_engine: SecondEngine
) -> None:
    by_hand = ["docker", "-H", gpu_engine.host, "run", "-d", "--name", "notes"]
    by_hand += ["--device", "nvidia.com/gpu=2", wanted["image"], "sleep", "1000"]
    subprocess.run(by_hand, check=True, capture_output=True)
    held, asked = rush(wanted, 8)
    assert sorted(held) == sorted({*UUIDS} - {UUIDS[2]})
    assert len(asked) == 5
    assert len(holders(host)) == 3


@pytest.mark.parametrize("kind", ["hub", "portal", "cli"])
@pytest.mark.parametrize("done", [False, True])
def test_a_client_that_is_killed_at_any_step_loses_no_gpu(
    wanted: dict[str, Any], host: Host, kind: str, done: bool
) -> None:
    # Later than a grant is kept and what was created and never started may stay.
    later = replace(host, clock=lambda: host.clock() + 3600)
    killed = 0
    for number in range(1, 20):
        client = Client(
            {**wanted, "kind": kind, "name": f"w{number}", "die_at": number, "done": done}
        )
        client.go()
        said = client.hear()
        code = client.end()
        assert (code, said) in ((-9, ""), (0, f"holds {UUIDS[0]}"))
        assert len(holders(host)) <= 1
        reap(later)
        broker.advance(later)
        running = [one for one in list_workspaces(host) if one.container.state == "running"]
        assert holders(host) == {gpu: one.reference for one in running for gpu in one.gpus}
        for one in running:
            assert leases.term(host, one) is not None
            stop(host, one, 0)
        assert holders(host) == {}
        if code == 0:
            break
        killed += 1
    assert killed >= 4
    spec = WorkspaceSpec(owner="lee", name="all", image=wanted["image"], gpus="all")
    assert launch(host, spec).gpus == UUIDS


NVIDIA_SMI = f"""#!/bin/sh
if [ -e /dev/lost ]; then echo 'Failed to initialize NVML: Unknown Error'; exit 255; fi
for n in 0 1 2 3; do
  if [ -e /dev/nvidia$n ]; then echo "GPU $n: A stand-in (UUID: {UUIDS[0][:-1]}$n)"; fi
done
"""


def test_a_workspace_that_loses_its_gpu_inside_is_told_and_healed_by_a_restart(
    wanted: dict[str, Any], host: Host, gpu_engine: SecondEngine, tmp_path: Path
) -> None:
    spec = WorkspaceSpec(owner="kim", name="w", image=wanted["image"], gpus=1)
    workspace = launch(host, spec)
    program = tmp_path / "nvidia-smi"
    program.write_text(NVIDIA_SMI)
    program.chmod(0o755)
    name = workspace.container.name
    copy = ["docker", "-H", gpu_engine.host, "cp", str(program), f"{name}:/bin/nvidia-smi"]
    subprocess.run(copy, check=True, capture_output=True)
    watch = LostGpus(Machine(host), LOG)

    def reasons() -> list[str]:
        asyncio.run(watch.look())
        found = notices.open_notices(host.database, now=host.clock(), owner="kim")
        return [notice.values["reason"] for notice in found]

    assert reasons() == []
    host.engine.execute(name, ["touch", "/dev/lost"])
    assert reasons() == ["Failed to initialize NVML: Unknown Error"]
    restart(host, workspace)
    assert reasons() == []
    assert find(host, "kim/w").container.id == workspace.container.id
    # Where the GPU is to be given to nobody any more, it moves with all that was installed.
    with host.database.begin() as connection:
        gpu_marks.put(connection, UUIDS[0], Mark("It has fallen off the bus", host.clock()))
    host.engine.execute(name, ["touch", "/dev/lost"])
    restart(host, find(host, "kim/w"))
    assert find(host, "kim/w").gpus == UUIDS[1:2]
    assert host.engine.has_path(name, "/bin/nvidia-smi")
    assert reasons() == []
