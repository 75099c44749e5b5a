"""Bringing the stack up, down and up again, with the real command."""

from __future__ import annotations

import json
import re
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.conftest import Stack, docker, running_stack

pytestmark = pytest.mark.e2e

STACK = ("labdock-hub", "labdock-portal", "labdock-proxy")
SECONDS_OF_A_SECOND_UP = 10.0


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    """A stack of these tests' own, with one member who has a workspace."""
    with running_stack() as built:
        built.add_member("kim")
        built.workspace("run", "study", "--owner", "kim", "--image", "labdock/base")
        yield built


def inspect(name: str) -> Any:
    return json.loads(docker("inspect", name))[0]


def identities(*names: str) -> list[tuple[str, str]]:
    """Return id and start time, which differ after any recreation or restart."""
    return [(found["Id"], found["State"]["StartedAt"]) for found in map(inspect, names)]


def test_up_tells_where_to_go_and_how_to_log_in(stack: Stack) -> None:
    told = stack.workspace("up")
    text = told.stdout + told.stderr
    assert stack.url in text
    assert stack.admin.name in text
    password_file = re.search(r"in (/\S*admin-password)", text)
    assert password_file is not None
    assert Path(password_file[1]).read_text().strip() == stack.admin.password
    assert stack.admin.password not in text


def test_a_second_up_takes_seconds_and_changes_nothing(stack: Stack) -> None:
    before = identities(*STACK, "labdock-kim--study")
    begin = time.monotonic()
    stack.workspace("up")
    assert time.monotonic() - begin < SECONDS_OF_A_SECOND_UP
    assert identities(*STACK, "labdock-kim--study") == before


def test_doctor_finds_nothing_that_fails(stack: Stack) -> None:
    findings = stack.json("doctor")
    assert [finding["text"] for finding in findings if finding["level"] == "fail"] == []
    assert {"engine", "runc", "disk", "port", "images", "stack", "firewall", "network"} <= {
        finding["check"] for finding in findings
    }


def test_the_stack_holds_no_more_than_it_needs(stack: Stack) -> None:
    proxy, hub = inspect("labdock-proxy"), inspect("labdock-hub")
    for found in (proxy, hub):
        assert not found["HostConfig"]["Privileged"]
        assert found["HostConfig"]["CapDrop"] == ["ALL"]
        assert found["HostConfig"]["SecurityOpt"] == ["no-new-privileges:true"]
        assert found["HostConfig"]["PidMode"] == found["HostConfig"]["UTSMode"] == ""
        secrets = [line for line in found["Config"]["Env"] if re.search("TOKEN|PASSWORD|URL", line)]
        assert secrets == []
    assert proxy["HostConfig"]["CapAdd"] is None
    assert proxy["HostConfig"]["ReadonlyRootfs"]
    sockets = [mount["Source"] for mount in proxy["Mounts"] if "docker.sock" in mount["Source"]]
    assert sockets == []


def connects(container: str, host: str, port: int) -> bool:
    command = ["docker", "exec", container, "timeout", "3", "bash", "-c"]
    probe = f"exec 3<>/dev/tcp/{host}/{port}"
    return subprocess.run([*command, probe], capture_output=True, timeout=60).returncode == 0


def test_a_member_reaches_the_hub_and_the_public_port_but_not_the_proxys_api(stack: Stack) -> None:
    member = "labdock-kim--study"
    assert connects(member, "labdock-hub", 8081)
    assert connects(member, "labdock-proxy", 8000)
    addresses = [
        network["IPAddress"]
        for name in STACK
        for network in inspect(name)["NetworkSettings"]["Networks"].values()
    ]
    assert len(addresses) >= 4
    for address in addresses:
        assert not connects(member, address, 8001), address
    # The hub itself does reach it, so the refusal above is not for want of a server.
    assert connects("labdock-hub", "labdock-proxy.labdock-control", 8001)


def test_down_stops_everything_and_up_brings_back_what_ran(stack: Stack) -> None:
    stack.workspace("run", "rest", "--owner", "kim", "--image", "labdock/base")
    stack.workspace("stop", "kim/rest")
    file = Path(stack.environ["WORKSPACE_ROOT"], "homes", "kim", "kept.txt")
    docker("exec", "labdock-kim--study", "sh", "-c", "echo kept > /workspace/kept.txt")
    docker("exec", "labdock-kim--study", "sh", "-c", "echo layer > /opt/env/layer.txt")

    stack.workspace("down")
    assert docker("ps", "-aq", "--filter", "label=labdock.stack") == ""
    assert docker("ps", "-q", "--filter", "label=labdock.owner=kim") == ""
    assert inspect("labdock-kim--study")["HostConfig"]["RestartPolicy"]["Name"] == "no"
    stack.workspace("down")

    stack.workspace("up")
    assert file.read_text() == "kept\n"
    assert docker("exec", "labdock-kim--study", "cat", "/opt/env/layer.txt") == "layer"
    policy = inspect("labdock-kim--study")["HostConfig"]["RestartPolicy"]["Name"]
    assert policy == "unless-stopped"
    assert inspect("labdock-kim--rest")["State"]["Status"] == "exited"


def test_another_setting_makes_another_hub_and_leaves_proxy_and_workspaces(stack: Stack) -> None:
    hub, *others = identities("labdock-hub", "labdock-proxy", "labdock-kim--study")
    changed = Stack(stack.url, {**stack.environ, "WORKSPACE_TIMEZONE": "Asia/Seoul"}, stack.admin)
    changed.workspace("up")
    new_hub, *new_others = identities("labdock-hub", "labdock-proxy", "labdock-kim--study")
    assert new_hub != hub
    assert new_others == others


def test_another_data_root_does_not_take_the_stack_over(stack: Stack, tmp_path: Path) -> None:
    other = Stack(stack.url, {**stack.environ, "WORKSPACE_ROOT": str(tmp_path)}, stack.admin)
    for command in (["up"], ["down"], ["uninstall", "--yes", "--keep-images"]):
        refused = other.workspace(*command, check=False)
        assert refused.returncode == 4, command
        assert stack.environ["WORKSPACE_ROOT"] in refused.stderr
    assert inspect("labdock-kim--study")["State"]["Running"]


def test_a_taken_port_is_refused_with_what_to_do(stack: Stack) -> None:
    with socket.create_server(("127.0.0.1", 0)) as squatter:
        port = squatter.getsockname()[1]
        environ = {**stack.environ, "WORKSPACE_PORT": str(port)}
        refused = Stack(stack.url, environ, stack.admin).workspace("up", check=False)
    assert refused.returncode == 4
    assert f"Port {port} is held" in refused.stderr
    assert "WORKSPACE_PORT" in refused.stderr
