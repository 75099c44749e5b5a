"""The member's first page: workspaces as cards, live; and the forms on it."""

from __future__ import annotations

from typing import Literal
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from hub.portal import home_view, notices_api, profiles_view
from hub.portal.access import MEMBERS, Parts, only
from hub.portal.acting import Actor
from hub.portal.pages import Reader, Writer, by_form, page
from hub.portal.portal import PREFIX, Portal
from hub.portal.sign_in import own_page
from hub.portal.xsrf import Form, one
from workspace_cli.core import disk, naming
from workspace_cli.core.errors import InvalidOptionError

LONGEST_TITLE = 60

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

Steering = Literal["start", "stop", "restart", "extend", "leave", "remove"]


@router.get("/", openapi_extra=only(MEMBERS))
def home_page(request: Request, who: Reader, parts: Parts) -> Response:
    """Show one's own workspaces, what the lab's GPUs do, and one's disk."""
    picture = parts.live.board.picture
    return page(
        request,
        "portal/home.html",
        who,
        cards=home_view.cards(parts.host, picture, who.name),
        notices=home_view.told(parts.host, who.name),
        gpus=picture.gpus,
        places=picture.places,
        usage=disk.read(parts.host.settings, who.name),
        start=profiles_view.start(parts.host, picture, who.name),
        heard=picture.engine and picture.hub,
        timezone=parts.host.settings.timezone,
    )


@router.post("/workspaces/new", openapi_extra=only(MEMBERS))
async def start_new(request: Request, who: Writer, parts: Parts, form: Form) -> Response:
    """Make and start a workspace from a profile, the last choice, or what is usual.

    Without a title it is the default one where there is none yet, else another one that is
    called by what it is started from.
    """
    title = " ".join(one(form, "title").split())[:LONGEST_TITLE]
    value = one(form, "profile", profiles_view.LAST if title else "")
    if not value:
        raise InvalidOptionError("Nothing was chosen.", "Go back and choose what to start from.")
    if not parts.live.board.picture.hub:
        # Just started: whether the member has a default workspace is asked now.
        await run_in_threadpool(parts.live.attempt, parts.live.look_at_servers)
    picture, actor = parts.live.board.picture, by_form(request, who)
    choice = await run_in_threadpool(profiles_view.chosen, parts.host, picture, who.name, value)
    name = naming.DEFAULT_WORKSPACE
    if title or not profiles_view.needs_default(picture, who.name):
        name = await _make(parts, actor, title, choice)
    await parts.acting.start(actor, (who.name, name), home_view.in_line(choice.options))
    return RedirectResponse(f"{PREFIX}/", 303)


async def _make(parts: Portal, actor: Actor, title: str, choice: profiles_view.Choice) -> str:
    """Let the hub know of another workspace; return its name."""
    picture, owner = parts.live.board.picture, actor.who.name
    if not title:
        wanted = profiles_view.title_for(choice, LONGEST_TITLE)
        title = profiles_view.free_title(picture, owner, wanted)
    name = home_view.short_name(title)
    if (owner, name) in picture.workspaces:
        raise InvalidOptionError("You already have a workspace of that name.", "Choose another.")
    path = f"/users/{quote(owner, safe='')}/servers/{name}"
    await parts.acting.ask(actor, "PUT", path, {"display_name": title})
    return name


@router.post("/workspaces/{owner}/{name}/{action}", openapi_extra=only(MEMBERS))
async def steer(
    request: Request,
    owner: str,
    name: str,
    action: Steering,
    who: Writer,
    parts: Parts,
    form: Form,
) -> Response:
    """Do what a button of a card says, and go back to the page."""
    workspace = parts.acting.find(who, owner, name)
    actor, acting = by_form(request, who), parts.acting
    if action == "start":
        await acting.start(actor, workspace.key, home_view.again(workspace))
    else:
        does = {
            "stop": acting.halt,
            "restart": acting.restart,
            "extend": acting.extend,
            "leave": acting.leave,
            "remove": acting.remove,
        }
        await does[action](actor, workspace)
    return RedirectResponse(own_page(one(form, "back", f"{PREFIX}/")), 303)


@router.post("/notices/{notice}/{answer}", openapi_extra=only(MEMBERS))
async def answer_notice(
    request: Request,
    notice: str,
    answer: Literal["extend", "keep", "dismiss"],
    who: Writer,
    parts: Parts,
) -> Response:
    """Do what a notice offers, and close it."""
    await notices_api.answered(parts, by_form(request, who), notice, answer)
    return RedirectResponse(f"{PREFIX}/", 303)
