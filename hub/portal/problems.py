"""Failures as ``application/problem+json``.

Source: https://www.rfc-editor.org/rfc/rfc9457
"""

from __future__ import annotations

import logging
import math
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from hub import languages
from workspace_cli.core.errors import (
    InvalidInputError,
    LabdockError,
    NotFoundError,
    NotLoggedInError,
    TooOftenError,
)

log = logging.getLogger("labdock.portal")

MEDIA_TYPE = "application/problem+json"
SCHEMA = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {"type": "array", "items": {"type": "object"}},
    },
}


class Problem(JSONResponse):
    """A failure's answer."""

    media_type = MEDIA_TYPE


def answers(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Describe failures for OpenAPI."""
    return {
        status: {
            "description": HTTPStatus(status).phrase,
            "content": {MEDIA_TYPE: {"schema": SCHEMA}},
        }
        for status in statuses
    }


def install(app: FastAPI) -> None:
    """Let every failure of an application be answered so."""
    app.add_exception_handler(LabdockError, told)
    app.add_exception_handler(RequestValidationError, malformed)
    app.add_exception_handler(HTTPException, plain)
    app.add_exception_handler(Exception, _unexpected)


def problem(
    status: int,
    detail: str,
    headers: Mapping[str, str] | None = None,
    **more: Any,
) -> Problem:
    """Return the answer to a failure."""
    body = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        **more,
    }
    return Problem(body, status, dict(headers or {}))


def language_of(request: Request) -> str:
    """Return the language of whoever asks."""
    return languages.choose(
        request.headers.get("accept-language", ""), request.cookies.get(languages.COOKIE)
    )


def told(request: Request, exc: Exception) -> Problem:
    """Answer with one of our own failures, in the language of whoever asks."""
    failure = exc if isinstance(exc, LabdockError) else LabdockError(str(exc))
    headers = {}
    if isinstance(failure, NotLoggedInError):
        headers["WWW-Authenticate"] = "Bearer"
    if isinstance(failure, TooOftenError):
        headers["Retry-After"] = str(math.ceil(failure.seconds))
    if failure.http_status >= 500:
        log.warning("%s %s: %s", request.method, request.url.path, failure)
    text = languages.translate(str(failure), language_of(request))
    return problem(failure.http_status, text, headers)


def malformed(request: Request, exc: Exception) -> Problem:
    """Answer to a request that is not what its route takes."""
    found = exc.errors() if isinstance(exc, RequestValidationError) else []
    # Where and what, never the value: it may be a secret that stands in a wrong place.
    errors = [
        {"where": ".".join(str(part) for part in one["loc"]), "what": str(one["msg"])}
        for one in found
    ]
    detail = "; ".join(f"{one['where']}: {one['what']}" for one in errors[:3])
    return problem(422, detail or "The request is malformed.", errors=errors)


NO_ADDRESS = NotFoundError("There is no such address.", "Look for a misspelled name in it.")
NO_METHOD = InvalidInputError(
    "This address does not take that method.", "Its description says more."
)


def in_words(failure: HTTPException) -> str:
    """Return what is wrong with a request for which there is no route."""
    known: dict[int, LabdockError] = {404: NO_ADDRESS, 405: NO_METHOD}
    bare = failure.detail == HTTPStatus(failure.status_code).phrase
    told = known.get(failure.status_code) if bare else None
    return str(told or failure.detail)


def plain(request: Request, exc: Exception) -> Problem:
    """Answer to a request for which there is no route."""
    failure = exc if isinstance(exc, HTTPException) else HTTPException(500)
    text = languages.translate(in_words(failure), language_of(request))
    return problem(failure.status_code, text, failure.headers)


def _unexpected(request: Request, exc: Exception) -> Problem:
    log.error("%s %s", request.method, request.url.path, exc_info=exc)
    return problem(500, "Something went wrong in the portal. Its log says more.")
