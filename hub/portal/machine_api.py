"""``/gpus``, ``/queue``, ``/disk``: what all share, and what one takes up of it."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Query

from hub.portal import problems
from hub.portal.access import MEMBERS, Member, Parts, Token, only
from hub.portal.board import Picture
from hub.portal.callers import Caller
from hub.portal.portal import Portal
from hub.portal.times import iso
from hub.portal.workspaces_models import DiskOut, GpuOut, GpusOut, QueueEntryOut, QueueOut
from workspace_cli.core import disk
from workspace_cli.core.disk import Usage
from workspace_cli.core.errors import NotAllowedError, NotFoundError

router = APIRouter(tags=["machine"])

Owner = Annotated[str, Query(max_length=64, description="Whose; anybody's for an admin alone.")]


def gpus_of(picture: Picture) -> list[GpuOut]:
    """Return the GPUs of a picture."""
    return [GpuOut.of(dict(one)) for one in picture.gpus]


def queue_of(picture: Picture) -> list[QueueEntryOut]:
    """Return the line of a picture."""
    return [
        QueueEntryOut(
            owner=one["owner"],
            workspace=one["workspace"],
            wanted=str(one["wanted"]),
            asked=iso(one["asked"]),
            state=one["state"],
            place=one["place"],
            starts=iso(one["starts"]),
            barred=one["barred"],
        )
        for one in picture.places
    ]


@router.get("/gpus", openapi_extra=only(MEMBERS), responses=problems.answers(401, 403, 503))
def show_gpus(_who: Member, parts: Parts) -> GpusOut:
    """Show how each GPU is used, who holds it, and until when."""
    return GpusOut(items=gpus_of(parts.live.board.picture))


@router.get("/queue", openapi_extra=only(MEMBERS), responses=problems.answers(401, 403, 503))
def show_queue(_who: Member, parts: Parts) -> QueueOut:
    """Show who waits for GPUs, in order."""
    return QueueOut(items=queue_of(parts.live.board.picture))


@router.get(
    "/disk", openapi_extra=only(MEMBERS), responses=problems.answers(401, 403, 404, 422, 503)
)
def show_disk(who: Member, token: Token, parts: Parts, owner: Owner = "") -> DiskOut:
    """Show what you take up of the disk, as it was last measured."""
    wanted = _whose(parts, who, owner)
    # The hub knows the limits: the file with the lab's policy is not seen from here.
    standing = parts.hub.ask("GET", f"/disk/{quote(wanted, safe='')}", token=token)
    return disk_of(wanted, standing or {}, disk.read(parts.host.settings, wanted))


@router.post(
    "/disk", openapi_extra=only(MEMBERS), responses=problems.answers(401, 403, 404, 422, 503)
)
def measure_disk(who: Member, token: Token, parts: Parts, owner: Owner = "") -> DiskOut:
    """Measure it now; what was measured within half a minute stands."""
    wanted = _whose(parts, who, owner)
    if not who.may_act_for(wanted):
        raise NotAllowedError("This token only reads.", "Make a token with all of your rights.")
    standing = parts.hub.ask("POST", f"/disk/{quote(wanted, safe='')}", {}, token=token)
    return disk_of(wanted, standing or {}, disk.read(parts.host.settings, wanted))


def _whose(parts: Portal, who: Caller, owner: str) -> str:
    wanted = owner or who.name
    known = wanted == who.name or (who.administers and parts.accounts.find(wanted) is not None)
    if not known:
        raise NotFoundError(
            "There is no such member, or you may not see what they use.", "Leave the owner out."
        )
    return wanted


def disk_of(owner: str, standing: dict[str, Any], usage: Usage | None) -> DiskOut:
    """Return what a member takes up, and the limits."""
    return DiskOut(
        owner=owner,
        level=str(standing.get("level") or "ok"),
        soft=standing.get("soft"),
        hard=standing.get("hard"),
        total=usage.total if usage else None,
        measured=iso(usage.measured) if usage else None,
        home=usage.home if usage else None,
        layers=dict(usage.layers) if usage else {},
        environments=dict(usage.environments) if usage else {},
        caches=dict(usage.caches) if usage else {},
    )
