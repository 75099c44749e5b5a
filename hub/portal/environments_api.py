"""``/environments`` and ``/operations``, and what is saved of workspaces: see, save, roll back."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query, Request, Response

from hub import languages, offers
from hub.portal import environments_view, problems, saving
from hub.portal.access import MEMBERS, Member, Parts, Token, only
from hub.portal.callers import Caller
from hub.portal.environments_models import (
    BranchOut,
    EnvironmentOut,
    EnvironmentsOut,
    FailureOut,
    HistoryOut,
    OperationOut,
    RollbackIn,
    SaveIn,
)
from hub.portal.environments_view import Seen
from hub.portal.operations import Operation
from hub.portal.portal import API, Portal
from hub.portal.saving import LeftOut
from workspace_cli.core import environments, look_models
from workspace_cli.core.errors import InvalidOptionError
from workspace_cli.core.models import Image, Workspace

PAGE = 50
LARGEST_PAGE = 200

router = APIRouter(tags=["environments"])

Limit = Annotated[int, Query(ge=1, le=LARGEST_PAGE, description="Rows of a page.")]
After = Annotated[str, Query(max_length=512, description="`next` of the page before.")]
Owner = Annotated[str, Query(max_length=64, description="Whose; anybody's for an admin alone.")]
Key = Annotated[str | None, Header(alias="Idempotency-Key", pattern=r"^[!-~]{1,128}$")]


@router.get(
    "/environments", openapi_extra=only(MEMBERS), responses=problems.answers(401, 403, 422, 503)
)
def list_environments(
    who: Member, parts: Parts, owner: Owner = "", after: After = "", limit: Limit = PAGE
) -> EnvironmentsOut:
    """List what you can start from: the lab's images, your own environments, shared ones."""
    found = environments_view.environments(parts.host, who, owner)
    rows = [_environment(parts, one) for one in found]
    page, following = _page(rows, [one.reference for one in rows], after, limit)
    return EnvironmentsOut(items=page, next=following)


@router.get(
    "/environments/{reference:path}/history",
    openapi_extra=only(MEMBERS),
    responses=problems.answers(401, 403, 404, 503),
)
def show_history(reference: str, who: Member, parts: Parts) -> HistoryOut:
    """Show the tree that an environment belongs to, as far as it is yours."""
    shown = environments_view.history(parts.host, who, reference)
    return HistoryOut(
        branches=[
            BranchOut(
                depth=branch.depth,
                name=branch.name,
                wanted=branch.wanted,
                environment=_environment(parts, seen) if seen else None,
            )
            for branch, seen in shown
        ]
    )


@router.get(
    "/environments/{reference:path}/diff",
    openapi_extra=only(MEMBERS),
    responses=problems.answers(401, 403, 404, 422, 429, 503),
)
def show_difference(
    reference: str,
    who: Member,
    parts: Parts,
    other: Annotated[
        str, Query(alias="with", max_length=255, description="Another environment.")
    ] = "",
    workspace: Annotated[str, Query(max_length=160, description="Or OWNER/NAME.")] = "",
) -> dict[str, Any]:
    """Compare an environment with another one, or with a workspace as it is now."""
    host = parts.host
    seen = environments_view.environment(host, who, reference)
    if bool(other) == bool(workspace):
        raise InvalidOptionError(
            "An environment is compared with one other thing.", "Name it in with or in workspace."
        )
    side: Image | Workspace
    if workspace:
        whose, _, name = workspace.rpartition("/")
        side = environments_view.workspace(host, who, whose or who.name, name)
    else:
        second = environments_view.environment(host, who, other).environment.id
        side = host.engine.image(second)
    first = host.engine.image(seen.environment.id)
    return dict(look_models.to_json(parts.worker.compare(first, side)))


@router.get(
    "/environments/{reference:path}",
    openapi_extra=only(MEMBERS),
    responses=problems.answers(401, 403, 404, 503),
)
def show_environment(reference: str, who: Member, parts: Parts) -> EnvironmentOut:
    """Show one of them; somebody else's that is not shared with you is not found."""
    return _environment(parts, environments_view.environment(parts.host, who, reference))


@router.get(
    "/workspaces/{owner}/{name}/preview",
    openapi_extra=only(MEMBERS),
    responses=problems.answers(401, 403, 404, 429, 503),
)
def preview(owner: str, name: str, who: Member, parts: Parts) -> dict[str, Any]:
    """Show what saving a workspace would keep, and what looks like a secret in it."""
    workspace = environments_view.workspace(parts.host, who, owner, name)
    return dict(look_models.to_json(parts.worker.preview(workspace)))


@router.post(
    "/workspaces/{owner}/{name}/environments",
    status_code=202,
    openapi_extra=only(MEMBERS),
    responses=problems.answers(401, 403, 404, 409, 422, 429, 503),
)
def save(
    owner: str,
    name: str,
    body: SaveIn,
    who: Member,
    token: Token,
    parts: Parts,
    request: Request,
    response: Response,
    key: Key = None,
) -> OperationOut:
    """Save what is installed in a workspace as an environment; it goes on running."""
    workspace = environments_view.workspace(parts.host, who, owner, name)
    return _told(request, response, begin_saving(parts, who, token, workspace, body, key))


@router.post(
    "/workspaces/{owner}/{name}/rollback",
    status_code=202,
    openapi_extra=only(MEMBERS),
    responses=problems.answers(401, 403, 404, 409, 422, 429, 503),
)
def roll_back(
    owner: str,
    name: str,
    body: RollbackIn,
    who: Member,
    token: Token,
    parts: Parts,
    request: Request,
    response: Response,
    key: Key = None,
) -> OperationOut:
    """Make a workspace anew from an environment; home, ports, limits and GPUs stay."""
    workspace = environments_view.workspace(parts.host, who, owner, name)
    return _told(request, response, begin_rollback(parts, who, token, workspace, body, key))


@router.get(
    "/operations/{operation_id}",
    openapi_extra=only(MEMBERS),
    responses=problems.answers(401, 403, 404),
)
def show_operation(operation_id: str, who: Member, parts: Parts, request: Request) -> OperationOut:
    """Show how far an operation of yours is."""
    return operation_out(find_operation(parts, who, operation_id), problems.language_of(request))


def begin_saving(
    parts: Portal,
    who: Caller,
    token: str,
    workspace: Workspace,
    wanted: SaveIn,
    key: str | None = None,
) -> Operation:
    """Queue a save; what can be refused at once is refused here (NameTakenError …)."""
    reference = environments.reference_for(parts.host, workspace, wanted.name or None)
    return parts.operations.begin(
        who.name,
        workspace.reference,
        "save",
        lambda report: parts.worker.save(
            token, workspace, reference, wanted.note, report, _choices(wanted)
        ),
        asked=wanted.model_dump(),
        key=key,
    )


def _choices(wanted: SaveIn) -> LeftOut:
    return LeftOut(
        tuple(wanted.keep), wanted.keep_secrets, wanted.drop_caches, tuple(wanted.leave_out)
    )


def begin_rollback(
    parts: Portal,
    who: Caller,
    token: str,
    workspace: Workspace,
    wanted: RollbackIn,
    key: str | None = None,
) -> Operation:
    """Queue making a workspace anew from an environment that the caller may start from."""
    saving.check_rollback(who, workspace)
    asked = wanted.reference or saving.last_saved(parts.host, workspace)
    found = environments_view.environment(parts.host, who, asked).environment
    return parts.operations.begin(
        who.name,
        workspace.reference,
        "rollback",
        lambda report: parts.worker.roll_back(
            token, workspace, found.reference, wanted.save, report
        ),
        asked=wanted.model_dump(),
        key=key,
    )


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


def _told(request: Request, response: Response, one: Operation) -> OperationOut:
    response.headers["Location"] = f"{API}/operations/{one.id}"
    return operation_out(one, problems.language_of(request))


def _page(
    rows: list[Any], names: list[str], after: str, limit: int
) -> tuple[list[Any], str | None]:
    """Return the rows that follow the one named ``after``, and the name for the next page."""
    # A row that is gone meanwhile: begin anew rather than leave something out.
    start = names.index(after) + 1 if after in names else 0
    shown = list(itertools.islice(rows, start, start + limit))
    more = start + limit < len(rows)
    return shown, names[start + limit - 1] if more else None


def _environment(parts: Portal, seen: Seen) -> EnvironmentOut:
    one = seen.environment
    entry = parts.host.catalogue.find(one.reference) if one.offered else None
    title = offers.in_language(entry.title, languages.current.get()) if entry else ""
    return EnvironmentOut(
        reference=one.reference,
        id=one.id,
        access=seen.access,
        owner=one.owner or None,
        title=title or one.reference.removesuffix(":latest"),
        note=one.note,
        parent=one.parent or None,
        saved_from=one.saved_from or None,
        created=iso(one.created),
        size=one.size,
        added=one.added,
        layers=one.layers,
        used_by=list(one.used_by),
        imported_from=one.imported_from or None,
        trusted=one.trusted,
    )


def iso(seconds: float) -> str:
    """Write a moment as ISO 8601 in UTC."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")
