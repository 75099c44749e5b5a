"""Looks at the GPUs once a minute, all day, and writes down what it sees."""

from __future__ import annotations

import logging
import threading

from sqlalchemy.exc import SQLAlchemyError

from hub.portal.live import Live
from workspace_cli.core import gpu_history_rows
from workspace_cli.core.errors import LabdockError
from workspace_cli.core.gpu_history import HOUR, MINUTE, Sample, floor
from workspace_cli.core.host import Host

log = logging.getLogger("labdock.portal")


class Sampler:
    """One thread; where it cannot look or write, that minute is missing and the next is tried."""

    def __init__(self, host: Host, live: Live) -> None:
        self._host, self._live = host, live
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="gpu-history", daemon=True)
        self._folded: int | None = None

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End; returns when the thread has ended, or after a moment."""
        self._stopped.set()
        self._thread.join(2)

    def _run(self) -> None:
        while not self._stopped.wait(MINUTE - self._host.clock() % MINUTE):
            self.attempt()

    def attempt(self) -> None:
        """Look once; what goes wrong is noted in the log."""
        try:
            self.look()
        except (LabdockError, SQLAlchemyError) as exc:
            log.warning("How the GPUs are used is not written down this minute: %s", exc)
        except Exception:
            # A thread that died would go unnoticed.
            log.exception("Writing down how the GPUs are used failed; trying again")

    def look(self) -> None:
        """Write down how the GPUs are used now; fold what is old once an hour."""
        # What the pages show may be from a while ago, and would hide that nobody answers.
        self._live.look_at_gpus()
        samples = [Sample.of(one) for one in self._live.board.picture.gpus]
        now = self._host.clock()
        with self._host.database.begin() as connection:
            gpu_history_rows.write(connection, now, samples)
        if self._folded != floor(now, HOUR):
            with self._host.database.begin() as connection:
                gpu_history_rows.fold_old(connection, now)
            self._folded = floor(now, HOUR)
