"""Compares what is in two files, whatever their times say: standard library alone."""

from __future__ import annotations

import os
import stat

from workspace_cli.core.look_files import Opener, read_link
from workspace_cli.core.look_tree import LARGEST_READ, Difference, File, look_same

MOST_COMPARED = 1024 * 1024 * 1024
"""Bytes that are read in all; beyond it owner, mode, size and time decide."""


class Comparison:
    """Reads pairs of files as long as it is not too much."""

    def __init__(self) -> None:
        self._new, self._old = Opener(), Opener()
        self._left = MOST_COMPARED

    def equal(self, one: Difference) -> bool:
        """Tell whether both files are there and the same but for their times."""
        new, old = one.new, one.old
        if new is None or old is None or _kept(new) != _kept(old):
            return False
        if stat.S_ISLNK(new.mode):
            return _same_link(one)
        if not stat.S_ISREG(new.mode):
            return new.device == old.device
        if new.size > min(self._left, LARGEST_READ):
            return look_same(one)
        self._left -= new.size
        return self._same_bytes(one)

    def _same_bytes(self, one: Difference) -> bool:
        try:
            with (
                os.fdopen(self._new.open(one.layer, one.path), "rb") as new,
                os.fdopen(self._old.open(one.old_layer, one.path), "rb") as old,
            ):
                return new.read() == old.read()
        except OSError:
            # Gone a moment ago.
            return False

    def close(self) -> None:
        """Close what was kept open."""
        self._new.close()
        self._old.close()


def _kept(found: File) -> tuple[int, int, int, int]:
    return found.mode, found.uid, found.gid, found.size


def _same_link(one: Difference) -> bool:
    try:
        return read_link(one.layer, one.path) == read_link(one.old_layer, one.path)
    except OSError:
        return False
