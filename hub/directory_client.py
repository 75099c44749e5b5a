"""LDAPAuthenticator for one question: it closes what it opened.

The one of the ecosystem leaves its connections to the garbage collector
(ldapauthenticator 2.0.2).
"""

from __future__ import annotations

import asyncio
from typing import Any

from ldapauthenticator import LDAPAuthenticator


class DirectoryClient(LDAPAuthenticator):  # type: ignore[misc] # it ships no types
    """Asks a directory once."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self._opened: list[Any] = []

    def get_connection(self, userdn: str, password: str) -> Any:
        """Connect and bind; None where the directory refuses."""
        connection = super().get_connection(userdn, password)
        if connection is not None:
            self._opened.append(connection)
        return connection

    def ask(self, name: str, password: str) -> Any:
        """Return LDAPAuthenticator's model of who logs in so, or None.  Blocks."""
        try:
            # It waits for the network without giving way: a loop of its own, in a thread.
            return asyncio.run(self.authenticate(None, {"username": name, "password": password}))
        finally:
            for connection in self._opened:
                connection.unbind()
