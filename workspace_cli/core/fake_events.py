"""The fake engine's events."""

from __future__ import annotations

import queue
from collections.abc import Callable, Iterator

from workspace_cli.core.engine import Event


class FakeEvents:
    """Events as they happen, until ``close`` is called from any thread."""

    def __init__(self, wanted: Callable[[Event], bool]) -> None:
        self._wanted = wanted
        self._queue: queue.SimpleQueue[Event | None] = queue.SimpleQueue()

    def __iter__(self) -> Iterator[Event]:
        """Yield events until closed."""
        return iter(self._queue.get, None)

    def close(self) -> None:
        """End the iteration."""
        self._queue.put(None)

    def tell(self, event: Event) -> None:
        """Hand an event over, if it is a wanted one."""
        if self._wanted(event):
            self._queue.put(event)
