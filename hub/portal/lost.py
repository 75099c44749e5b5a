"""What a person sees whose browser asked for an address where no page is.

Programs get the problem as JSON.
"""

from __future__ import annotations

from contextlib import suppress

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from hub.portal import pages, problems
from hub.portal.access import COOKIE
from hub.portal.portal import API, Portal
from workspace_cli.core.errors import InvalidInputError, LabdockError, NotFoundError

NO_PAGE = NotFoundError("There is no such page.", "Look for a mistake in its address.")
ONLY_A_FORM = InvalidInputError(
    "This address only takes what a form sends.", "Open the page with the form and send it again."
)
INCOMPLETE = InvalidInputError(
    "Something is missing from this address, or it is not written as it should be.",
    "Follow a link of these pages instead.",
)


def install(app: FastAPI) -> None:
    """Let whoever reads pages be told by a page."""
    app.add_exception_handler(HTTPException, _no_route)
    app.add_exception_handler(RequestValidationError, _malformed)


def _no_route(request: Request, exc: Exception) -> Response:
    status = exc.status_code if isinstance(exc, HTTPException) else 500
    failure = {404: NO_PAGE, 405: ONLY_A_FORM}.get(status)
    if failure is None or not _reads_pages(request):
        return problems.plain(request, exc)
    return _page(request, failure, status)


def _malformed(request: Request, exc: Exception) -> Response:
    if not _reads_pages(request):
        return problems.malformed(request, exc)
    return _page(request, INCOMPLETE, INCOMPLETE.http_status)


def _reads_pages(request: Request) -> bool:
    of_api = request.url.path.startswith(f"{API}/")
    return not of_api and "text/html" in request.headers.get("accept", "")


def _page(request: Request, failure: LabdockError, status: int) -> Response:
    """Tell it in the frame of whoever is logged in."""
    portal: Portal = request.app.state.portal
    if not hasattr(request.state, "reader"):
        with suppress(LabdockError):
            request.state.reader = portal.callers.caller(request.cookies.get(COOKIE, ""))
    answer = pages.failure_page(request, failure)
    answer.status_code = status
    return answer
