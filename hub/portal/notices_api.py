"""``/notices``: what you are told about your workspaces, and your answers to it."""

from __future__ import annotations

from fastapi import APIRouter, Response

from hub.portal import bulk, home_view, problems
from hub.portal.access import ADMINS, MEMBERS, Admin, Member, Parts, only
from hub.portal.acting import Actor
from hub.portal.lab_models import Answer, NoticeIn, NoticeOut, NoticesPage, ToldOut
from hub.portal.paging import ROWS, After, Limit, cut
from hub.portal.portal import Portal
from hub.portal.workspaces_api import By
from workspace_cli.core import notices
from workspace_cli.core.errors import NotAllowedError, NotFoundError

router = APIRouter(prefix="/notices", tags=["account"])


@router.get("", openapi_extra=only(MEMBERS), responses=problems.answers(401, 403, 422, 503))
def list_notices(who: Member, parts: Parts, after: After = "", limit: Limit = ROWS) -> NoticesPage:
    """List your open notices, in the language that the request asks for."""
    rows = [
        NoticeOut(id=one.id, text=one.text, level=one.level, answers=[*one.actions, "dismiss"])
        for one in home_view.told(parts.host, who.name)
    ]
    shown, following = cut(rows, lambda one: one.id, after, limit)
    return NoticesPage(items=list(shown), next=following)


@router.post(
    "",
    status_code=202,
    openapi_extra=only(ADMINS),
    responses=problems.answers(401, 403, 404, 422, 503),
)
def tell(body: NoticeIn, who: Admin, parts: Parts) -> ToldOut:
    """Show a message to the owners of some workspaces."""
    references = bulk.checked(body.workspaces)
    found = [parts.acting.find(who, *reference.split("/", 1)) for reference in references]
    bulk.tell(parts, who.name, body.text, found)
    return ToldOut(owners=sorted({one.owner for one in found}))


@router.post(
    "/{notice}/{answer}",
    status_code=204,
    openapi_extra=only(MEMBERS),
    responses=problems.answers(401, 403, 404, 409, 422, 503),
)
async def answer_notice(notice: str, answer: Answer, by: By, parts: Parts) -> Response:
    """Do what a notice of yours offers, and close it."""
    if not by.who.may_act_for(by.who.name):
        raise NotAllowedError("This token only reads.", "Make a token with all of your rights.")
    await answered(parts, by, notice, answer)
    return Response(status_code=204)


async def answered(parts: Portal, by: Actor, notice: str, answer: Answer) -> None:
    """Do what a notice offers, and close it; NotFoundError where it is none of theirs."""
    host, name = parts.host, by.who.name
    found = notices.open_notices(host.database, now=host.clock(), owner=name)
    told = next((row for row in found if row.id == notice), None)
    if told is None:
        raise NotFoundError("There is no such notice any more.", "Reload the page.")
    if answer == "extend":
        await parts.acting.extend(by, parts.acting.find(by.who, name, told.workspace))
    elif answer == "keep":
        await parts.acting.keep(by, parts.acting.find(by.who, name, told.workspace))
    notices.dismiss(host.database, notice, name, now=host.clock())
