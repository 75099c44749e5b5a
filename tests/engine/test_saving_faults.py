"""A save that is killed, that meets another, whose engine dies or whose disk is full."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from tests.engine.test_faults import MIB, small_disk
from tests.second_engine import SecondEngine
from tests.support import eventually
from workspace_cli.core import freezing, saving
from workspace_cli.core.catalogue import Catalogue, CatalogueImage
from workspace_cli.core.docker_engine import DockerEngine
from workspace_cli.core.environments import commit
from workspace_cli.core.errors import BusyError, DiskFullError, LabdockError
from workspace_cli.core.host import Host
from workspace_cli.core.models import Workspace, WorkspaceSpec
from workspace_cli.core.settings import Settings
from workspace_cli.core.workspaces import launch, reap

pytestmark = [pytest.mark.engine, pytest.mark.timeout(300)]

_PROGRAM = """
import sys
from pathlib import Path
from workspace_cli.core.catalogue import Catalogue
from workspace_cli.core.docker_engine import DockerEngine
from workspace_cli.core.environments import commit
from workspace_cli.core.host import Host
from workspace_cli.core.settings import Settings
from workspace_cli.core.workspaces import find

host = Host(DockerEngine(), Settings(root=Path(sys.argv[1])), Catalogue.of(()))
workspace = find(host, sys.argv[2])
commit(host, workspace, "killed", leave_out=["/secret"],
       report=lambda step: print(step.text, flush=True))
"""


def fill(host: Host, workspace: Workspace, size: int) -> None:
    """Write so many bytes, and a secret, into a workspace's layer."""
    name = workspace.container.name
    script = f"head -c {size} /dev/urandom > /big; echo secret > /secret"
    # The small image has no head.
    folder = host.engine.layer_folders(name)
    assert folder is not None
    done = host.engine.execute(name, ["sh", "-c", script.replace("head -c", "true")], user="0")
    assert done.exit_code == 0
    with tempfile.NamedTemporaryFile(dir="/var/tmp") as file:
        for _ in range(size // MIB):
            file.write(os.urandom(MIB))
        file.flush()
        command = ["docker", "cp", "-q", file.name, f"{name}:/big"]
        subprocess.run(command, check=True)


def left(host: Host, spec: WorkspaceSpec) -> list[str]:
    """Return what saves of this data root have left: containers, images, files."""
    key = {row.id[:12] for row in host.engine.containers({"labdock.owner": spec.owner})}
    rows = host.engine.containers({"labdock.saving": None})
    tags = [tag for image in host.engine.images() for tag in image.tags if "unfinished" in tag]
    return [
        *(row.name for row in rows if row.labels["labdock.saving"] in key),
        *(tag for tag in tags if any(one in tag for one in key)),
        *(path.name for path in saving.folder(host).glob("*")),
    ]


@pytest.mark.parametrize("delay", [0.0, 0.15])
@pytest.mark.parametrize("step", ["Saving what", "Saving the", "Writing"])
def test_a_killed_save_leaves_the_workspace_running_and_nothing_else(
    host: Host, spec: WorkspaceSpec, step: str, delay: float
) -> None:
    workspace = launch(host, spec)
    fill(host, workspace, 150 * MIB)
    process = subprocess.Popen(
        [sys.executable, "-c", _PROGRAM, str(host.settings.root), workspace.reference],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": os.getcwd()},  # noqa: PTH109
    )
    assert process.stdout is not None
    assert any(line.startswith(step.encode()) for line in process.stdout), "it came to that step"
    time.sleep(delay)
    process.kill()
    process.wait(60)
    process.stdout.close()

    def tidy() -> bool:
        # The engine ends what the dead client had asked for, and then there is more to tidy.
        reap(host)
        return not left(host, spec)

    eventually(tidy, 60)
    container = host.engine.container(workspace.container.name)
    assert (container.state, container.id) == ("running", workspace.container.id)
    assert commit(host, workspace, "after").reference.endswith("after:latest")


def test_two_saves_at_once_are_one_and_a_refusal(
    host: Host, spec: WorkspaceSpec, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(saving, "_PATIENCE", 0.0)
    workspace = launch(host, spec)
    fill(host, workspace, 100 * MIB)
    ended: list[object] = []

    def save(tag: str) -> None:
        try:
            ended.append(commit(host, workspace, tag, leave_out=["/secret"]))
        except LabdockError as exc:
            ended.append(exc)

    threads = [threading.Thread(target=save, args=(f"at-once:{n}",)) for n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    refused = [one for one in ended if isinstance(one, LabdockError)]
    assert len(refused) == 1
    assert isinstance(refused[0], BusyError)
    assert left(host, spec) == []


@pytest.fixture(scope="module")
def second(docker_engine: DockerEngine, server_image: str) -> Iterator[SecondEngine]:
    """Give an engine on a disk of 256 MiB."""
    with tempfile.TemporaryDirectory(prefix="labdock-engine-", dir="/var/tmp") as parent:
        folder = Path(parent) / "engine"
        engine = SecondEngine(folder)
        with small_disk(folder / "data", 256 * MIB), engine.running():
            engine.receive(docker_engine, server_image)
            yield engine


@pytest.fixture
def small(second: SecondEngine, server_image: str, tmp_path: Path) -> Host:
    settings = Settings(root=tmp_path / "labdock", port_range=(29300, 29400))
    offered = Catalogue.of((CatalogueImage(name=server_image, workspace=True),))
    return Host(second.engine, settings, offered)


def written(host: Host, workspace: Workspace, size: int) -> None:
    """Put bytes into the layer from outside: what matters is the room that they take."""
    folders = host.engine.layer_folders(workspace.container.name)
    assert folders is not None
    Path(folders.upper, "big").write_bytes(os.urandom(size))
    Path(folders.upper, "secret").write_bytes(b"secret")


def test_a_full_disk_leaves_the_old_state_whole(
    small: Host, server_image: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workspace_cli.core.disk_room.check_room", lambda host: None)
    spec = WorkspaceSpec(owner="kim", name="full", image=server_image)
    workspace = launch(small, spec)
    written(small, workspace, 150 * MIB)
    before = {image.id for image in small.engine.images()}
    for paths in ([], ["/secret"]):
        with pytest.raises(DiskFullError):
            commit(small, workspace, leave_out=paths)
        assert {image.id for image in small.engine.images()} == before
        assert small.engine.container(workspace.container.name).state == "running"
        assert left(small, spec) == []
    small.engine.remove(workspace.container.id, force=True)


def test_an_engine_that_dies_under_a_save_leaves_nothing_once_it_is_back(
    second: SecondEngine, small: Host, server_image: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workspace_cli.core.disk_room.check_room", lambda host: None)
    spec = WorkspaceSpec(owner="kim", name="killed", image=server_image, restart="always")
    workspace = launch(small, spec)
    written(small, workspace, 20 * MIB)
    before = {image.id for image in small.engine.images()}
    real = small.engine.commit

    def dying(name: str, *, pause: bool = True, reference: str | None = None) -> str:
        threading.Timer(0.05, second.kill).start()
        return real(name, pause=pause, reference=reference)

    monkeypatch.setattr(small.engine, "commit", dying)
    with pytest.raises(LabdockError):
        commit(small, workspace, leave_out=["/secret"])
    monkeypatch.undo()
    eventually(lambda: not second.up, 30)
    second.start()

    def tidy() -> bool:
        reap(replace(small, clock=lambda: time.time() + 4000))
        return not left(small, spec)

    eventually(tidy, 60)
    assert {image.id for image in small.engine.images()} == before
    eventually(
        lambda: small.engine.container(workspace.container.name).state == "running", timeout=60
    )
    small.engine.remove(workspace.container.id, force=True)


def test_commands_that_begin_just_then_never_jam_the_engine(
    host: Host, spec: WorkspaceSpec, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A command that freezes half-made holds the runtime's lock for good (``freezing.py``)."""
    monkeypatch.setattr(freezing, "PATIENCE", 1.0)
    workspace = launch(host, spec)
    over = threading.Event()

    def begin_commands() -> None:
        while not over.is_set():
            with suppress(LabdockError):
                host.engine.execute(workspace.container.name, ["true"])

    threads = [threading.Thread(target=begin_commands) for _ in range(2)]
    for thread in threads:
        thread.start()
    try:
        for number in range(12):
            commit(host, workspace, f"busy:{number}", leave_out=["/secret"])
            assert host.engine.container(workspace.container.name).state == "running"
    finally:
        over.set()
        for thread in threads:
            thread.join(60)
    assert not any(thread.is_alive() for thread in threads)
    assert host.engine.execute(workspace.container.name, ["true"]).exit_code == 0
    assert left(host, spec) == []
