"""The steps of a start as they happen, for everyone who follows it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from typing import Any

from hub.languages import translate
from workspace_cli.core.engine import Progress

_UPDATE_SECONDS = 0.3


class Steps:
    """The steps of a start, kept for everyone who follows it, early or late.

    ``report`` is called from threads; everything else on the event loop.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._loop: asyncio.AbstractEventLoop | None = None
        self._steps: list[Progress] = []
        self._changed = asyncio.Event()
        self._ended = False
        self._last = 0.0

    def begin(self, loop: asyncio.AbstractEventLoop) -> None:
        """Take the event loop on which the followers are, and forget an earlier start."""
        self._loop = loop
        self._steps.clear()
        self._ended = False

    def report(self, progress: Progress) -> None:
        """Add a step, or bring the one under way up to date; called from a thread."""
        now = self._clock()
        same = bool(self._steps) and self._steps[-1].text == progress.text
        if same and now - self._last < _UPDATE_SECONDS:
            return
        self._last = now
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self.add, progress)

    def add(self, progress: Progress) -> None:
        """Add a step; called on the event loop."""
        if self._steps and self._steps[-1].text == progress.text:
            self._steps[-1] = progress
        else:
            self._steps.append(progress)
        self._wake()

    def end(self) -> None:
        """Say that no more steps come."""
        self._ended = True
        self._wake()

    async def events(self) -> AsyncIterator[dict[str, Any]]:
        """Yield JupyterHub's progress events in the language of whoever follows."""
        seen: list[Progress] = []
        while True:
            changed = self._changed
            for number, step in enumerate(list(self._steps)):
                if number < len(seen) and seen[number] is step:
                    continue
                seen[number:] = [step]
                yield {"progress": _percent(number, step), "message": translate(step.text)}
            if self._ended:
                return
            await changed.wait()

    def _wake(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()


def _percent(number: int, step: Progress) -> int:
    """Return how far a bar should be: nobody knows how many steps come, so it slows down."""
    part = step.current / step.total if step.total else 0.0
    done: float = 1 - 0.7 ** (number + min(part, 1.0) + 0.5)
    return round(5 + 90 * done)
