"""``/environments/…/grants`` and deleting: what owners do with what they saved."""

from __future__ import annotations

from fastapi import APIRouter, Response

from hub.portal import problems
from hub.portal.access import MEMBERS, Member, Parts, only
from hub.portal.environments_models import GrantOut, GrantsOut, WithdrawalOut
from hub.portal.environments_view import actor
from hub.portal.operations_api import iso
from workspace_cli.core import discard, sharing
from workspace_cli.core.ownership import owned_by
from workspace_cli.core.sharing import Grant

router = APIRouter(tags=["environments"])


@router.get(
    "/environments/{reference:path}/grants",
    openapi_extra=only(MEMBERS),
    responses=problems.answers(401, 403, 404, 503),
)
def list_grants(reference: str, who: Member, parts: Parts) -> GrantsOut:
    """List whom an environment of yours is shared with, and who uses it."""
    found = owned_by(parts.host, reference, actor(who))
    return GrantsOut(
        items=[_grant(one) for one in sharing.grants(parts.host, reference=found.reference)],
        used_by=list(sharing.users(parts.host, found.reference, found.owner)),
    )


@router.put(
    "/environments/{reference:path}/grants/{recipient}",
    openapi_extra=only(MEMBERS),
    responses=problems.answers(401, 403, 404, 422, 503),
)
def share(reference: str, recipient: str, who: Member, parts: Parts) -> GrantOut:
    """Let a member, a group (`group:NAME`) or the `lab` start from an environment of yours."""
    owned_by(parts.host, reference, actor(who))
    whom = sharing.parse_recipient(recipient)
    return _grant(sharing.share(parts.host, reference, whom, actor(who)))


@router.delete(
    "/environments/{reference:path}/grants/{recipient}",
    openapi_extra=only(MEMBERS),
    responses=problems.answers(401, 403, 404, 422, 503),
)
def withdraw(reference: str, recipient: str, who: Member, parts: Parts) -> WithdrawalOut:
    """Take a grant back: what runs may go on, and no new start is made from it."""
    owned_by(parts.host, reference, actor(who))
    whom = sharing.parse_recipient(recipient)
    found = sharing.withdraw(parts.host, reference, whom, actor(who))
    return WithdrawalOut(
        withdrawn=[str(one.recipient) for one in found.grants], used_by=list(found.users)
    )


@router.delete(
    "/environments/{reference:path}",
    status_code=204,
    openapi_extra=only(MEMBERS),
    responses=problems.answers(401, 403, 404, 409, 503),
)
def delete(reference: str, who: Member, parts: Parts) -> Response:
    """Delete an environment of yours that nothing stands on."""
    discard.discard(parts.host, reference, actor(who), why="delete")
    return Response(status_code=204)


def _grant(one: Grant) -> GrantOut:
    return GrantOut(recipient=str(one.recipient), made_by=one.made_by, created=iso(one.created))
