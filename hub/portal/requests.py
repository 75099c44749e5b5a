"""What holds for every request: its language, the size of its body, the headers of the answer."""

from __future__ import annotations

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import cookie_parser
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hub import languages
from hub.headers import content_security_policy, security_headers
from hub.portal.problems import problem
from workspace_cli.core.settings import Settings

LARGEST_BODY = 1024 * 1024
"""Bytes; the grading program reads no more either."""


class LargestBody:
    """Refuses a body that is too large, before it is in memory."""

    def __init__(self, app: ASGIApp, largest: int = LARGEST_BODY) -> None:
        self._app = app
        self._largest = largest

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        length = Headers(scope=scope).get("content-length", "0")
        if not length.isdecimal() or int(length) > self._largest:
            await problem(413, self._words, {"Connection": "close"})(scope, receive, send)
            return
        read = 0

        async def counted() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > self._largest:
                # The one kind of exception that the framework lets through while it reads.
                raise HTTPException(413, self._words)
            return message

        await self._app(scope, counted, send)

    @property
    def _words(self) -> str:
        return f"The body is larger than {self._largest // 1024} KiB. Hand in less at a time."


class Reading:
    """Notes the reader's language, and says in each answer how it may be used."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._headers = {
            "Content-Security-Policy": content_security_policy(settings),
            "Cache-Control": "no-store",
            **security_headers(tls=settings.encrypted),
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        asked = Headers(scope=scope)
        cookies = cookie_parser(asked.get("cookie", ""))
        languages.current.set(
            languages.choose(asked.get("accept-language", ""), cookies.get(languages.COOKIE))
        )

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, answer)
