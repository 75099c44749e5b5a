"""Ctrl-C, and what else asks a program to end: stop, clean up, leave."""

from __future__ import annotations

import os
import signal
from types import FrameType

_NOTE = b"\nCleaning up; once more ends at once.\n"


def unwind_on_signals() -> None:
    """Let Ctrl-C, a termination and a hang-up unwind this process, so that the core cleans up.

    The first raises KeyboardInterrupt; the second does not disturb the cleaning
    up that the first began, and the third ends even that.
    """
    asked = 0

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        nonlocal asked
        asked += 1
        if asked == 2:
            # Not through a buffered stream: the signal may have come in the middle of a write.
            os.write(2, _NOTE)
            return
        raise KeyboardInterrupt

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        # What the caller has switched off (nohup, a background job) stays off.
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, interrupt)
