"""Who reaches whom, on the real engine."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.second_engine import SecondEngine
from tests.support import eventually
from workspace_cli.core import labels, networks
from workspace_cli.core.catalogue import Catalogue
from workspace_cli.core.host import Host
from workspace_cli.core.models import ContainerRequest
from workspace_cli.core.naming import CONTROL_NETWORK
from workspace_cli.core.settings import Settings

pytestmark = [pytest.mark.engine, pytest.mark.timeout(300)]

PORT = 8080
SERVE = f"""
import socket
server = socket.create_server(("", {PORT}))
while True:
    server.accept()[0].close()
"""
ASK = f"""
import socket, sys
try:
    socket.create_connection((sys.argv[1], {PORT}), timeout=2).close()
except OSError:
    sys.exit(1)
"""


def inside(second: SecondEngine, container: str, program: str, *arguments: str) -> list[str]:
    """Return the command that runs a Python program in the network of a container."""
    inspect = ["docker", "-H", second.host, "inspect", "-f", "{{.State.Pid}}", container]
    process = subprocess.run(inspect, capture_output=True, text=True, check=True).stdout.strip()
    return ["nsenter", f"--net=/proc/{process}/ns/net", sys.executable, "-c", program, *arguments]


@contextmanager
def serving(second: SecondEngine, container: str) -> Iterator[None]:
    """Listen on the port in a container's network."""
    server = subprocess.Popen(inside(second, container, SERVE))
    try:
        eventually(lambda: reaches(second, container, "127.0.0.1"))
        yield
    finally:
        server.kill()
        server.wait()


def reaches(second: SecondEngine, container: str, address: str) -> bool:
    """Tell whether the port at an address can be reached from a container."""
    return subprocess.run(inside(second, container, ASK, address)).returncode == 0


@pytest.fixture
def lab(second_engine: SecondEngine, tiny_image: str, tmp_path: Path) -> Iterator[Host]:
    """Give a machine with a hub, a proxy, and the owners Kim (two workspaces) and Lee (one)."""
    engine = second_engine.engine
    host = Host(engine, Settings(root=tmp_path), Catalogue())
    engine.create_network(CONTROL_NETWORK, "172.28.9.0/24", {})

    def run(name: str, network: str, **found: str) -> None:
        engine.create(
            ContainerRequest(
                name=name,
                image=tiny_image,
                command=("sleep", "1000"),
                network=network,
                labels=found,
                stop_timeout=0,
            )
        )
        engine.start(name)

    for name in ("hub", "proxy"):
        run(name, CONTROL_NETWORK, **{labels.STACK: name})
    for owner, name in (("kim", "kim1"), ("kim", "kim2"), ("lee", "lee1")):
        run(name, networks.ensure_owner_network(host, owner), **{labels.OWNER: owner})
    yield host
    second_engine.remove_containers()
    for owner in ("kim", "lee"):
        networks.remove_owner_network(host, owner)
    engine.remove_network(CONTROL_NETWORK)


def test_owners_reach_their_own_and_the_hub_and_nobody_else(
    lab: Host, second_engine: SecondEngine
) -> None:
    kim, lee = "labdock-net-kim", "labdock-net-lee"

    def address(name: str, network: str) -> str:
        return lab.engine.container(name).networks[network]

    with serving(second_engine, "kim1"):
        assert reaches(second_engine, "kim2", address("kim1", kim))
        assert reaches(second_engine, "hub", address("kim1", kim))
        assert reaches(second_engine, "proxy", address("kim1", kim))
        assert not reaches(second_engine, "lee1", address("kim1", kim))
    with serving(second_engine, "hub"):
        assert reaches(second_engine, "kim1", address("hub", kim))
        assert reaches(second_engine, "lee1", address("hub", lee))
        assert not reaches(second_engine, "lee1", address("hub", kim))
        assert not reaches(second_engine, "lee1", address("hub", CONTROL_NETWORK))


def test_a_new_hub_is_attached_to_every_owner_again(lab: Host) -> None:
    lab.engine.disconnect("labdock-net-kim", "hub")
    lab.engine.disconnect("labdock-net-lee", "hub")
    networks.attach_stack(lab)
    assert set(lab.engine.container("hub").networks) == {
        CONTROL_NETWORK,
        "labdock-net-kim",
        "labdock-net-lee",
    }


def test_a_network_in_use_survives_its_removal_with_the_stack_on_it(lab: Host) -> None:
    networks.remove_owner_network(lab, "kim")
    [network] = lab.engine.networks({labels.OWNER: "kim"})
    assert set(network.containers) == {"hub", "proxy", "kim1", "kim2"}
