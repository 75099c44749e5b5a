"""Ctrl-C while the engine works on: wait for its answer first, then stop."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from types import FrameType
from typing import TypeVar

T = TypeVar("T")


def finished(call: Callable[[], T]) -> T:
    """Return what a call returns; a Ctrl-C meanwhile takes effect after its end.

    The engine goes on with a create or a commit whose client has gone. Only
    once it has ended can what it made be removed. A second Ctrl-C is obeyed at
    once; then ``reap`` finds what is left.
    """
    before = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or before is None:
        return call()  # Ctrl-C reaches the main thread alone; or it is none of Python's business
    held: list[FrameType | None] = []

    def hold(number: int, frame: FrameType | None) -> None:
        held.append(frame)
        if len(held) > 1:
            raise KeyboardInterrupt

    signal.signal(signal.SIGINT, hold)
    try:
        result = call()
    finally:
        signal.signal(signal.SIGINT, before)
    if held and callable(before):
        before(signal.SIGINT, held[0])
    return result


def surely(step: Callable[[], object]) -> None:
    """Run a clean-up step; where it fails or is interrupted, once more before that is raised.

    For what must not stay, such as an image that holds secrets.
    """
    try:
        finished(step)
    except BaseException:
        step()
        raise
