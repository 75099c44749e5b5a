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
    """Return a description in which every write takes the header, and may answer 409 and 422."""
    for operations in schema["paths"].values():
        for method, operation in operations.items():
            if method.upper() not in WRITES:
                continue
            others = [one for one in operation.get("parameters", ()) if one["name"] != HEADER]
            operation["parameters"] = [*others, _parameter()]
            for status, answer in problems.answers(409, 422, 429).items():
                operation["responses"].setdefault(str(status), answer)
    return schema


def _parameter() -> dict[str, Any]:
    return {
        "name": HEADER,
        "in": "header",
        "required": False,
        "description": WORDS,
        "schema": {"type": "string", "pattern": PATTERN},
    }
