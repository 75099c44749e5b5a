"""What OpenAPI says of the API beyond what the routes say of themselves."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI

from hub.portal import problems
from hub.portal.idempotency import HEADER, PATTERN, WORDS
from hub.portal.once import WRITES


def describe(app: FastAPI) -> None:
    """Let every operation that changes something say that it takes an idempotency key."""
    plain = app.openapi

    def described() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = with_keys(plain())
        return app.openapi_schema

    app.openapi = described  # type: ignore[method-assign] # FastAPI's own way to extend it


def with_keys(schema: dict[str, Any]) -> dict[str, Any]:
    """Return a description in which each write takes the header and every failure is a problem."""
    for operations in schema["paths"].values():
        for method, operation in operations.items():
            answers = operation["responses"]
            if "422" in answers:
                # The framework describes one of its own.
                answers |= _described(422)
            if method.upper() not in WRITES:
                continue
            others = [one for one in operation.get("parameters", ()) if one["name"] != HEADER]
            operation["parameters"] = [*others, _parameter()]
            operation["responses"] = {**_described(409, 422, 429), **answers}
    return schema


def _described(*statuses: int) -> dict[str, Any]:
    return {str(status): told for status, told in problems.answers(*statuses).items()}


def _parameter() -> dict[str, Any]:
    return {
        "name": HEADER,
        "in": "header",
        "required": False,
        "description": WORDS,
        "schema": {"type": "string", "pattern": PATTERN},
    }
