"""Brings a tree back out of a backup, into a new folder that nobody else writes to.

A backup may have been tampered with, so nothing in it is believed: each entry lies in
the folder that is open at that moment, links are made and never followed, and what
would be root's gift to a member (devices, setuid bits) does not come back.
"""

from __future__ import annotations

import errno
import os
import stat
import tarfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from workspace_cli.core.archive import END, PIECE, damaged, read_end
from workspace_cli.core.archive_tree import KEPT_XATTRS, XATTR
from workspace_cli.core.errors import BackupError

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_GIFTS = stat.S_ISUID | stat.S_ISGID


@dataclass
class _Open:
    """A folder that is being filled; its times and rights are set when it is full."""

    name: str
    descriptor: int
    info: tarfile.TarInfo


@dataclass
class TreeReader:
    """Fills ``folder`` with the tree that a backup holds under the name ``prefix``."""

    tar: tarfile.TarFile
    folder: Path
    prefix: str
    warn: Callable[[str], None] = lambda _text: None
    files: int = 0
    _open: list[_Open] = field(default_factory=list)
    _no_attributes: bool = False

    def read(self) -> None:
        """Extract everything up to the end mark.  Raises BackupError, OSError."""
        try:
            while info := self.tar.next():
                if info.name == END:
                    self._leave(0)
                    read_end(self.tar, info, self.files)
                    return
                self._entry(info)
                self.files += 1
                # tarfile remembers each; a home has millions.
                self.tar.members = []  # type: ignore[attr-defined]
            raise damaged("it is cut off")
        except tarfile.TarError as exc:
            raise damaged(str(exc)) from exc
        finally:
            for one in self._open:
                os.close(one.descriptor)
            self._open.clear()

    def _entry(self, info: tarfile.TarInfo) -> None:
        parts = info.name.split("/")
        if parts[0] != self.prefix or any(
            part in ("", ".", "..") or "\0" in part for part in parts
        ):
            raise _refused(info, "is no place below the folder that is restored")
        if len(parts) == 1:
            self._top(info)
            return
        parent = self._parent(info, parts[:-1])
        if info.isdir():
            os.mkdir(parts[-1], 0o700, dir_fd=parent)
            descriptor = os.open(parts[-1], _FOLDER, dir_fd=parent)
            self._open.append(_Open(parts[-1], descriptor, info))
        elif info.isreg():
            self._file(info, parts[-1], parent)
        elif info.issym():
            os.symlink(info.linkname, parts[-1], dir_fd=parent)
            self._own(info, parts[-1], parent)
        elif info.islnk():
            self._hard_link(info, parts[-1], parent)
        elif info.isfifo():
            os.mkfifo(parts[-1], 0o600, dir_fd=parent)
            self._own(info, parts[-1], parent)
            os.chmod(parts[-1], stat.S_IMODE(info.mode) & ~_GIFTS, dir_fd=parent)
        else:
            raise _refused(info, "is a device or of a kind that no home holds")

    def _top(self, info: tarfile.TarInfo) -> None:
        if self._open or self.files or not info.isdir():
            raise _refused(info, "is not the folder that it should be")
        self._open.append(_Open(info.name, os.open(self.folder, _FOLDER), info))

    def _parent(self, info: tarfile.TarInfo, path: list[str]) -> int:
        """Return the open folder that an entry lies in, and leave those that are full."""
        if [one.name for one in self._open[: len(path)]] != path:
            raise _refused(info, "comes before or after the folder that it lies in")
        self._leave(len(path))
        return self._open[-1].descriptor

    def _leave(self, depth: int) -> None:
        while len(self._open) > depth:
            one = self._open.pop()
            try:
                self._finish(one.info, one.descriptor, stat.S_IMODE(one.info.mode) & ~stat.S_ISUID)
            finally:
                os.close(one.descriptor)

    def _file(self, info: tarfile.TarInfo, name: str, parent: int) -> None:
        descriptor = os.open(name, _NEW, 0o600, dir_fd=parent)
        try:
            # A list of pieces, whatever the stubs say.
            sparse = cast("list[tuple[int, int]] | None", info.sparse)
            pieces = [(0, info.size)] if sparse is None else sparse
            source = self.tar.fileobj
            assert source is not None  # noqa: S101 - an open archive has one
            source.seek(info.offset_data)
            for offset, size in pieces:
                self._copy(source.read, descriptor, offset, size)
            os.ftruncate(descriptor, info.size)
            mode = stat.S_IMODE(info.mode)
            if mode & _GIFTS:
                self.warn(f"{info.name} comes back without its setuid or setgid bit.")
            self._finish(info, descriptor, mode & ~_GIFTS)
        finally:
            os.close(descriptor)

    def _copy(self, read: Callable[[int], bytes], target: int, offset: int, size: int) -> None:
        while size > 0:
            data = read(min(PIECE, size))
            if not data:
                raise damaged("a file in it is cut off")
            left = memoryview(data)
            while left:
                written = os.pwrite(target, left, offset)
                left, offset = left[written:], offset + written
            size -= len(data)

    def _hard_link(self, info: tarfile.TarInfo, name: str, parent: int) -> None:
        parts = info.linkname.split("/")
        if parts[0] != self.prefix or len(parts) < 2 or not _is_plain(parts):
            raise _refused(info, "is a hard link to a place elsewhere")
        folder = os.dup(self._open[0].descriptor)
        try:
            for part in parts[1:-1]:
                below = os.open(part, _FOLDER, dir_fd=folder)
                os.close(folder)
                folder = below
            if not stat.S_ISREG(os.lstat(parts[-1], dir_fd=folder).st_mode):
                raise _refused(info, "is a hard link to something that is no file")
            os.link(parts[-1], name, src_dir_fd=folder, dst_dir_fd=parent, follow_symlinks=False)
        except OSError as exc:
            if exc.errno in (errno.ENOENT, errno.ENOTDIR, errno.ELOOP):
                raise _refused(info, "is a hard link to a file that is not in it") from exc
            raise
        finally:
            os.close(folder)

    def _finish(self, info: tarfile.TarInfo, descriptor: int, mode: int) -> None:
        """Set owner, rights, attributes and times, in the order in which none undoes another."""
        if os.geteuid() == 0:
            os.fchown(descriptor, info.uid, info.gid)
        os.fchmod(descriptor, mode)
        self._attributes(info, descriptor)
        moment = modified(info)
        os.utime(descriptor, ns=(moment, moment))

    def _own(self, info: tarfile.TarInfo, name: str, parent: int) -> None:
        if os.geteuid() == 0:
            os.chown(name, info.uid, info.gid, dir_fd=parent, follow_symlinks=False)
        moment = modified(info)
        os.utime(name, ns=(moment, moment), dir_fd=parent, follow_symlinks=False)

    def _attributes(self, info: tarfile.TarInfo, descriptor: int) -> None:
        for key, value in info.pax_headers.items():
            name = key.removeprefix(XATTR)
            if name == key or not name.startswith(KEPT_XATTRS):
                continue
            try:
                os.setxattr(descriptor, name, value.encode("utf-8", "surrogateescape"))
            except OSError as exc:
                if not self._no_attributes:
                    self.warn(f"{info.name}: the attribute {name} is not kept: {exc.strerror}.")
                self._no_attributes = True


def modified(info: tarfile.TarInfo) -> int:
    """Return when a member was changed, in nanoseconds since the epoch."""
    whole, _, fraction = info.pax_headers.get("mtime", "").partition(".")
    with suppress(ValueError):
        return int(whole) * 10**9 + int(fraction[:9].ljust(9, "0"))
    return int(info.mtime) * 10**9


def _is_plain(parts: list[str]) -> bool:
    return not any(part in ("", ".", "..") or "\0" in part for part in parts)


def _refused(info: tarfile.TarInfo, why: str) -> BackupError:
    return BackupError(
        f"The backup is refused: {info.name!r} in it {why}.",
        "Nothing was changed. Use a backup that nobody has altered.",
    )
