"""``/environments/…/pin`` and ``/trust``: what is kept, and what members may start from."""

from __future__ import annotations

from fastapi import APIRouter, Response

from hub.portal import environments_api, environments_view, problems
from hub.portal.access import ADMINS, MEMBERS, Admin, Member, Parts, only
from hub.portal.callers import Caller
from hub.portal.environments_models import EnvironmentOut, PinIn, TrustIn
from hub.portal.environments_view import actor
from hub.portal.portal import Portal
from workspace_cli.core import pins, references, trust
from workspace_cli.core.models import Image

router = APIRouter(tags=["environments"])

FAILURES = problems.answers(401, 403, 404, 422, 503)


@router.put("/environments/{reference:path}/pin", openapi_extra=only(MEMBERS), responses=FAILURES)
def pin(reference: str, who: Member, parts: Parts, body: PinIn | None = None) -> EnvironmentOut:
    """Keep an environment of yours, whatever the lab's rule for old ones says."""
    pins.pin(parts.host, _known(parts, who, reference), actor(who), body.note if body else "")
    return _now(parts, who, reference)


@router.delete(
    "/environments/{reference:path}/pin",
    status_code=204,
    openapi_extra=only(MEMBERS),
    responses=FAILURES,
)
def unpin(reference: str, who: Member, parts: Parts) -> Response:
    """Leave an environment of yours to the lab's rule again; 404 where it is not pinned."""
    pins.unpin(parts.host, _known(parts, who, reference), actor(who))
    return Response(status_code=204)


@router.put("/environments/{reference:path}/trust", openapi_extra=only(ADMINS), responses=FAILURES)
def allow(reference: str, who: Admin, parts: Parts, body: TrustIn | None = None) -> EnvironmentOut:
    """Let members start from an environment that came from elsewhere."""
    name, image = _image(parts, who, reference)
    trust.allow(parts.host, image, name, who.name, body.reason if body else "")
    return _now(parts, who, reference)


@router.delete(
    "/environments/{reference:path}/trust",
    status_code=204,
    openapi_extra=only(ADMINS),
    responses=FAILURES,
)
def disallow(reference: str, who: Admin, parts: Parts) -> Response:
    """Let only admins start from it again; what runs goes on."""
    name, image = _image(parts, who, reference)
    trust.disallow(parts.host, image, name, who.name)
    return Response(status_code=204)


def _known(parts: Portal, who: Caller, reference: str) -> str:
    """Return the whole name of an environment that somebody may see; ImageNotFoundError."""
    return environments_view.environment(parts.host, who, reference).environment.reference


def _image(parts: Portal, who: Caller, reference: str) -> tuple[str, Image]:
    found = environments_view.environment(parts.host, who, reference).environment
    return references.normalise(found.reference), parts.host.engine.image(found.id)


def _now(parts: Portal, who: Caller, reference: str) -> EnvironmentOut:
    seen = environments_view.environment(parts.host, who, reference)
    return environments_api.shown(parts, seen, pins.pins(parts.host))
