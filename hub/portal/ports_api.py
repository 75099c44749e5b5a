"""``/ports`` and ``/port-shares``: what can be opened of workspaces, and by whom."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Query, Response

from hub.portal import problems
from hub.portal.access import MEMBERS, Parts, only
from hub.portal.acting import Actor
from hub.portal.lab_models import PortOut, PortShareIn, PortShareOut, PortSharesPage, PortsPage
from hub.portal.paging import ROWS, After, Limit, cut
from hub.portal.portal import Portal
from hub.portal.times import iso
from hub.portal.workspaces_api import By
from workspace_cli.core.errors import NotAllowedError, NotFoundError

READS = problems.answers(401, 403, 404, 422, 503)
WRITES = problems.answers(401, 403, 404, 409, 422, 503)

router = APIRouter(tags=["ports"])

Owner = Annotated[str, Query(max_length=64, description="Whose; anybody's for an admin alone.")]


@router.get("/ports", openapi_extra=only(MEMBERS), responses=READS)
async def list_ports(
    by: By, parts: Parts, owner: Owner = "", after: After = "", limit: Limit = ROWS
) -> PortsPage:
    """List the ports of your workspaces that run: those mapped, and those where something listens.

    Needs a token that may start and stop them.
    """
    found = await _asked(parts, by, owner)
    rows = [
        PortOut(workspace=one["workspace"], **port)
        for one in found["workspaces"]
        for port in one["ports"]
    ]
    shown, following = cut(rows, lambda one: f"{one.workspace}:{one.port}", after, limit)
    return PortsPage(items=list(shown), next=following)


@router.get("/port-shares", openapi_extra=only(MEMBERS), responses=READS)
async def list_shares(
    by: By,
    parts: Parts,
    owner: Owner = "",
    received: Annotated[bool, Query(description="What others share with you, instead.")] = False,
    after: After = "",
    limit: Limit = ROWS,
) -> PortSharesPage:
    """List the ports that you share, or that are shared with you."""
    if received:
        found = await parts.acting.ask(by, "GET", "/ports") or []
    else:
        found = (await _asked(parts, by, owner))["shares"]
    shown, following = cut([_share(one) for one in found], lambda one: one.id, after, limit)
    return PortSharesPage(items=list(shown), next=following)


@router.post("/port-shares/{owner}", status_code=201, openapi_extra=only(MEMBERS), responses=WRITES)
async def share(owner: str, body: PortShareIn, by: By, parts: Parts) -> PortShareOut:
    """Let another member open a port of a workspace for a while."""
    _check(by, owner)
    asked = {
        "workspace": body.workspace,
        "port": body.port,
        "with": body.member,
        "seconds": body.seconds,
    }
    return _share(await parts.acting.ask(by, "POST", f"/port-shares/{_quoted(owner)}", asked))


@router.delete(
    "/port-shares/{owner}/{share_id}",
    status_code=204,
    openapi_extra=only(MEMBERS),
    responses=WRITES,
)
async def withdraw(owner: str, share_id: str, by: By, parts: Parts) -> Response:
    """Take a share back, also for what is open."""
    _check(by, owner)
    if not (share_id.isascii() and share_id.isalnum()):
        raise NotFoundError("There is no such share.", "It may have ended; look at the list.")
    await parts.acting.ask(by, "DELETE", f"/port-shares/{_quoted(owner)}/{share_id}")
    return Response(status_code=204)


async def _asked(parts: Portal, by: Actor, owner: str) -> Any:
    whose = owner or by.who.name
    _check(by, whose)
    return await parts.acting.ask(by, "GET", f"/ports/{_quoted(whose)}")


def _check(by: Actor, owner: str) -> None:
    """Refuse whoever may not act for an owner, before the hub is asked."""
    if owner != by.who.name and not by.who.administers:
        raise NotFoundError("There is no such member, or they are not yours to act for.", "")
    if not by.who.may_act_for(owner):
        raise NotAllowedError(
            "This token may not look after ports.", "Make a token with all of your rights."
        )


def _share(model: Any) -> PortShareOut:
    fields: dict[str, Any] = {
        name: model[name] for name in PortShareOut.model_fields & model.keys()
    }
    fields |= {name: iso(model[name]) for name in ("created", "ends")}
    return PortShareOut(**fields, member=model["with"])


def _quoted(name: str) -> str:
    return quote(name, safe="")
