"""``/account``: who you are to the lab, where you are logged in, and your tokens.

Password and second factor are changed on the hub's page alone: that asks for the present one.
"""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Response

from hub.portal.access import MEMBERS, Member, Parts, only
from hub.portal.acting import Actor
from hub.portal.paging import ROWS, After, Limit, cut
from hub.portal.people_api import READS, WRITES, sessions_page
from hub.portal.people_models import (
    AccountOut,
    SessionsOut,
    TokenIn,
    TokenMadeOut,
    TokenOut,
    TokensPage,
)
from hub.portal.workspaces_api import By
from workspace_cli.core.errors import NotAllowedError, NotFoundError

router = APIRouter(prefix="/account", tags=["account"])


def owner(by: By) -> Actor:
    """Return who looks after their own logins and tokens, with a token that may."""
    scopes = {"tokens", f"tokens!user={by.who.name}"}
    if not scopes & by.who.scopes:
        raise NotAllowedError(
            "This token may not look after your logins and tokens.",
            "Make a token with all of your rights.",
        )
    return by


Owner = Annotated[Actor, Depends(owner)]


@router.get("", openapi_extra=only(MEMBERS), responses=READS)
def show_account(who: Member) -> AccountOut:
    """Show who you are, and what the token that you sent may do."""
    return AccountOut(name=who.name, role=who.role, scopes=sorted(who.scopes))


@router.get("/sessions", openapi_extra=only(MEMBERS), responses=READS)
async def list_sessions(
    by: Owner, parts: Parts, after: After = "", limit: Limit = ROWS
) -> SessionsOut:
    """List the browsers in which you are logged in."""
    return await sessions_page(parts, by, by.who.name, after, limit)


@router.delete(
    "/sessions/{session}", status_code=204, openapi_extra=only(MEMBERS), responses=WRITES
)
async def end_session(session: str, by: Owner, parts: Parts) -> Response:
    """Log yourself out in one browser."""
    path = f"/accounts/{quote(by.who.name, safe='')}/sessions"
    await parts.acting.ask(by, "DELETE", path, {"id": session})
    return Response(status_code=204)


@router.get("/tokens", openapi_extra=only(MEMBERS), responses=READS)
async def list_tokens(
    by: Owner, parts: Parts, after: After = "", limit: Limit = ROWS
) -> TokensPage:
    """List your tokens, also those that workspaces and pages hold; never the tokens themselves."""
    found = await parts.acting.ask(by, "GET", _tokens(by)) or {}
    rows = [TokenOut.of(one) for one in found.get("api_tokens", ())]
    shown, following = cut(rows, lambda one: one.id, after, limit)
    return TokensPage(items=list(shown), next=following)


@router.post("/tokens", status_code=201, openapi_extra=only(MEMBERS), responses=WRITES)
async def make_token(body: TokenIn, by: Owner, parts: Parts) -> TokenMadeOut:
    """Make a token; it is told this once."""
    asked: dict[str, object] = {"note": body.note or "Made by the API"}
    asked["expires_in"] = body.seconds
    if body.scopes is not None:
        asked["scopes"] = body.scopes
    made = await parts.acting.ask(by, "POST", _tokens(by), asked)
    return TokenMadeOut(**TokenOut.of(made).model_dump(), token=made["token"])


@router.delete("/tokens/{token_id}", status_code=204, openapi_extra=only(MEMBERS), responses=WRITES)
async def revoke_token(token_id: str, by: Owner, parts: Parts) -> Response:
    """Revoke a token of yours; a page's or a workspace's takes all of its kind along."""
    if not (token_id.isascii() and token_id.isalnum()):
        raise NotFoundError("You have no such token.", "See the list of your tokens.")
    await parts.acting.ask(by, "DELETE", f"{_tokens(by)}/{token_id}")
    return Response(status_code=204)


def _tokens(by: Actor) -> str:
    return f"/users/{quote(by.who.name, safe='')}/tokens"
