"""The portal's cookies under names that no other host of the lab can set: ``__Host-…``.

Where members have host names of their own, what runs on one of them may set cookies for the
whole domain.  A browser takes a cookie of such a name only from the host itself, over TLS and
for all of its paths.

Source: https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis (section 4.1.3.2)
"""

from __future__ import annotations

import re

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hub.portal.access import COOKIE
from hub.portal.sign_in import STATE
from workspace_cli.core.settings import Settings

PREFIX = "__Host-"
_PATH = re.compile(r"(;\s*path=)[^;]*", re.IGNORECASE)


class HostCookies:
    """Writes and reads the portal's cookies under the prefix; the routes know the plain names.

    A cookie of the plain name is nobody's login then: another host may have set it.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = [
            (name, _asked(value) if name == b"cookie" else value)
            for name, value in scope["headers"]
        ]

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = MutableHeaders(scope=message)
                cookies = given.getlist("set-cookie")
                del given["set-cookie"]
                for cookie in cookies:
                    given.append("set-cookie", _given(cookie))
            await send(message)

        await self._app({**scope, "headers": headers}, receive, answer)


def wanted(settings: Settings) -> bool:
    """Tell whether cookies need the prefix, and browsers take it: it needs TLS."""
    return bool(settings.domain) and settings.encrypted


def _is_ours(name: str) -> bool:
    return name == COOKIE or name.startswith(STATE)


def _asked(header: bytes) -> bytes:
    """Return a Cookie header with our cookies under their plain names."""
    kept = []
    for pair in header.decode("latin-1").split(";"):
        name, equals, value = pair.partition("=")
        # As whoever reads it later sees it.
        name = name.strip()
        if _is_ours(name):
            continue
        plain = name.removeprefix(PREFIX)
        kept.append(f"{plain if _is_ours(plain) else name}{equals}{value}")
    return "; ".join(kept).encode("latin-1")


def _given(cookie: str) -> str:
    """Return a Set-Cookie header with one of our cookies under the prefix."""
    name, equals, rest = cookie.partition("=")
    if not _is_ours(name):
        return cookie
    rest = _PATH.sub(r"\1/", rest)
    if "secure" not in rest.lower().replace(" ", "").split(";"):
        rest += "; Secure"
    return f"{PREFIX}{name}{equals}{rest}"
