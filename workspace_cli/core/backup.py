"""Writes a backup of one home, while its owner may go on working."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from workspace_cli.core import folders
from workspace_cli.core.archive import MANIFEST, Manifest, Output, checksum_file, failed
from workspace_cli.core.archive_tree import Told, TreeWriter, count
from workspace_cli.core.engine import Progress, Report
from workspace_cli.core.errors import ConflictError, InvalidInputError, UserNotFoundError
from workspace_cli.core.host import Host
from workspace_cli.core.references import shown
from workspace_cli.core.undo import Undo

HOME = "home"
"""Name of the tree in a home's backup."""
PART = ".part"
"""End of a file's name while it is written."""


@dataclass(frozen=True)
class Written:
    """A backup that has been written: ``size`` in bytes, compressed."""

    manifest: Manifest
    sha256: str
    size: int
    files: int
    unread: int = 0
    """How many files could not be read and are missing."""


def backup_home(host: Host, owner: str, target: IO[bytes], report: Report) -> Written:
    """Write the home of an owner to a stream.

    Files that vanish or change meanwhile are warnings.  Raises UserNotFoundError,
    BackupError, DiskFullError.
    """
    home = home_of(host, owner)
    report(Progress(f"Counting the files of {owner}"))
    found = count(home)
    manifest = Manifest("home", stamp(host), owner, found.files, found.bytes)
    output = Output(target)
    output.note(MANIFEST, manifest.packed())
    told = Told(report, f"Saving the home of {owner}", found.bytes)
    writer = TreeWriter(output, told, skip=same_file(target))
    try:
        writer.write(home, HOME)
    except OSError as exc:
        raise failed(exc, f"reading {home}") from exc
    output.finish(writer.files)
    return Written(manifest, output.sha256, output.size, writer.files, told.unread)


def home_of(host: Host, owner: str) -> Path:
    """Return the real folder of an owner's home; UserNotFoundError where there is none."""
    home = folders.home(host.settings, owner)
    try:
        return home.resolve(strict=True)
    except (OSError, RuntimeError) as exc:
        raise UserNotFoundError(
            f"There is no home of {shown(owner)} ({home}).", "Check the name; `ls` shows all homes."
        ) from exc


def stamp(host: Host) -> str:
    """Return the moment as ISO 8601 in UTC, to the second."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(host.clock()))


def same_file(file: IO[bytes]) -> Callable[[os.stat_result], bool]:
    """Return what tells whether a file is the one that a backup is written to.

    It may lie in the tree that is saved.
    """
    try:
        mine = os.fstat(file.fileno())
    except (OSError, ValueError):  # a stream in memory
        return lambda _status: False
    return lambda status: os.path.samestat(mine, status)


@contextmanager
def new_file(path: Path, *, replace: bool = False) -> Iterator[IO[bytes]]:
    """Yield a file for a backup, root's alone; it appears under its name once it is whole.

    Where the block fails nothing is left.  Raises ConflictError where the file is there
    and may not be replaced.
    """
    if path.is_dir():
        raise InvalidInputError(f"{path} is a folder.", "Name a file, for example kim.tar.zst.")
    if path.exists() and not replace:
        raise ConflictError(f"{path} is there already.", "Choose another name, or add --force.")
    part = path.with_name(path.name + PART)
    with Undo() as undo:
        undo.add(lambda: part.unlink(missing_ok=True))
        try:
            part.unlink(missing_ok=True)
            descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                yield file
                file.flush()
                os.fsync(descriptor)
            # An old checksum beside the new file would say that it is damaged.
            checksum_file(path).unlink(missing_ok=True)
            part.replace(path)
        except OSError as exc:
            raise failed(exc, f"writing {path}") from exc


def write_checksum(path: Path, sha256: str) -> None:
    """Write the checksum beside a backup, as ``sha256sum --check`` reads it."""
    try:
        checksum_file(path).write_text(f"{sha256}  {path.name}\n", encoding="utf-8")
    except OSError as exc:
        raise failed(exc, f"writing {checksum_file(path)}") from exc
