"""Folders of the machine in real containers: shared, read-only, offered, saved and restored."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from tests.core.use_cases.trees import fill, restored, saved, seen
from tests.engine.conftest import BASE
from tests.support import Namespace, eventually
from workspace_cli.core import folders, host_folders, labels, members, naming, restore
from workspace_cli.core.arguments import MEMBER_GID
from workspace_cli.core.errors import ConflictError, DiskFullError, InvalidOptionError
from workspace_cli.core.host import Host
from workspace_cli.core.models import ContainerRequest, WorkspaceSpec
from workspace_cli.core.workspaces import find, launch, start, stop

pytestmark = pytest.mark.engine


@pytest.fixture
def host(host: Host, tmp_path: Path) -> Host:
    """Give the machine with a data root that every uid can pass through, as the engine can."""
    host.settings.root.mkdir()
    return host


def inside(host: Host, owner: str, command: str, name: str = "study") -> str:
    """Run a shell line as the member of a workspace, and return what it said."""
    found = host.engine.execute(
        naming.container_name(owner, name), ["labdock-enter", "sh", "-c", command]
    )
    assert found.exit_code == 0, found.output.decode()
    return found.output.decode().strip()


def test_members_of_different_uids_change_each_others_files(
    host: Host, namespace: Namespace
) -> None:
    """Also what root made inside, or a program with a closed umask."""
    kim, lee, park = (f"{namespace}-{name}" for name in ("kim", "lee", "park"))
    folders.ensure(host.settings, lee)
    os.chown(folders.home(host.settings, lee), 5000, MEMBER_GID)
    for owner in (kim, lee):
        launch(host, WorkspaceSpec(owner=owner, name="study", image=BASE))
    hardened = replace(host, settings=replace(host.settings, profile="hardened"))
    launch(hardened, WorkspaceSpec(owner=park, name="study", image=BASE))

    lines = (
        "echo 1 >>/shared/plain; mkdir /shared/folder; echo 1 >>/shared/folder/plain",
        "umask 077; echo 1 >>/shared/closed; mkdir /shared/own; echo 1 >>/shared/own/closed",
        "sudo sh -c 'echo 1 >>/shared/root; mkdir /shared/of-root; echo 1 >>/shared/of-root/x'",
    )
    for line in lines:
        inside(host, kim, line)
    files = "plain folder/plain closed own/closed root of-root/x"
    for owner in (lee, park):
        inside(host, owner, f"cd /shared; for f in {files}; do echo 2 >>$f || exit 1; done")
        inside(host, owner, "cd /shared; for d in folder own of-root; do mkdir $d/$(id -u); done")
    inside(host, kim, "cd /shared; rm -r folder own of-root/5000; mv root renamed")

    assert (host.settings.shared / "plain").read_text().split() == ["1", "2", "2"]
    assert (host.settings.shared / "renamed").stat().st_uid == 0
    for path in host.settings.shared.rglob("*"):
        assert path.stat().st_gid == MEMBER_GID, path
    assert (inside(host, kim, "id -u"), inside(host, lee, "id -u")) == ("1000", "5000")


def test_nobody_writes_to_a_dataset(host: Host, namespace: Namespace) -> None:
    owner = str(namespace)
    folders.ensure(host.settings, owner)
    (host.settings.datasets / "set").write_text("data")
    launch(host, WorkspaceSpec(owner=owner, name="study", image=BASE))
    assert inside(host, owner, "cat /datasets/set") == "data"
    for line in (
        "echo 2 >>/datasets/set",
        "sudo sh -c 'echo 2 >>/datasets/set'",
        "sudo rm /datasets/set",
        "sudo mount -o remount,rw /datasets",
    ):
        assert inside(host, owner, f"({line}) 2>/dev/null || echo refused") == "refused"
    assert (host.settings.datasets / "set").read_text() == "data"


def test_an_offered_folder_is_the_groups_alone_and_a_link_is_refused(
    host: Host, namespace: Namespace, spec: WorkspaceSpec, tmp_path: Path
) -> None:
    data = tmp_path / "imagenet"
    data.mkdir()
    (data / "picture").write_text("cat")
    host.settings.policy_file.write_text(
        f'[[mount]]\nsource = "{data}"\ntarget = "/imagenet"\ngroups = ["vision"]\n'
    )
    kim, lee = (f"{namespace}-{name}" for name in ("kim", "lee"))
    members.remember(host, kim, "member", ["vision"])
    try:
        for owner in (kim, lee):
            launch(host, replace(spec, owner=owner))
        container = naming.container_name(kim, "study")
        assert host.engine.execute(container, ["cat", "/imagenet/picture"]).output == b"cat"
        assert host.engine.execute(container, ["touch", "/imagenet/x"], user="0").exit_code != 0
        assert not host.engine.has_path(naming.container_name(lee, "study"), "/imagenet")

        stop(host, find(host, f"{kim}/study"))
        data.rename(tmp_path / "elsewhere")
        data.symlink_to(tmp_path / "elsewhere")
        with pytest.raises(InvalidOptionError, match="symbolic link"):
            start(host, find(host, f"{kim}/study"))
        assert find(host, f"{kim}/study").container.state == "exited"

        data.unlink()
        start(host, find(host, f"{kim}/study"))
        assert "/imagenet" not in [m.target for m in host.engine.container(container).mounts]
    finally:
        host.database.close()


def test_the_hubs_container_sees_the_machines_folders_through_another(
    host: Host, namespace: Namespace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = tmp_path / "data"
    data.mkdir()
    (tmp_path / "link").symlink_to(data)
    hub = f"{namespace}-hub"
    host.engine.create(ContainerRequest(name=hub, image="labdock/hub", command=("sleep", "1")))
    monkeypatch.setattr(naming, "HUB_CONTAINER", hub)
    monkeypatch.setenv(host_folders.IN_CONTAINER, "1")
    died = ContainerRequest(
        name=f"{namespace}-died",
        image="labdock/hub",
        command=("true",),
        labels={labels.READER: "look", labels.ROOT: str(host.settings.root)},
    )
    host.engine.start(host.engine.create(died))
    eventually(lambda: host.engine.container(died.name).state == "exited", 60)
    paths = [str(tmp_path / name) for name in ("data", "link", "none")]
    assert host_folders.look(host, paths) == dict(
        zip(paths, ("folder", "link", "missing"), strict=True)
    )
    rows = host.engine.containers({labels.ROOT: str(host.settings.root)})
    assert [row.name for row in rows] == []


def test_a_home_comes_back_under_a_stopped_workspace_and_never_under_a_running_one(
    host: Host, namespace: Namespace, spec: WorkspaceSpec
) -> None:
    owner = str(namespace)
    fill(folders.home(host.settings, owner))
    before, backup = seen(folders.home(host.settings, owner)), saved(host, owner)
    launch(host, spec)
    container = naming.container_name(owner, "study")
    host.engine.execute(container, ["touch", "/workspace/made since"], user="0")
    with pytest.raises(ConflictError, match=f"{owner}/study"):
        restored(host, backup, owner)
    assert host.engine.has_path(container, "/workspace/made since")

    stop(host, find(host, f"{owner}/study"))
    restored(host, backup, owner)
    assert seen(folders.home(host.settings, owner)) == before
    start(host, find(host, f"{owner}/study"))
    assert not host.engine.has_path(container, "/workspace/made since")
    assert host.engine.execute(container, ["cat", "/workspace/note"], user="0").output == b"hello"


@contextmanager
def small_disk(folder: Path) -> Iterator[None]:
    """Put a real file system of 8 MiB at a folder."""
    folder.mkdir(parents=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(folder)], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_disk_that_fills_up_meanwhile_leaves_the_old_home(
    host: Host, namespace: Namespace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = str(namespace)
    large = tmp_path / "large"
    large.mkdir()
    elsewhere = replace(host, settings=replace(host.settings, root=large))
    home = folders.home(elsewhere.settings, owner)
    home.mkdir(parents=True)
    (home / "noise").write_bytes(os.urandom(12_000_000))
    backup = saved(elsewhere, owner)
    with small_disk(host.settings.homes):
        old = folders.home(host.settings, owner)
        old.mkdir()
        (old / "thesis").write_text("old")
        before = seen(old)
        with pytest.raises(DiskFullError, match="GiB"):
            restored(host, backup, owner)
        # Others write, too: what was free when it was looked may be gone.
        monkeypatch.setattr(restore, "_check_room", lambda _folder, _manifest: None)
        with pytest.raises(DiskFullError, match="full"):
            restored(host, backup, owner)
        assert seen(old) == before
        assert [path.name for path in host.settings.homes.iterdir()] == [old.name]
        with (old / "more").open("wb") as file:  # there is room again
            file.write(b"x" * 6_000_000)


def test_a_killed_restore_leaves_the_old_home_and_the_next_one_ends_well(
    host: Host, namespace: Namespace, tmp_path: Path
) -> None:
    owner = str(namespace)
    home = folders.home(host.settings, owner)
    home.mkdir(parents=True)
    for number in range(40):
        (home / f"noise{number}").write_bytes(os.urandom(2_000_000))
    before = seen(home)
    file = str(tmp_path / "kim.tar.zst")
    program = "import sys; from workspace_cli.main import main; main()"
    workspace = [sys.executable, "-c", program]
    environment = {**os.environ, "WORKSPACE_ROOT": str(host.settings.root)}
    subprocess.run(
        [*workspace, "backup", owner, file], check=True, env=environment, capture_output=True
    )
    subprocess.run(["sha256sum", "--check", "--quiet", f"{file}.sha256"], check=True, cwd=tmp_path)
    for number in range(40):
        (home / f"noise{number}").unlink()
    (home / "old").write_text("old")
    old = seen(home)

    restore_it = [*workspace, "restore", "--yes", file]
    for how in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
        begun = subprocess.Popen(
            restore_it, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        new = home.with_name(f".{home.name}.restoring")
        eventually(lambda new=new: len(list(new.glob("*"))) > 5, 60)  # type: ignore[misc]
        begun.send_signal(how)
        begun.wait(60)
        assert seen(home) == old, how
        assert new.exists() is (how == signal.SIGKILL)
    done = subprocess.run(restore_it, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert seen(home) == before
    assert [path.name for path in host.settings.homes.iterdir()] == [home.name]
