"""The one lock of a machine: it covers list → decide → create.

A file under the data root, held by ``flock``, so that hub, portal and command
line shut each other out, from the host and from containers alike, and so that
a process that dies lets go.  A thread lock comes first: threads of one process
queue up in memory instead of each polling the file.
"""

from __future__ import annotations

import fcntl
import os
import threading
import time
from pathlib import Path

from workspace_cli.core.errors import BusyError, SetupError

TIMEOUT = 60.0
"""Seconds to wait; what is done under the lock takes far less than one each."""
_STEP = 0.01
_threads: dict[Path, threading.Lock] = {}
_threads_guard = threading.Lock()


class HostLock:
    """The lock at ``path``, held inside ``with``.

    Not re-entrant; one object is for one ``with``.  Never to be held across a
    commit or a pull.  BusyError where it is not free within ``timeout`` seconds.
    """

    def __init__(self, path: Path, timeout: float = TIMEOUT) -> None:
        self.path = path
        self.timeout = timeout
        with _threads_guard:
            self._thread_lock = _threads.setdefault(path.absolute(), threading.Lock())
        self._file = -1

    def __enter__(self) -> None:
        deadline = time.monotonic() + self.timeout
        if not self._thread_lock.acquire(timeout=max(0.0, self.timeout)):
            raise self._busy()
        try:
            self._file = self._open()
            self._acquire(deadline)
        except BaseException:
            self._release()
            raise

    def __exit__(self, *exc_info: object) -> None:
        self._release()

    def _release(self) -> None:
        if self._file >= 0:
            os.close(self._file)  # lets go of the flock
            self._file = -1
        self._thread_lock.release()

    def _open(self) -> int:
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            # Not inherited by children: a program started under the lock must not keep it.
            return os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as exc:
            raise SetupError(
                f"The lock {self.path} cannot be opened: {exc.strerror}.",
                "Run the command as root, or set WORKSPACE_ROOT to a folder of yours.",
            ) from exc

    def _acquire(self, deadline: float) -> None:
        while True:
            try:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    raise self._busy() from None
                time.sleep(_STEP)
            else:
                return

    def _busy(self) -> BusyError:
        return BusyError(
            f"Another operation has held {self.path} for {self.timeout:g} s.",
            "Try again; `fuser -v` on that file shows who holds it.",
        )
