"""A machine that has nothing: no Python, no engine.

It is played by a privileged container of the base image, which has a network,
processes and an engine of its own.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator

import pytest

from tests.setup.console import RecordingConsole
from tests.support import Namespace
from workspace_cli.setup.base_image import NAME, ensure_base_image
from workspace_cli.setup.build_inputs import build_inputs
from workspace_cli.setup.machine import PROJECT

pytestmark = pytest.mark.engine

INSTALL = """
from workspace_cli.setup.console import PlainConsole
from workspace_cli.setup.engine_install import ensure_engine
print(ensure_engine(PlainConsole()))
"""


class Bare:
    """One such machine."""

    def __init__(self, name: str) -> None:
        self.name = name

    def run(self, script: str) -> str:
        """Run a shell script in a copy of this checkout; return what it printed."""
        command = ["docker", "exec", "--workdir", "/project", self.name, "bash", "-ec", script]
        done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL)
        assert done.returncode == 0, f"{script}\n{done.stdout[-3000:]}{done.stderr[-3000:]}"
        return done.stdout


@pytest.fixture
def bare(namespace: Namespace) -> Iterator[Bare]:
    """Give a bare machine with this checkout in it; nothing of it stays."""
    ensure_base_image(namespace.engine, RecordingConsole())
    name = f"{namespace}-bare"
    run = ["docker", "run", "--detach", "--privileged", "--init", "--name", name]
    # An engine cannot keep its layers on a container's own layer.
    run += ["--volume", "/var/lib/docker", NAME, "sleep", "infinity"]
    subprocess.run(run, check=True, capture_output=True)
    try:
        machine = Bare(name)
        copy_checkout(name)
        with build_inputs() as inputs:
            subprocess.run(["docker", "cp", inputs.pip, f"{name}:/etc/pip.conf"], check=True)
        yield machine
    finally:
        remove = ["docker", "rm", "--force", "--volumes", name]
        subprocess.run(remove, check=True, capture_output=True)


def copy_checkout(container: str) -> None:
    listed = ["git", "-C", str(PROJECT), "ls-files", "--cached", "--others", "--exclude-standard"]
    files = subprocess.run(listed, check=True, capture_output=True).stdout
    subprocess.run(["docker", "exec", container, "mkdir", "/project"], check=True)
    pack = ["tar", "-C", str(PROJECT), "--ignore-failed-read", "-c", "-T", "-"]
    archive = subprocess.run(pack, input=files, check=True, capture_output=True).stdout
    unpack = ["docker", "exec", "--interactive", container, "tar", "-C", "/project", "-x"]
    subprocess.run(unpack, input=archive, check=True)


def test_a_bare_machine_gets_python_an_engine_and_the_command(bare: Bare) -> None:
    assert "python3" not in bare.run("ls /usr/bin")

    first = bare.run("sh setup.sh 2>&1")
    assert "installing python3" in first
    assert "usage" in bare.run(".venv/bin/workspace --help").lower()
    assert bare.run("sh setup.sh") == "", "a second run does nothing"

    told = bare.run(f".venv/bin/python -c '{INSTALL}'")
    assert told.endswith("/var/run/docker.sock\n")
    info = json.loads(bare.run("docker info --format '{{json .}}'"))
    assert int(info["ServerVersion"].split(".")[0]) >= 24
    assert info["CDISpecDirs"]
    assert info["LiveRestoreEnabled"]
    bare.run("docker buildx version && docker compose version && test -s /var/run/docker.pid")

    configuration = bare.run("stat -c %Y /etc/docker/daemon.json; cat /var/run/docker.pid")
    assert bare.run(f".venv/bin/python -c '{INSTALL}'") == "/var/run/docker.sock\n"
    again = bare.run("stat -c %Y /etc/docker/daemon.json; cat /var/run/docker.pid")
    assert again == configuration, "an engine that answers is left as it is"

    upgrades = bare.run("apt-get --simulate dist-upgrade | grep ^Inst | grep Debian:13 || true")
    assert upgrades == "", "nothing but the engine comes from the next release"


def test_an_engine_that_cannot_start_is_told_with_where_to_look(bare: Bare) -> None:
    bare.run("apt-get update -q && apt-get install -qy --no-install-recommends python3")
    # A program of that name that ends at once stands for an engine that refuses its settings.
    bare.run("printf '#!/bin/sh\\nexit 1\\n' > /usr/sbin/dockerd && chmod +x /usr/sbin/dockerd")
    script = (
        "import workspace_cli.setup.engine_install as e\n"
        "from workspace_cli.core.errors import SetupError\n"
        "from workspace_cli.setup.console import PlainConsole\n"
        "e.START_SECONDS = 1.0\n"
        "try:\n    e.ensure_engine(PlainConsole())\n"
        "except SetupError as error:\n    print(error)\n"
    )
    told = bare.run(f"python3 -c '{script}'")
    assert "did not answer within 1 s" in told
    assert "/var/log/docker.log" in told
