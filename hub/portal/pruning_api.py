"""``/environments-prune``: what a rule of retention no longer keeps, and its end."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from hub import languages
from hub.portal import problems
from hub.portal.access import ADMINS, Admin, Parts, only
from hub.portal.environments_view import actor
from hub.portal.paging import MOST_ROWS, ROWS, After, Limit, cut
from hub.portal.workspaces_api import By
from workspace_cli.core import retention
from workspace_cli.core.host import Host
from workspace_cli.core.policy import Retention

DAY = 86400.0

router = APIRouter(prefix="/environments-prune", tags=["environments"])

KeepLast = Annotated[int | None, Field(ge=1, le=1000)]
Days = Annotated[int | None, Field(ge=1, le=3650)]


class VerdictOut(BaseModel):
    """One environment, whether it goes, and why."""

    reference: str
    goes: bool
    reason: str


class VerdictsPage(BaseModel):
    """What a rule says of some environments; ``next`` goes into ``after``."""

    items: list[VerdictOut]
    next: str | None


class PruneIn(BaseModel):
    """Which of those that were shown to go are to go, by which rule; by default the lab's."""

    model_config = ConfigDict(extra="forbid")

    references: Annotated[
        list[Annotated[str, Field(max_length=255)]], Field(min_length=1, max_length=MOST_ROWS)
    ]
    keep_last: KeepLast = None
    older_than_days: Days = None


class FailedOut(BaseModel):
    """One that could not go, and why."""

    reference: str
    detail: str


class PrunedOut(BaseModel):
    """What has gone; what could not go; what stays because the rule keeps it by now."""

    gone: list[str]
    failed: list[FailedOut]
    stayed: list[str]


@router.get("", openapi_extra=only(ADMINS), responses=problems.answers(401, 403, 422, 503))
def preview(
    _who: Admin,
    parts: Parts,
    keep_last: Annotated[int | None, Query(ge=1, le=1000)] = None,
    older_than_days: Annotated[int | None, Query(ge=1, le=3650)] = None,
    owner: Annotated[str, Query(max_length=64)] = "",
    after: After = "",
    limit: Limit = ROWS,
) -> VerdictsPage:
    """Show what a rule would remove and why the others stay; changes nothing."""
    rule = _rule(parts.host, keep_last, older_than_days)
    rows = [
        VerdictOut(reference=one.environment.reference, goes=one.goes, reason=one.reason)
        for one in retention.preview(parts.host, rule, owner or None)
    ]
    shown, following = cut(rows, lambda one: one.reference, after, limit)
    return VerdictsPage(items=list(shown), next=following)


@router.post("", openapi_extra=only(ADMINS), responses=problems.answers(401, 403, 422, 503))
def prune(body: PruneIn, who: Admin, by: By, parts: Parts) -> PrunedOut:
    """Remove those that were named and that the rule still does not keep."""
    rule = _rule(parts.host, body.keep_last, body.older_than_days)
    asked = frozenset(body.references)
    done = retention.prune(parts.host, actor(who), rule, None, only=asked)
    gone = [one.reference for one in done.gone]
    return PrunedOut(
        gone=gone,
        failed=[
            FailedOut(reference=name, detail=languages.translate(str(why), by.language))
            for name, why in done.failed.items()
        ],
        stayed=sorted(asked - set(gone) - set(done.failed)),
    )


def _rule(host: Host, keep_last: int | None, older_than_days: int | None) -> Retention:
    given: dict[str, float] = {}
    if keep_last is not None:
        given["keep_last"] = keep_last
    if older_than_days is not None:
        given["older_than"] = older_than_days * DAY
    return Retention.model_validate(given) if given else host.policy.retention
