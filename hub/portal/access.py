"""Who may call a route: every route names one of these as what it depends on."""

from __future__ import annotations

from typing import Annotated, cast

from fastapi import Depends, Request, Security
from fastapi.security import APIKeyCookie, APIKeyHeader

from hub.portal.callers import Caller
from hub.portal.portal import Portal
from workspace_cli.core.errors import NotAllowedError, NotLoggedInError

COOKIE = "labdock-portal"
_header = APIKeyHeader(
    name="Authorization",
    auto_error=False,
    scheme_name="hub token",
    description="`Bearer TOKEN` (or `token TOKEN`): a token of the hub, also a workspace's own.",
)
_cookie = APIKeyCookie(
    name=COOKIE,
    auto_error=False,
    scheme_name="browser",
    description="What a browser holds after it has logged in; good for reading alone.",
)


def portal_of(request: Request) -> Portal:
    """Return the portal's parts."""
    return cast("Portal", request.app.state.portal)


Parts = Annotated[Portal, Depends(portal_of)]


def caller(
    request: Request,
    parts: Parts,
    authorization: Annotated[str | None, Security(_header)] = None,
    cookie: Annotated[str | None, Security(_cookie)] = None,
) -> Caller:
    """Return who calls; NotLoggedInError without a valid token."""
    token = bearer(authorization)
    if token is None and request.method == "GET":
        # A cookie comes along on its own, also where another site has asked for it: it may
        # read and never change.
        token = cookie
    if not token:
        raise NotLoggedInError(
            "This needs a token of yours.", "Send it as `Authorization: Bearer TOKEN`."
        )
    return parts.callers.caller(token)


def bearer(header: str | None) -> str | None:
    """Return the token of an Authorization header, None where it holds none.

    >>> bearer("Bearer abc")
    'abc'
    """
    scheme, _, token = (header or "").strip().partition(" ")
    return token.strip() or None if scheme.lower() in ("bearer", "token") else None


Member = Annotated[Caller, Depends(caller)]


def teacher(who: Member) -> Caller:
    """Return who calls; NotAllowedError unless they see the class."""
    if not who.teaches:
        raise NotAllowedError(
            "Only instructors see the class.", "Your own progress is at lessons/progress."
        )
    return who


Teacher = Annotated[Caller, Depends(teacher)]
EVERYBODY, MEMBERS, TEACHERS = "everybody", "members", "instructors"
"""Who may call a route, as it is noted in OpenAPI under ``x-labdock-for``."""


def only(audience: str) -> dict[str, str]:
    """Note in OpenAPI who may call a route."""
    return {"x-labdock-for": audience}
