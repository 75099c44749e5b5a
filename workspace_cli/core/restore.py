"""Restores a home from a backup: into a new folder first, which then takes the old one's place.

Whatever interrupts it (Ctrl-C, a kill, a full disk, a damaged backup), the old home is
there as it was; what is left over, the next restore removes.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tarfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO

from workspace_cli.core import archive, folders, home_swap
from workspace_cli.core.archive import Input, Manifest
from workspace_cli.core.archive_extract import TreeReader
from workspace_cli.core.backup import HOME
from workspace_cli.core.engine import Progress, Report
from workspace_cli.core.errors import (
    BackupError,
    ConflictError,
    DiskFullError,
    WorkspaceNotFoundError,
)
from workspace_cli.core.host import Host
from workspace_cli.core.labels import OWNER
from workspace_cli.core.lock import HostLock
from workspace_cli.core.models import Workspace
from workspace_cli.core.secrets import unwritable
from workspace_cli.core.undo import Undo
from workspace_cli.core.waiting import finished

_LOCK_SECONDS = 2.0
_DOWN = ("exited", "dead", "removing")


@dataclass(frozen=True)
class Restored:
    """A home that is back; ``kept`` is where the one before it lies, if it was kept."""

    owner: str
    home: Path
    files: int
    kept: Path | None


@dataclass
class Source:
    """A backup that has been opened: what it says it is, and the rest of it."""

    manifest: Manifest
    tar: tarfile.TarFile
    stream: Input


def check_file(path: Path, report: Report) -> bool:
    """Compare a backup with the checksum beside it; tell whether there is one.

    Raises BackupError where they differ.
    """
    try:
        told = archive.checksum_file(path).read_text(encoding="utf-8").split(maxsplit=1)
        size = path.stat().st_size
    except FileNotFoundError:
        return False
    except (OSError, UnicodeDecodeError) as exc:
        raise BackupError(f"{archive.checksum_file(path)} cannot be read: {exc}.") from exc
    digest, done = hashlib.sha256(), 0
    with path.open("rb") as file:
        while data := file.read(archive.PIECE):
            digest.update(data)
            done += len(data)
            report(Progress("Checking the backup", done, size))
    if not told or digest.hexdigest() != told[0]:
        raise archive.damaged(f"its checksum is not the one in {archive.checksum_file(path)}")
    return True


def open_source(file: IO[bytes], report: Report, *, text: str = "Restoring") -> Source:
    """Read a backup's manifest.  Raises BackupError."""
    total = 0
    with suppress(OSError, ValueError):
        total = os.fstat(file.fileno()).st_size
    stream = Input(file, lambda done: report(Progress(text, done, total)))
    try:
        tar = archive.read_tar(stream)
        return Source(archive.read_manifest(tar), tar, stream)
    except tarfile.TarError as exc:
        raise archive.not_ours() from exc


def restore_home(
    host: Host, source: Source, owner: str, report: Report, *, keep_old: bool = False
) -> Restored:
    """Put a home from a backup in the place of the owner's.

    With ``keep_old`` the old one stays beside it.  Raises ConflictError where one of
    their workspaces runs, BackupError, DiskFullError; then the old home is as it was.
    """
    with HostLock(host.settings.root / "restore.lock", timeout=_LOCK_SECONDS):
        place = _place(host, owner)
        refuse_in_use(host, owner, place)
        with _told(place), Undo() as undo:
            home_swap.clean(place)
            _check_room(place.parent, source.manifest)
            new = home_swap.beside(place, home_swap.NEW)
            remove = partial(shutil.rmtree, new, ignore_errors=True)
            undo.add(remove)
            new.mkdir(mode=0o700)
            files = _fill(new, source, report)
            report(Progress("Putting the home in its place"))
            home_swap.written_through(new)
            # From here on what is at `new` may be the old home: `_swap` decides.
            undo.drop(remove)
            kept = _swap(host, owner, new, place, keep_old=keep_old)
        report(Progress("Removing what was there before"))
        with suppress(OSError):  # the next restore of this home tries again
            home_swap.clean(place)
    return Restored(owner, place, files, kept)


def _fill(new: Path, source: Source, report: Report) -> int:
    reader = TreeReader(source.tar, new, HOME, lambda text: report(Progress(text, warning=True)))
    reader.read()
    source.stream.drain()
    return reader.files


def _place(host: Host, owner: str) -> Path:
    """Return the real place of a home; an admin may have moved one elsewhere by a link."""
    folders.make_lab(host.settings)
    home = folders.home(host.settings, owner)
    place = Path(os.path.realpath(home))
    if place.exists() and place.is_mount():
        raise ConflictError(
            f"{home} is a file system of its own, in whose place nothing can be put.",
            "Unpack the backup by hand: tar --zstd -xpf FILE --strip-components=1 home",
        )
    return place


def refuse_in_use(host: Host, owner: str, home: Path) -> None:
    """Raise ConflictError where a container that is not stopped may write to a home."""
    users = []
    for row in host.engine.containers():
        workspace = Workspace.of(row)
        if row.state in _DOWN:
            continue
        if row.labels.get(OWNER) == owner or _mounts(host, row.id, home):
            users.append(workspace.reference if workspace else row.name)
    if users:
        raise ConflictError(
            f"The home of {owner} is in use by {', '.join(sorted(users))}.",
            f"Stop {'it' if len(users) == 1 else 'them'} first (workspace stop …).",
        )


def _mounts(host: Host, container: str, home: Path) -> bool:
    try:
        mounts = host.engine.container(container).mounts
    except WorkspaceNotFoundError:
        return False
    return any(Path(os.path.realpath(mount.source)).is_relative_to(home) for mount in mounts)


def _check_room(folder: Path, manifest: Manifest) -> None:
    status = os.statvfs(folder)
    free = status.f_bavail * status.f_frsize
    if manifest.size > free:
        raise DiskFullError(
            f"The backup needs {manifest.size / 2**30:.1f} GiB beside the home that is there, "
            f"and {free / 2**30:.1f} GiB are free in {folder}.",
            "Free some space.",
        )


def _swap(host: Host, owner: str, new: Path, place: Path, *, keep_old: bool) -> Path | None:
    """Exchange the homes under the lock; back again where a workspace started meanwhile.

    Returns where the old home is kept, if it is.
    """
    done = False

    def swap(backwards: bool = False) -> None:
        nonlocal done
        if backwards and not existed:
            place.rename(new)
        else:
            home_swap.exchange(new, place)
        done = not backwards

    existed = False
    try:
        with host.locked():
            existed = place.exists()
            if keep_old and existed:
                # Named before it is one: nothing that dies now takes it for a leftover.
                new = new.rename(_free_name(place, host))
            refuse_in_use(host, owner, place)
            try:
                finished(swap)
                refuse_in_use(host, owner, place)
            except BaseException:
                if done:
                    finished(lambda: swap(backwards=True))
                raise
    except BaseException:
        if not done:
            shutil.rmtree(new, ignore_errors=True)
        raise
    return new if keep_old and existed else None


def _free_name(place: Path, host: Host) -> Path:
    moment = int(host.clock())
    while True:
        stamp = time.strftime("%Y%m%dT%H%M%S", time.gmtime(moment))
        if not (kept := home_swap.beside(place, f"old-{stamp}")).exists():
            return kept
        moment += 1


@contextmanager
def _told(place: Path) -> Iterator[None]:
    """Tell failures of system calls in a person's words."""
    try:
        yield
    except FileExistsError as exc:
        raise archive.damaged(f"it holds {exc.filename} twice") from exc
    except OSError as exc:
        raise unwritable(place, exc) from exc
