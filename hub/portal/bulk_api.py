"""``/workspaces-actions``: one thing done to many workspaces."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from hub import languages
from hub.portal import bulk, problems
from hub.portal.access import MEMBERS, Parts, only
from hub.portal.bulk import Action, Outcome
from hub.portal.workspaces_api import By

router = APIRouter(tags=["workspaces"])

Name = Annotated[str, Field(min_length=3, max_length=200, pattern=r"^[^/\x00]+/[^/\x00]+$")]


class BulkIn(BaseModel):
    """What is done to which workspaces, each as OWNER/NAME."""

    model_config = ConfigDict(extra="forbid")

    action: Action
    workspaces: Annotated[list[Name], Field(min_length=1, max_length=bulk.MOST_AT_ONCE)]


class OutcomeOut(BaseModel):
    """What became of one: `status` as if it had been asked for alone, `detail` why not."""

    workspace: str
    ok: bool
    status: int
    detail: str


class BulkOut(BaseModel):
    """What became of each, in the order in which they were named."""

    items: list[OutcomeOut]


@router.post(
    "/workspaces-actions",
    openapi_extra=only(MEMBERS),
    responses=problems.answers(401, 403, 409, 422, 429, 503),
)
async def act(body: BulkIn, by: By, parts: Parts) -> BulkOut:
    """Start, stop, restart, extend or remove many; what one refuses stops no other.

    Your own, for an admin anybody's. What takes long goes on after the answer.
    """
    outcomes = await bulk.act(parts, by, body.action, bulk.checked(body.workspaces))
    return BulkOut(items=[_out(one, by.language) for one in outcomes])


def _out(one: Outcome, language: str) -> OutcomeOut:
    if one.refused is None:
        return OutcomeOut(workspace=one.reference, ok=True, status=202, detail=one.detail)
    return OutcomeOut(
        workspace=one.reference,
        ok=False,
        status=one.refused.http_status,
        detail=languages.translate(str(one.refused), language),
    )
