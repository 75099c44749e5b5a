"""Sums files up by folder, so that a person sees where most of them are: standard library alone."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

MOST = 20
"""Folders that are shown; the rest is summed up."""
DEEPEST = 6


@dataclass
class Sum:
    """What differs in a folder and below it."""

    added: int = 0
    changed: int = 0
    removed: int = 0
    bytes: int = 0

    def count(self, kind: str, size: int) -> None:
        """Count one file, which was ``added``, ``changed`` or ``removed``."""
        setattr(self, kind, getattr(self, kind) + 1)
        self.bytes += size

    def plus(self, other: Sum) -> Sum:
        """Return both together."""
        return Sum(
            self.added + other.added,
            self.changed + other.changed,
            self.removed + other.removed,
            self.bytes + other.bytes,
        )

    @property
    def weight(self) -> tuple[int, int]:
        """How much a folder matters: first its bytes, then its files."""
        return self.bytes, self.added + self.changed + self.removed


@dataclass
class Totals:
    """Files that differ, counted in the folder that they are in (at most so deep)."""

    folders: dict[tuple[str, ...], Sum] = field(default_factory=lambda: defaultdict(Sum))

    def add(self, path: str, kind: str, size: int) -> None:
        """Count one file."""
        self.folders[tuple(path.split("/")[:-1][:DEEPEST])].count(kind, size)


def largest(totals: Totals, most: int = MOST) -> tuple[list[dict[str, Any]], dict[str, Any] | None]:
    """Return the folders that matter most, and the sum of all others (None where there are none).

    Every file is counted once: a folder is split into those within, the heaviest first,
    as long as there is room for them, and then stands for the files of its own.
    """
    within = _sums(totals)
    shown: dict[tuple[str, ...], Sum] = {(): within[()]} if totals.folders else {}
    done: set[tuple[str, ...]] = set()
    while waiting := [path for path in shown if path not in done]:
        heaviest = max(waiting, key=lambda path: shown[path].weight)
        done.add(heaviest)
        inner = [path for path in within if path and path[:-1] == heaviest]
        own = totals.folders.get(heaviest)
        if inner and (not heaviest or len(shown) - (own is None) + len(inner) <= most):
            del shown[heaviest]
            shown.update({path: within[path] for path in inner})
            if own is not None:
                shown[heaviest] = own
    ordered = sorted(shown.items(), key=lambda row: (-row[1].bytes, row[0]))
    rows = [_row("/" + "/".join(path), found) for path, found in ordered[:most]]
    rest = Sum()
    for _, found in ordered[most:]:
        rest = rest.plus(found)
    return rows, _row("", rest) if len(ordered) > most else None


def _sums(totals: Totals) -> dict[tuple[str, ...], Sum]:
    """Return what each folder holds with all below it."""
    found: dict[tuple[str, ...], Sum] = defaultdict(Sum)
    for path, own in totals.folders.items():
        for depth in range(len(path) + 1):
            found[path[:depth]] = found[path[:depth]].plus(own)
    return found


def _row(path: str, found: Sum) -> dict[str, Any]:
    return {
        "path": path,
        "added": found.added,
        "changed": found.changed,
        "removed": found.removed,
        "bytes": found.bytes,
    }
