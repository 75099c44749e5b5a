"""Follows the engine's events and tells owners whose programs ran out of memory."""

from __future__ import annotations

import threading
from logging import Logger

from hub.machine import Machine
from workspace_cli.core import labels, oom
from workspace_cli.core.engine import EventStream
from workspace_cli.core.errors import LabdockError

AGAIN_SECONDS = 5.0
"""An engine that went away is tried again after this."""


class OutOfMemoryWatch:
    """One thread for as long as the hub runs; nothing that happens in it ends the hub."""

    def __init__(self, machine: Machine, log: Logger) -> None:
        self._host = machine.host
        self._log = log
        self._stopped = threading.Event()
        self._stream: EventStream | None = None
        self._thread = threading.Thread(target=self._follow, name="out-of-memory", daemon=True)

    def start(self) -> None:
        """Begin to follow."""
        self._thread.start()

    def stop(self) -> None:
        """End; returns at once."""
        self._stopped.set()
        if self._stream is not None:
            self._stream.close()

    def _follow(self) -> None:
        while not self._stopped.is_set():
            try:
                self._listen()
            except LabdockError as exc:
                self._log.warning("Nobody hears of memory that runs out for now: %s", exc)
            except Exception:  # noqa: BLE001
                # A thread that died would go unnoticed.
                self._log.exception("Following the engine's events failed; trying again")
            self._stopped.wait(AGAIN_SECONDS)

    def _listen(self) -> None:
        self._stream = self._host.engine.events({labels.OWNER: None})
        for event in self._stream:
            if self._stopped.is_set():
                return
            if killing := oom.killing_of(self._host, event):
                self._log.warning("%s/%s ran out of memory", killing.owner, killing.workspace)
                oom.tell(self._host, killing)
