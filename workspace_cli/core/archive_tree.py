"""Saves a folder with everything in it, while others may go on working there.

Every step goes by the open folder that it happens in and follows no link, so that
nobody who writes to the tree can make root read a file elsewhere.  What vanishes or
changes meanwhile is a warning.
"""

from __future__ import annotations

import errno
import os
import stat
import tarfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from workspace_cli.core.archive import PIECE, Output, header, padding
from workspace_cli.core.engine import Progress, Report

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_DEEPEST = 500
"""Folders inside each other; each is one open file."""
_LARGEST_SPARSE = 8**11 - (1 << 26)
"""Bytes: a header's own field ends at 8 GiB, and the list of pieces counts too."""
_NO_XATTRS = (errno.ENOTSUP, errno.ENODATA)
XATTR = "SCHILY.xattr."
"""Prefix of extended attributes in pax headers, as GNU tar and star write them."""
KEPT_XATTRS = ("user.", "system.posix_acl_")
"""Not a file's capabilities: like a setuid bit they would be root's gift."""


@dataclass
class Count:
    """How much a tree holds."""

    files: int = 0
    bytes: int = 0


@dataclass
class Told:
    """What a save has to tell: progress, warnings, and how many files it could not read."""

    report: Report
    text: str
    total: int = 0
    done: int = 0
    unread: int = 0

    def add(self, size: int) -> None:
        """Count bytes that have been saved."""
        self.done += size
        self.report(Progress(self.text, self.done, max(self.total, self.done)))

    def warn(self, text: str) -> None:
        """Tell something to look after."""
        self.report(Progress(text, warning=True))


def count(folder: Path) -> Count:
    """Count the files below a folder and what they hold on the disk, roughly."""
    found, waiting = Count(), [str(folder)]
    while waiting:
        with suppress(OSError), os.scandir(waiting.pop()) as entries:
            for entry in entries:
                status = entry.stat(follow_symlinks=False)
                found.files += 1
                if stat.S_ISDIR(status.st_mode):
                    waiting.append(entry.path)
                elif stat.S_ISREG(status.st_mode):
                    found.bytes += min(status.st_size, status.st_blocks * 512)
    return found


@dataclass
class TreeWriter:
    """Writes one tree into a backup; ``files`` counts the members."""

    output: Output
    told: Told
    skip: Callable[[os.stat_result], bool] = lambda _status: False
    """What is left out, such as the backup itself."""
    files: int = 0
    _links: dict[tuple[int, int], str] = field(default_factory=dict)

    def write(self, folder: Path, prefix: str) -> None:
        """Write a folder under the name ``prefix``.  Raises OSError where it cannot be opened."""
        top = os.open(folder, _FOLDER)
        open_folders = [(top, prefix, self._names(top))]
        try:
            self._folder(top, prefix)
            while open_folders:
                descriptor, path, names = open_folders[-1]
                name = next(names, None)
                if name is None:
                    os.close(open_folders.pop()[0])
                elif below := self._entry(descriptor, name, f"{path}/{name}", len(open_folders)):
                    open_folders.append((below, f"{path}/{name}", self._names(below)))
        finally:
            for descriptor, _path, _names in open_folders:
                os.close(descriptor)

    def _names(self, descriptor: int) -> Iterator[str]:
        return iter(sorted(os.listdir(descriptor)))

    def _entry(self, parent: int, name: str, path: str, depth: int) -> int:
        """Write one entry; return the open folder where it is one, else 0."""
        try:
            status = os.lstat(name, dir_fd=parent)
            if self.skip(status) or stat.S_ISSOCK(status.st_mode):
                return 0  # a socket is nothing without the program that listens
            if stat.S_ISDIR(status.st_mode):
                return self._enter(parent, name, path, depth)
            if stat.S_ISREG(status.st_mode):
                self._file(parent, name, path)
            elif stat.S_ISLNK(status.st_mode):
                info = member(path, status, tarfile.SYMTYPE)
                info.linkname = os.readlink(name, dir_fd=parent)
                self._put(info)
            elif stat.S_ISFIFO(status.st_mode):
                self._put(member(path, status, tarfile.FIFOTYPE))
            else:
                self.told.warn(f"{path} is a device and is left out.")
        except FileNotFoundError:
            self.told.warn(f"{path} vanished while it was saved.")
        except OSError as exc:
            self.told.unread += 1
            self.told.warn(f"{path} could not be read: {exc.strerror}.")
        return 0

    def _enter(self, parent: int, name: str, path: str, depth: int) -> int:
        if depth >= _DEEPEST:
            self.told.unread += 1
            self.told.warn(f"{path} lies too deep and is left out.")
            return 0
        descriptor = os.open(name, _FOLDER, dir_fd=parent)
        try:
            self._folder(descriptor, path)
        except BaseException:
            os.close(descriptor)
            raise
        return descriptor

    def _folder(self, descriptor: int, path: str) -> None:
        info = member(path, os.fstat(descriptor), tarfile.DIRTYPE)
        info.pax_headers = {**info.pax_headers, **self._attributes(descriptor, path)}
        self._put(info)

    def _put(self, info: tarfile.TarInfo) -> None:
        self.output.member(info)
        self.files += 1

    def _file(self, parent: int, name: str, path: str) -> None:
        descriptor = os.open(name, _FILE, dir_fd=parent)
        try:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode):
                self.told.warn(f"{path} was replaced while it was saved, and is left out.")
                return
            info = member(path, status, tarfile.REGTYPE)
            identity = (status.st_dev, status.st_ino)
            if first := self._links.get(identity):
                info.type, info.linkname = tarfile.LNKTYPE, first
                self._put(info)
                return
            if status.st_nlink > 1:
                self._links[identity] = path
            info.pax_headers = {**info.pax_headers, **self._attributes(descriptor, path)}
            self._content(descriptor, info, status)
            self.files += 1
            self._compare(descriptor, path, status)
        finally:
            os.close(descriptor)

    def _compare(self, descriptor: int, path: str, before: os.stat_result) -> None:
        after = os.fstat(descriptor)
        if (after.st_mtime_ns, after.st_size) != (before.st_mtime_ns, before.st_size):
            self.told.warn(f"{path} changed while it was saved.")

    def _content(self, descriptor: int, info: tarfile.TarInfo, status: os.stat_result) -> None:
        """Write a file's header and content; of a sparse one only what is not a hole."""
        pieces, info.size = [(0, status.st_size)], status.st_size
        has_holes = status.st_blocks * 512 < status.st_size
        found = data_pieces(descriptor, status.st_size) if has_holes else pieces
        if found != pieces and sum(size for _, size in found) < _LARGEST_SPARSE:
            pieces = found
            head = sparse_header(info, pieces)
        else:
            head = header(info)
        self.output.write(head)
        for offset, size in pieces:
            self._piece(descriptor, offset, size)
        self.output.write(padding(sum(size for _, size in pieces)))

    def _piece(self, descriptor: int, offset: int, size: int) -> None:
        end = offset + size
        while offset < end:
            try:
                data = os.pread(descriptor, min(PIECE, end - offset), offset)
            except OSError as exc:
                # The header has promised so many bytes: the rest is filled up.
                self.told.unread += 1
                self.told.warn(f"A file could not be read to its end: {exc.strerror}.")
                data = b""
            # Empty: the file was cut short meanwhile, which `_compare` tells.
            data = data or bytes(min(PIECE, end - offset))
            self.output.write(data)
            offset += len(data)
            self.told.add(len(data))

    def _attributes(self, descriptor: int, path: str) -> dict[str, str]:
        found = {}
        try:
            for name in os.listxattr(descriptor):
                if name.startswith(KEPT_XATTRS) and "=" not in name:
                    value = os.getxattr(descriptor, name)
                    found[XATTR + name] = value.decode("utf-8", "surrogateescape")
        except OSError as exc:
            if exc.errno not in _NO_XATTRS:
                self.told.warn(f"The attributes of {path} could not be read: {exc.strerror}.")
        return found


def member(path: str, status: os.stat_result, kind: bytes) -> tarfile.TarInfo:
    """Return a member's description: owners by number, times to the nanosecond."""
    info = tarfile.TarInfo(path)
    info.type = kind
    info.mode = stat.S_IMODE(status.st_mode)
    info.uid, info.gid = status.st_uid, status.st_gid
    seconds, rest = divmod(status.st_mtime_ns, 10**9)
    info.mtime = seconds
    if rest and seconds >= 0:
        info.pax_headers = {"mtime": f"{seconds}.{rest:09d}"}
    return info


def data_pieces(descriptor: int, size: int) -> list[tuple[int, int]]:
    """Return where a sparse file holds data, as offset and size; all of it where nobody knows."""
    pieces, offset = [], 0
    try:
        while offset < size:
            begin = os.lseek(descriptor, offset, os.SEEK_DATA)
            offset = min(os.lseek(descriptor, begin, os.SEEK_HOLE), size)
            pieces.append((begin, offset - begin))
    except OSError as exc:
        if exc.errno != errno.ENXIO:  # which says: no data from here on
            return [(0, size)]
    return [piece for piece in pieces if piece[1] > 0]


def sparse_header(info: tarfile.TarInfo, pieces: list[tuple[int, int]]) -> bytes:
    """Return the header of a sparse file and the list of its pieces.

    Version 1.0 of GNU tar's format for pax archives:
    https://www.gnu.org/software/tar/manual/html_node/PAX-1.html
    """
    listed = [*pieces, (info.size, 0)]
    numbers = [len(listed), *(number for piece in listed for number in piece)]
    table = "".join(f"{number}\n" for number in numbers).encode()
    table += padding(len(table))
    info.pax_headers = {
        **info.pax_headers,
        "GNU.sparse.major": "1",
        "GNU.sparse.minor": "0",
        "GNU.sparse.name": info.name,
        "GNU.sparse.realsize": str(info.size),
    }
    # Only for programs that do not know the format: the name above counts.
    info.name = "GNUSparseFile.0/file"
    info.size = len(table) + sum(size for _, size in pieces)
    return header(info) + table
