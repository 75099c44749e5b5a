"""Compares what two stacks of layer folders look like from above: standard library alone.

A stack lists folders, the uppermost first, as overlayfs lays them over one another: a
character device 0/0 hides what is below, and a folder marked opaque all of it.
https://docs.kernel.org/filesystems/overlayfs.html
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from typing import NamedTuple

from workspace_cli.core.look_files import open_file, open_folder

_OPAQUE = "trusted.overlay.opaque"
_MOVED = "trusted.overlay.redirect"
LARGEST_READ = 64 * 1024 * 1024
"""Bytes of a file that is read as a whole."""


class MovedFolderError(OSError):
    """A layer says that a folder was renamed by reference, which only the kernel can follow."""

    def __init__(self, path: str) -> None:
        super().__init__(errno.EXDEV, "the folder was renamed by reference", path)


class File(NamedTuple):
    """What is known of a file, as little as possible: there may be a million of them.

    ``size`` in bytes, ``time`` of its last change in whole seconds.
    """

    mode: int
    uid: int
    gid: int
    size: int
    time: int
    device: int
    links: int


def told(found: os.stat_result) -> File:
    """Return what is kept of what the kernel tells."""
    return File(
        found.st_mode,
        found.st_uid,
        found.st_gid,
        found.st_size,
        int(found.st_mtime),
        found.st_rdev,
        found.st_nlink,
    )


@dataclass(frozen=True, slots=True)
class Difference:
    """A file (anything but a folder) that differs; ``path`` has no slash in front.

    ``new`` and ``old`` are what is there, None where nothing is; ``layer`` and
    ``old_layer`` are the folders that hold them.
    """

    path: str
    new: File | None
    old: File | None
    layer: str
    old_layer: str = ""


DEEPEST = 500
"""Folders in one another; no program makes so many but to do harm."""


def differences(
    new: Sequence[str], old: Sequence[str], *, alike: bool = False
) -> Iterator[Difference]:
    """Yield the files in which one stack differs from another, folder by folder.

    Only what a layer of one stack alone could have changed is looked at.  With ``alike``
    files that look the same but lie in different layers are among them.
    """
    waiting: list[tuple[str, tuple[str, ...], tuple[str, ...]]] = [("", tuple(new), tuple(old))]
    while waiting:
        path, above, below = waiting.pop()
        if path.count("/") > DEEPEST:
            raise OSError(errno.ELOOP, "folders lie too deep in one another", path[:100])
        with ExitStack() as opened:
            here = Place(path, (*above, *below), opened)
            above, below = here.visible(above), here.visible(below)
            for name in here.names(_not_shared(above, below)):
                one, other = here.look(name, above), here.look(name, below)
                inner = f"{path}/{name}" if path else name
                if one.file or other.file:
                    found = Difference(inner, one.file, other.file, one.layer, other.layer)
                    if one.layer != other.layer and (alike or not look_same(found)):
                        yield found
                if one.folders or other.folders:
                    waiting.append((inner, one.folders, other.folders))


@dataclass(frozen=True, slots=True)
class Seen:
    """What a stack shows under a name: a file of one layer, or a folder of several."""

    file: File | None = None
    layer: str = ""
    folders: tuple[str, ...] = ()


class Place:
    """One folder as several layers hold it; ``opened`` closes what is opened here."""

    def __init__(self, path: str, layers: Sequence[str], opened: ExitStack) -> None:
        self.path = path
        self._folders: dict[str, int] = {}
        self._entries: dict[str, dict[str, os.DirEntry[str]]] = {}
        for layer in dict.fromkeys(layers):
            with suppress(OSError):
                self._folders[layer] = open_folder(layer, path)
                opened.callback(os.close, self._folders[layer])

    def visible(self, layers: Sequence[str]) -> tuple[str, ...]:
        """Return the layers that hold the folder, down to the first that hides the rest."""
        found: list[str] = []
        for layer in layers:
            if layer in self._folders:
                found.append(layer)
                if self._hides(self._folders[layer]):
                    break
        return tuple(found)

    def _hides(self, descriptor: int) -> bool:
        marks = os.listxattr(descriptor)
        if _MOVED in marks:
            raise MovedFolderError(self.path)
        return _OPAQUE in marks and os.getxattr(descriptor, _OPAQUE) == b"y"

    def names(self, layers: Sequence[str]) -> list[str]:
        """Return every name in some layers."""
        for layer in layers:
            with suppress(OSError), os.scandir(self._folders[layer]) as entries:
                self._entries[layer] = {entry.name: entry for entry in entries}
        return sorted({name for layer in layers for name in self._entries.get(layer, ())})

    def look(self, name: str, layers: Sequence[str]) -> Seen:
        """Return what a stack of layers shows under a name."""
        folders: list[str] = []
        for layer in layers:
            found = self._stat(layer, name)
            if found is None:
                continue
            if stat.S_ISDIR(found.mode):
                folders.append(layer)
            elif folders or is_whiteout(found):
                break
            else:
                return Seen(found, layer)
        return Seen(folders=tuple(folders))

    def _stat(self, layer: str, name: str) -> File | None:
        entries = self._entries.get(layer)
        if entries is not None and name not in entries:
            return None
        try:
            if entries is not None:
                return told(entries[name].stat(follow_symlinks=False))
            return told(os.stat(name, dir_fd=self._folders[layer], follow_symlinks=False))
        except OSError:
            return None


def is_whiteout(found: File) -> bool:
    """Tell whether an entry of a layer only hides what is below it."""
    return stat.S_ISCHR(found.mode) and found.device == 0


def _not_shared(one: Sequence[str], other: Sequence[str]) -> tuple[str, ...]:
    """Return the layers of two stacks less those at the bottom that both have."""
    first, second = list(one), list(other)
    while first and second and first[-1] == second[-1]:
        first.pop()
        second.pop()
    return tuple(dict.fromkeys((*first, *second)))


def look_same(found: Difference) -> bool:
    """Tell whether both files are the same, times to the second: an archive keeps no more."""
    one, other = found.new, found.old
    return (
        one is not None
        and other is not None
        # But for how many names it has.
        and one[:-1] == other[:-1]
    )


class View:
    """Reads files and lists folders of one stack as they look from above."""

    def __init__(self, layers: Sequence[str]) -> None:
        self._layers = tuple(layers)

    def read(self, path: str, most: int = LARGEST_READ) -> bytes | None:
        """Return a file's content; None where there is none, or more than ``most`` bytes."""
        above, _, name = path.rpartition("/")
        with ExitStack() as opened:
            here = self._place(above, opened)
            found = here[0].look(name, here[1]) if here else Seen()
        if found.file is None or not stat.S_ISREG(found.file.mode) or found.file.size > most:
            return None
        try:
            with os.fdopen(open_file(found.layer, path), "rb") as file:
                return file.read(most)
        except OSError:
            return None

    def names(self, path: str) -> list[str]:
        """Return what is in a folder; empty where there is none."""
        with ExitStack() as opened:
            here = self._place(path, opened)
            if here is None:
                return []
            place, layers = here
            return [name for name in place.names(layers) if place.look(name, layers) != Seen()]

    def match(self, pattern: str) -> list[str]:
        """Return the folders that a pattern means, in which ``*`` is any one name."""
        found = [""]
        for part in pattern.split("/"):
            inner = [
                f"{above}/{name}" if above else name
                for above in found
                for name in (self._matching(above, part) if "*" in part else [part])
            ]
            found = inner
        return [path for path in found if self._is_folder(path)]

    def _matching(self, path: str, part: str) -> list[str]:
        before, _, after = part.partition("*")
        return [n for n in self.names(path) if n.startswith(before) and n.endswith(after)]

    def _is_folder(self, path: str) -> bool:
        with ExitStack() as opened:
            return self._place(path, opened) is not None

    def _place(self, path: str, opened: ExitStack) -> tuple[Place, tuple[str, ...]] | None:
        """Return a folder and the layers that show it."""
        layers = self._layers
        at = ""
        for name in (*filter(None, path.split("/")), None):
            place = Place(at, layers, opened)
            layers = place.visible(layers)
            if not layers:
                return None
            if name is None:
                return place, layers
            layers = place.look(name, layers).folders
            at = f"{at}/{name}" if at else name
        return None
