"""The hub's REST API as the portal's parts see it."""

from __future__ import annotations

from typing import Any, Protocol


class HubApi(Protocol):
    """Calls of the hub's REST API (``hub_calls.py``)."""

    def ask(
        self, method: str, path: str, body: object = None, *, token: str = "", language: str = "en"
    ) -> Any:
        """Return what it answers, as JSON; its refusals are our errors."""
