"""Workspaces whose disk is full or whose environment is gone: the way in, and the way back."""

from __future__ import annotations

import http.client
import json
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.images.containers import Workspace as Served
from tests.images.containers import docker
from tests.second_engine import SecondEngine
from tests.support import Namespace, eventually, free_port
from workspace_cli.core import disk_measure, folders, inside, labels, secrets, workspaces
from workspace_cli.core.catalogue import Catalogue, CatalogueImage
from workspace_cli.core.docker_engine import DockerEngine
from workspace_cli.core.environments import commit
from workspace_cli.core.errors import DiskFullError
from workspace_cli.core.host import Host
from workspace_cli.core.models import SERVER_PORT, Workspace, WorkspaceSpec
from workspace_cli.core.settings import Settings

pytestmark = [pytest.mark.engine, pytest.mark.timeout(300)]

BASE = "labdock/base"
MIB = 2**20


@contextmanager
def small_disk(folder: Path, size: int) -> Iterator[None]:
    """Mount a disk of so many bytes at a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=False)


def fill(path: Path, size: int) -> None:
    """Write a file until not a byte is left on its disk."""
    with pytest.raises(OSError, match="No space left"):
        path.write_bytes(bytes(size))


@dataclass
class Lab:
    """A machine, and one member's workspace on it."""

    host: Host
    owner: str

    def launch(self, name: str = "study") -> Workspace:
        spec = WorkspaceSpec(owner=self.owner, name=name, image=BASE)
        return workspaces.launch(self.host, spec)

    def found(self) -> Workspace:
        return workspaces.find(self.host, f"{self.owner}/study")

    def ask(self, path: str, method: str = "GET", body: object = None) -> tuple[int, Any]:
        """Ask the workspace's server as a program of the member's does."""
        way = inside.door(self.host, self.found())
        assert way is not None
        connection = http.client.HTTPConnection(way.address, SERVER_PORT, timeout=30)
        headers = {"Authorization": way.key, "Content-Type": "application/json"}
        connection.request(method, f"{way.prefix}{path}", json.dumps(body), headers)
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        return answer.status, json.loads(content) if content else None

    def mode(self) -> str | None:
        """Return the safe mode's reason once the server answers."""
        eventually(lambda: inside.safe_mode(self.host, self.found()) is not None, 60)
        return inside.safe_mode(self.host, self.found())


def lab_on(engine: DockerEngine, root: Path, owner: str, policy: str) -> Lab:
    """Return a machine on a data root, with a policy."""
    port = free_port()
    settings = Settings(root=root, port_range=(port, min(port + 50, 65535)))
    settings.hub_dir.mkdir(parents=True, exist_ok=True)
    settings.policy_file.write_text(policy)
    offered = (CatalogueImage(name=BASE, workspace=True),)
    return Lab(Host(engine, settings, Catalogue.of(offered)), owner)


NO_LIMITS = '[disk]\nfree = "1k"\nsafe_mode = "1k"\n'
"""So little that the machine does not decide: what is inside has to find out."""


# the environment -----------------------------------------------------------
def test_a_member_without_an_environment_gets_in_and_mends_it() -> None:
    with Served(BASE) as workspace:
        workspace.ready().exec("rm", "-rf", "/opt/env")
        docker("restart", "--time", "2", workspace.name)
        workspace.ready()
        assert workspace.api("/labdock/activity").json()["safe_mode"] == "environment"
        assert workspace.api("/lab").status == 200
        assert workspace.api("/api/contents").status == 200
        assert workspace.api("/api/kernelspecs").json()["kernelspecs"] == {}
        (notice,) = workspace.api("/labdock/notices").json()
        assert "labdock-repair" in notice["text"]["en"]
        assert "labdock-repair" in notice["text"]["ko"]

        seen = workspace.terminal("python -c 'print(6 * 7, \"of\")'", "42 of", timeout=60)
        assert "[safe mode]" in seen
        assert "안전 모드" in seen

        assert "Restart the workspace" in workspace.shell("labdock-repair")
        docker("restart", "--time", "2", workspace.name)
        workspace.ready()
        assert workspace.api("/labdock/activity").json()["safe_mode"] == ""
        assert workspace.api("/labdock/notices").json() == []
        assert workspace.run_cell("print(6 * 7)").strip() == "42"


# a full home ---------------------------------------------------------------
@pytest.fixture
def full_home(docker_engine: DockerEngine, namespace: Namespace, tmp_path: Path) -> Iterator[Lab]:
    """Give a workspace whose data root has no byte left since it ran."""
    root = tmp_path / "root"
    with small_disk(root, 16 * MIB):
        lab = lab_on(docker_engine, root, str(namespace), NO_LIMITS)
        made = lab.launch()
        assert lab.mode() == ""
        fill(folders.home(lab.host.settings, lab.owner) / "zeros", 17 * MIB)
        workspaces.stop(lab.host, made, 2)
        yield lab
        workspaces.remove(lab.host, made)


def test_with_a_full_home_a_member_deletes_a_file_and_goes_on(full_home: Lab) -> None:
    workspaces.start(full_home.host, full_home.found())
    assert full_home.mode() == "disk"
    status, listed = full_home.ask("api/contents")
    assert status == 200
    assert "zeros" in [entry["name"] for entry in listed["content"]]
    status, terminal = full_home.ask("api/terminals", "POST", {})
    assert (status, terminal["name"]) == (200, "1")
    assert full_home.ask("api/contents/zeros", "DELETE")[0] == 204
    workspaces.restart(full_home.host, full_home.found())
    assert full_home.mode() == ""


# a full engine -------------------------------------------------------------
@pytest.fixture(scope="module")
def small_engine(docker_engine: DockerEngine) -> Iterator[SecondEngine]:
    """Give an engine with the base image and 40 MiB left on its disk."""
    with tempfile.TemporaryDirectory(prefix="labdock-engine-", dir="/var/tmp") as parent:
        folder = Path(parent) / "engine"
        second = SecondEngine(folder)
        with small_disk(folder / "data", 4096 * MIB), second.running():
            second.receive(docker_engine, BASE)
            used = shutil.disk_usage(folder / "data").used
            option = f"remount,size={used + 40 * MIB}"
            subprocess.run(["mount", "-o", option, str(folder / "data")], check=True)
            yield second


@pytest.fixture
def full_engine(small_engine: SecondEngine, tmp_path: Path) -> Iterator[Lab]:
    """Give a running workspace on the small engine."""
    lab = lab_on(small_engine.engine, tmp_path / "root", "kim", NO_LIMITS)
    lab.launch()
    eventually(lambda: activity(lab) is not None, 60)
    yield lab
    for row in lab.host.engine.containers({labels.OWNER: "kim"}):
        lab.host.engine.remove(row.id, force=True)


def activity(lab: Lab) -> dict[str, Any] | None:
    """Ask from inside the container: its network is out of the tests' reach."""
    name = lab.found().container.name
    way = secrets.read(lab.host.settings, name)
    pair = f"{way['WORKSPACE_AUTH_USER']}:{way['WORKSPACE_AUTH_PASSWORD']}"
    command = ["curl", "-sf", "-u", pair, "http://127.0.0.1:8080/labdock/activity"]
    done = lab.host.engine.execute(name, command)
    return json.loads(done.output) if done.exit_code == 0 else None


def shell(lab: Lab, line: str) -> str:
    """Run a line in the container as root."""
    output = lab.host.engine.execute(lab.found().container.name, ["sh", "-c", line]).output
    return output.decode()


def test_with_a_full_layer_a_member_gets_in_and_makes_room(full_engine: Lab) -> None:
    lab = full_engine
    assert "No space left" in shell(lab, "cat /dev/zero > /home/member/zeros")
    # The engine itself needs a little to start a container at all.
    shell(lab, "truncate -s -512K /home/member/zeros")
    before = shell(lab, "cat /etc/passwd")
    workspaces.restart(lab.host, lab.found())
    eventually(lambda: activity(lab) is not None, 60)
    assert (activity(lab) or {})["safe_mode"] == "disk"
    assert shell(lab, "cat /etc/passwd") == before
    shell(lab, "rm /home/member/zeros")
    workspaces.restart(lab.host, lab.found())
    eventually(lambda: (activity(lab) or {}).get("safe_mode") == "", 60)


def test_with_no_byte_left_a_workspace_stops_and_the_engine_says_why_it_does_not_start(
    full_engine: Lab,
) -> None:
    lab = full_engine
    assert "No space left" in shell(lab, "cat /dev/zero > /home/member/zeros")
    workspaces.stop(lab.host, lab.found(), 2)
    # Its list still has the state of before, which it could not write down.
    assert lab.host.engine.container(lab.found().container.name).state == "exited"
    with pytest.raises(DiskFullError, match="The engine's disk is full"):
        workspaces.start(lab.host, lab.found())


def test_the_machine_decides_before_the_disk_is_full(full_engine: Lab) -> None:
    lab = full_engine
    lab.host.settings.policy_file.write_text('[disk]\nfree = "100m"\nsafe_mode = "100m"\n')
    with pytest.raises(DiskFullError, match="nearly full"):
        lab.launch("paper")
    with pytest.raises(DiskFullError, match="nearly full"):
        commit(lab.host, lab.found())
    workspaces.restart(lab.host, lab.found())
    eventually(lambda: (activity(lab) or {}).get("safe_mode") == "disk", 60)
    lab.host.settings.policy_file.write_text(NO_LIMITS)
    workspaces.restart(lab.host, lab.found())
    eventually(lambda: (activity(lab) or {}).get("safe_mode") == "", 60)


# what is counted -----------------------------------------------------------
def test_what_a_member_takes_up_is_counted_on_a_real_engine(
    docker_engine: DockerEngine, namespace: Namespace, tmp_path: Path
) -> None:
    lab = lab_on(docker_engine, tmp_path / "root", str(namespace), "")
    made = lab.launch()
    home = folders.home(lab.host.settings, lab.owner)
    (home / "data").write_bytes(bytes(7 * MIB))
    write = "mkdir -p /home/member/.cache/pip; dd if=/dev/urandom of={} bs=1M count={}"
    shell(lab, write.format("/opt/big", 5))
    commit(lab.host, made, "study:1")
    shell(lab, write.format("/home/member/.cache/pip/big", 3))
    usage = disk_measure.measure(lab.host, lab.owner)
    assert usage is not None
    assert 7 * MIB <= usage.home < 8 * MIB
    assert 8 * MIB <= usage.layers["study"] < 9 * MIB
    (saved,) = usage.environments.values()
    assert 5 * MIB <= saved < 6 * MIB
    assert usage.caches["study:/home/member/.cache/pip"] >= 3 * MIB

    lab.host.settings.policy_file.write_text('[roles.member]\ndisk_hard = "10m"\n')
    with pytest.raises(DiskFullError, match="the limit is 10 MiB"):
        commit(lab.host, made, "study:2")
    with pytest.raises(DiskFullError, match="the limit is 10 MiB"):
        lab.launch("paper")
    workspaces.restart(lab.host, made)
    assert lab.mode() == ""
