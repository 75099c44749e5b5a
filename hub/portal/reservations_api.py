"""``/reservations``: GPUs that are kept for a group or a member; the hub decides."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Response

from hub.portal import problems
from hub.portal.access import ADMINS, Admin, Parts, only
from hub.portal.lab_models import ReservationIn, ReservationOut, ReservationsPage, seconds
from hub.portal.paging import ROWS, After, Limit, cut
from hub.portal.times import iso
from hub.portal.workspaces_api import By
from workspace_cli.core.errors import NotFoundError

WRITES = problems.answers(401, 403, 404, 409, 422, 503)

router = APIRouter(prefix="/reservations", tags=["machine"])


@router.get("", openapi_extra=only(ADMINS), responses=problems.answers(401, 403, 422, 503))
async def list_reservations(
    _who: Admin, by: By, parts: Parts, after: After = "", limit: Limit = ROWS
) -> ReservationsPage:
    """List what is reserved now and later."""
    rows = [_reservation(one) for one in await parts.acting.ask(by, "GET", "/reservations")]
    shown, following = cut(rows, lambda one: one.id, after, limit)
    return ReservationsPage(items=list(shown), next=following)


@router.post("", status_code=201, openapi_extra=only(ADMINS), responses=WRITES)
async def reserve(body: ReservationIn, _who: Admin, by: By, parts: Parts) -> ReservationOut:
    """Keep GPUs for a group or a member; leases of others on them end before, and are warned."""
    asked = {
        **body.model_dump(exclude={"begins", "ends"}),
        "begins": seconds(body.begins),
        "ends": seconds(body.ends),
    }
    return _reservation(await parts.acting.ask(by, "POST", "/reservations", asked))


@router.delete("/{reservation}", status_code=204, openapi_extra=only(ADMINS), responses=WRITES)
async def withdraw(reservation: str, _who: Admin, by: By, parts: Parts) -> Response:
    """Take a reservation away."""
    if not (reservation.isascii() and reservation.isalnum()):
        raise NotFoundError("There is no such reservation.", "See the list of reservations.")
    await parts.acting.ask(by, "DELETE", f"/reservations/{quote(reservation, safe='')}")
    return Response(status_code=204)


def _reservation(model: Any) -> ReservationOut:
    times = {name: iso(model[name]) for name in ("begins", "ends")}
    return ReservationOut(**{**model, **times})
