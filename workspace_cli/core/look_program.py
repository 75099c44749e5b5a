"""The jobs that look into layers: what differs, what is installed, what may be a secret.

Part of the program over the engine's folders (``layer_worker.py``): the standard library
and the modules named there, nothing else.
"""

from __future__ import annotations

import hashlib
import os
import stat
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from typing import Any

from workspace_cli.core.layer_rules import is_junk
from workspace_cli.core.look_contents import Comparison
from workspace_cli.core.look_files import Opener
from workspace_cli.core.look_folders import Totals, largest
from workspace_cli.core.look_tree import Difference, View, differences
from workspace_cli.core.packages import (
    DPKG,
    Owned,
    compare,
    installed,
    is_site,
    shipped_settings,
)
from workspace_cli.core.suspects_caches import cache_of
from workspace_cli.core.suspects_contents import LARGEST_SEARCHED, LARGEST_TEXT, Known, by_content
from workspace_cli.core.suspects_names import by_name, is_example

_BOOKKEEPING = (
    *(f"{DPKG}/", "var/lib/apt/", "var/cache/debconf/", "var/cache/ldconfig/", "var/log/apt/"),
    *("var/log/dpkg.log", "var/log/alternatives.log", "etc/ld.so.cache", "etc/alternatives/"),
)
"""What apt and dpkg write for themselves."""
Rows = list[dict[str, Any]]


def look(job: Mapping[str, Any], wait: Callable[[], None]) -> dict[str, Any]:
    """Compare the stack ``new`` with ``old`` and search what is above ``ground``.

    Stacks are folders from the highest to the lowest. ``values`` are secrets that are
    known; ``patience`` is for how many seconds files are read. Returns what ``diff`` does,
    ``suspects``, ``caches``, ``unread`` and ``added``, the bytes less what is left out.
    """
    began = time.monotonic()
    new, old, ground = job["new"], job["old"], job["ground"]
    found = list(differences(new, old))
    owned = compare(View(new), View(old), (one.path for one in found))
    answer = _summary(found, owned)
    changed = found
    if ground != old:
        found = list(differences(new, ground))
        owned = compare(View(new), View(ground), (one.path for one in found))
    now = time.monotonic()
    # However long it took until here: something is read in any case.
    deadline = max(began + job["patience"], now + job["patience"] / 5)
    search = _Search(Known.of(job["values"]), deadline)
    answer["suspects"] = search.suspects(found, owned, shipped_settings(View(new)))
    answer["unread"] = search.unread
    answer["caches"] = _caches(found)
    gone = {row["path"].lstrip("/") for row in answer["suspects"]}
    answer["added"] = sum(_bytes(one) for one in changed if not _is_left_out(one, gone))
    return answer


def diff(job: Mapping[str, Any], wait: Callable[[], None]) -> dict[str, Any]:
    """Compare the stack ``new`` with ``old``, file by file where their times alone differ.

    ``own`` are stacks; the bytes that the highest layer of each one adds are in the answer.
    """
    comparison = Comparison()
    found = [
        one for one in differences(job["new"], job["old"], alike=True) if not comparison.equal(one)
    ]
    comparison.close()
    owned = compare(View(job["new"]), View(job["old"]), (one.path for one in found))
    own = [sum(map(_bytes, differences(stack, stack[1:]))) for stack in job["own"]]
    return _summary(found, owned) | {"own": own}


def packages(job: Mapping[str, Any], wait: Callable[[], None]) -> dict[str, Any]:
    """Return everything that is installed in the stack ``new``."""
    rows = [asdict(found) for found in installed(View(job["new"]))]
    return {"packages": [{name: row[name] for name in _PACKAGE} for row in rows]}


_PACKAGE = ("manager", "name", "version", "place")


# what differs ----------------------------------------------------------------
def _summary(found: Sequence[Difference], owned: Owned) -> dict[str, Any]:
    """Sum up what differs, less what no save ever keeps."""
    totals, count, size = Totals(), 0, 0
    for one in found:
        if is_junk(one.path):
            continue
        count += 1
        added = _bytes(one)
        size += added
        owner = owned.files.get(one.path)
        if owner is not None:
            owned.changed[owner[0]].bytes += added
        elif not _is_bookkeeping(one.path):
            totals.add(one.path, _kind(one), added)
    folders, others = largest(totals)
    return {
        "packages": [asdict(package) for package in owned.changed],
        "folders": folders,
        "others": others,
        "files": count,
        "bytes": size,
    }


def _is_bookkeeping(path: str) -> bool:
    return path.startswith(_BOOKKEEPING) or (path.endswith(".pyc") and is_site(path))


def _kind(one: Difference) -> str:
    if one.new is None:
        return "removed"
    return "added" if one.old is None else "changed"


def _bytes(one: Difference) -> int:
    """Return what a file takes up; several names of one file share its size."""
    if one.new is None or not stat.S_ISREG(one.new.mode):
        return 0
    return one.new.size // max(1, one.new.links)


# what may be a secret --------------------------------------------------------
class _Search:
    """Searches files for secrets until the time is over; where few lie together first."""

    def __init__(self, known: Known, deadline: float) -> None:
        self._known, self._deadline = known, deadline
        self._files = Opener()
        self.unread = 0

    def suspects(
        self, found: Iterable[Difference], owned: Owned, shipped: Mapping[str, str]
    ) -> Rows:
        """Return the files that are likely to hold a secret, in the order of their paths.

        ``shipped`` are the MD5 of settings as packages brought them.
        """
        files = [one for one in found if _may_be_secret(one, owned)]
        rows: Rows = []
        for one in _in_order(files):
            told = self._judge(one)
            if told and one.path in shipped and self._md5(one) == shipped[one.path]:
                continue
            if told is not None:
                row = {"kind": told[0], "why": told[1], "bytes": one.new.size if one.new else 0}
                rows.append({"path": f"/{one.path}", **row})
        self._files.close()
        return sorted(rows, key=lambda row: str(row["path"]))

    def _md5(self, one: Difference) -> str:
        with suppress(OSError), os.fdopen(self._files.open(one.layer, one.path), "rb") as file:
            digest = hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False))
            return digest.hexdigest()
        return ""

    def _judge(self, one: Difference) -> tuple[str, str] | None:
        named = None if is_example(one.path) else by_name(one.path)
        if named is not None:
            return named
        assert one.new is not None  # noqa: S101 - only files that are there are judged
        if one.new.size > LARGEST_SEARCHED:
            return None
        if time.monotonic() > self._deadline:
            self.unread += 1
            return None
        with suppress(OSError), os.fdopen(self._files.open(one.layer, one.path), "rb") as file:
            if one.new.size <= LARGEST_TEXT:
                told = by_content(one.path, file.read(LARGEST_TEXT))
                if told is not None:
                    return told
                file.seek(0)
            if self._known and self._known.within(file):
                return "known secret", "holds a token or password of this workspace"
        return None


def _in_order(files: Sequence[Difference]) -> list[Difference]:
    """Return the files of small folders first: thousands in one folder are data."""
    together = Counter(one.path.rpartition("/")[0] for one in files)

    def place(one: Difference) -> tuple[bool, int, str]:
        is_large = one.new is not None and one.new.size > LARGEST_TEXT
        return is_large, together[one.path.rpartition("/")[0]], one.path

    return sorted(files, key=place)


def _may_be_secret(one: Difference, owned: Owned) -> bool:
    """Tell whether a file is there, has something in it, and is not as a package brought it."""
    if one.new is None or not stat.S_ISREG(one.new.mode) or one.new.size == 0:
        return False
    if is_junk(one.path) or one.path.startswith(_BOOKKEEPING):
        return False
    owner = owned.files.get(one.path)
    if owner is None:
        return True
    package, size = owned.changed[owner[0]], owner[1]
    if package.manager == "apt":
        # Settings are made to be changed after the package has brought them.
        return one.path.startswith("etc/") or not package.after
    return size not in (-1, one.new.size)


# caches ----------------------------------------------------------------------
def _caches(found: Iterable[Difference]) -> Rows:
    rows: dict[str, dict[str, Any]] = {}
    for one in found:
        if one.new is None:
            continue
        told = cache_of(one.path, one.new.size)
        if told is not None:
            path, kind = told
            row = rows.setdefault(
                path, {"path": f"/{path}", "kind": kind, "files": 0, "bytes": 0, "always": True}
            )
            row["files"] += 1
            row["always"] &= is_junk(one.path)
            row["bytes"] += _bytes(one)
    return sorted(rows.values(), key=lambda row: (-row["bytes"], row["path"]))


def _is_left_out(one: Difference, suspects: set[str]) -> bool:
    """Tell whether a save leaves a file out where nobody says anything."""
    return one.new is None or one.path in suspects or is_junk(one.path)


JOBS = {"look": look, "diff": diff, "packages": packages}
