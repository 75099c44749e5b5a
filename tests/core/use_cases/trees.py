"""Trees of files to save and restore, and what makes two of them the same."""

from __future__ import annotations

import io
import os
import stat
from pathlib import Path

from workspace_cli.core.backup import backup_home
from workspace_cli.core.host import Host
from workspace_cli.core.restore import Restored, open_source, restore_home


def fill(home: Path) -> None:
    """Make a home with everything that a careless copy loses."""
    home.mkdir(parents=True)
    os.chown(home, 1234, 990)
    home.chmod(0o700)
    (home / "note").write_text("hello")
    os.link(home / "note", home / "same note")
    with (home / "sparse").open("wb") as file:
        file.seek(5_000_000)
        file.write(b"x" * 70_000)
        file.truncate(30_000_000)
    (home / "only a hole").touch()
    os.truncate(home / "only a hole", 1_000_000)
    folder = home / "깊은 폴더"
    folder.mkdir()
    folder.chmod(0o2775)
    os.chown(folder, 1234, 990)
    (folder / "two\nlines \t tabs").write_bytes(os.urandom(3000))
    Path(os.fsdecode(os.fsencode(folder) + b"/\xff\xfe raw")).write_text("no UTF-8")
    (home / ("long" * 60)).mkdir()
    (home / ("long" * 60) / ("n" * 250)).write_text("deep")
    (home / "link to nothing").symlink_to("../../nowhere")
    (home / "link to the machine").symlink_to("/etc")
    os.mkfifo(home / "fifo", 0o640)
    (home / "empty").touch()
    (home / "program").write_text("#!/bin/sh\n")
    (home / "program").chmod(0o755)
    os.setxattr(home / "note", "user.binary", b"\xff\0\n=x")
    os.setxattr(folder, "user.이름", "값".encode())
    os.utime(home / "empty", ns=(1, 1_234_567_890_123_456_789))


def seen(home: Path) -> dict[str, object]:
    """Return everything about a tree that a restore must bring back."""
    found: dict[str, object] = {}
    for path in [home, *sorted(home.rglob("*"))]:
        status = path.lstat()
        found[str(path.relative_to(home))] = (
            oct(status.st_mode),
            status.st_uid,
            status.st_gid,
            status.st_mtime_ns,
            status.st_nlink if path.is_file() else 0,
            status.st_size if path.is_file() else 0,
            path.read_bytes() if stat.S_ISREG(status.st_mode) else b"",
            str(path.readlink()) if path.is_symlink() else "",
            {}
            if path.is_symlink()
            else {name: os.getxattr(path, name) for name in os.listxattr(path)},
        )
    return found


def home_of(host: Host, owner: str = "kim") -> Path:
    return host.settings.homes / owner


def saved(host: Host, owner: str = "kim") -> bytes:
    """Return the backup of a home."""
    stream = io.BytesIO()
    backup_home(host, owner, stream, lambda _step: None)
    return stream.getvalue()


def restored(host: Host, backup: bytes, owner: str = "kim", *, keep_old: bool = False) -> Restored:
    """Restore a backup as the home of an owner."""
    source = open_source(io.BytesIO(backup), lambda _step: None)
    return restore_home(host, source, owner, lambda _step: None, keep_old=keep_old)
