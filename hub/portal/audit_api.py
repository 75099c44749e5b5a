"""``/audit``: who did what."""

from __future__ import annotations

from fastapi import APIRouter

from hub.portal import problems
from hub.portal.access import ADMINS, Admin, Parts, only
from hub.portal.lab_models import AuditOut, AuditPage
from hub.portal.paging import ROWS, After, Limit
from hub.portal.times import iso
from workspace_cli.core import audit

router = APIRouter(tags=["machine"])


@router.get("/audit", openapi_extra=only(ADMINS), responses=problems.answers(401, 403, 422, 503))
def list_audit(_who: Admin, parts: Parts, after: After = "", limit: Limit = ROWS) -> AuditPage:
    """List what admins and the machine did, the newest first."""
    rows = audit.entries(parts.host, limit + 1, older_than=after)
    shown = rows[:limit]
    return AuditPage(
        items=[AuditOut(**{**vars(one), "at": iso(one.at)}) for one in shown],
        next=shown[-1].id if len(rows) > limit else None,
    )
