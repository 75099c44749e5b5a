"""The rules in force: what a workspace reaches of the host, and what it does not."""

from __future__ import annotations

import ipaddress
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from tests.support import Namespace, eventually, free_port
from workspace_cli.core import labels
from workspace_cli.core.errors import ConflictError
from workspace_cli.core.settings import Settings
from workspace_cli.setup import firewall
from workspace_cli.setup.machine import PROJECT

pytestmark = pytest.mark.engine

IMAGE = "labdock/base"
SERVER = (
    "from http.server import *; HTTPServer(('', 8080), SimpleHTTPRequestHandler).serve_forever()"
)


@dataclass(frozen=True)
class Owner:
    """One owner's network with one container in it, which publishes a port of the host."""

    container: str
    address: str
    gateway: str
    port: int

    def reaches(self, host: str, port: int) -> bool:
        """Tell whether a connection from inside the container is accepted."""
        probe = f"exec 3<>/dev/tcp/{host}/{port}"
        command = ["docker", "exec", self.container, "timeout", "3", "bash", "-c", probe]
        return subprocess.run(command, capture_output=True).returncode == 0


@pytest.fixture(scope="module", autouse=True)
def rules() -> None:
    """Put the rules in force, as `up` does; they stay, as after an `up`."""
    firewall.apply(Settings())


@pytest.fixture
def make_owner(namespace: Namespace) -> Callable[[str], Owner]:
    """Give a function that makes an owner's network and a container that listens."""

    def make(suffix: str) -> Owner:
        name = f"{namespace}-{suffix}"
        subnet = free_subnet(namespace, name)
        port = free_port()
        run = ["docker", "run", "--detach", "--name", name, "--network", name]
        run += ["--publish", f"0.0.0.0:{port}:8080", "--entrypoint", "/usr/bin/python3"]
        subprocess.run([*run, IMAGE, "-c", SERVER], check=True, capture_output=True)
        return Owner(name, namespace.engine.container(name).networks[name], str(subnet[1]), port)

    return make


def free_subnet(namespace: Namespace, name: str) -> ipaddress.IPv4Network:
    # From the middle of the pool: the lower end is for owners, the upper for the stack.
    for subnet in list(Settings().address_pool.subnets(new_prefix=27))[1000:1100]:
        try:
            namespace.engine.create_network(name, str(subnet), {labels.OWNER: str(namespace)})
        except ConflictError:
            continue
        return subnet
    raise AssertionError("no free subnet")


@pytest.fixture
def host_listener() -> Iterator[int]:
    """Give a port of the host at which a process of the host listens on every address."""
    with socket.create_server(("0.0.0.0", 0)) as server:  # the kernel accepts by itself
        yield server.getsockname()[1]


def test_a_member_reaches_neither_the_host_nor_anothers_published_port(
    make_owner: Callable[[str], Owner], host_listener: int
) -> None:
    kim, lee = make_owner("kim"), make_owner("lee")
    assert kim.reaches("127.0.0.1", 8080)
    eventually(lambda: answers(lee.port))

    for address in (kim.gateway, lee.gateway, lan_address()):
        assert not kim.reaches(address, lee.port), f"another's port at {address}"
        assert not kim.reaches(address, host_listener), f"the host's port at {address}"


def answers(port: int) -> bool:
    """Tell whether the host itself reaches a published port."""
    try:
        with socket.create_connection(("127.0.0.1", port), 1) as connection:
            connection.sendall(b"GET / HTTP/1.0\r\n\r\n")
            return connection.recv(4) == b"HTTP"
    except OSError:
        return False


def lan_address() -> str:
    """Return the address at which others reach this machine."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("192.0.2.1", 9))
        return str(probe.getsockname()[0])


def test_without_the_rules_the_same_connection_passes(make_owner: Callable[[str], Owner]) -> None:
    kim, lee = make_owner("kim"), make_owner("lee")
    eventually(lambda: answers(lee.port))
    # Past the rules for this one container: everybody else's stay in force.
    pass_by = ["INPUT", "-s", kim.address, "-j", "ACCEPT"]
    subprocess.run(["iptables", "--wait", "-I", *pass_by], check=True)
    try:
        assert kim.reaches(kim.gateway, lee.port)
    finally:
        subprocess.run(["iptables", "--wait", "-D", *pass_by], check=True)
    assert not kim.reaches(kim.gateway, lee.port)


def test_names_of_the_own_network_and_of_the_world_are_resolved(
    make_owner: Callable[[str], Owner],
) -> None:
    kim = make_owner("kim")
    command = ["docker", "exec", kim.container, "getent", "hosts", kim.container]
    assert subprocess.run(command, capture_output=True).returncode == 0
    update = ["docker", "exec", "--user", "root", kim.container, "apt-get", "update", "-q"]
    done = subprocess.run(update, capture_output=True, text=True)
    assert "Could not resolve" not in done.stdout + done.stderr
    assert done.returncode == 0


def test_the_clouds_secrets_are_refused_at_once(make_owner: Callable[[str], Owner]) -> None:
    assert not make_owner("kim").reaches(firewall.METADATA, 80)


LIFE_OF_THE_RULES = """
import subprocess
from workspace_cli.core.settings import Settings
from workspace_cli.setup import firewall

def iptables(*arguments):
    command = ["iptables", "--wait", *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout

settings = Settings()
rules = firewall.rules_for(settings)
firewall.machine.systemd_runs = lambda: False
assert len(firewall.missing(rules)) == 3, "an engine without DOCKER-USER has one hook"
iptables("-N", "DOCKER-USER")
assert firewall.apply(settings) is True
assert firewall.missing(rules) == []
assert firewall.apply(settings) is False, "applying again changes nothing"

iptables("-D", "INPUT", "-j", firewall.HOST_CHAIN)
assert firewall.missing(rules) == ["INPUT → LABDOCK"]
assert firewall.apply(settings) is True
iptables("-F", firewall.FORWARD_CHAIN)
assert firewall.missing(rules) == [firewall.FORWARD_CHAIN]
assert firewall.apply(settings) is True
iptables("-A", firewall.HOST_CHAIN, "-j", "ACCEPT")
assert firewall.missing(rules) == [firewall.HOST_CHAIN]
assert firewall.apply(settings) is True
assert firewall.missing(rules) == []
assert iptables("-S", "INPUT").count(firewall.HOST_CHAIN) == 1

firewall.remove()
firewall.remove()
assert "LABDOCK" not in iptables("-S")
"""


def test_lost_and_added_rules_are_seen_and_put_right_and_removed_whole() -> None:
    # In a network namespace of its own, so that this machine is never without its rules.
    command = ["unshare", "--net", sys.executable, "-c", LIFE_OF_THE_RULES]
    done = subprocess.run(command, capture_output=True, text=True, cwd=PROJECT)
    assert done.returncode == 0, done.stderr
