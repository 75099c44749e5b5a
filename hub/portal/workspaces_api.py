"""``/workspaces``: what there is, and starting, stopping and the rest, as the hub lets you."""

from __future__ import annotations

from typing import Annotated, Literal
from urllib.parse import quote

from fastapi import APIRouter, Depends, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from hub.portal import listing, problems
from hub.portal.access import MEMBERS, Member, Parts, Token, only
from hub.portal.acting import NEW_OPTIONS, Actor
from hub.portal.callers import Caller
from hub.portal.lab_models import MessageOut, WayBackOut
from hub.portal.portal import API, Portal
from hub.portal.profiles_api import resolved
from hub.portal.shown import Shown, State
from hub.portal.times import iso
from hub.portal.workspaces_models import (
    ExtendedOut,
    StartIn,
    WorkspacePage,
    WorkspaceShown,
)
from workspace_cli.core.errors import InvalidOptionError, NotAllowedError, WorkspaceNotFoundError

PAGE = 50
LARGEST_PAGE = 200

router = APIRouter(prefix="/workspaces", tags=["workspaces"])


async def actor(request: Request, who: Member, token: Token) -> Actor:
    """Return who acts, with the token that was sent and the language to be answered in."""
    return Actor(who, token, problems.language_of(request))


By = Annotated[Actor, Depends(actor)]

WRITES = problems.answers(401, 403, 404, 409, 422, 429, 503)


@router.get("", openapi_extra=only(MEMBERS), responses=problems.answers(401, 403, 422, 503))
def list_all(
    who: Member,
    parts: Parts,
    owner: Annotated[
        str, Query(max_length=64, description="Whose; anybody's for an admin alone.")
    ] = "",
    q: Annotated[
        str, Query(max_length=100, description="A part of owner, name, image or state.")
    ] = "",
    state: Annotated[State | None, Query()] = None,
    sort: Annotated[listing.Sort, Query(description="`-` turns the order round.")] = "name",
    after: Annotated[str, Query(max_length=200, description="`next` of the page before.")] = "",
    limit: Annotated[int, Query(ge=1, le=LARGEST_PAGE, description="Rows of a page.")] = PAGE,
) -> WorkspacePage:
    """List your workspaces, for an admin everybody's, in every state."""
    found = listing.find(parts.live.board.picture, who, owner=owner, words=q, state=state)
    page = listing.page(listing.ordered(found, sort), after, limit)
    return WorkspacePage(
        items=[_shown(one) for one in page.rows], total=len(found), next=page.following
    )


@router.get(
    "/{owner}/{name}",
    openapi_extra=only(MEMBERS),
    responses=problems.answers(401, 403, 404, 503),
)
def show_one(owner: str, name: str, who: Member, parts: Parts) -> WorkspaceShown:
    """Show one workspace."""
    return _shown(parts.acting.find(who, owner, name))


@router.post(
    "/{owner}/{name}/start", status_code=202, openapi_extra=only(MEMBERS), responses=WRITES
)
async def start(
    owner: str,
    name: str,
    by: By,
    parts: Parts,
    response: Response,
    body: StartIn | None = None,
) -> WorkspaceShown:
    """Start a workspace, or make one; the answer comes before it is up."""
    options = body.options if body else None
    if strange := sorted(set(options or {}) - set(NEW_OPTIONS)):
        raise InvalidOptionError(
            f"There is no option {strange[0]!r}.", f"There are {', '.join(NEW_OPTIONS)}."
        )
    _check_may(by.who, owner)
    if body and body.profile is not None:
        options = await run_in_threadpool(resolved, parts, by.who, body.profile, options)
    await parts.acting.start(by, (owner, name), options)
    response.headers["Location"] = f"{API}/workspaces/{quote(f'{owner}/{name}')}"
    return _shown(_after(parts, owner, name))


@router.post("/{owner}/{name}/extend", openapi_extra=only(MEMBERS), responses=WRITES)
async def extend(
    owner: str,
    name: str,
    by: By,
    parts: Parts,
) -> ExtendedOut:
    """Put the end of the GPU lease off, by the step that the lab's policy has."""
    told = await parts.acting.extend(by, parts.acting.find(by.who, owner, name))
    return ExtendedOut(message=told, lease_ends=iso(_after(parts, owner, name).lease_ends))


@router.post("/{owner}/{name}/keep", openapi_extra=only(MEMBERS), responses=WRITES)
async def keep(owner: str, name: str, by: By, parts: Parts) -> MessageOut:
    """Say that a workspace is in use though nothing seems to happen in it."""
    one = parts.acting.find(by.who, owner, name)
    return MessageOut(message=await parts.acting.keep(by, one))


@router.get(
    "/{owner}/{name}/way-back",
    openapi_extra=only(MEMBERS),
    responses=problems.answers(401, 403, 404, 503),
)
async def show_way_back(owner: str, name: str, by: By, parts: Parts) -> WayBackOut:
    """Show what a workspace that does not start can be made anew from."""
    one = parts.acting.find(by.who, owner, name)
    path = f"/way-back/{quote(owner, safe='')}"
    path += f"/{quote(one.server, safe='')}" if one.server else ""
    return way_back_of(await parts.acting.ask(by, "GET", path))


def way_back_of(answer: object) -> WayBackOut:
    """Return the hub's word on a way back, with options that a start takes."""
    found = answer.get("way_back") if isinstance(answer, dict) else None
    if not found:
        return WayBackOut(image=None, title="", options={})
    options = {"image": found["image"], "replace_image": True, "fresh": True}
    return WayBackOut(image=found["image"], title=found["title"], options=options)


Action = Literal["stop", "restart"]


@router.post(
    "/{owner}/{name}/{action}", status_code=202, openapi_extra=only(MEMBERS), responses=WRITES
)
async def act(
    owner: str,
    name: str,
    action: Action,
    by: By,
    parts: Parts,
) -> WorkspaceShown:
    """Stop a workspace, or restart it; the answer may come before it is done."""
    one = parts.acting.find(by.who, owner, name)
    _check_may(by.who, owner)
    do = parts.acting.halt if action == "stop" else parts.acting.restart
    await do(by, one)
    return _shown(_after(parts, owner, name))


@router.delete(
    "/{owner}/{name}/queue", status_code=204, openapi_extra=only(MEMBERS), responses=WRITES
)
async def leave(owner: str, name: str, by: By, parts: Parts) -> Response:
    """Leave the waiting line."""
    one = parts.acting.find(by.who, owner, name)
    await parts.acting.leave(by, one)
    return Response(status_code=204)


@router.delete("/{owner}/{name}", status_code=202, openapi_extra=only(MEMBERS), responses=WRITES)
async def remove(
    owner: str,
    name: str,
    by: By,
    parts: Parts,
) -> Response:
    """Remove a workspace and what is installed in it; the files in /workspace stay."""
    one = parts.acting.find(by.who, owner, name)
    _check_may(by.who, owner)
    await parts.acting.remove(by, one)
    return Response(status_code=202)


def _check_may(who: Caller, owner: str) -> None:
    if owner != who.name and not who.administers:
        raise WorkspaceNotFoundError(
            "There is no such workspace, or it is not yours.",
            "Your page of workspaces lists them.",
        )
    if not who.may_act_for(owner):
        raise NotAllowedError(
            "This token may not steer this member's workspaces.",
            "Make a token with all of your rights.",
        )


def _after(parts: Portal, owner: str, name: str) -> Shown:
    found = parts.live.board.picture.workspaces.get((owner, name))
    return found or Shown(
        owner=owner, name=name, kind="hub", title=name, state="starting", image=""
    )


def _shown(one: Shown) -> WorkspaceShown:
    return WorkspaceShown.of(one)
