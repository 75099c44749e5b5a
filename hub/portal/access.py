"""Who may call a route: every route names one of these as what it depends on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, cast

from fastapi import Depends, Request, Security
from fastapi.security import APIKeyCookie, APIKeyHeader

from hub.portal.callers import Caller
from hub.portal.portal import Portal
from hub.portal.xsrf import HEADER
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
    description=(
        "What a browser holds after it has logged in; it changes something only together with "
        f"the header `{HEADER}` that pages of the portal know."
    ),
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
    """Return who calls; NotLoggedInError without a valid token.

    NotAllowedError where a cookie alone, or a token that only reads, is to change something.
    """
    who = parts.callers.caller(token_of(request, parts, authorization, cookie))
    if request.method not in ("GET", "HEAD") and who.only_reads:
        raise NotAllowedError("This token only reads.", "Make a token with all of your rights.")
    return who


def token_of(request: Request, parts: Portal, authorization: str | None, cookie: str | None) -> str:
    """Return the token that a request acts with."""
    token = bearer(authorization)
    if token is None and cookie:
        # A cookie comes along on its own, also where another site has asked for it.
        if request.method not in ("GET", "HEAD"):
            parts.xsrf.check(cookie, request.headers.get(HEADER, ""))
        token = cookie
    if not token:
        raise NotLoggedInError(
            "This needs a token of yours.", "Send it as `Authorization: Bearer TOKEN`."
        )
    return token


def acting_token(
    request: Request,
    parts: Parts,
    authorization: Annotated[str | None, Security(_header)] = None,
    cookie: Annotated[str | None, Security(_cookie)] = None,
) -> str:
    """Return the token that a request acts with, for what is asked of the hub with it."""
    return token_of(request, parts, authorization, cookie)


Token = Annotated[str, Depends(acting_token)]


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


def admin(who: Member) -> Caller:
    """Return who calls; NotAllowedError unless they act as an admin."""
    if not who.administers:
        raise NotAllowedError(
            "Only admins may do this, with a token that has all of their rights.", "Ask an admin."
        )
    return who


Admin = Annotated[Caller, Depends(admin)]


def admin_with(scope: str) -> Callable[[Caller], Caller]:
    """Return what lets an admin in whose token has a scope, be it the only one beside the portal's.

    For what the hub does with the caller's token, and needs no more than that scope for.
    """

    def check(who: Member) -> Caller:
        if who.role != "admin" or scope not in who.scopes:
            raise NotAllowedError(
                f"Only admins may do this, with a token that has the scope {scope}.",
                "Ask an admin.",
            )
        return who

    return check


EVERYBODY, MEMBERS, TEACHERS, ADMINS = "everybody", "members", "instructors", "admins"
"""Who may call a route, as it is noted in OpenAPI under ``x-labdock-for``."""


def only(audience: str) -> dict[str, str]:
    """Note in OpenAPI who may call a route."""
    return {"x-labdock-for": audience}
