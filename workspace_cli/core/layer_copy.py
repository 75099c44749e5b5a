"""Writes names of layers into another layer's folder, as they are.

Part of the program over the engine's folders (``layer_worker.py``): the standard library
only.  Owners, modes, times to the nanosecond, extended attributes (capabilities of
programs among them), hard links and holes in files are kept.  A socket is not: it means
nothing without its process, and the engine's own commit leaves it out as well.
"""

from __future__ import annotations

import errno
import os
import stat
from contextlib import suppress

from workspace_cli.core.layer_tree import OPAQUE, Entry

_OVERLAY = "trusted.overlay."
_PIECE = 2**26
_ONE_BY_ONE = frozenset((errno.EXDEV, errno.EINVAL, errno.ENOSYS, errno.EOPNOTSUPP, errno.EPERM))


class Writer:
    """Writes into ``target``; ``sources`` are the folders that the entries' numbers mean."""

    def __init__(self, sources: list[str], target: str) -> None:
        self._sources = [os.path.realpath(source) for source in sources]
        self._target = target
        self._links: dict[tuple[int, int], str] = {}
        self._folders: dict[str, Entry] = {}
        self.bytes = 0

    def write(self, one: Entry, *, opaque: bool = False) -> None:
        """Write one name; its folder was written before.  What vanished is passed over."""
        source, target = f"{self._sources[one.layer]}/{one.path}", f"{self._target}/{one.path}"
        if stat.S_ISSOCK(one.mode):
            return
        if one.is_folder:
            os.mkdir(target, 0o700)
            self._folders[one.path] = one
            self._dress(one, source, target)
            if opaque:
                os.setxattr(target, OPAQUE, b"y")
            return
        with suppress(FileNotFoundError):
            self._write_leaf(one, source, target)

    def _write_leaf(self, one: Entry, source: str, target: str) -> None:
        known = self._links.get((one.layer, one.inode)) if one.links > 1 else None
        if known:
            os.link(known, target, follow_symlinks=False)
            return
        if one.is_file:
            self._copy(one, source, target)
        elif stat.S_ISLNK(one.mode):
            os.symlink(os.readlink(source), target)
        else:
            os.mknod(target, stat.S_IFMT(one.mode) | 0o600, one.device)
        self._dress(one, source, target)
        _set_times(one, target)
        if one.links > 1:
            self._links[one.layer, one.inode] = target

    def remove(self, path: str) -> None:
        """Say that what a lower layer has at a path is gone."""
        os.mknod(f"{self._target}/{path}", stat.S_IFCHR, os.makedev(0, 0))

    def close(self) -> None:
        """Give the folders their times, which writing into them has changed."""
        for path, one in self._folders.items():
            _set_times(one, f"{self._target}/{path}")

    def _copy(self, one: Entry, source: str, target: str) -> None:
        reading = os.open(source, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)
        try:
            _check_place(reading, source)
            writing = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
            try:
                # What a program that is not paused appends meanwhile is of the next time.
                size = min(one.size, os.fstat(reading).st_size)
                sparse = one.blocks * 512 < one.size
                for begin, end in _parts(reading, size) if sparse else [(0, size)]:
                    _copy_part(reading, writing, begin, end)
                if sparse:
                    os.ftruncate(writing, size)
                self.bytes += size
            finally:
                os.close(writing)
        finally:
            os.close(reading)

    def _dress(self, one: Entry, source: str, target: str) -> None:
        os.lchown(target, one.uid, one.gid)
        if not stat.S_ISLNK(one.mode):
            os.chmod(target, stat.S_IMODE(one.mode))
        # After the owner: a change of owner takes a program's capabilities away.
        for name, value in attributes(source).items():
            os.setxattr(target, name, value, follow_symlinks=False)


def _check_place(file: int, path: str) -> None:
    """Raise FileNotFoundError where an open file is not the one at the path itself.

    A folder on the way may have become a link meanwhile, out of the layer to a file of
    the machine that only root may read.
    """
    if os.readlink(f"/proc/self/fd/{file}") != path:
        raise FileNotFoundError(errno.ENOENT, "it was moved meanwhile", path)


def attributes(path: str) -> dict[str, bytes]:
    """Return a name's extended attributes but overlay2's own."""
    found = {}
    for name in os.listxattr(path, follow_symlinks=False):
        if not name.startswith(_OVERLAY):
            with suppress(OSError):
                found[name] = os.getxattr(path, name, follow_symlinks=False)
    return found


def _set_times(one: Entry, target: str) -> None:
    os.utime(target, ns=(one.mtime, one.mtime), follow_symlinks=False)


def _parts(file: int, size: int) -> list[tuple[int, int]]:
    """Return where a file with holes has data."""
    parts = []
    end = 0
    while end < size:
        try:
            begin = os.lseek(file, end, os.SEEK_DATA)
        except OSError as exc:
            if exc.errno == errno.ENXIO:
                break
            return [(0, size)]
        end = min(size, os.lseek(file, begin, os.SEEK_HOLE))
        parts.append((begin, end))
    return parts


def _copy_part(reading: int, writing: int, begin: int, end: int) -> None:
    """Copy within the kernel; the file system may share the blocks (btrfs, XFS)."""
    while begin < end:
        try:
            done = os.copy_file_range(reading, writing, min(_PIECE, end - begin), begin, begin)
        except OSError as exc:
            if exc.errno not in _ONE_BY_ONE:
                raise
            data = os.pread(reading, min(2**20, end - begin), begin)
            done = os.pwrite(writing, data, begin)
        if not done:
            return
        begin += done
