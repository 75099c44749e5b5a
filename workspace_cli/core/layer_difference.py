"""What of a container's layers an earlier save of the same container does not hold yet.

Part of the program over the engine's folders (``layer_worker.py``): the standard library
only.  A name is what it was when the earlier save read it if its inode has not changed
since (``ctime``, which no program sets: not cp -p, not pip, not dpkg) and the saved copy
agrees with it.  Wherever that is not sure, the two are compared byte by byte: a change
shortly before the reading, when a program's memory may have been ahead of the file, or a
folder above that changed, for a folder that takes another's place changes nothing below.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping, Sequence

from workspace_cli.core.layer_copy import attributes
from workspace_cli.core.layer_tree import Entry

MARGIN = 120 * 10**9
"""Nanoseconds before the reading in which a change is not trusted to have been seen: the
kernel writes what a program changed through memory within 35 s, and tells it only then."""
_SECOND = 10**9
_PIECE = 2**20


class DoubtfulError(Exception):
    """The earlier save cannot be what this container was: nothing may be built on it."""


class Difference:
    """Compares ``now`` (in folders ``sources``) with what an earlier save holds, ``before``.

    ``since`` is when the earlier save was read, in nanoseconds; 0 trusts no time at all.
    ``below`` are the folders of the layers that both stand on.
    """

    def __init__(
        self,
        now: Mapping[str, Entry],
        sources: Sequence[str],
        before: Mapping[str, Entry],
        saved: Sequence[str],
        since: int,
        below: Sequence[str],
    ) -> None:
        self._now, self._sources = now, sources
        self._before, self._saved = before, saved
        self._trusted = since - MARGIN
        self._below = below
        self._moved: dict[str, bool] = {"": False}
        self._linked, self._linked_then = _linked(now), _linked(before)

    def changed(self) -> dict[str, bool]:
        """Return path → whether it must hide the saved folder, for all that is to be stored.

        A folder comes before what is in it.
        """
        anew: set[str] = set()
        found = {}
        for path, one in sorted(self._now.items()):
            inside = path.rpartition("/")[0] in anew
            hides = not inside and self._hides_anew(one)
            # What is hidden is hidden with all that is below it.
            if inside or hides:
                anew.add(path)
            if path in anew or not self._is_saved(one):
                found[path] = hides
        return found

    def _hides_anew(self, one: Entry) -> bool:
        """Tell whether a folder must hide what is below it, and the saved one with it.

        The kernel marks folders that have nothing below them as well: that means nothing.
        """
        saved = self._before.get(one.path)
        hidden = saved is not None and saved.is_folder and saved.opaque
        if not one.is_folder or one.opaque == hidden or not is_in(self._below, one.path):
            return False
        if hidden:
            raise DoubtfulError(f"{one.path} shows again what was hidden below it")
        return True

    def gone(self) -> list[str]:
        """Return the saved names that are no more; of a folder, its own alone."""
        found: list[str] = []
        for path, saved in sorted(self._before.items()):
            if path in self._now or self._is_covered(path):
                continue
            if is_in(self._below, path):
                raise DoubtfulError(f"{path} shows again what was hidden below it")
            if not saved.is_removal:
                found.append(path)
        return found

    def _is_covered(self, path: str) -> bool:
        """Tell whether a folder above is gone, or begins anew, so that nothing need be said."""
        folder = path.rpartition("/")[0]
        if not folder:
            return False
        now = self._now.get(folder)
        if now is None:
            return folder in self._before or self._is_covered(folder)
        return not now.is_folder or self._hides_anew(now) or self._is_covered(folder)

    def _is_saved(self, one: Entry) -> bool:
        saved = self._before.get(one.path)
        if saved is None or not _agree(one, saved):
            return False
        if one.is_folder or one.is_removal:
            return one.is_removal or self._attributes_agree(one, saved)
        if self._linked.get(one.path) != self._linked_then.get(one.path):
            return False
        trusted = one.ctime < self._trusted and not self._is_moved(one.path.rpartition("/")[0])
        return trusted or self._is_same(one, saved)

    def _is_moved(self, folder: str) -> bool:
        """Tell whether a folder, or one above it, may have taken another's place."""
        known = self._moved.get(folder)
        if known is None:
            one = self._now.get(folder)
            known = (
                one is None
                or one.ctime >= self._trusted
                or self._is_moved(folder.rpartition("/")[0])
            )
            self._moved[folder] = known
        return known

    def _is_same(self, one: Entry, saved: Entry) -> bool:
        mine, theirs = self._paths(one, saved)
        if stat.S_ISLNK(one.mode):
            return os.readlink(mine) == os.readlink(theirs)
        return self._attributes_agree(one, saved) and (
            not one.is_file or _same_content(mine, theirs)
        )

    def _attributes_agree(self, one: Entry, saved: Entry) -> bool:
        mine, theirs = self._paths(one, saved)
        return attributes(mine) == attributes(theirs)

    def _paths(self, one: Entry, saved: Entry) -> tuple[str, str]:
        return (
            f"{self._sources[one.layer]}/{one.path}",
            f"{self._saved[saved.layer]}/{one.path}",
        )


def _linked(entries: Mapping[str, Entry]) -> dict[str, tuple[str, ...]]:
    """Return path → all names of its file, for files that have several."""
    names: dict[tuple[int, int], list[str]] = {}
    for one in entries.values():
        if one.links > 1 and one.is_file:
            names.setdefault((one.layer, one.inode), []).append(one.path)
    return {
        path: tuple(sorted(group)) for group in names.values() if len(group) > 1 for path in group
    }


def _agree(one: Entry, saved: Entry) -> bool:
    """Compare what the engine keeps of a name; of its time it keeps the seconds."""
    if (one.mode, one.uid, one.gid, one.device) != (
        saved.mode,
        saved.uid,
        saved.gid,
        saved.device,
    ):
        return one.is_removal and saved.is_removal
    if one.mtime // _SECOND != saved.mtime // _SECOND:
        return one.is_removal
    return one.is_folder or one.size == saved.size


def _same_content(one: str, other: str) -> bool:
    try:
        with open(one, "rb", buffering=0) as mine, open(other, "rb", buffering=0) as theirs:
            while True:
                piece = mine.read(_PIECE)
                if piece != theirs.read(_PIECE):
                    return False
                if not piece:
                    return True
    except FileNotFoundError:
        return False


def is_in(folders: Sequence[str], path: str) -> bool:
    """Tell whether one of the layers has something at a path."""
    return any(_is_there(folder, path) for folder in folders)


def _is_there(folder: str, path: str) -> bool:
    at = folder
    for part in path.split("/"):
        at = f"{at}/{part}"
        try:
            found = os.lstat(at)
        except OSError:
            return False
        if stat.S_ISLNK(found.st_mode):
            # It is the path's end, or it leads away from the layer.
            return at == f"{folder}/{path}"
    return not (stat.S_ISCHR(found.st_mode) and found.st_rdev == 0)
