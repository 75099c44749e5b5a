"""Lets a paused container go on, by its control group where the engine cannot any more.

A command that was being started in the container when it froze holds the runtime's lock
and waits for ever (``docker_pause.py``).  Thawed for a moment, it comes to its end.  The
engine then finds the container running while it takes it for paused, so it is frozen once
more for the engine to let it go.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from workspace_cli.core.errors import CommitFailedError, LabdockError
from workspace_cli.core.host import Host
from workspace_cli.core.host_folders import IN_CONTAINER
from workspace_cli.core.layer_worker import work

PATIENCE = 10.0
"""Seconds that the engine has for what takes it a few milliseconds."""
_ATTEMPTS = 5
_SETTLE = 0.5
_INSIDE = "/run/labdock-freezer"
_GROUPS = (
    "/sys/fs/cgroup/freezer/docker/{}",
    "/sys/fs/cgroup/freezer/system.slice/docker-{}.scope",
    "/sys/fs/cgroup/docker/{}",
    "/sys/fs/cgroup/system.slice/docker-{}.scope",
)
"""Where the engine makes a container's group: version 1 and 2, each without and with systemd."""


def unpause(host: Host, container: str) -> None:
    """Let a container go on, by its id; nothing happens where it is not paused."""
    for _ in range(_ATTEMPTS):
        try:
            with _watched(host, container) as thawed:
                host.engine.unpause(container)
                return
        except LabdockError:
            if not thawed.is_set():
                raise
        # Other commands may have waited behind the first: they are to come to their end too.
        time.sleep(_SETTLE)
        _set(host, container, frozen=True)
    _set(host, container, frozen=False)
    raise CommitFailedError(
        "The container goes on, but the engine takes it for paused.",
        "Restart the workspace.",
    )


@contextmanager
def _watched(host: Host, container: str) -> Iterator[threading.Event]:
    """Thaw a container where the engine does not come to an end; tell so by the event."""
    thawed = threading.Event()

    def thaw() -> None:
        if _set(host, container, frozen=False):
            thawed.set()

    watch = threading.Timer(PATIENCE, thaw)
    watch.daemon = True
    watch.start()
    try:
        yield thawed
    finally:
        watch.cancel()
        # One that has begun is to say whether it thawed.
        watch.join()


def _set(host: Host, container: str, *, frozen: bool) -> bool:
    """Freeze or thaw a container's group; tell whether one was found."""
    for group in (one.format(container) for one in _GROUPS):
        if not os.environ.get(IN_CONTAINER) and not Path(group).is_dir():
            continue
        job = {"do": "layer_program.freeze", "write": group, "at": _INSIDE, "frozen": frozen}
        try:
            work(host, job)
        except LabdockError:
            continue  # not this one: a container cannot look which are there
        return True
    return False
