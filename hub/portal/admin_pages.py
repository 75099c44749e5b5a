"""The admins' pages: everybody's workspaces, the machine, and who did what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, Response

from hub.portal import listing
from hub.portal.access import ADMINS, Parts, only
from hub.portal.callers import Caller
from hub.portal.listing import STATES
from hub.portal.pages import Reader, Writer, page
from hub.portal.portal import PREFIX
from hub.portal.sorting import columns, query
from workspace_cli.core import audit, reservations
from workspace_cli.core.errors import NotAllowedError

ROWS = 50
AUDIT_ROWS = 50
COLUMNS = ("name", "state", "image", "memory_used", "cpus_used", "lease_ends", "last_activity")
"""Of everybody's workspaces, those that sort."""
MOST_FIRST = frozenset({"memory_used", "cpus_used"})
"""Columns of which one looks for the largest."""

router = APIRouter(prefix="/lab", include_in_schema=False, default_response_class=HTMLResponse)


def admin_reader(who: Reader) -> Caller:
    """Return the admin who reads; NotAllowedError for anybody else."""
    return _admin(who)


def admin_writer(who: Writer) -> Caller:
    """Return the admin who sends a form; NotAllowedError for anybody else."""
    return _admin(who)


def _admin(who: Caller) -> Caller:
    if not who.administers:
        raise NotAllowedError("Only admins see this page.", "Ask an admin.")
    return who


@dataclass(frozen=True)
class Asked:
    """What somebody looks for among everybody's workspaces, and in which order."""

    q: Annotated[str, Query(max_length=100)] = ""
    owner: Annotated[str, Query(max_length=64)] = ""
    state: Annotated[str, Query(max_length=20)] = ""
    image: Annotated[str, Query(max_length=255)] = ""
    sort: Annotated[str, Query(max_length=20)] = "name"


AdminReader = Annotated[Caller, Depends(admin_reader)]
AdminWriter = Annotated[Caller, Depends(admin_writer)]


@router.get("", openapi_extra=only(ADMINS))
def workspaces_page(
    request: Request,
    who: AdminReader,
    parts: Parts,
    asked: Annotated[Asked, Depends()],
    after: Annotated[str, Query(max_length=200)] = "",
    done: Annotated[str, Query(max_length=20)] = "",
    count: Annotated[int, Query(ge=0, le=1000)] = 0,
) -> Response:
    """Show everybody's workspaces, and what a button has just done to some of them."""
    picture = parts.live.board.picture
    every = picture.workspaces.values()
    found = listing.find(
        picture, who, owner=asked.owner, words=asked.q, state=asked.state, image=asked.image
    )
    shown = listing.page(listing.ordered(found, asked.sort), after, ROWS)
    again = vars(asked)
    return page(
        request,
        "portal/lab.html",
        who,
        rows=shown.rows,
        total=len(found),
        asked=asked,
        states=STATES,
        owners=sorted({one.owner for one in every}),
        images=sorted({one.image for one in every} - {""}),
        columns=columns(again, COLUMNS, MOST_FIRST),
        following=query(**again, after=shown.following) if shown.following else "",
        here_again=f"{PREFIX}/lab{query(**again, after=after)}",
        done=done,
        count=count,
        timezone=parts.host.settings.timezone,
    )


@router.get("/machine", openapi_extra=only(ADMINS))
def machine_page(request: Request, who: AdminReader, parts: Parts) -> Response:
    """Show the GPUs, who waits for them, and what is reserved."""
    picture, host = parts.live.board.picture, parts.host
    return page(
        request,
        "portal/machine.html",
        who,
        gpus=picture.gpus,
        places=picture.places,
        reserved=reservations.reservations(host),
        timezone=host.settings.timezone,
    )


@router.get("/audit", openapi_extra=only(ADMINS))
def audit_page(
    request: Request,
    who: AdminReader,
    parts: Parts,
    begin: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
) -> Response:
    """Show who did what, the newest first."""
    rows = audit.entries(parts.host, AUDIT_ROWS + 1, begin)
    return page(
        request,
        "portal/audit.html",
        who,
        rows=rows[:AUDIT_ROWS],
        earlier=begin + AUDIT_ROWS if len(rows) > AUDIT_ROWS else None,
        later=max(0, begin - AUDIT_ROWS) if begin else None,
        timezone=parts.host.settings.timezone,
    )
