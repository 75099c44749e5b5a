"""The admins' pages: everybody's workspaces, the machine, and who did what."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from hub.portal import listing, problems
from hub.portal.access import ADMINS, COOKIE, Parts, only
from hub.portal.acting import Actor
from hub.portal.callers import Caller
from hub.portal.pages import Reader, Writer, page
from hub.portal.portal import PREFIX
from hub.portal.sign_in import own_page
from hub.portal.xsrf import Form, one
from workspace_cli.core import audit, disk, reservations
from workspace_cli.core.errors import InvalidOptionError, LabdockError, NotAllowedError

ROWS = 50
AUDIT_ROWS = 50
MOST_AT_ONCE = 200

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


AdminReader = Annotated[Caller, Depends(admin_reader)]
AdminWriter = Annotated[Caller, Depends(admin_writer)]


@router.get("", openapi_extra=only(ADMINS))
def workspaces_page(
    request: Request,
    who: AdminReader,
    parts: Parts,
    q: Annotated[str, Query(max_length=100)] = "",
    sort: Annotated[str, Query(max_length=20)] = "name",
    after: Annotated[str, Query(max_length=200)] = "",
) -> Response:
    """Show everybody's workspaces."""
    picture = parts.live.board.picture
    found = listing.ordered(listing.find(picture, who, words=q), sort)
    shown = listing.page(found, after, ROWS)
    return page(
        request,
        "portal/lab.html",
        who,
        rows=shown.rows,
        total=len(found),
        q=q,
        sort=sort,
        columns=_columns(q, sort),
        following=_query(q=q, sort=sort, after=shown.following) if shown.following else "",
        here_again=f"{PREFIX}/lab{_query(q=q, sort=sort, after=after)}",
        timezone=parts.host.settings.timezone,
    )


def _columns(q: str, sort: str) -> dict[str, tuple[str, str]]:
    """Return, of each column that sorts, the address that does, and how it is sorted now."""
    found = {}
    for name in ("name", "state", "image", "lease_ends", "last_activity"):
        down = sort == name
        now = "descending" if sort == f"-{name}" else "ascending" if down else "none"
        found[name] = (_query(q=q, sort=f"-{name}" if down else name), now)
    return found


def _query(**values: str | None) -> str:
    kept = {name: value for name, value in values.items() if value}
    return f"?{urlencode(kept)}" if kept else ""


@router.post("/stop", openapi_extra=only(ADMINS))
async def stop_chosen(request: Request, who: AdminWriter, parts: Parts, form: Form) -> Response:
    """Stop the workspaces that are ticked; what one refuses is told, the others stop."""
    chosen = form.get("workspace", [])[:MOST_AT_ONCE]
    if not chosen:
        raise InvalidOptionError("No workspace is ticked.", "Go back and tick some.")
    actor = Actor(who, request.cookies.get(COOKIE, ""), problems.language_of(request))
    refused = []
    for reference in chosen:
        owner, _, name = reference.partition("/")
        try:
            found = parts.acting.find(who, owner, name)
            if found.is_up:
                await parts.acting.halt(actor, found)
        except LabdockError as exc:
            refused.append(f"{reference}: {exc.message}")
    audit.record(parts.host, who.name, "stop", ", ".join(chosen), "; ".join(refused))
    if refused:
        raise LabdockError(f"Not all were stopped. {' '.join(refused)}", "The others are.")
    return RedirectResponse(own_page(one(form, "back", f"{PREFIX}/lab")), 303)


@router.get("/machine", openapi_extra=only(ADMINS))
def machine_page(request: Request, who: AdminReader, parts: Parts) -> Response:
    """Show the GPUs, who waits for them, what is reserved, and who takes up how much disk."""
    picture, host = parts.live.board.picture, parts.host
    usage = sorted(disk.read_all(host.settings).values(), key=lambda row: -row.total)
    return page(
        request,
        "portal/machine.html",
        who,
        gpus=picture.gpus,
        places=picture.places,
        reserved=reservations.reservations(host),
        usage=usage,
        largest=max((row.total for row in usage), default=0),
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
