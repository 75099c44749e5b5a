"""An engine with four stand-in GPUs, and many clients of the broker that ask at once."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.engine.broker_client import Client, host_of
from tests.second_engine import SecondEngine
from tests.stand_in_nvml.cdi import write_specification
from tests.support import free_port
from workspace_cli.core import broker
from workspace_cli.core.docker_engine import DockerEngine
from workspace_cli.core.host import Host
from workspace_cli.core.workspaces import list_workspaces

UUIDS = tuple(f"GPU-00000000-aaaa-bbbb-cccc-00000000000{n}" for n in range(4))
KINDS = ("hub", "portal", "cli")
POLICY = "[roles.member]\ngpus = 40\n"


@contextmanager
def engine_with_gpus(source: DockerEngine, image: str) -> Iterator[SecondEngine]:
    """Run an engine that knows four GPUs and has one image."""
    with tempfile.TemporaryDirectory(prefix="labdock-engine-", dir="/var/tmp") as parent:
        folder = write_specification(Path(parent) / "cdi", UUIDS).parent
        second = SecondEngine(Path(parent) / "engine", {"cdi-spec-dirs": [str(folder)]})
        with second.running():
            second.receive(source, image)
            yield second


def told(engine: SecondEngine, root: Path, image: str) -> dict[str, Any]:
    """Return what every client is told; makes the data root."""
    root.mkdir()
    (root / "policy.toml").write_text(POLICY)
    port = min(free_port(), 65000)
    return {
        "engine": engine.host,
        "cdi": str(engine.folder.parent / "cdi"),
        "root": str(root),
        "ports": [port, port + 200],
        "image": image,
        "restart": "no",
        "kind": "hub",
        "owner": "kim",
        "name": "w",
    }


def holders(host: Host) -> dict[str, str]:
    """Return who holds which GPU; AssertionError where one has two."""
    held = [(gpu, one) for one in list_workspaces(host) if one.holds_gpus for gpu in one.gpus]
    assert len({gpu for gpu, _ in held}) == len(held), f"held twice: {held}"
    return {gpu: one.reference for gpu, one in held}


def rush(wanted: dict[str, Any], count: int) -> tuple[list[str], list[float]]:
    """Let many clients ask at once; return who holds what, and when the others asked, in order."""
    clients = [
        Client(
            {
                **wanted,
                "kind": KINDS[number % len(KINDS)],
                "owner": f"member{number % 8}",
                "name": f"w{number}",
            }
        )
        for number in range(count)
    ]
    for client in clients:
        client.go()
    said = [client.hear() for client in clients]
    places = broker.line(host_of(wanted))
    assert [client.end() for client in clients] == [0] * count
    held = [line.removeprefix("holds ") for line in said if line.startswith("holds")]
    asked = sorted(float(line.removeprefix("waits ")) for line in said if line.startswith("waits"))
    assert len(held) + len(asked) == count, said
    assert [place.request.asked for place in places if place.position] == asked
    return held, asked
