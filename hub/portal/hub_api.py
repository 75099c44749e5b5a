"""The hub's REST API as the portal's parts see it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol


class ServerStream(Protocol):
    """Users' models as their servers change, from the moment that it was opened."""

    def __iter__(self) -> Iterator[Any]:
        """Yield each; end when it is closed.  Raises HubUnreachableError where the hub goes."""

    def close(self) -> None:
        """End it, from any thread."""


class HubApi(Protocol):
    """Calls of the hub's REST API (``hub_calls.py``)."""

    def ask(
        self, method: str, path: str, body: object = None, *, token: str = "", language: str = "en"
    ) -> Any:
        """Return what it answers, as JSON; its refusals are our errors."""

    def changes(self) -> ServerStream:
        """Begin to follow what becomes of everybody's servers."""
