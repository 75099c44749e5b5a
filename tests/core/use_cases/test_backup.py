"""Saving a home while others work in it."""

from __future__ import annotations

import io
import os
import socket
import subprocess
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from tests.core.use_cases.trees import fill, home_of, restored, saved, seen
from workspace_cli.core.backup import backup_home, new_file, write_checksum
from workspace_cli.core.engine import Progress
from workspace_cli.core.errors import (
    BackupError,
    ConflictError,
    InvalidInputError,
    UserNotFoundError,
)
from workspace_cli.core.folders import default_acl
from workspace_cli.core.host import Host


def warnings_of(host: Host, meddle: Callable[[Progress], None]) -> tuple[bytes, list[str]]:
    """Save a home while ``meddle`` is called at each step; return the backup and the warnings."""
    told: list[str] = []

    def report(step: Progress) -> None:
        if step.warning:
            told.append(step.text)
        meddle(step)

    stream = io.BytesIO()
    backup_home(host, "kim", stream, report)
    return stream.getvalue(), told


def test_everything_comes_back_as_it_was(host: Host) -> None:
    fill(home_of(host))
    before = seen(home_of(host))
    backup = saved(host)
    (home_of(host) / "note").write_text("spoilt")
    (home_of(host) / "made since").touch()
    restored(host, backup)
    assert seen(home_of(host)) == before
    sparse = (home_of(host) / "sparse").stat()
    assert sparse.st_blocks * 512 < sparse.st_size / 10


def test_gnu_tar_reads_what_we_write(host: Host, tmp_path: Path) -> None:
    fill(home_of(host))
    file, out = tmp_path / "kim.tar.zst", tmp_path / "out"
    file.write_bytes(saved(host))
    out.mkdir()
    options = ["--xattrs", "--xattrs-include=*", "--numeric-owner", "-C", str(out)]
    subprocess.run(
        ["tar", "--zstd", "-xpf", str(file), *options], check=True, stderr=subprocess.DEVNULL
    )
    assert seen(out / "home") == seen(home_of(host))
    assert (out / "home" / "sparse").stat().st_blocks * 512 < 1_000_000


def test_an_access_list_comes_back(host: Host) -> None:
    home_of(host).mkdir(parents=True)
    folder = home_of(host) / "folder"
    folder.mkdir()
    os.setxattr(folder, "system.posix_acl_access", default_acl(1500))
    os.setxattr(folder, "system.posix_acl_default", default_acl(990))
    before = seen(home_of(host))
    restored(host, saved(host))
    assert seen(home_of(host)) == before


def test_a_file_that_vanishes_meanwhile_is_a_warning(host: Host) -> None:
    home_of(host).mkdir(parents=True)
    for name in ("a", "b"):
        (home_of(host) / name).write_text(name)
    backup, told = warnings_of(
        host, lambda step: (home_of(host) / "b").unlink(missing_ok=True) if step.current else None
    )
    assert told == ["home/b vanished while it was saved."]
    restored(host, backup)
    assert [path.name for path in home_of(host).iterdir()] == ["a"]


@pytest.mark.parametrize("size", [0, 1_000, 5_000_000])
def test_a_file_that_changes_meanwhile_is_a_warning(host: Host, size: int) -> None:
    """It is kept at the size that its header told, whatever becomes of it."""
    home_of(host).mkdir(parents=True)
    file = home_of(host) / "log"
    file.write_bytes(os.urandom(3_000_000))
    changed: list[bool] = []

    def meddle(step: Progress) -> None:
        if step.current and not changed:
            changed.append(True)
            os.truncate(file, size)

    backup, told = warnings_of(host, meddle)
    assert told == ["home/log changed while it was saved."]
    restored(host, backup)
    assert file.stat().st_size == 3_000_000


def test_a_folder_that_turns_into_a_link_leads_nowhere(host: Host, tmp_path: Path) -> None:
    """Root reads the home while its owner works there: it must not be led elsewhere."""
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / "key").write_text("TOP-SECRET")
    home_of(host).mkdir(parents=True)
    (home_of(host) / "a").write_text("a")
    (home_of(host) / "b").mkdir()
    (home_of(host) / "b" / "key").write_text("own")

    def meddle(step: Progress) -> None:
        if step.current and not (home_of(host) / "b").is_symlink():
            (home_of(host) / "b").rename(home_of(host) / "c")
            (home_of(host) / "b").symlink_to(secret)

    backup, _told = warnings_of(host, meddle)
    restored(host, backup)
    assert (home_of(host) / "b").is_symlink()
    assert (
        b"TOP-SECRET"
        not in subprocess.run(["zstd", "-dc"], input=backup, check=True, capture_output=True).stdout
    )


def test_sockets_and_devices_are_left_out(host: Host) -> None:
    home_of(host).mkdir(parents=True)
    os.mknod(home_of(host) / "null", 0o020666, os.makedev(1, 3))
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(home_of(host) / "s"))
        backup, told = warnings_of(host, lambda _step: None)
    assert told == ["home/null is a device and is left out."]
    restored(host, backup)
    assert list(home_of(host).iterdir()) == []


def test_what_cannot_be_read_is_counted(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    home_of(host).mkdir(parents=True)
    (home_of(host) / "good").write_text("good")
    (home_of(host) / "bad").write_text("bad")
    real = os.open

    def refusing(path: object, *arguments: int, **named: int) -> int:
        if path == "bad":
            raise PermissionError(13, "Permission denied")
        return real(path, *arguments, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(os, "open", refusing)
    stream = io.BytesIO()
    written = backup_home(host, "kim", stream, lambda _step: None)
    assert written.unread == 1


def test_the_backup_itself_is_left_out(host: Host) -> None:
    home_of(host).mkdir(parents=True)
    file = home_of(host) / "kim.tar.zst"
    with new_file(file) as stream:
        written = backup_home(host, "kim", stream, lambda _step: None)
    assert written.files == 1
    write_checksum(file, written.sha256)
    subprocess.run(
        ["sha256sum", "--check", "--quiet", f"{file.name}.sha256"], check=True, cwd=file.parent
    )


def test_a_backup_that_fails_leaves_no_file(host: Host, tmp_path: Path) -> None:
    target = tmp_path / "x.tar.zst"
    with suppress(KeyboardInterrupt), new_file(target) as file:
        file.write(b"half")
        raise KeyboardInterrupt
    assert not target.exists()
    with pytest.raises(UserNotFoundError), new_file(target) as file:
        backup_home(host, "nobody", file, lambda _step: None)
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith("x")] == []


def test_a_file_is_replaced_only_when_asked_and_without_its_old_checksum(tmp_path: Path) -> None:
    target = tmp_path / "x.tar.zst"
    target.write_bytes(b"old")
    write_checksum(target, "0" * 64)
    with pytest.raises(ConflictError, match="there already"), new_file(target):
        pass
    assert target.read_bytes() == b"old"
    with new_file(target, replace=True) as file:
        file.write(b"new")
    assert target.read_bytes() == b"new"
    assert target.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["x.tar.zst"]
    with pytest.raises(InvalidInputError, match="folder"), new_file(tmp_path):
        pass


def test_a_reader_that_leaves_ends_the_backup(host: Host) -> None:
    fill(home_of(host))
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb", buffering=0) as pipe, pytest.raises(BackupError, match="gone"):
        backup_home(host, "kim", pipe, lambda _step: None)


def test_progress_counts_bytes_up_to_the_total(host: Host) -> None:
    home_of(host).mkdir(parents=True)
    (home_of(host) / "a").write_bytes(os.urandom(2_500_000))
    steps: list[Progress] = []
    backup_home(host, "kim", io.BytesIO(), steps.append)
    (last,) = steps[-1:]
    assert last.current == last.total == 2_500_000
    assert "kim" in last.text
