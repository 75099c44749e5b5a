"""The admins' page of announcements and maintenance, and its forms."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from hub.portal.access import ADMINS, Parts, only
from hub.portal.admin_pages import AdminReader, AdminWriter
from hub.portal.pages import page
from hub.portal.portal import PREFIX
from hub.portal.xsrf import Form, one
from workspace_cli.core import announcements
from workspace_cli.core.errors import InvalidOptionError

HERE = f"{PREFIX}/lab/announcements"
HOUR = 3600.0

router = APIRouter(
    prefix="/lab/announcements", include_in_schema=False, default_response_class=HTMLResponse
)


@router.get("", openapi_extra=only(ADMINS))
def announcements_page(request: Request, who: AdminReader, parts: Parts) -> Response:
    """Show what everybody is told, and a form for more."""
    return page(
        request,
        "portal/announcements.html",
        who,
        rows=announcements.announcements(parts.host),
        longest=announcements.LONGEST_TEXT,
        timezone=parts.host.settings.timezone,
    )


@router.post("", openapi_extra=only(ADMINS))
def announce(who: AdminWriter, parts: Parts, form: Form) -> Response:
    """Tell everybody something for so many hours."""
    announcements.announce(
        parts.host,
        one(form, "text"),
        korean=one(form, "korean"),
        ends=parts.host.clock() + _hours(one(form, "hours")) * HOUR,
        made_by=who.name,
        maintenance=one(form, "maintenance") == "on",
    )
    return RedirectResponse(HERE, 303)


@router.post("/{announcement}/withdraw", openapi_extra=only(ADMINS))
def withdraw(announcement: str, who: AdminWriter, parts: Parts) -> Response:
    """Tell it no more."""
    announcements.withdraw(parts.host, announcement, who.name)
    return RedirectResponse(HERE, 303)


def _hours(text: str) -> float:
    if not text.isdecimal() or len(text) > 5:
        raise InvalidOptionError("The hours must be a whole number.", "Write 24 for a day.")
    return float(text)
