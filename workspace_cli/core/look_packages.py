"""What is installed in an environment; an image never changes, so it is read once and kept.

The copy under ``WORKSPACE_ROOT/hub/looks`` may be lost at any time.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from workspace_cli.core import layer_worker
from workspace_cli.core.errors import CommitFailedError
from workspace_cli.core.host import Host
from workspace_cli.core.look_models import Package, PackageChange, as_rows
from workspace_cli.core.look_stacks import BLIND, stack_of
from workspace_cli.core.models import Image


def packages_of(host: Host, image: Image) -> tuple[Package, ...]:
    """Return what apt, pip and conda have installed; CommitFailedError where nobody can look."""
    file = _folder(host) / f"{image.id.removeprefix('sha256:')}.json"
    kept = _read(file)
    if kept is not None:
        return kept
    stack = stack_of(host, image)
    if stack is None:
        raise CommitFailedError(BLIND, "`workspace images` lists the environments without them.")
    told = layer_worker.work(
        host, {"do": "look_program.packages", "read": [*stack.folders], "new": [*stack.folders]}
    )
    found = tuple(Package(**row) for row in told["packages"])
    _write(host, file, found)
    return found


def package_changes(old: Iterable[Package], new: Iterable[Package]) -> tuple[PackageChange, ...]:
    """Return in which packages two environments differ."""
    before = {(one.manager, one.name, one.place): one.version for one in old}
    after = {(one.manager, one.name, one.place): one.version for one in new}
    return tuple(
        PackageChange(
            manager=key[0],
            name=key[1],
            place=key[2],
            before=before.get(key, ""),
            after=after.get(key, ""),
        )
        for key in sorted({*before, *after})
        if before.get(key) != after.get(key)
    )


def _folder(host: Host) -> Path:
    return host.settings.hub_dir / "looks"


def _read(file: Path) -> tuple[Package, ...] | None:
    try:
        return tuple(Package(**row) for row in json.loads(file.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        # Not there, damaged, or of another version: as good as none.
        return None


def _write(host: Host, file: Path, packages: tuple[Package, ...]) -> None:
    """Keep what was read, and remove what was kept of images that are gone."""
    fresh = file.with_suffix(f".{os.getpid()}")
    here = {image.id.removeprefix("sha256:") for image in host.engine.images()}
    with suppress(OSError):
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        for other in file.parent.glob("*.json"):
            if other.stem not in here:
                other.unlink(missing_ok=True)
        try:
            fresh.write_text(json.dumps(as_rows(packages)), encoding="utf-8")
            fresh.replace(file)
        finally:
            fresh.unlink(missing_ok=True)
