"""``/people``: accounts, as the hub keeps them; asked with the caller's own token."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal
from urllib.parse import quote

from fastapi import APIRouter, Depends, Query, Response

from hub.portal import problems
from hub.portal.access import ADMINS, Parts, admin_with, only
from hub.portal.acting import Actor
from hub.portal.callers import Caller
from hub.portal.paging import ROWS, After, Limit, cut
from hub.portal.people_models import (
    DepartureIn,
    DepartureOut,
    DoneOut,
    PeoplePage,
    PersonChange,
    PersonIn,
    PersonMadeOut,
    PersonOut,
    SessionsOut,
    State,
)
from hub.portal.portal import API, Portal
from hub.portal.servers import PAGE, users_path
from hub.portal.workspaces_api import By
from workspace_cli.core.errors import NotFoundError

READS = problems.answers(401, 403, 404, 422, 503)
WRITES = problems.answers(401, 403, 404, 409, 422, 429, 503)
SCOPE = "admin:users"

router = APIRouter(prefix="/people", tags=["people"])

PeopleAdmin = Annotated[Caller, Depends(admin_with(SCOPE))]


@router.get("", openapi_extra=only(ADMINS), responses=READS)
async def list_people(
    _who: PeopleAdmin,
    by: By,
    parts: Parts,
    q: Annotated[str, Query(max_length=100, description="A part of name, group or state.")] = "",
    state: Annotated[State | None, Query()] = None,
    after: After = "",
    limit: Limit = ROWS,
) -> PeoplePage:
    """List the accounts; those with the state `pending` wait for approval."""
    words = q.casefold().split()
    found = [
        one
        for one in await people(parts, by)
        if state in (None, one.state) and all(word in _text(one) for word in words)
    ]
    shown, following = cut(found, lambda one: one.name, after, limit)
    return PeoplePage(items=list(shown), total=len(found), next=following)


@router.post("", status_code=201, openapi_extra=only(ADMINS), responses=WRITES)
async def add_person(
    body: PersonIn, _who: PeopleAdmin, by: By, parts: Parts, response: Response
) -> PersonMadeOut:
    """Make an account."""
    asked = body.model_dump(exclude_none=True)
    made = await parts.acting.ask(by, "POST", "/accounts", asked)
    response.headers["Location"] = f"{API}/people/{quote(made['name'], safe='')}"
    return PersonMadeOut(
        name=made["name"],
        state=made["state"],
        admin=made["admin"],
        password=made.get("password"),
    )


@router.get("/{name}", openapi_extra=only(ADMINS), responses=READS)
async def show_person(name: str, _who: PeopleAdmin, by: By, parts: Parts) -> PersonOut:
    """Show one account."""
    return await _person(parts, by, name)


@router.patch("/{name}", openapi_extra=only(ADMINS), responses=WRITES)
async def change_person(
    name: str, body: PersonChange, _who: PeopleAdmin, by: By, parts: Parts
) -> PersonOut:
    """Let somebody log in or no longer, or make them an admin or a member again."""
    asked = body.model_dump(exclude_none=True)
    await parts.acting.ask(by, "PATCH", _account(name), asked)
    return await _person(parts, by, name)


@router.delete("/{name}", status_code=204, openapi_extra=only(ADMINS), responses=WRITES)
async def remove_person(name: str, _who: PeopleAdmin, by: By, parts: Parts) -> Response:
    """Remove an account, its tokens and its workspaces; the home stays."""
    await parts.acting.ask(by, "DELETE", _account(name))
    return Response(status_code=204)


@router.get("/{name}/sessions", openapi_extra=only(ADMINS), responses=READS)
async def list_sessions(
    name: str,
    _who: PeopleAdmin,
    by: By,
    parts: Parts,
    after: After = "",
    limit: Limit = ROWS,
) -> SessionsOut:
    """List the browsers in which somebody is logged in."""
    return await sessions_page(parts, by, name, after, limit)


@router.delete(
    "/{name}/sessions/{session}", status_code=204, openapi_extra=only(ADMINS), responses=WRITES
)
async def end_session(name: str, session: str, _who: PeopleAdmin, by: By, parts: Parts) -> Response:
    """Log somebody out in one browser."""
    await parts.acting.ask(by, "DELETE", f"{_account(name)}/sessions", {"id": session})
    return Response(status_code=204)


@router.get("/{name}/departure", openapi_extra=only(ADMINS), responses=READS)
async def show_departure(name: str, _who: PeopleAdmin, by: By, parts: Parts) -> DepartureOut:
    """Show what would go if a member left, or how far a departure is; changes nothing."""
    return DepartureOut(**await parts.acting.ask(by, "GET", f"{_account(name)}/departure"))


@router.post("/{name}/departure", status_code=202, openapi_extra=only(ADMINS), responses=WRITES)
async def let_leave(
    name: str, body: DepartureIn, _who: PeopleAdmin, by: By, parts: Parts
) -> DepartureOut:
    """Let a member leave: everything that runs goes, the rest stays, is handed over or goes."""
    path = f"{_account(name)}/departure"
    return DepartureOut(**await parts.acting.ask(by, "POST", path, body.model_dump()))


@router.post("/{name}/{action}", openapi_extra=only(ADMINS), responses=WRITES)
async def act(
    name: str,
    action: Literal[
        "approve",
        "deny",
        "unlock",
        "reset-link",
        "temporary-password",
        "reset-second-factor",
        "end-sessions",
    ],
    _who: PeopleAdmin,
    by: By,
    parts: Parts,
) -> DoneOut:
    """Do one thing with an account; what it tells of secrets it tells once."""
    done = await parts.acting.ask(by, "POST", f"{_account(name)}/{action}", {}) or {}
    return DoneOut(
        name=done.get("name", name),
        state=done.get("state"),
        link=done.get("path"),
        password=done.get("password"),
    )


async def sessions_page(parts: Portal, by: Actor, name: str, after: str, limit: int) -> SessionsOut:
    """Return some of somebody's logins."""
    rows = await parts.acting.ask(by, "GET", f"{_account(name)}/sessions")
    shown, following = cut(rows, lambda row: str(row["id"]), after, limit)
    return SessionsOut(items=list(shown), next=following)


async def people(parts: Portal, by: Actor) -> list[PersonOut]:
    """Return every account, by name."""
    accounts = await parts.acting.ask(by, "GET", "/accounts")
    standing = await parts.acting.ask(by, "GET", "/logins")
    groups: dict[str, list[str]] = {}
    for offset in range(0, max(len(accounts), 1), PAGE):
        users = await parts.acting.ask(by, "GET", users_path(offset))
        groups |= {str(user["name"]): sorted(user.get("groups") or ()) for user in users}
    return sorted(_people(accounts, standing, groups), key=lambda one: one.name)


def _people(
    accounts: list[Mapping[str, Any]], standing: Any, groups: Mapping[str, list[str]]
) -> Iterator[PersonOut]:
    known = standing if isinstance(standing, Mapping) else {}
    factors = set(known.get("second_factors") or ())
    locked = {row["subject"] for row in known.get("waiting") or () if row["kind"] == "account"}
    for one in accounts:
        name = str(one["name"])
        yield PersonOut(
            **one,
            groups=groups.get(name, []),
            second_factor=name in factors,
            locked=name in locked,
        )


async def _person(parts: Portal, by: Actor, name: str) -> PersonOut:
    found = next((one for one in await people(parts, by) if one.name == name), None)
    if found is None:
        raise NotFoundError(f"There is no account {name!r}.", "See the list of people.")
    return found


def _text(one: PersonOut) -> str:
    return " ".join((one.name, one.state, "admin" if one.admin else "", *one.groups)).casefold()


def _account(name: str) -> str:
    return f"/accounts/{quote(name, safe='')}"
