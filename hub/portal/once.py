"""``Idempotency-Key`` for everything of the API that changes something, whichever route it is.

Source: https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/
"""

from __future__ import annotations

import logging
import re

from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hub.portal import problems
from hub.portal.access import COOKIE, token_of
from hub.portal.callers import Caller
from hub.portal.idempotency import HEADER, PATTERN, Kept
from hub.portal.portal import API, Portal
from workspace_cli.core.errors import BusyError, LabdockError

log = logging.getLogger("labdock.portal")

REPLAYED = "Idempotency-Replayed"
"""Says of an answer that it is the one of the first time."""
WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})
KEPT_HEADERS = ("content-type", "location")


class Once:
    """Carries a request with a key out once, and gives its answer again to whoever sends it again.

    It stands around all routes, so that none can be written without it.
    """

    def __init__(self, app: ASGIApp, portal: Portal) -> None:
        self._app = app
        self._portal = portal

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if not (
            scope["type"] == "http"
            and scope["method"] in WRITES
            and scope["path"].startswith(f"{API}/")
        ):
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        key = request.headers.get(HEADER)
        who = await self._caller(request) if key is not None else None
        if key is None or who is None:
            # Whoever has no valid token is told so by the route.
            await self._app(scope, receive, send)
            return
        await (await self._answer(request, who, key))(scope, receive, send)

    async def _caller(self, request: Request) -> Caller | None:
        portal = self._portal
        try:
            authorization = request.headers.get("authorization")
            token = token_of(request, portal, authorization, request.cookies.get(COOKIE))
            return await run_in_threadpool(portal.callers.caller, token)
        except LabdockError:
            return None

    async def _answer(self, request: Request, who: Caller, key: str) -> Response:
        if not re.fullmatch(PATTERN, key):
            return problems.problem(
                422, f"{HEADER}: send up to 128 characters of ASCII without spaces."
            )
        keys = self._portal.keys
        try:
            body = await request.body()
            path = request.url.path.encode("utf-8", "replace")
            query = request.url.query.encode("utf-8", "replace")
            digest = keys.digest(who, request.method.encode(), path, query, body)
            before = await run_in_threadpool(keys.begin, who.name, key, digest)
        except HTTPException as exc:
            return problems.problem(exc.status_code, exc.detail, {"Connection": "close"})
        except ClientDisconnect:
            return Response(status_code=400)
        except LabdockError as exc:
            refused = problems.told(request, exc)
            if isinstance(exc, BusyError):
                refused.headers["Retry-After"] = "1"
            return refused
        if before is not None:
            headers = {**before.headers, REPLAYED: "true"}
            return Response(before.body, before.status, headers)
        return await self._carry_out(request, body, who, key)

    async def _carry_out(self, request: Request, body: bytes, who: Caller, key: str) -> Response:
        keys = self._portal.keys
        try:
            answer = await _listen(self._app, request, body)
        except BaseException:
            await run_in_threadpool(keys.forget, who.name, key)
            raise
        if answer.status_code >= 400:
            await run_in_threadpool(keys.forget, who.name, key)
            return answer
        headers = {name: answer.headers[name] for name in KEPT_HEADERS if name in answer.headers}
        kept = Kept(answer.status_code, headers, bytes(answer.body).decode("utf-8", "replace"))
        try:
            await run_in_threadpool(keys.end, who.name, key, kept)
        except SQLAlchemyError:
            # It was done: whoever sends it again is told that nobody knows.
            log.exception("An answer could not be kept")
        return answer


async def _listen(app: ASGIApp, request: Request, body: bytes) -> Response:
    """Return what the routes answer to a request whose body was read."""
    messages: list[Message] = []
    unread = [body]

    async def receive() -> Message:
        if unread:
            return {"type": "http.request", "body": unread.pop(), "more_body": False}
        return await request.receive()

    async def send(message: Message) -> None:
        messages.append(message)

    await app(request.scope, receive, send)
    content = b"".join(one.get("body", b"") for one in messages[1:])
    answer = Response(content, int(messages[0]["status"]))
    answer.raw_headers = list(messages[0].get("headers", ()))
    return answer
