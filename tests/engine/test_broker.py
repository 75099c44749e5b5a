"""Many processes at once over a real engine with four stand-in GPUs, and killed clients."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.second_engine import SecondEngine
from tests.stand_in_nvml.cdi import write_specification
from tests.support import eventually, free_port
from workspace_cli.core import broker, leases
from workspace_cli.core.docker_engine import DockerEngine
from workspace_cli.core.host import Host
from workspace_cli.core.models import WorkspaceSpec
from workspace_cli.core.removal import reap
from workspace_cli.core.revival import revive
from workspace_cli.core.workspaces import launch, list_workspaces, stop

from .broker_client import host_of

pytestmark = [pytest.mark.engine, pytest.mark.timeout(600)]

UUIDS = tuple(f"GPU-00000000-aaaa-bbbb-cccc-00000000000{n}" for n in range(4))
POLICY = "[roles.member]\ngpus = 40\n"


@pytest.fixture(scope="module")
def gpu_engine(docker_engine: DockerEngine, server_image: str) -> Iterator[SecondEngine]:
    """Give an engine that knows four GPUs."""
    with tempfile.TemporaryDirectory(prefix="labdock-engine-", dir="/var/tmp") as parent:
        folder = Path(parent) / "cdi"
        write_specification(folder, UUIDS)
        second = SecondEngine(Path(parent) / "engine", {"cdi-spec-dirs": [str(folder)]})
        with second.running():
            second.receive(docker_engine, server_image)
            yield second


@pytest.fixture
def wanted(gpu_engine: SecondEngine, server_image: str, tmp_path: Path) -> Iterator[dict[str, Any]]:
    """Give what every client is told."""
    port = free_port()
    root = tmp_path / "labdock"
    root.mkdir()
    (root / "policy.toml").write_text(POLICY)
    yield {
        "engine": gpu_engine.host,
        "cdi": str(gpu_engine.folder.parent / "cdi"),
        "root": str(root),
        "ports": [port, min(port + 200, 65535)],
        "image": server_image,
        "restart": "no",
        "kind": "hub",
        "owner": "kim",
        "name": "w",
    }
    if not gpu_engine.up:
        gpu_engine.start()
    gpu_engine.remove_containers()


@pytest.fixture
def host(wanted: dict[str, Any]) -> Host:
    return host_of(wanted)


class Client:
    """One process that asks for a GPU once it is told to."""

    def __init__(self, wanted: dict[str, Any]) -> None:
        command = [sys.executable, "-m", "tests.engine.broker_client", json.dumps(wanted)]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.line()

    def line(self) -> str:
        assert self.process.stdout
        return self.process.stdout.readline().strip()

    def go(self) -> None:
        assert self.process.stdin
        self.process.stdin.write("\n")
        self.process.stdin.flush()

    def end(self) -> int:
        self.process.communicate(timeout=120)
        return self.process.returncode


def holders(host: Host) -> dict[str, str]:
    """Return who holds which GPU; no GPU has two."""
    held = [(gpu, one) for one in list_workspaces(host) if one.holds_gpus for gpu in one.gpus]
    assert len({gpu for gpu, _ in held}) == len(held), f"held twice: {held}"
    return {gpu: one.reference for gpu, one in held}


def rush(wanted: dict[str, Any], count: int) -> tuple[list[str], list[float]]:
    """Let many clients ask at once; return who holds what, and when the others asked, in order."""
    clients = [
        Client(
            {
                **wanted,
                "kind": "hub" if number % 2 else "cli",
                "owner": f"member{number % 8}",
                "name": f"w{number}",
            }
        )
        for number in range(count)
    ]
    for client in clients:
        client.go()
    said = [client.line() for client in clients]
    places = broker.line(host_of(wanted))
    assert [client.end() for client in clients] == [0] * count
    held = [line.removeprefix("holds ") for line in said if line.startswith("holds")]
    asked = sorted(float(line.removeprefix("waits ")) for line in said if line.startswith("waits"))
    assert [place.request.asked for place in places if place.position] == asked
    return held, asked


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
    # ("could not select device driver"): the hub's first look starts them again.
    revive(host, lambda one: True)
    eventually(lambda: holders(host) == before, 30)
    # Whoever stops gives its GPU to the first in line, also after a restart of the engine.
    first = next(one for one in list_workspaces(host) if one.holds_gpus)
    stop(host, first, 0)
    (granted,) = broker.advance(host)
    assert granted.gpus == first.gpus
    assert granted.request.kind == "hub", "the command lines are gone, and their places with them"


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


@pytest.mark.parametrize("done", [False, True])
def test_a_client_that_is_killed_at_any_step_loses_no_gpu(
    wanted: dict[str, Any], host: Host, done: bool
) -> None:
    for number in range(1, 7):
        client = Client({**wanted, "name": f"w{number}", "die_at": number, "done": done})
        client.go()
        code = client.end()
        left = holders(host)
        # Later than a minute: what was created and never started goes.
        later = replace(host, clock=lambda: host.clock() + 3600)
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
        assert code == -9, left
    spec = WorkspaceSpec(owner="lee", name="all", image=wanted["image"], gpus="all")
    assert launch(host, spec).gpus == UUIDS
