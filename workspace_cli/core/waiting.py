"""Ctrl-C while the engine works on: wait for its answer first, then stop."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")


def finished(call: Callable[[], T]) -> T:
    """Return what a call returns; a KeyboardInterrupt meanwhile is raised after its end.

    The engine goes on with a create or a commit whose client has gone. Only
    once it has ended can what it made be removed.
    """
    with ThreadPoolExecutor(1) as thread:
        # Leaving the block waits for the thread, whatever ends the wait below.
        return thread.submit(call).result()


def surely(step: Callable[[], object]) -> None:
    """Run a clean-up step; where it fails or is interrupted, once more before that is raised.

    For what must not stay, such as an image that holds secrets.
    """
    try:
        finished(step)
    except BaseException:
        step()
        raise
