"""HTTP ports of programs in the workspace, under the member's login: ``/proxy/PORT/…``.

``/proxy/PORT/x`` is the program's ``/x``; ``/proxy/absolute/PORT/x`` hands on the
whole path, for programs that are told the prefix.  Only this container's own
loopback is reached.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from jupyter_server.base.handlers import APIHandler, JupyterHandler
from tornado import web
from tornado.httputil import HTTPHeaders
from tornado.iostream import IOStream

from .forwarding import (
    UnreachableError,
    connect,
    forward,
    moved,
    request_headers,
    response_headers,
    tunnel,
    wants_websocket,
)
from .login_page import language

_READING = ("GET", "HEAD", "OPTIONS")
_TABLES = ("/proc/net/tcp", "/proc/net/tcp6")
_LISTENING = "0A"
EPHEMERAL = 32768
"""Kernels and clients take ports from here on: no page to open."""
_TEXTS = {
    "en": "Nothing answers at port {port} of this workspace. Start your program there, then "
    "reload this page.",
    "ko": "이 작업 공간의 {port}번 포트에서 응답하는 프로그램이 없습니다. 프로그램을 시작한 뒤 "
    "이 페이지를 새로 고치세요.",
}


class PortProxy(JupyterHandler):  # type: ignore[misc]
    """Hands requests on to a port of this container."""

    SUPPORTED_METHODS = ("GET", "HEAD", "POST", "DELETE", "PATCH", "PUT", "OPTIONS")
    # A page that reloads itself is nobody at work.
    _track_activity = False

    def set_cors_headers(self) -> None:
        """Let the page say itself who may read it."""

    def set_default_headers(self) -> None:
        """Leave the page's own policy to the page; only its frame is ours to say."""

    def check_xsrf_cookie(self) -> None:
        """Refuse what another page sends in the member's name.

        The programs know nothing of our token, so the browser's own words must
        do: which page asked, and, for what a page reads, from which path.
        """
        headers = self.request.headers
        if self._by_token:
            return
        origin = headers.get("Origin")
        if origin is not None and urlsplit(origin).netloc != headers.get("Host", ""):
            raise web.HTTPError(403, "A page of another site asked.")
        mode, site = headers.get("Sec-Fetch-Mode"), headers.get("Sec-Fetch-Site")
        if mode is None or (mode in ("navigate", "websocket") and self.request.method in _READING):
            return
        if site not in ("same-origin", "none"):
            raise web.HTTPError(403, "A page of another site asked.")
        # The hub and all members' pages share one host name.
        referer = urlsplit(headers.get("Referer", "")).path
        if not referer.startswith(self.base_url):
            raise web.HTTPError(403, "A page outside of this workspace asked.")

    @property
    def _by_token(self) -> bool:
        # Both doors set it; asked before the user is known, jupyter_server's own look fails.
        return bool(getattr(self, "_token_authenticated", False))

    async def prepare(self) -> None:
        """Know who asks, then whether their own page does."""
        await super().prepare()
        if not self._finished:
            self.check_xsrf_cookie()

    async def _forward(self, absolute: str | None, digits: str, path: str | None) -> None:
        port = self._allowed(digits)
        if path is None:
            self.redirect(f"{self._prefix(port, absolute)}/", permanent=False)
            return
        prefix = self._prefix(port, absolute)
        target = self.request.uri or "/"
        if not absolute:
            target = target[len(prefix) :] or "/"
        headers = self._handed_on(prefix)

        def clean(given: HTTPHeaders) -> HTTPHeaders:
            answer = response_headers(given, path=f"{prefix}/")
            if location := answer.get("Location"):
                host = self.request.headers.get("Host", "")
                answer["Location"] = moved(location, port=port, prefix=prefix, host=host)
            answer["Referrer-Policy"] = "same-origin"
            answer.add("Content-Security-Policy", "frame-ancestors 'self'")
            return answer

        try:
            stream = await _connect(port)
            send = tunnel if wants_websocket(self) else forward
            await send(self, stream, target, headers, clean)
        except UnreachableError:
            self._nothing_there(port)

    get = head = post = delete = patch = put = options = _forward

    def _allowed(self, digits: str) -> int:
        port = int(digits)
        if not 1 <= port <= 65535 or port == self.serverapp.port:
            raise web.HTTPError(404, f"{digits} is no port of a program.")
        return port

    def _prefix(self, port: int, absolute: str | None) -> str:
        return f"{self.base_url}proxy/{absolute or ''}{port}"

    def _handed_on(self, prefix: str) -> HTTPHeaders:
        # A token that let somebody in is none of the program's business.
        mine = frozenset({"authorization"}) if self._by_token else frozenset()
        request = self.request
        headers = request_headers(request.headers, drop=mine)
        # The hub names another prefix where it serves the port to somebody else.
        headers.setdefault("X-Forwarded-Prefix", prefix)
        headers["X-Forwarded-Proto"] = request.protocol
        headers["X-Forwarded-Host"] = request.headers.get("Host", "")
        return headers

    def _nothing_there(self, port: int) -> None:
        text = _TEXTS[language(self.request.headers.get("Accept-Language", ""))]
        self.set_status(502)
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        self.set_header("Cache-Control", "no-store")
        self.finish(text.format(port=port))


async def _connect(port: int) -> IOStream:
    try:
        return await connect("127.0.0.1", port)
    except UnreachableError:
        return await connect("::1", port)


class OpenPorts(APIHandler):  # type: ignore[misc]
    """Tells at which ports programs of the member listen."""

    _track_activity = False

    @web.authenticated
    def get(self) -> None:
        """Answer with a list of numbers."""
        self.finish(json.dumps({"ports": open_ports(self.serverapp.port)}))


def open_ports(own: int, tables: tuple[str, ...] = _TABLES) -> list[int]:
    """Return the TCP ports that somebody listens at, this server's own left out."""
    found = set()
    for table in tables:
        try:
            lines = Path(table).read_text(encoding="ascii").splitlines()[1:]
        except OSError:
            continue
        for line in lines:
            fields = line.split()
            if fields[3] == _LISTENING:
                found.add(int(fields[1].rpartition(":")[2], 16))
    return sorted(port for port in found if port < EPHEMERAL and port != own)


HANDLERS: tuple[tuple[Any, ...], ...] = (
    (r"proxy/(absolute/)?([0-9]{1,5})(/.*)?", PortProxy),
    (r"labdock/ports", OpenPorts),
)
