"""One save of a container at a time, by whichever process, and what dead ones left.

A lock file for each container under the data root tells every process of the machine, and
is free when its holder dies.  What a save makes on its way carries the lock's key, so that
it is known as a leftover as soon as nobody holds the lock: a paused container, a container
that is there to be filled, an image that is not clean yet.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from workspace_cli.core import freezing, labels
from workspace_cli.core.errors import (
    BusyError,
    ImageNotFoundError,
    LabdockError,
    SetupError,
    WorkspaceNotFoundError,
)
from workspace_cli.core.host import Host
from workspace_cli.core.layer_worker import remove_dead
from workspace_cli.core.references import UNFINISHED

_PATIENCE = 1.0
"""Seconds: whoever looks for leftovers holds a lock for a moment."""
_KEY = 12
_UNFINISHED = re.compile(rf"{UNFINISHED}:[0-9a-f]{{8}}-[0-9]+-([0-9a-f]{{{_KEY}}})-[0-9a-f]+")


def key_of(identity: str) -> str:
    """Return the key of a container's or an image's lock."""
    return identity.removeprefix("sha256:")[:_KEY]


def folder(host: Host) -> Path:
    """Return where the locks are."""
    return host.settings.root / "hub" / "saving"


@contextmanager
def alone(host: Host, key: str, subject: str, what: str) -> Iterator[None]:
    """Hold a lock; BusyError, which says what holds it and since when, where it is taken."""
    file = _taken(host, key, subject)
    try:
        told = {"what": what, "since": host.clock(), "process": os.getpid()}
        os.truncate(file, 0)
        os.pwrite(file, json.dumps(told).encode(), 0)
        yield
    finally:
        _path(host, key).unlink(missing_ok=True)
        os.close(file)


def _path(host: Host, key: str) -> Path:
    return folder(host) / f"{key}.lock"


def _taken(host: Host, key: str, subject: str) -> int:
    deadline = time.monotonic() + _PATIENCE
    while True:
        file = _try(_path(host, key))
        if file is not None:
            return file
        if time.monotonic() > deadline:
            raise _busy(host, _path(host, key), subject)
        time.sleep(0.02)


def _try(path: Path) -> int | None:
    """Take a lock if it is free; it goes with its file, so the file must still be there."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as exc:
        raise SetupError(
            f"The lock {path} cannot be opened: {exc.strerror}.",
            "Run the command as root, or set WORKSPACE_ROOT to a folder of yours.",
        ) from exc
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.fstat(file).st_ino == path.stat().st_ino:
            return file
    except (BlockingIOError, FileNotFoundError):
        pass
    os.close(file)
    return None


def _busy(host: Host, path: Path, subject: str) -> BusyError:
    try:
        told = json.loads(path.read_text())
        since = datetime.fromtimestamp(told["since"], ZoneInfo(host.settings.timezone))
        by = f" ({told['what']}, process {told['process']}, since {since:%H:%M:%S})"
    except (OSError, ValueError, KeyError):
        by = ""
    return BusyError(f"{subject} is being saved already{by}.", "Try again when that has ended.")


# what a save leaves where it dies --------------------------------------------
def mark_paused(host: Host, container: str) -> None:
    """Note that a save holds a container's processes; whoever paused one by hand is left be."""
    (folder(host) / f"{container}.paused").touch()


def is_marked_paused(host: Host, container: str) -> bool:
    """Tell whether a save has paused a container and not let it go on."""
    return (folder(host) / f"{container}.paused").exists()


def forget_paused(host: Host, container: str) -> None:
    """Note that they go on."""
    (folder(host) / f"{container}.paused").unlink(missing_ok=True)


def reap(host: Host) -> list[str]:
    """Let go on and remove what dead saves left; return the names of what was removed."""
    for marker in folder(host).glob("*.paused"):
        container = marker.stem
        with _free(host, key_of(container)) as free:
            if free:
                # Gone meanwhile, or let go by the engine itself.
                with suppress(WorkspaceNotFoundError):
                    freezing.unpause(host, container)
                forget_paused(host, container)
    return [*remove_dead(host), *_reap_containers(host), *_reap_images(host)]


@contextmanager
def _free(host: Host, key: str) -> Iterator[bool]:
    """Hold a lock for a moment if it is free, and tell whether it was."""
    file = _try(_path(host, key))
    try:
        yield file is not None
    finally:
        if file is not None:
            _path(host, key).unlink(missing_ok=True)
            os.close(file)


def _reap_containers(host: Host) -> list[str]:
    removed = []
    for row in host.engine.containers({labels.SAVING: None}):
        if row.labels.get(labels.ROOT) != str(host.settings.root):
            continue
        with _free(host, row.labels[labels.SAVING]) as free:
            if free:
                with suppress(LabdockError):
                    host.engine.remove(row.id, force=True)
                    removed.append(row.name)
    return removed


def _reap_images(host: Host) -> list[str]:
    from workspace_cli.core.clean_image import unfinished_prefix

    removed = []
    prefix = unfinished_prefix(host)
    found = [
        image
        for name in (labels.SAVING, labels.WORKSPACE)
        for image in host.engine.images({name: None})
    ]
    for tag in sorted({tag for image in found for tag in image.tags if tag.startswith(prefix)}):
        key = _UNFINISHED.fullmatch(tag)
        if key is None:
            continue
        with _free(host, key[1]) as free:
            if free:
                with suppress(ImageNotFoundError):
                    host.engine.remove_image(tag)
                    removed.append(tag)
    return removed
