"""``/operations``: how far what was asked for is."""

from __future__ import annotations

from datetime import UTC, datetime

from fastapi import APIRouter, Request

from hub import languages
from hub.portal import problems
from hub.portal.access import MEMBERS, Member, Parts, only
from hub.portal.callers import Caller
from hub.portal.environments_models import FailureOut, OperationOut
from hub.portal.operations import Operation
from hub.portal.portal import Portal

router = APIRouter(tags=["environments"])


@router.get(
    "/operations/{operation_id}",
    openapi_extra=only(MEMBERS),
    responses=problems.answers(401, 403, 404),
)
def show_operation(operation_id: str, who: Member, parts: Parts, request: Request) -> OperationOut:
    """Show how far an operation of yours is."""
    return operation_out(find_operation(parts, who, operation_id), problems.language_of(request))


def find_operation(parts: Portal, who: Caller, operation_id: str) -> Operation:
    """Return an operation of the caller's, for an admin anybody's; NotFoundError."""
    return parts.operations.find(operation_id, None if who.administers else who.name)


def operation_out(one: Operation, language: str) -> OperationOut:
    """Return an operation as the API tells it, its words in a language."""
    failure = one.failure and FailureOut(
        status=int(one.failure["status"]), detail=failure_text(one, language)
    )
    return OperationOut(
        id=one.id,
        kind=one.kind,
        workspace=one.workspace,
        state=one.state,
        step=languages.translate(one.step, language),
        current=one.current,
        total=one.total,
        created=iso(one.created),
        finished=None if one.finished is None else iso(one.finished),
        warnings=[languages.translate(text, language) for text in one.warnings],
        result=None if one.result is None else dict(one.result),
        failure=failure or None,
    )


def failure_text(one: Operation, language: str) -> str:
    """Return why an operation failed and what to do next, '' where it did not."""
    if not one.failure:
        return ""
    text = f"{one.failure['message']} {one.failure['remedy']}".rstrip()
    return languages.translate(text, language)


def iso(seconds: float) -> str:
    """Write a moment as ISO 8601 in UTC."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")
