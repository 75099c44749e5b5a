"""The admins' pages about images and disk: what there is, who uses it, and what may go."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, cast

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from hub.portal import images_view
from hub.portal.access import ADMINS, Parts, only
from hub.portal.admin_pages import AdminReader, AdminWriter
from hub.portal.disk_look import DiskLook
from hub.portal.environments_view import actor
from hub.portal.images_view import SORTS, Row
from hub.portal.pages import page
from hub.portal.portal import PREFIX
from hub.portal.sign_in import own_page
from hub.portal.sorting import columns, query
from hub.portal.xsrf import Form, one
from workspace_cli.core import disk, lineage, retention, trust
from workspace_cli.core.errors import ImageNotFoundError, InvalidOptionError
from workspace_cli.core.host import Host
from workspace_cli.core.policy import Retention

HERE = f"{PREFIX}/lab/images"
ROWS = 100
DAY = 86400.0
MOST_KEPT = 1000
MOST_DAYS = 3650
MOST_FIRST = frozenset({"created", "size", "own"})
"""Columns of which people look for the newest and the largest."""

router = APIRouter(
    prefix="/lab/images", include_in_schema=False, default_response_class=HTMLResponse
)

Begin = Annotated[int, Query(ge=0, le=1_000_000)]
Reference = Annotated[str, Query(max_length=255)]
Number = Annotated[str, Query(max_length=5)]


@dataclass(frozen=True)
class Asked:
    """What somebody looks for among the images, and in which order."""

    q: Annotated[str, Query(max_length=100)] = ""
    owner: Annotated[str, Query(max_length=64)] = ""
    kind: Annotated[str, Query(max_length=20)] = ""
    sort: Annotated[str, Query(max_length=20)] = "name"


@router.get("", openapi_extra=only(ADMINS))
def images_page(
    request: Request,
    who: AdminReader,
    parts: Parts,
    asked: Annotated[Asked, Depends()],
    begin: Begin = 0,
) -> Response:
    """Show what fills the disks, who takes up how much, and every image."""
    host, look = parts.host, disk_look(request).last()
    every = images_view.rows(host, look)
    found = images_view.chosen(
        every, words=asked.q, owner=asked.owner, kind=asked.kind, sort=asked.sort
    )
    usage = sorted(disk.read_all(host.settings).values(), key=lambda row: -row.total)
    again = vars(asked)
    return page(
        request,
        "portal/images.html",
        who,
        rows=found[begin : begin + ROWS],
        total=len(found),
        asked=asked,
        owners=sorted({row.owner for row in every} - {""}),
        columns=columns(again, SORTS, MOST_FIRST),
        earlier=query(**again, begin=max(0, begin - ROWS)) if begin else None,
        later=query(**again, begin=begin + ROWS) if begin + ROWS < len(found) else None,
        bars=images_view.bars(host, look),
        seen=look,
        usage=usage,
        largest=max((row.total for row in usage), default=0),
        timezone=host.settings.timezone,
    )


@router.get("/image", openapi_extra=only(ADMINS))
def image_page(
    request: Request, who: AdminReader, parts: Parts, reference: Reference = ""
) -> Response:
    """Show one image, and what an admin can do about it."""
    return page(
        request,
        "portal/image.html",
        who,
        row=_row(request, parts.host, reference),
        timezone=parts.host.settings.timezone,
    )


@router.post("/trust", openapi_extra=only(ADMINS))
def trust_image(who: AdminWriter, parts: Parts, form: Form) -> Response:
    """Let members start from an image that came from elsewhere, or no longer."""
    reference = one(form, "reference")
    image = parts.host.engine.image(_checked(parts.host, reference))
    if one(form, "do") == "withdraw":
        trust.disallow(parts.host, image, reference, who.name)
    else:
        trust.allow(
            parts.host, image, reference, who.name, one(form, "reason").replace("\0", "").strip()
        )
    return RedirectResponse(own_page(one(form, "back", HERE)), 303)


@router.get("/prune", openapi_extra=only(ADMINS))
def prune_page(
    request: Request,
    who: AdminReader,
    parts: Parts,
    keep_last: Number = "",
    older_than: Number = "",
    owner: Annotated[str, Query(max_length=64)] = "",
) -> Response:
    """Show which environments a rule no longer keeps and why the others stay."""
    rule = _rule(parts.host, keep_last, older_than)
    verdicts = retention.preview(parts.host, rule, owner or None)
    return page(
        request,
        "portal/prune.html",
        who,
        rule=rule,
        days=_days,
        keep_last=keep_last,
        older_than=older_than,
        owner=owner,
        owners=sorted({row.owner for row in lineage.environments(parts.host)} - {""}),
        going=[verdict for verdict in verdicts if verdict.goes],
        staying=[verdict for verdict in verdicts if not verdict.goes],
        timezone=parts.host.settings.timezone,
    )


@router.post("/prune", openapi_extra=only(ADMINS))
def prune(request: Request, who: AdminWriter, parts: Parts, form: Form) -> Response:
    """Remove what was shown and still goes; tell what could not go."""
    shown = form.get("reference", [])
    if not shown:
        raise InvalidOptionError("Nothing was to be removed.", "Go back and look again.")
    rule = _rule(parts.host, one(form, "keep_last"), one(form, "older_than"))
    owner = one(form, "owner") or None
    done = retention.prune(parts.host, actor(who), rule, owner, only=frozenset(shown))
    disk_look(request).forget()
    gone = [row.reference for row in done.gone]
    return page(
        request,
        "portal/pruned.html",
        who,
        gone=gone,
        failed=done.failed,
        stayed=[name for name in shown if name not in gone and name not in done.failed],
    )


def disk_look(request: Request) -> DiskLook:
    """Return what the portal last saw of the engine's disk."""
    return cast("DiskLook", request.app.state.disk_look)


def _row(request: Request, host: Host, reference: str) -> Row:
    """Return the row of a name, or of an id; ImageNotFoundError."""
    rows = images_view.rows(host, disk_look(request).last())
    found = next((row for row in rows if reference and reference in (row.name, row.id)), None)
    if found is None:
        raise ImageNotFoundError("There is no such image any more.", "See the list of images.")
    return found


def _checked(host: Host, reference: str) -> str:
    """Return a name that some image has now, and no other way to ask the engine for one."""
    if all(reference not in image.tags for image in host.engine.images()):
        raise ImageNotFoundError("There is no such image any more.", "See the list of images.")
    return reference


def _rule(host: Host, keep_last: str, older_than: str) -> Retention:
    """Return the rule that a form asks for, by default the lab's."""
    given: dict[str, float] = {}
    if keep_last.strip():
        given["keep_last"] = _number(keep_last, MOST_KEPT)
    if older_than.strip():
        given["older_than"] = _number(older_than, MOST_DAYS) * DAY
    return Retention.model_validate(given) if given else host.policy.retention


def _number(text: str, most: int) -> int:
    value = int(text) if text.strip().isascii() and text.strip().isdecimal() else 0
    if not 1 <= value <= most:
        raise InvalidOptionError(
            f"{text!r} is no number from 1 to {most}.", "Go back and write another."
        )
    return value


def _days(seconds: float) -> int:
    return round(seconds / DAY)
