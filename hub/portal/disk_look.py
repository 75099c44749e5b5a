"""What the engine keeps on its disk, as it was last seen: looking counts files, and is shared."""

from __future__ import annotations

import threading
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooLongError
from dataclasses import dataclass

from workspace_cli.core.engine_disk import EngineDisk
from workspace_cli.core.host import Host

FRESH_SECONDS = 60.0
PATIENCE_SECONDS = 5.0
"""How long a page waits; a look that takes longer is for the next one."""


@dataclass(frozen=True)
class Look:
    """What was seen, and when, in seconds since the epoch."""

    disk: EngineDisk
    at: float


class DiskLook:
    """Looks for one machine, once at a time whoever asks."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._pool = ThreadPoolExecutor(1, "disk-look")
        self._guard = threading.Lock()
        self._last: Look | None = None
        self._under_way: Future[Look] | None = None

    def last(self, patience: float = PATIENCE_SECONDS) -> Look | None:
        """Return what was seen within a minute, or look anew.

        None, or something older, where that takes longer than ``patience`` seconds.  Raises
        what the engine does, EngineUnreachableError.
        """
        with self._guard:
            if self._last and 0 <= self._host.clock() - self._last.at < FRESH_SECONDS:
                return self._last
            if self._under_way is None:
                self._under_way = self._pool.submit(self._look)
            future = self._under_way
        try:
            return future.result(patience)
        except TooLongError:
            return self._last

    def forget(self) -> None:
        """Look anew the next time: something was removed."""
        with self._guard:
            self._last = None

    def stop(self) -> None:
        """Begin nothing more."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _look(self) -> Look:
        try:
            seen = Look(self._host.engine.disk(), self._host.clock())
            with self._guard:
                self._last = seen
            return seen
        finally:
            with self._guard:
                self._under_way = None
