"""A browser's login: by the hub's OAuth, with what it gives kept in a cookie of the portal's.

Source: https://jupyterhub.readthedocs.io/en/stable/explanation/oauth.html
"""

from __future__ import annotations

import secrets
from typing import Annotated, cast
from urllib.parse import quote, unquote, urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from hub.portal.access import COOKIE, EVERYBODY, Parts, only
from hub.portal.hub_calls import CLIENT
from hub.portal.portal import PREFIX
from workspace_cli.core.errors import NotLoggedInError

AUTHORIZE = "/hub/api/oauth2/authorize"
CALLBACK = f"{PREFIX}/oauth_callback"
START = f"{PREFIX}/"
STATE = "labdock-portal-login-"
"""How the name of a cookie of a login under way begins: its state follows.

One for each, for a browser that opens all of yesterday's pages begins several at once.
"""
MOST_AT_ONCE = 10
LONGEST_PAGE = 3000
"""Characters of an address that is come back to: a browser keeps no cookie of more than 4 kB."""
LONGEST_IN_ALL = 8000
"""Characters of all these cookies: what stands before us refuses a request with more of them."""
LOGIN_SECONDS = 600
STAYS_SECONDS = 14 * 24 * 3600
"""As long as the hub's own login; the hub ends it earlier when somebody logs out."""

router = APIRouter(include_in_schema=False)


class LoginNeededError(NotLoggedInError):
    """A browser is to log in and come back to where it was."""


def to_login(request: Request) -> Response:
    """Send a browser to the hub's login, and back to this page after it."""
    state = secrets.token_urlsafe(16)
    here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    page = next((one for one in map(_kept, (here, request.url.path)) if one), _kept(START))
    query = {
        "client_id": CLIENT,
        "redirect_uri": CALLBACK,
        "response_type": "code",
        "state": state,
    }
    answer = RedirectResponse(f"{AUTHORIZE}?{urlencode(query)}", 302)
    under_way = {one: kept for one, kept in request.cookies.items() if one.startswith(STATE)}
    length = len(page) + sum(map(len, under_way.values()))
    if len(under_way) >= MOST_AT_ONCE or length > LONGEST_IN_ALL:
        for name in under_way:
            _keep(request, answer, name, "", 0)
    _keep(request, answer, STATE + state, page, LOGIN_SECONDS)
    return answer


@router.get("/oauth_callback", openapi_extra=only(EVERYBODY))
def finish_login(
    request: Request,
    parts: Parts,
    code: Annotated[str, Query(max_length=256)] = "",
    state: Annotated[str, Query(max_length=256)] = "",
) -> Response:
    """Take the code that the hub gives, and go to the page that was asked for."""
    page = request.cookies.get(STATE + state) if state else None
    if not code or page is None:
        raise NotLoggedInError(
            "The login was not begun in this browser, or long ago.", f"Open {START} again."
        )
    token = parts.codes.exchange(code, CALLBACK)
    answer = RedirectResponse(own_page(unquote(page)), 302)
    _keep(request, answer, STATE + state, "", 0)
    _keep(request, answer, COOKIE, token, STAYS_SECONDS)
    return answer


def _kept(path: str) -> str:
    """Return an address as a cookie holds it, '' for one that is too long."""
    quoted = quote(path, safe="")
    return quoted if len(quoted) <= LONGEST_PAGE else ""


def own_page(path: str) -> str:
    """Return the path where it is a page of the portal, else the first page."""
    plain = path.startswith(f"{PREFIX}/") and path.isprintable() and "\\" not in path
    return path if plain else START


def _keep(request: Request, answer: Response, name: str, value: str, seconds: int) -> None:
    """Set a cookie of ours; with no seconds at all, take it away."""
    answer.set_cookie(
        name,
        value,
        max_age=seconds,
        path=f"{PREFIX}/",
        secure=cast("bool", request.app.state.portal.host.settings.encrypted),
        httponly=True,
        samesite="lax",
    )
