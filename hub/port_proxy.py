"""Shared ports: ``/hub/shared/OWNER/WORKSPACE/PORT/…`` under the visitor's own login.

Each request is checked against the shares in force, and so are connections that
stay open.  What comes back is another member's program on the hub's host name: it
is sandboxed, of its headers only harmless ones pass, and nothing of the visitor's
login goes to it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from jupyterhub.handlers.base import BaseHandler
from tornado.httputil import HTTPHeaders, url_concat
from tornado.web import HTTPError

from hub.accounts import AccountStore
from hub.forwarding import (
    UnreachableError,
    connect,
    forward,
    request_headers,
    response_headers,
    tunnel,
    wants_websocket,
)
from hub.machine import Machine
from hub.port_tickets import Tickets
from workspace_cli.core import port_shares, port_ways
from workspace_cli.core.host import Host
from workspace_cli.core.models import SERVER_PORT

log = logging.getLogger(__name__)

SANDBOX = (
    "sandbox allow-scripts allow-forms allow-modals allow-popups allow-downloads allow-pointer-lock"
)
"""Without ``allow-same-origin``: the page cannot read or do anything as the visitor."""
LOOK_SECONDS = 1.0
_PASSED = frozenset(
    (
        *("content-type", "content-length", "content-encoding", "content-language"),
        *("content-disposition", "content-range", "accept-ranges", "content-security-policy"),
        *("etag", "last-modified", "vary", "location", "set-cookie", "retry-after", "date"),
        *("sec-websocket-accept", "sec-websocket-protocol", "sec-websocket-extensions"),
    )
)
_NOT_HANDED_ON = frozenset(
    (
        *("authorization", "origin", "referer", "x-forwarded-for", "x-forwarded-prefix"),
        *("sec-fetch-mode", "sec-fetch-site", "sec-fetch-dest", "sec-fetch-user"),
    )
)


class OpenConnections:
    """Ends what is still open when the share that it stands on has ended."""

    def __init__(self, machine: Machine, accounts: AccountStore) -> None:
        self._machine = machine
        self._accounts = accounts
        self._open: dict[object, tuple[tuple[str, str, int, str], Callable[[], None]]] = {}
        self._task: asyncio.Task[None] | None = None

    def __deepcopy__(self, memo: dict[int, object]) -> OpenConnections:
        return self

    def add(self, place: tuple[str, str, int, str], close: Callable[[], None]) -> object:
        """Watch a connection of (owner, workspace, port, visitor); returns its key."""
        key = object()
        self._open[key] = (place, close)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._watch())
        return key

    def remove(self, key: object) -> None:
        """Stop watching one that has ended."""
        self._open.pop(key, None)

    async def _watch(self) -> None:
        while self._open:
            await asyncio.sleep(LOOK_SECONDS)
            for place in {place for place, _ in self._open.values()}:
                try:
                    stands = await self._machine.ask(self._stands, place)
                except Exception:
                    # Without a look nothing would ever be cut again.
                    log.exception("Whether a port is still shared cannot be told; trying again")
                else:
                    if not stands:
                        self._end(place)

    def _stands(self, place: tuple[str, str, int, str]) -> bool:
        return may_open(self._machine.host, self._accounts, *place)

    def _end(self, place: tuple[str, str, int, str]) -> None:
        for key, (whose, close) in list(self._open.items()):
            if whose == place:
                self.remove(key)
                close()


class SharedPortHandler(BaseHandler):  # type: ignore[misc] # JupyterHub ships no types
    """Serves one shared port to one visitor."""

    SUPPORTED_METHODS = ("GET", "HEAD", "POST", "DELETE", "PATCH", "PUT", "OPTIONS")

    def initialize(
        self, machine: Machine, accounts: AccountStore, connections: OpenConnections
    ) -> None:
        """Take what the configuration hands over."""
        self.machine = machine
        self.accounts = accounts
        self.connections = connections

    def check_xsrf_cookie(self) -> None:
        """Ask for no token: it is the ticket that lets a request in, and it is no cookie."""

    async def _serve(
        self, owner: str, workspace: str, digits: str, ticket: str | None, rest: str
    ) -> None:
        place = (owner, workspace, int(digits))
        if ticket is None:
            await self._enter(*place)
            return
        visitor = self._visitor(ticket[1:], place)
        if visitor is None or not self._is_fitting(visitor):
            self._begin_again(place)
            return
        if not await self._allowed(visitor, place):
            self._begin_again(place)
            return
        if self.request.method == "OPTIONS" and self._cross("Request-Method"):
            self._preflight()
            return
        await self._hand_on(place, visitor, ticket)

    get = head = post = delete = patch = put = options = _serve

    # who asks ------------------------------------------------------------------
    async def _enter(self, owner: str, workspace: str, port: int) -> None:
        """Give a visitor who is logged in a ticket; it is the address they are sent to."""
        if self.request.method not in ("GET", "HEAD"):
            raise HTTPError(405)
        # A script of another page must not follow to what is shared with the visitor.
        if self.request.headers.get("Sec-Fetch-Mode", "navigate") != "navigate":
            raise HTTPError(403, "Open this address in a window of its own.")
        user = self.current_user
        if user is None:
            self.redirect(url_concat(self.settings["login_url"], {"next": self.request.uri}))
            return
        place = (owner, workspace, port)
        if not hasattr(user, "cookie_id") or not await self._allowed(user.name, place):
            raise HTTPError(404, "Nothing is shared with you at this address, or not any more.")
        now = self.machine.host.clock()
        ticket = self._tickets().make(user.name, user.cookie_id, _written(place), now)
        self.set_header("Cache-Control", "no-store")
        _, _, query = (self.request.uri or "").partition("?")
        self.redirect(self._base(place, f"~{ticket}") + (f"?{query}" if query else ""))

    def _visitor(self, ticket: str, place: tuple[str, str, int]) -> str | None:
        def session_of(name: str) -> str | None:
            user = self.find_user(name)
            return None if user is None else str(user.cookie_id)

        now = self.machine.host.clock()
        return self._tickets().holder(ticket, _written(place), now, session_of)

    def _is_fitting(self, visitor: str) -> bool:
        """Tell whether the browser says nothing against it.

        An address that was copied is opened by its own visitor alone; what a page of
        ours loads never comes from here.
        """
        headers = self.request.headers
        mode, target = headers.get("Sec-Fetch-Mode"), headers.get("Sec-Fetch-Dest")
        if mode is not None and mode != "navigate":
            return bool(headers.get("Sec-Fetch-Site") != "same-origin")
        opened = target == "document" if mode else "Upgrade-Insecure-Requests" in headers
        if opened and self.request.method == "GET":
            return bool(self.current_user and self.current_user.name == visitor)
        return True

    async def _allowed(self, visitor: str, place: tuple[str, str, int]) -> bool:
        host = self.machine.host
        return await self.machine.ask(may_open, host, self.accounts, *place, visitor)

    def _begin_again(self, place: tuple[str, str, int]) -> None:
        if self.request.headers.get("Sec-Fetch-Mode", "navigate") != "navigate":
            raise HTTPError(403, "It is not shared with you, or not any more.")
        self.redirect(self._base(place))

    def _tickets(self) -> Tickets:
        return Tickets(self.settings["cookie_secret"])

    def _base(self, place: tuple[str, str, int], ticket: str = "") -> str:
        owner, workspace, port = place
        path = f"{quote(owner, safe='')}/{quote(workspace, safe='')}/{port}/"
        return f"{self.hub.base_url}shared/{path}" + (f"{ticket}/" if ticket else "")

    # what goes where -------------------------------------------------------------
    async def _hand_on(self, place: tuple[str, str, int], visitor: str, ticket: str) -> None:
        owner, workspace, port = place
        way = await self.machine.ask(port_ways.way, self.machine.host, owner, workspace, port)
        if way is None:
            raise HTTPError(503, "The workspace does not run. Ask its owner to start it.")
        prefix = way.prefix
        base = self._base(place, ticket)
        _, _, rest = (self.request.uri or "").partition(f"/{ticket}/")
        headers = request_headers(self.request.headers, drop=_NOT_HANDED_ON)
        if way.key:
            headers["Authorization"] = way.key
        headers["X-Forwarded-Prefix"] = base.rstrip("/")

        def clean(given: HTTPHeaders) -> HTTPHeaders:
            for name in {name for name, _ in self._headers.get_all()}:
                self.clear_header(name)
            return self._confined(given, base, prefix)

        key: object = None
        try:
            stream = await connect(way.address, way.port or SERVER_PORT)
            key = self.connections.add((*place, visitor), stream.close)
            send = tunnel if wants_websocket(self) else forward
            await send(self, stream, f"{prefix}/{rest}", headers, clean)
        except UnreachableError as exc:
            raise HTTPError(502, "The workspace does not answer.") from exc
        finally:
            self.connections.remove(key)

    def _confined(self, given: HTTPHeaders, base: str, prefix: str) -> HTTPHeaders:
        """Return an answer's headers: harmless ones, and the sandbox."""
        headers = HTTPHeaders()
        for name, value in response_headers(given, path=base).get_all():
            # Within a sandbox no page has our origin, so this of the workspace's would bar its own.
            if name.lower() in _PASSED and value != "frame-ancestors 'self'":
                headers.add(name, value)
        location = headers.get("Location", "")
        if location.startswith(f"{prefix}/"):
            headers["Location"] = base + location[len(prefix) + 1 :]
        headers.add("Content-Security-Policy", SANDBOX)
        headers["Cache-Control"] = "no-store"
        headers["Referrer-Policy"] = "no-referrer"
        headers["X-Content-Type-Options"] = "nosniff"
        headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=()"
        for name, value in self._readable().items():
            headers[name] = value
        return headers

    def _readable(self) -> dict[str, str]:
        """Let the sandboxed page, whose origin is none, read its own answers."""
        if self.request.headers.get("Origin") != "null":
            return {}
        return {"Access-Control-Allow-Origin": "null", "Access-Control-Allow-Credentials": "true"}

    def _preflight(self) -> None:
        for name in {name for name, _ in self._headers.get_all()}:
            self.clear_header(name)
        self.set_status(204)
        for name, value in self._readable().items():
            self.set_header(name, value)
        self.set_header("Access-Control-Allow-Methods", ", ".join(self.SUPPORTED_METHODS))
        if wanted := self._cross("Request-Headers"):
            self.set_header("Access-Control-Allow-Headers", wanted)
        self.finish()

    def _cross(self, name: str) -> str:
        return str(self.request.headers.get(f"Access-Control-{name}", ""))


def may_open(
    host: Host, accounts: AccountStore, owner: str, workspace: str, port: int, visitor: str
) -> bool:
    """Tell whether a member may log in and open a port now."""
    account = accounts.find(visitor)
    if account is None or not account.active:
        return False
    return port_shares.active(host, owner, workspace, port, visitor)


def _written(place: tuple[str, str, int]) -> str:
    return "\0".join(map(str, place))


def handlers(machine: Machine, accounts: AccountStore) -> list[tuple[Any, ...]]:
    """Return the route of shared ports."""
    given = {
        "machine": machine,
        "accounts": accounts,
        "connections": OpenConnections(machine, accounts),
    }
    route = r"/shared/([^/]+)/([^/]+)/([0-9]{1,5})/(?:(~[A-Za-z0-9_.-]+)/)?(.*)"
    return [(route, SharedPortHandler, given)]
