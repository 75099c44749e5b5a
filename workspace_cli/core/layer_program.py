"""The jobs of saving a container's layers, over the engine's own folders.

Part of the program over the engine's folders (``layer_worker.py``): the standard library
only.  Lists of folders go from the highest layer to the lowest.
"""

from __future__ import annotations

import os
import re
import stat
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from workspace_cli.core.layer_copy import Writer
from workspace_cli.core.layer_difference import Difference, DoubtfulError, is_in
from workspace_cli.core.layer_rules import LeftOut, has_junk, is_junk, stale_driver_files
from workspace_cli.core.layer_tree import Entry, merged, walk

Wait = Callable[[], None]
_SOURCES = re.compile(r"(?:.+/)?(?:site|dist)-packages/(?:.+/)?[^/]+\.py", re.DOTALL)
_COMPILED = re.compile(r"\.[^/]+\.pyc$")
_MOST_FOLDERS = 500
_LONGEST_CHAIN = 40


def count(job: Mapping[str, Any], wait: Wait) -> dict[str, Any]:
    """Count the files of layers (``read``) and their bytes."""
    sizes = [one.size for one in merged(job["read"]).values() if one.is_file]
    return {"files": len(sizes), "bytes": sum(sizes)}


def clock() -> dict[str, Any]:
    """Return the machine's time in nanoseconds, and by what a jump of it is seen later."""
    with open("/proc/sys/kernel/random/boot_id", encoding="ascii") as file:
        boot = file.read().strip()
    now = time.time_ns()
    return {"read": now, "boot": boot, "offset": now - time.clock_gettime_ns(time.CLOCK_BOOTTIME)}


def scan(job: Mapping[str, Any], wait: Wait) -> dict[str, Any]:
    """Find out what a save has to look after.

    ``upper`` is the container's own layer, ``saved`` those of an earlier save of it,
    ``own`` those that its image has above the lab's, ``base`` the lab's; ``leave_out``
    are paths inside.  The result: the paths without links on their way (``leave_out``),
    those of them that are the lab's own, untouched (``in_base``), what else is to go
    (``driver``), whether there is something of it in ``upper``, ``saved`` or ``own``,
    the folders of packages whose programs are not compiled, and the clock before all.
    """
    began = clock()
    upper, own, base = job["upper"], job["own"], job["base"]
    every = [upper, *own, *base]
    paths = [_real(path, every) for path in job["leave_out"]]
    here = list(walk(upper))
    driver = stale_driver_files(here, every) if job["junk"] else []
    found = LeftOut([*paths, *driver], junk=job["junk"])
    return {
        "leave_out": paths,
        "driver": driver,
        "in_base": [
            path
            for path in paths
            if not is_in([upper, *own], path) and any(_has_files(one, path) for one in base)
        ],
        "in_upper": any(one.path in found and _is_kept(one) for one in here),
        "in_saved": _holds(job["saved"], paths, job["junk"]),
        "in_own": _holds(own, [*paths, *driver], job["junk"]),
        "uncompiled": _uncompiled(here),
        **began,
    }


def _is_kept(one: Entry) -> bool:
    return not one.is_folder and not one.is_removal and not stat.S_ISSOCK(one.mode)


def _real(path: str, folders: Sequence[str]) -> str:
    """Return a path without links on its way; a link at its end stays."""
    for _ in range(_LONGEST_CHAIN):
        parts = path.split("/")
        for n in range(1, len(parts)):
            at = "/".join(parts[:n])
            link = _link(at, folders)
            if link is not None:
                whole = os.path.join("/", os.path.dirname(at), link, *parts[n:])
                path = os.path.normpath(whole).lstrip("/")
                break
        else:
            break
    return path


def _link(path: str, folders: Sequence[str]) -> str | None:
    for folder in folders:
        if is_in([folder], path):
            try:
                return os.readlink(f"{folder}/{path}")
            except OSError:
                return None
    return None


def _has_files(folder: str, path: str) -> bool:
    if not is_in([folder], path):
        return False
    found = os.lstat(f"{folder}/{path}")
    if not stat.S_ISDIR(found.st_mode):
        return True
    return any(_is_kept(one) for one in walk(f"{folder}/{path}"))


def _holds(folders: Iterable[str], paths: Sequence[str], junk: bool) -> bool:
    return any(
        any(_has_files(folder, path) for path in paths) or (junk and has_junk(folder))
        for folder in folders
    )


def _uncompiled(here: Iterable[Entry]) -> list[str]:
    """Return the folders of packages that hold a program without its compiled form."""
    sources: list[str] = []
    compiled = set()
    for one in here:
        if one.is_file and one.size:
            if _SOURCES.fullmatch(one.path) and not is_junk(one.path):
                sources.append(one.path)
            elif one.path.endswith(".pyc"):
                compiled.add(_COMPILED.sub(".py", one.path.replace("__pycache__/", "")))
    missing = {path.rpartition("/")[0] for path in sources if path not in compiled}
    return sorted(missing)[:_MOST_FOLDERS]


def store(job: Mapping[str, Any], wait: Wait) -> dict[str, Any]:
    """Write into ``write`` what ``sources`` show and ``saved`` does not hold yet.

    ``saved`` are the layers of an earlier save that was read at ``since`` (nanoseconds),
    ``below`` the layers under both; ``leave_out`` are paths and ``junk`` whether the
    usual junk goes.  Returns ``stored`` names and ``bytes``, and the clock when the
    reading began; or ``doubt`` where nothing may be built on the earlier save.
    """
    before = merged(job["saved"])
    wait()
    began = clock()
    now = _kept(merged(job["sources"]), LeftOut(job["leave_out"], junk=job["junk"]))
    if not job["saved"] and len(job["sources"]) > 1:
        # What several layers remove of each other need not be told any more.
        now = {p: one for p, one in now.items() if not one.is_removal or is_in(job["below"], p)}
    since = job["since"] if _is_steady(job, began) else 0
    difference = Difference(now, job["sources"], before, job["saved"], since, job["below"])
    try:
        changed, gone = difference.changed(), difference.gone()
    except DoubtfulError as exc:
        return {"doubt": str(exc)}
    writer = Writer(job["sources"], job["write"])
    _write(writer, now, changed, gone)
    return {"stored": len(changed) + len(gone), "bytes": writer.bytes, **began}


def _kept(everything: Mapping[str, Entry], left_out: LeftOut) -> dict[str, Entry]:
    """Return what is not left out: what is removed stays so, and leads there."""
    now = {
        path: one
        for path, one in everything.items()
        if not stat.S_ISSOCK(one.mode) and (one.is_removal or path not in left_out)
    }
    for path in [path for path, one in now.items() if one.is_removal]:
        folder = path.rpartition("/")[0]
        while folder and folder not in now:
            now[folder] = everything[folder]
            folder = folder.rpartition("/")[0]
    return now


def _is_steady(job: Mapping[str, Any], now: Mapping[str, Any]) -> bool:
    """Tell whether the machine's clock went on evenly since the earlier save.

    After a start of the machine only that it is later can be known; a step back in
    between cannot, and then no time is trusted.
    """
    return bool(
        job["since"]
        and job["boot"] == now["boot"]
        and now["read"] >= job["since"]
        and now["offset"] >= job["offset"] - 10**7
    )


def _write(
    writer: Writer, now: Mapping[str, Entry], changed: Mapping[str, bool], gone: Sequence[str]
) -> None:
    written: set[str] = set()

    def lead_to(path: str) -> None:
        folder = path.rpartition("/")[0]
        if folder and folder not in written:
            lead_to(folder)
            written.add(folder)
            writer.write(now[folder], opaque=changed.get(folder, False))

    for path, hides in changed.items():
        if path not in written:
            lead_to(path)
            written.add(path)
            writer.write(now[path], opaque=hides)
    for path in gone:
        lead_to(path)
        writer.remove(path)
    writer.close()


def freeze(job: Mapping[str, Any], _wait: Wait) -> dict[str, Any]:
    """Freeze or thaw a control group of either version (``freezing.py``)."""
    group = Path(job["write"])
    if not group.is_dir():
        group = Path(job["at"])
    old = group / "freezer.state"
    if old.exists():
        old.write_text("FROZEN" if job["frozen"] else "THAWED")
    else:
        (group / "cgroup.freeze").write_text("1" if job["frozen"] else "0")
    return {}


JOBS = {"count": count, "scan": scan, "store": store, "freeze": freeze}
