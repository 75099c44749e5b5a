"""``/announcements``: what everybody is told, and maintenance."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Response

from hub.portal import problems
from hub.portal.access import ADMINS, MEMBERS, Admin, Member, Parts, only
from hub.portal.lab_models import AnnouncementIn, AnnouncementOut, AnnouncementsPage
from hub.portal.paging import ROWS, After, Limit, cut
from hub.portal.times import iso
from workspace_cli.core import announcements
from workspace_cli.core.announcements import Announcement

router = APIRouter(prefix="/announcements", tags=["machine"])


@router.get("", openapi_extra=only(MEMBERS), responses=problems.answers(401, 403, 422, 503))
def list_announcements(
    _who: Member, parts: Parts, after: After = "", limit: Limit = ROWS
) -> AnnouncementsPage:
    """List what everybody is told now."""
    rows = [_announcement(one) for one in announcements.announcements(parts.host)]
    shown, following = cut(rows, lambda one: one.id, after, limit)
    return AnnouncementsPage(items=list(shown), next=following)


@router.post(
    "",
    status_code=201,
    openapi_extra=only(ADMINS),
    responses=problems.answers(401, 403, 422, 503),
)
def announce(body: AnnouncementIn, who: Admin, parts: Parts) -> AnnouncementOut:
    """Tell everybody something until a moment; with `maintenance` only admins start meanwhile."""
    made = announcements.announce(
        parts.host,
        body.text,
        korean=body.korean,
        ends=body.ends.timestamp(),
        made_by=who.name,
        maintenance=body.maintenance,
    )
    return _announcement(made)


@router.delete(
    "/{announcement}",
    status_code=204,
    openapi_extra=only(ADMINS),
    responses=problems.answers(401, 403, 404, 503),
)
def withdraw(announcement: str, who: Admin, parts: Parts) -> Response:
    """Tell it no more; maintenance is over with its last announcement."""
    announcements.withdraw(parts.host, announcement, who.name)
    return Response(status_code=204)


def _announcement(one: Announcement) -> AnnouncementOut:
    fields: dict[str, Any] = {**vars(one), "created": iso(one.created), "ends": iso(one.ends)}
    return AnnouncementOut(**fields)
