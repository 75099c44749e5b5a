"""``/groups``: who belongs together; the policy's limits and shared environments go by it."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Depends, Response

from hub.portal import problems
from hub.portal.access import ADMINS, Parts, admin_with, only
from hub.portal.acting import Actor
from hub.portal.callers import Caller
from hub.portal.paging import ROWS, After, Limit, cut
from hub.portal.people_models import GroupOut, GroupsPage
from hub.portal.portal import Portal
from hub.portal.workspaces_api import By
from workspace_cli.core.errors import NotFoundError
from workspace_cli.core.naming import check_group

READS = problems.answers(401, 403, 422, 503)
WRITES = problems.answers(401, 403, 404, 409, 422, 429, 503)
HUBS_PAGE = 200

router = APIRouter(prefix="/groups", tags=["people"])

GroupsAdmin = Annotated[Caller, Depends(admin_with("admin:groups"))]


@router.get("", openapi_extra=only(ADMINS), responses=READS)
async def list_groups(
    _who: GroupsAdmin, by: By, parts: Parts, after: After = "", limit: Limit = ROWS
) -> GroupsPage:
    """List the groups and who is in them."""
    shown, following = cut(await _groups(parts, by), lambda one: one.name, after, limit)
    return GroupsPage(items=list(shown), next=following)


@router.put("/{group}", openapi_extra=only(ADMINS), responses=WRITES)
async def make_group(group: str, _who: GroupsAdmin, by: By, parts: Parts) -> GroupOut:
    """Make a group; one that is there already stays as it is."""
    check_group(group)
    there = next((one for one in await _groups(parts, by) if one.name == group), None)
    return there or _group(await parts.acting.ask(by, "POST", _path(group), {}))


@router.delete("/{group}", status_code=204, openapi_extra=only(ADMINS), responses=WRITES)
async def remove_group(group: str, _who: GroupsAdmin, by: By, parts: Parts) -> Response:
    """Remove a group; who was in it stays."""
    check_group(group)
    await parts.acting.ask(by, "DELETE", _path(group))
    return Response(status_code=204)


@router.put("/{group}/members/{name}", openapi_extra=only(ADMINS), responses=WRITES)
async def put_in(group: str, name: str, _who: GroupsAdmin, by: By, parts: Parts) -> GroupOut:
    """Put somebody into a group."""
    return await _change(parts, by, "POST", group, name)


@router.delete("/{group}/members/{name}", openapi_extra=only(ADMINS), responses=WRITES)
async def take_out(group: str, name: str, _who: GroupsAdmin, by: By, parts: Parts) -> GroupOut:
    """Take somebody out of a group."""
    return await _change(parts, by, "DELETE", group, name)


async def _change(parts: Portal, by: Actor, method: str, group: str, name: str) -> GroupOut:
    check_group(group)
    account = parts.accounts.find(name)
    if account is None:
        raise NotFoundError(f"There is no account {name!r}.", "See the list of people.")
    body = {"users": [account.name]}
    return _group(await parts.acting.ask(by, method, f"{_path(group)}/users", body))


async def _groups(parts: Portal, by: Actor) -> list[GroupOut]:
    found: list[GroupOut] = []
    while len(found) % HUBS_PAGE == 0:
        path = f"/groups?limit={HUBS_PAGE}&offset={len(found)}"
        more = await parts.acting.ask(by, "GET", path)
        if not more:
            break
        found += map(_group, more)
    return sorted(found, key=lambda one: one.name)


def _group(model: Any) -> GroupOut:
    return GroupOut(name=str(model["name"]), members=sorted(model.get("users") or ()))


def _path(group: str) -> str:
    return f"/groups/{quote(group, safe='')}"
