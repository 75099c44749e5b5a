"""Hands one HTTP request on to another server: answers as they come, websockets as they are.

The same text stands in ``hub/`` and in ``images/base/labdock_server/``: neither
room may import the other, and a test holds the two alike.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from http.cookies import CookieError, SimpleCookie
from urllib.parse import urlsplit

from tornado.http1connection import HTTP1Connection, HTTP1ConnectionParameters
from tornado.httputil import (
    HTTPHeaders,
    HTTPInputError,
    HTTPMessageDelegate,
    RequestStartLine,
    ResponseStartLine,
    parse_response_start_line,
)
from tornado.iostream import IOStream, StreamClosedError
from tornado.tcpclient import TCPClient
from tornado.web import RequestHandler

CONNECT_SECONDS = 10.0
_PIECE = 65536
_UNLIMITED = 2**60
_OF_ONE_HOP = frozenset(
    (
        *("connection", "keep-alive", "proxy-authenticate", "proxy-authorization"),
        *("proxy-connection", "te", "trailer", "transfer-encoding", "upgrade"),
    )
)
OUR_COOKIES = (
    "jupyterhub-",
    "__host-jupyterhub-",
    "_xsrf",
    "username-",
    "labdock",
    "__host-labdock",
)
"""How the names of hub's and servers' own cookies begin: no program of a member's sees them."""

Clean = Callable[[HTTPHeaders], HTTPHeaders]


class UnreachableError(Exception):
    """Nothing answers at the other end."""


async def connect(address: str, port: int) -> IOStream:
    """Open a connection.  Raises UnreachableError."""
    try:
        return await TCPClient().connect(address, port, timeout=CONNECT_SECONDS)
    except (OSError, StreamClosedError, TimeoutError) as error:
        raise UnreachableError(str(error)) from error


def wants_websocket(handler: RequestHandler) -> bool:
    """Tell whether a request asks for a websocket."""
    return handler.request.headers.get("Upgrade", "").lower() == "websocket"


def request_headers(given: HTTPHeaders, *, drop: frozenset[str] = frozenset()) -> HTTPHeaders:
    """Return what of a request is handed on: nothing of one hop, and no cookie of ours."""
    headers = HTTPHeaders()
    dropped = _OF_ONE_HOP | drop | {"content-length", "cookie"} | _named(given)
    for name, value in given.get_all():
        if name.lower() not in dropped:
            headers.add(name, value)
    kept = [
        piece.strip()
        for line in given.get_list("Cookie")
        for piece in line.split(";")
        if piece.strip() and not piece.strip().lower().strip('"').startswith(OUR_COOKIES)
    ]
    if kept:
        headers["Cookie"] = "; ".join(kept)
    return headers


def _named(headers: HTTPHeaders) -> frozenset[str]:
    """Return the headers that ``Connection`` names as of one hop."""
    text = ",".join(headers.get_list("Connection"))
    return frozenset(name.strip().lower() for name in text.split(","))


def response_headers(given: HTTPHeaders, *, path: str) -> HTTPHeaders:
    """Return what of an answer is handed back; cookies are confined to a path."""
    headers = HTTPHeaders()
    dropped = _OF_ONE_HOP | _named(given) | {"set-cookie", "set-cookie2", "clear-site-data"}
    for name, value in given.get_all():
        if name.lower() not in dropped:
            headers.add(name, value)
    for cookie in given.get_list("Set-Cookie"):
        if confined := confined_cookie(cookie, path):
            headers.add("Set-Cookie", confined)
    return headers


def confined_cookie(text: str, path: str) -> str:
    """Return a cookie that is sent below ``path`` alone; '' for one that must not be set.

    >>> confined_cookie("a=b; Domain=lab; Path=/; HttpOnly", "/x/")
    'a=b; HttpOnly; Path=/x/; SameSite=Lax'
    """
    name = text.partition("=")[0].strip().lower()
    if not name or name.startswith((*OUR_COOKIES, "__host-", "__secure-")):
        return ""
    try:
        morsel = next(iter(SimpleCookie(text).values()))
    except (CookieError, StopIteration):
        return ""
    morsel["domain"] = ""
    morsel["path"] = path
    morsel["samesite"] = morsel["samesite"] if morsel["samesite"] == "Strict" else "Lax"
    return morsel.OutputString()


def moved(location: str, *, port: int, prefix: str, host: str) -> str:
    """Return where a redirect leads a browser that sees the server below ``prefix``.

    >>> moved("/login?x=1", port=6006, prefix="/user/kim/proxy/6006", host="lab")
    '/user/kim/proxy/6006/login?x=1'
    """
    parts = urlsplit(location)
    inside = parts.hostname in ("localhost", "127.0.0.1", "::1", "0.0.0.0") and (  # noqa: S104
        parts.port in (port, None)
    )
    if parts.netloc and not inside and parts.netloc != host:
        return location
    if not parts.netloc and not parts.path.startswith("/"):
        return location
    path = parts.path or "/"
    if not (path == prefix or path.startswith(f"{prefix}/")):
        path = prefix + path
    return path + (f"?{parts.query}" if parts.query else "")


class _Relay(HTTPMessageDelegate):
    """Writes an answer to our own client, piece by piece, at the client's pace."""

    def __init__(self, handler: RequestHandler, clean: Clean) -> None:
        self._handler = handler
        self._clean = clean
        self.answered = False
        self.whole = False

    def headers_received(
        self, start_line: RequestStartLine | ResponseStartLine, headers: HTTPHeaders
    ) -> None:
        if not isinstance(start_line, ResponseStartLine) or start_line.code < 200:
            return
        self.answered = True
        self._handler.set_status(start_line.code, start_line.reason)
        _answer_with(self._handler, self._clean(headers))

    async def data_received(self, chunk: bytes) -> None:
        self._handler.write(chunk)
        await self._handler.flush()

    def finish(self) -> None:
        self.whole = True


def _answer_with(handler: RequestHandler, headers: HTTPHeaders) -> None:
    handler.clear_header("Content-Type")
    seen: set[str] = set()
    for name, value in headers.get_all():
        if name in seen:
            handler.add_header(name, value)
        else:
            handler.set_header(name, value)
        seen.add(name)


async def forward(
    handler: RequestHandler, stream: IOStream, target: str, headers: HTTPHeaders, clean: Clean
) -> None:
    """Send the handler's request over a stream and write what comes back.

    ``target`` is path and query, ``clean`` makes the answer's headers fit.  Raises
    UnreachableError where no answer came.
    """
    request = handler.request
    headers["Connection"] = "close"
    if request.body or request.method in ("POST", "PUT", "PATCH"):
        headers["Content-Length"] = str(len(request.body))
    limits = HTTP1ConnectionParameters(no_keep_alive=True, max_body_size=_UNLIMITED)
    connection = HTTP1Connection(stream, is_client=True, params=limits)
    relay = _Relay(handler, clean)
    try:
        start = RequestStartLine(str(request.method), target, "")
        await connection.write_headers(start, headers, request.body or None)
        connection.finish()
        await connection.read_response(relay)
    except (StreamClosedError, HTTPInputError):
        pass
    finally:
        stream.close()
    if not relay.answered:
        raise UnreachableError("it closed the connection without an answer")
    if not relay.whole and request.connection is not None:
        # Its client must not take half an answer for a whole one.
        _cut(handler)
        return
    with contextlib.suppress(StreamClosedError):
        await handler.flush()
        await handler.finish()


def _cut(handler: RequestHandler) -> None:
    handler._finished = True  # noqa: SLF001 - the connection is closed in the answer's middle
    handler.detach().close()


async def tunnel(
    handler: RequestHandler,
    stream: IOStream,
    target: str,
    headers: HTTPHeaders,
    clean: Clean,
    opened: Callable[[Callable[[], None]], None] = lambda close: None,
) -> None:
    """Pass a websocket on, byte for byte, until either side ends it.

    ``opened`` is handed a function that closes it.  Where the other server
    refuses, its status is the answer.  Raises UnreachableError.
    """
    headers["Connection"] = "Upgrade"
    headers["Upgrade"] = "websocket"
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.get_all())
    try:
        await stream.write(f"GET {target} HTTP/1.1\r\n{lines}\r\n".encode("latin-1"))
        head = await stream.read_until(b"\r\n\r\n", max_bytes=_PIECE)
    except StreamClosedError as error:
        raise UnreachableError("it closed the connection without an answer") from error
    first, _, rest = head.decode("latin-1").partition("\r\n")
    status = parse_response_start_line(first)
    given = HTTPHeaders.parse(rest)
    if status.code != 101:
        stream.close()
        handler.set_status(status.code if status.code >= 400 else 502)
        await handler.finish()
        return
    answer = HTTPHeaders({"Connection": "Upgrade", "Upgrade": "websocket"})
    for name, value in clean(given).get_all():
        if name.lower().startswith("sec-websocket-") or name == "Set-Cookie":
            answer.add(name, value)
    back = "".join(f"{name}: {value}\r\n" for name, value in answer.get_all())
    client = handler.detach()

    def close() -> None:
        client.close()
        stream.close()

    opened(close)
    with contextlib.suppress(StreamClosedError):
        await client.write(f"HTTP/1.1 101 Switching Protocols\r\n{back}\r\n".encode("latin-1"))
        await asyncio.gather(_pipe(client, stream), _pipe(stream, client))


async def _pipe(source: IOStream, drain: IOStream) -> None:
    try:
        while True:
            await drain.write(await source.read_bytes(_PIECE, partial=True))
    except StreamClosedError:
        pass
    finally:
        source.close()
        drain.close()
