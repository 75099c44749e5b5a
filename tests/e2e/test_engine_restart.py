"""After a restart or crash of the engine, and after a power cut, all comes back and is found.

The whole stack runs on an engine of the tests' own, in a network namespace of
its own, so that stopping it harms nobody.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.conftest import REPOSITORY, ROOT_PARENT, WORKSPACE, docker
from tests.second_engine import SecondEngine
from workspace_cli.core.docker_engine import DockerEngine

pytestmark = pytest.mark.e2e

PORT = 18_000
"""Free for certain: nothing else is in the namespace."""
CARRIED = ("labdock/debian", "labdock/base", "labdock/hub")


@dataclass(frozen=True)
class IsolatedStack:
    """A Labdock on the second engine, reached from inside its namespace."""

    second: SecondEngine
    environ: dict[str, str]

    def inside(self, *command: str, check: bool = True) -> str:
        """Run a command in the engine's network namespace and return its output."""
        done = subprocess.run(
            ["nsenter", f"--net=/var/run/netns/{self.second.name}", *command],
            env=self.environ,
            cwd=REPOSITORY,
            capture_output=True,
            text=True,
            timeout=300,
        )
        if check and done.returncode:
            pytest.fail(f"{' '.join(command)}: {done.returncode}\n{done.stdout}\n{done.stderr}")
        return done.stdout.strip()

    def workspace(self, *arguments: str) -> str:
        """Run the admin's command line."""
        return self.inside(str(WORKSPACE), *arguments)

    def states(self) -> dict[str, str]:
        """Return workspace → state."""
        rows = json.loads(self.workspace("ls", "-a", "--json"))
        return {f"{row['owner']}/{row['name']}": row["state"] for row in rows}

    def get(self, path: str, token: str) -> str:
        """Return the status of a request through the proxy."""
        form = ["-s", "-o", "/dev/null", "-w", "%{http_code}", "--max-time", "10"]
        header = ["-H", f"Authorization: token {token}"]
        return self.inside("curl", *form, *header, f"http://127.0.0.1:{PORT}{path}", check=False)

    def server(self, owner: str, token: str) -> Any:
        """Return what the hub knows of a member's default server."""
        url = f"http://127.0.0.1:{PORT}/hub/api/users/{owner}"
        answer = self.inside("curl", "-s", "-H", f"Authorization: token {token}", url, check=False)
        try:
            return json.loads(answer)["servers"].get("")
        except (ValueError, KeyError):
            return None

    def address(self, container: str) -> str:
        """Return a container's address on its owner's network."""
        form = "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}"
        return self.inside("docker", "inspect", "-f", form, container)


@pytest.fixture(scope="module")
def isolated() -> Iterator[IsolatedStack]:
    folder = Path(tempfile.mkdtemp(prefix="labdock-restart-", dir=ROOT_PARENT))
    try:
        with SecondEngine(folder / "engine").running() as second:
            carry_images(second)
            stack = IsolatedStack(second, environment(second, folder / "root"))
            stack.workspace("up")
            yield stack
            stack.workspace("uninstall", "--yes", "--keep-images")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def carry_images(second: SecondEngine) -> None:
    source = DockerEngine()
    for reference in CARRIED:
        second.receive(source, reference)
    # In the place of the largest image stands a smaller one: none of these tests starts it, and
    # with its label `up` sees nothing to build.
    build = source.image("labdock/pytorch").labels["labdock.build"]
    source.close()
    second_docker = ["-H", second.host]
    made = docker(*second_docker, "create", "labdock/base")
    change = f"LABEL labdock.build={build}"
    docker(*second_docker, "commit", "--change", change, made, "labdock/pytorch")
    docker(*second_docker, "rm", made)


def environment(second: SecondEngine, root: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("WORKSPACE_")}
    return {
        **kept,
        "DOCKER_HOST": second.host,
        "WORKSPACE_ROOT": str(root),
        "WORKSPACE_PORT": str(PORT),
        "WORKSPACE_TIMEZONE": "Asia/Seoul",
    }


@pytest.fixture(scope="module")
def token(isolated: IsolatedStack) -> str:
    """Start one workspace of each kind and one that is stopped; return the member's token."""
    for owner in ("kim", "lee"):
        isolated.workspace("users", "add", owner, "--generate")
    admin = isolated.workspace("token")
    for owner in ("lee", "kim"):
        url = f"http://127.0.0.1:{PORT}/hub/api/users/{owner}/server"
        body = json.dumps({"image": "labdock/base", "memory": "1g"})
        header = f"Authorization: token {admin}"
        isolated.inside("curl", "-sf", "-X", "POST", "-H", header, "-d", body, url)
    isolated.workspace("run", "alone", "--owner", "kim", "--image", "labdock/base")
    isolated.workspace("run", "asleep", "--owner", "kim", "--image", "labdock/base")
    isolated.workspace("stop", "kim/asleep")
    wait_until_ready(isolated, "kim", admin)
    for container in ("labdock-kim--default", "labdock-kim--alone"):
        isolated.inside("docker", "exec", container, "touch", "/usr/local/installed")
    return admin


def wait_until_ready(isolated: IsolatedStack, owner: str, token: str, seconds: float = 120) -> None:
    deadline = time.monotonic() + seconds
    while True:
        server = isolated.server(owner, token)
        if server and server["ready"] and isolated.get(f"/user/{owner}/api/status", token) == "200":
            return
        if time.monotonic() > deadline:
            pytest.fail(f"{owner}'s server did not come back: {server}\n{hub_log(isolated)}")
        time.sleep(0.5)


def hub_log(isolated: IsolatedStack) -> str:
    return isolated.inside("sh", "-c", "docker logs --tail 40 labdock-hub 2>&1", check=False)


@pytest.mark.parametrize("how", ["restart", "crash", "power cut"])
def test_everything_comes_back(isolated: IsolatedStack, token: str, how: str) -> None:
    if how == "restart":
        isolated.second.stop()
    elif how == "crash":
        isolated.second.kill()
    else:
        isolated.second.power_off()
    isolated.second.start()

    for owner in ("kim", "lee"):
        wait_until_ready(isolated, owner, token)
    states = isolated.states()
    assert states == {
        "kim/default": "running",
        "lee/default": "running",
        "kim/alone": "running",
        "kim/asleep": "exited",
    }
    for container in ("labdock-kim--default", "labdock-kim--alone"):
        isolated.inside("docker", "exec", container, "test", "-e", "/usr/local/installed")


def test_a_server_is_found_where_its_address_changed(isolated: IsolatedStack, token: str) -> None:
    wait_until_ready(isolated, "kim", token)
    network, container = "labdock-net-kim", "labdock-kim--default"
    before = isolated.address(container)
    isolated.inside("docker", "network", "disconnect", network, container)
    isolated.inside("docker", "run", "-d", "--name", "squatter", "--network", network,
                    "--entrypoint", "sleep", "labdock/debian", "300")  # fmt: skip
    isolated.inside("docker", "network", "connect", network, container)
    try:
        assert isolated.address(container) != before
        isolated.inside("docker", "restart", "labdock-hub")
        wait_until_ready(isolated, "kim", token)
    finally:
        isolated.inside("docker", "rm", "-f", "squatter")
