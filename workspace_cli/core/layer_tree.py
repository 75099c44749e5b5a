"""What a layer's folder holds, and what several on top of each other show.

Part of the program over the engine's folders (``layer_worker.py``): the standard library
only.  A path is relative to the layer's root, without a slash before it; a name that is
no UTF-8 is kept as Python keeps it (surrogateescape).  overlay2 marks what an upper layer
removes by a character device 0/0, and a folder that hides the one below it by an
attribute: https://www.kernel.org/doc/html/latest/filesystems/overlayfs.html
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

OPAQUE = "trusted.overlay.opaque"


@dataclass(frozen=True, slots=True)
class Entry:
    """One name of a layer: ``layer`` is its folder's number among those that were merged.

    ``size`` in bytes, times in nanoseconds since the epoch.  ``opaque`` folders show
    nothing of the same folder in a lower layer.
    """

    path: str
    layer: int
    mode: int
    uid: int
    gid: int
    size: int
    mtime: int
    ctime: int
    inode: int
    links: int
    device: int
    blocks: int
    opaque: bool = False

    def below(self, folder: str) -> Entry:
        """Return the entry as seen from above a folder that the walk began in."""
        return replace(self, path=f"{folder}/{self.path}")

    @property
    def is_folder(self) -> bool:
        """Whether it is a folder."""
        return stat.S_ISDIR(self.mode)

    @property
    def is_file(self) -> bool:
        """Whether it is a regular file."""
        return stat.S_ISREG(self.mode)

    @property
    def is_removal(self) -> bool:
        """Whether it says that what a lower layer has here is gone."""
        return stat.S_ISCHR(self.mode) and self.device == 0


def entry(path: str, layer: int, found: os.stat_result, *, opaque: bool = False) -> Entry:
    """Make an entry of what ``lstat`` tells."""
    return Entry(
        path,
        layer,
        found.st_mode,
        found.st_uid,
        found.st_gid,
        found.st_size,
        found.st_mtime_ns,
        found.st_ctime_ns,
        found.st_ino,
        found.st_nlink,
        found.st_rdev,
        found.st_blocks,
        opaque,
    )


def walk(folder: str, layer: int = 0) -> Iterator[Entry]:
    """Yield every name below a layer's folder, a folder before what is in it.

    What vanishes meanwhile is left out.
    """
    waiting = [""]
    while waiting:
        at = waiting.pop()
        try:
            with os.scandir(f"{folder}/{at}") as rows:
                found = sorted(rows, key=lambda row: row.name)
        except (FileNotFoundError, NotADirectoryError):
            continue
        for row in found:
            path = f"{at}/{row.name}" if at else row.name
            try:
                seen = row.stat(follow_symlinks=False)
                hides = stat.S_ISDIR(seen.st_mode) and is_opaque(row.path)
            except FileNotFoundError:
                continue
            yield entry(path, layer, seen, opaque=hides)
            if stat.S_ISDIR(seen.st_mode):
                waiting.append(path)


def is_opaque(path: str) -> bool:
    """Tell whether a folder hides the one below it."""
    try:
        return os.getxattr(path, OPAQUE, follow_symlinks=False) == b"y"
    except OSError:
        return False


def merged(folders: Sequence[str]) -> dict[str, Entry]:
    """Return path → entry of what layers, from the highest to the lowest, make together.

    What they remove of the layers below them all is in it as removals, and a folder is
    opaque where it hides the one below them all.
    """
    shown: dict[str, Entry] = {}
    for number, folder in enumerate(folders):
        # Kept aside, for what a layer holds is not hidden by its own folders.
        below = list(walk(folder, number))
        for one in below:
            above = shown.get(one.path)
            if above is None:
                if number == 0 or not _is_hidden(one.path, shown, number):
                    shown[one.path] = one
            elif above.is_folder and not above.opaque and (not one.is_folder or one.opaque):
                shown[one.path] = replace(above, opaque=True)
    return shown


def _is_hidden(path: str, shown: dict[str, Entry], number: int) -> bool:
    """Tell whether a higher layer shows nothing of this one at a path."""
    folder = path.rpartition("/")[0]
    while folder:
        above = shown.get(folder)
        if above is not None and above.layer < number and _stops(above):
            return True
        folder = folder.rpartition("/")[0]
    return False


def _stops(above: Entry) -> bool:
    return above.opaque or not above.is_folder
