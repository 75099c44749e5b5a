"""When a container's processes may be held: not while a command is being started in it.

A command that is started while the container freezes, a health check's among them, freezes
half-made, and the runtime then waits for it with the container's lock held (seen with
runc 1.1 on cgroup v1): nothing lets the container go on any more.  The engine takes no care
of that, so whoever asks it to pause does.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from workspace_cli.core.errors import NotFoundError

PATIENCE = 5.0
"""Seconds after which a container is held all the same."""
BEFORE, AFTER = 0.1, 0.25
"""Seconds around the moment at which a health check is due."""
STARTING_INTERVAL = 5.0
"""Seconds between two checks of a container that is not healthy yet, where nothing says so."""
_POLL = 0.02
_NANO = 10**9
Ask = Callable[[str], Any]


def wait_for_a_quiet_moment(ask: Ask, name: str) -> None:
    """Return when nothing is being started in a container; ``ask`` gets a path of the API."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        found = ask(f"/containers/{name}/json")
        if not is_check_due(found, time.time()) and not _is_starting(ask, found):
            return
        time.sleep(_POLL)


def _is_starting(ask: Ask, found: Mapping[str, Any]) -> bool:
    for command in found.get("ExecIDs") or ():
        # It may have ended meanwhile.
        with suppress(NotFoundError):
            told = ask(f"/exec/{command}/json")
            if told.get("Running") and not told.get("Pid"):
                return True
    return False


def is_check_due(found: Mapping[str, Any], now: float) -> bool:
    """Tell whether the engine is about to check a container's health.

    ``found`` is what it tells of the container; ``now`` in seconds since the epoch.
    https://docs.docker.com/reference/dockerfile/#healthcheck
    """
    check = found["Config"].get("Healthcheck") or {}
    health = found["State"].get("Health")
    if not health or not check.get("Interval"):
        return False
    interval = check["Interval"] / _NANO
    if health.get("Status") == "starting":
        usual = check.get("StartInterval") or STARTING_INTERVAL * _NANO
        interval = min(interval, usual / _NANO)
    log = health.get("Log") or ()
    last = _seconds(log[-1]["End"] if log else found["State"]["StartedAt"])
    return last is not None and -BEFORE <= now - (last + interval) <= AFTER


def _seconds(moment: str) -> float | None:
    """Read a time of the engine's, which has nanoseconds.

    >>> _seconds("1970-01-01T00:00:01.5Z")
    1.5
    """
    try:
        found = datetime.fromisoformat(moment)
    except ValueError:
        return None
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()
