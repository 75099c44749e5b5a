"""The tickets in the addresses of shared ports.

A shared page is somebody else's program on the hub's own host name, so it runs in
a sandbox without an origin; from there a browser sends no cookie with what the page
loads.  What lets those requests in is a ticket in their path.  It names who was
logged in when the page was opened, holds for one port, and ends with that
person's session.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Callable

SECONDS = 12 * 3600.0
"""After so long a page must be opened anew; whether it is still shared is asked every time."""
_SIGNATURE = 24


class Tickets:
    """Makes and reads tickets; ``secret`` is the hub's cookie secret."""

    def __init__(self, secret: bytes) -> None:
        self._key = hmac.digest(secret, b"labdock shared port", hashlib.sha256)

    def make(self, name: str, session: str, place: str, now: float) -> str:
        """Return a ticket for a member, whose session has an id, to one place."""
        holder = f"{name}:{int(now)}"
        return f"{_packed(holder.encode())}.{_packed(self._signature(holder, session, place))}"

    def holder(
        self, ticket: str, place: str, now: float, session_of: Callable[[str], str | None]
    ) -> str | None:
        """Return whose ticket it is, None for one that is forged, too old or of another session."""
        packed, _, signature = ticket.partition(".")
        try:
            text = _unpacked(packed).decode()
            given = _unpacked(signature)
        except (ValueError, binascii.Error):
            return None
        name, _, issued = text.rpartition(":")
        if not issued.isdecimal() or not -60 <= now - int(issued) <= SECONDS:
            return None
        session = session_of(name)
        if session is None:
            return None
        right = hmac.compare_digest(given, self._signature(text, session, place))
        return name if right else None

    def _signature(self, holder: str, session: str, place: str) -> bytes:
        text = "\0".join((holder, session, place)).encode()
        return hmac.digest(self._key, text, hashlib.sha256)[:_SIGNATURE]


def _packed(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def _unpacked(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
