"""``/invitations``: links with which people make their own account."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Response

from hub.portal.access import ADMINS, Parts, only
from hub.portal.paging import ROWS, After, Limit, cut
from hub.portal.people_api import READS, WRITES, PeopleAdmin
from hub.portal.people_models import (
    InvitationIn,
    InvitationMadeOut,
    InvitationOut,
    InvitationsPage,
)
from hub.portal.workspaces_api import By
from workspace_cli.core.errors import NotFoundError

router = APIRouter(prefix="/invitations", tags=["people"])


@router.get("", openapi_extra=only(ADMINS), responses=READS)
async def list_invitations(
    _who: PeopleAdmin, by: By, parts: Parts, after: After = "", limit: Limit = ROWS
) -> InvitationsPage:
    """List the invitations that are still good; never their links."""
    rows = [InvitationOut(**_fields(one)) for one in await parts.acting.ask(by, "GET", _HERE)]
    shown, following = cut(rows, lambda one: one.id, after, limit)
    return InvitationsPage(items=list(shown), next=following)


@router.post("", status_code=201, openapi_extra=only(ADMINS), responses=WRITES)
async def invite(body: InvitationIn, _who: PeopleAdmin, by: By, parts: Parts) -> InvitationMadeOut:
    """Make an invitation; its link is told this once."""
    made = await parts.acting.ask(by, "POST", _HERE, body.model_dump())
    return InvitationMadeOut(**_fields(made), link=made["path"])


@router.delete("/{invitation}", status_code=204, openapi_extra=only(ADMINS), responses=WRITES)
async def end_invitation(invitation: str, _who: PeopleAdmin, by: By, parts: Parts) -> Response:
    """End an invitation; accounts that were made with it stay."""
    if not invitation.isalnum() or not invitation.isascii():
        raise NotFoundError("There is no such invitation.", "See the list of invitations.")
    await parts.acting.ask(by, "DELETE", f"{_HERE}/{quote(invitation, safe='')}")
    return Response(status_code=204)


_HERE = "/invitations"


def _fields(model: Any) -> dict[str, Any]:
    return {name: model[name] for name in InvitationOut.model_fields}
