"""``/environments``, and what is saved of workspaces: see, compare, save, roll back."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
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
    HistoryOut,
    OperationOut,
    RollbackIn,
    SaveIn,
)
from hub.portal.environments_view import Seen
from hub.portal.operations import Operation
from hub.portal.operations_api import iso, operation_out
from hub.portal.portal import API, Portal
from hub.portal.saving import LeftOut
from workspace_cli.core import environments, look_models, pins
from workspace_cli.core.errors import InvalidOptionError
from workspace_cli.core.models import Image, Workspace
from workspace_cli.core.pins import Pin

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
    pinned = pins.pins(parts.host)
    rows = [shown(parts, one, pinned) for one in found]
    page, following = _page(rows, [one.reference for one in rows], after, limit)
    return EnvironmentsOut(items=page, next=following)


@router.get(
    "/environments/{reference:path}/history",
    openapi_extra=only(MEMBERS),
    responses=problems.answers(401, 403, 404, 503),
)
def show_history(reference: str, who: Member, parts: Parts) -> HistoryOut:
    """Show the tree that an environment belongs to, as far as it is yours."""
    found = environments_view.history(parts.host, who, reference)
    pinned = pins.pins(parts.host)
    return HistoryOut(
        branches=[
            BranchOut(
                depth=branch.depth,
                name=branch.name,
                wanted=branch.wanted,
                environment=shown(parts, seen, pinned) if seen else None,
            )
            for branch, seen in found
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
    seen = environments_view.environment(parts.host, who, reference)
    return shown(parts, seen, pins.pins(parts.host))


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


def _told(request: Request, response: Response, one: Operation) -> OperationOut:
    response.headers["Location"] = f"{API}/operations/{one.id}"
    return operation_out(one, problems.language_of(request))


def _page(
    rows: list[Any], names: list[str], after: str, limit: int
) -> tuple[list[Any], str | None]:
    """Return the rows that follow the one named ``after``, and the name for the next page."""
    # A row that is gone meanwhile: begin anew rather than leave something out.
    start = names.index(after) + 1 if after in names else 0
    chosen = list(itertools.islice(rows, start, start + limit))
    more = start + limit < len(rows)
    return chosen, names[start + limit - 1] if more else None


def shown(parts: Portal, seen: Seen, pinned: Mapping[str, Pin]) -> EnvironmentOut:
    """Return an environment as the API tells it."""
    one = seen.environment
    pin = pinned.get(one.reference)
    own = seen.access in ("own", "admin")
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
        pinned=pin is not None,
        pin_note=pin.note if pin and own and pin.note else None,
    )
