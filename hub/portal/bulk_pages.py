"""The forms of the page of everybody's workspaces: what is done to those that are ticked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal, cast
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from hub.portal import bulk
from hub.portal.access import ADMINS, Parts, only
from hub.portal.admin_pages import AdminReader, AdminWriter
from hub.portal.bulk import Action, Outcome
from hub.portal.callers import Caller
from hub.portal.pages import by_form, page
from hub.portal.portal import PREFIX, Portal
from hub.portal.shown import Shown
from hub.portal.sign_in import own_page
from hub.portal.xsrf import Form, one
from workspace_cli.core.errors import InvalidOptionError, LabdockError

LAB = f"{PREFIX}/lab"
AT_ONCE: tuple[str, ...] = ("start", "stop", "restart", "extend")
"""What the list's own buttons do; the rest is asked about on a page of its own."""

router = APIRouter(prefix="/lab", include_in_schema=False, default_response_class=HTMLResponse)

Chosen = Annotated[list[str], Query(max_length=bulk.MOST_AT_ONCE, default_factory=list)]
Back = Annotated[str, Query(max_length=2000)]


@router.post("/act", openapi_extra=only(ADMINS))
async def act(request: Request, who: AdminWriter, parts: Parts, form: Form) -> Response:
    """Do what a button says to the workspaces that are ticked."""
    chosen, wanted = bulk.checked(form.get("workspace", [])), one(form, "do", "stop")
    if wanted in ("remove", "tell"):
        back = own_page(one(form, "back", LAB))
        query = urlencode({"chosen": chosen, "back": back}, doseq=True)
        return RedirectResponse(f"{LAB}/{wanted}?{query}", 303)
    if wanted not in AT_ONCE:
        raise InvalidOptionError(f"There is no button {wanted!r}.", "Reload the page.")
    return await _done(request, who, parts, form, cast("Action", wanted), chosen)


@router.get("/remove", openapi_extra=only(ADMINS))
def remove_page(
    request: Request, who: AdminReader, parts: Parts, chosen: Chosen, back: Back = LAB
) -> Response:
    """List what goes and what stays, before it does."""
    return _asked(request, who, parts, "remove", chosen, back)


@router.post("/remove", openapi_extra=only(ADMINS))
async def remove(request: Request, who: AdminWriter, parts: Parts, form: Form) -> Response:
    """Remove the workspaces that were listed."""
    chosen = bulk.checked(form.get("workspace", []))
    return await _done(request, who, parts, form, "remove", chosen)


@router.get("/tell", openapi_extra=only(ADMINS))
def tell_page(
    request: Request, who: AdminReader, parts: Parts, chosen: Chosen, back: Back = LAB
) -> Response:
    """Ask what the owners are to be told."""
    return _asked(request, who, parts, "tell", chosen, back)


@router.post("/tell", openapi_extra=only(ADMINS))
def tell(who: AdminWriter, parts: Parts, form: Form) -> Response:
    """Show a message to the owners of the workspaces that were listed."""
    found = _find(parts, who, bulk.checked(form.get("workspace", [])))
    bulk.tell(parts, who.name, one(form, "text"), found)
    return _back(form, "tell", len(found))


def _find(parts: Portal, who: Caller, references: Sequence[str]) -> list[Shown]:
    """Return those that are still there."""
    found = []
    for reference in references:
        owner, _, name = reference.partition("/")
        try:
            found.append(parts.acting.find(who, owner, name))
        except LabdockError:
            continue
    return found


def _asked(
    request: Request,
    who: Caller,
    parts: Portal,
    what: Literal["remove", "tell"],
    references: Sequence[str],
    back: str,
) -> Response:
    found = _find(parts, who, references)
    if not found:
        return RedirectResponse(own_page(back), 302)
    removable = [row for row in found if row.kind == "hub" and row.server]
    return page(
        request,
        f"portal/bulk_{what}.html",
        who,
        found=found,
        going=removable,
        staying=[row for row in found if row not in removable],
        back=own_page(back),
        longest=bulk.LONGEST_MESSAGE,
    )


async def _done(
    request: Request,
    who: Caller,
    parts: Portal,
    form: Form,
    action: Action,
    chosen: Sequence[str],
) -> Response:
    """Do it, and go back to the list; where something was refused, say so first."""
    actor = by_form(request, who)
    outcomes = await bulk.act(parts, actor, action, chosen)
    refused = [row for row in outcomes if row.refused]
    if not refused:
        return _back(form, action, len(outcomes))
    return _told(request, who, form, action, outcomes)


def _told(
    request: Request, who: Caller, form: Form, action: Action, outcomes: Sequence[Outcome]
) -> Response:
    return page(
        request,
        "portal/bulk_done.html",
        who,
        action=action,
        outcomes=sorted(outcomes, key=lambda row: (row.refused is None, row.reference)),
        done=sum(row.refused is None for row in outcomes),
        back=own_page(one(form, "back", LAB)),
    )


def _back(form: Form, action: str, count: int) -> Response:
    """Go back to the list, which says what was done."""
    back = own_page(one(form, "back", LAB))
    joint = "&" if "?" in back else "?"
    return RedirectResponse(f"{back}{joint}{urlencode({'done': action, 'count': count})}", 303)
