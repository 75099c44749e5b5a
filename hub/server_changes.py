"""Whose servers have changed, noted as it happens, for whoever follows.

JupyterHub marks a spawner while something is pending for it and tells nobody.  Here each
change of these marks is noted.  Whoever asked again and again instead would ask most while
the hub has most to do.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

QUIET_SECONDS = 5.0
"""So long a stream says nothing; then it says that it is alive."""


class Following:
    """One who follows: whose servers have changed since they were last told."""

    def __init__(self) -> None:
        self._owners: set[str] = set()
        self._news = asyncio.Event()

    def note(self, owner: str) -> None:
        """Remember that something has become of one of their servers."""
        self._owners.add(owner)
        self._news.set()

    async def news(self) -> set[str]:
        """Return whose servers have changed, nobody where it was quiet for a while."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._news.wait(), QUIET_SECONDS)
        self._news.clear()
        owners, self._owners = self._owners, set()
        return owners


class ServerChanges:
    """Passes on whose servers have changed; for the event loop alone."""

    def __init__(self) -> None:
        self._followers: set[Following] = set()

    def note(self, owner: str) -> None:
        """Tell all who follow."""
        for one in self._followers:
            one.note(owner)

    @contextmanager
    def follow(self) -> Iterator[Following]:
        """Hear of all changes until the end of the block."""
        one = Following()
        self._followers.add(one)
        try:
            yield one
        finally:
            self._followers.discard(one)


class Mark:
    """A mark of JupyterHub's on a spawner, as ``_spawn_pending``, whose changes are passed on."""

    def __set_name__(self, kind: type, name: str) -> None:
        self._name = name

    def __get__(self, spawner: Any, kind: type | None = None) -> Any:
        return False if spawner is None else spawner.__dict__.get(self._name, False)

    def __set__(self, spawner: Any, value: Any) -> None:
        changed = value != spawner.__dict__.get(self._name, False)
        spawner.__dict__[self._name] = value
        if changed:
            spawner.tell_of_change()
