"""The pages behind a link that opens a repository: asking first, waiting, and making links."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from hub import languages
from hub.portal import opening
from hub.portal.access import MEMBERS, Parts, only
from hub.portal.callers import Caller
from hub.portal.pages import Reader, Writer, by_form, page
from hub.portal.portal import PREFIX, Portal
from hub.portal.xsrf import Form, one
from workspace_cli.core.errors import InvalidOptionError, NotAllowedError
from workspace_cli.core.opening import Wanted, parse_wanted

HERE = f"{PREFIX}{opening.ADDRESS}"

router = APIRouter(prefix="/open", include_in_schema=False, default_response_class=HTMLResponse)

Text = Annotated[str, Query(max_length=400)]


@dataclass(frozen=True)
class Said:
    """What a link says, as it came."""

    repo: Text = ""
    branch: Text = ""
    path: Text = ""

    def read(self) -> Wanted:
        """Return what it opens; InvalidOptionError."""
        return parse_wanted(self.repo, self.branch, self.path)


@router.get("", openapi_extra=only(MEMBERS))
def ask_page(
    request: Request,
    who: Reader,
    parts: Parts,
    said: Annotated[Said, Depends()],
    workspace: Annotated[str, Query(max_length=64)] = "",
) -> Response:
    """Show what a link would open, and ask; without a repository, show how links are made."""
    if not said.repo:
        return _maker(request, who, parts)
    wanted = said.read()
    try:
        opening.rules(parts).check(wanted.repository)
    except NotAllowedError:
        answer = _ask(request, who, parts, wanted, "")
        answer.status_code = NotAllowedError.http_status
        return answer
    return _ask(request, who, parts, wanted, workspace)


def _ask(request: Request, who: Caller, parts: Portal, wanted: Wanted, workspace: str) -> Response:
    picture, allowed = parts.live.board.picture, opening.rules(parts)
    return page(
        request,
        "portal/open.html",
        who,
        wanted=wanted,
        allowed=allowed.allow,
        fits=allowed.allows(wanted.repository),
        workspaces=opening.own_workspaces(picture, who.name),
        chosen=workspace or opening.usual_workspace(picture, who.name),
    )


@router.post("", openapi_extra=only(MEMBERS))
async def confirm(request: Request, who: Writer, parts: Parts, form: Form) -> Response:
    """Keep the answer, start the workspace, and wait for it on the next page."""
    wanted = parse_wanted(one(form, "repo"), one(form, "branch"), one(form, "path"))
    actor = by_form(request, who)
    found = await opening.begin(parts, actor, wanted, one(form, "workspace"))
    return RedirectResponse(f"{HERE}/{found.id}", 303)


@router.get("/link", openapi_extra=only(MEMBERS))
def link_page(
    request: Request, who: Reader, parts: Parts, said: Annotated[Said, Depends()]
) -> Response:
    """Show the link that opens something, or what is wrong with it."""
    if not said.repo:
        return _maker(request, who, parts)
    try:
        wanted = said.read()
    except InvalidOptionError as exc:
        answer = _maker(request, who, parts, given=said, mistake=exc)
        answer.status_code = exc.http_status
        return answer
    address = opening.link(_base(request, parts), wanted)
    fits = opening.rules(parts).allows(wanted.repository)
    return _maker(request, who, parts, given=said, address=address, fits=fits)


def _maker(request: Request, who: Caller, parts: Portal, **values: Any) -> Response:
    return page(
        request,
        "portal/open_link.html",
        who,
        **{"given": Said(), **values},
        allowed=opening.rules(parts).allow,
    )


@router.get("/{opening_id}", openapi_extra=only(MEMBERS))
def wait_page(
    request: Request,
    who: Reader,
    parts: Parts,
    opening_id: Annotated[str, Path(max_length=64)],
) -> Response:
    """Show how far the workspace is; its script goes on as soon as it runs."""
    found = opening.find(parts, who.name, opening_id)
    workspace = parts.live.board.picture.workspaces.get((who.name, found.workspace))
    runs = workspace is not None and workspace.state == "running" and bool(workspace.url)
    language = languages.current.get()
    return page(
        request,
        "portal/opening.html",
        who,
        wanted=found.wanted,
        workspace=workspace,
        name=found.workspace,
        here_again=f"{HERE}/{found.id}",
        go=f"{workspace.url.rstrip('/')}/labdock/opening/{found.id}?lang={language}"
        if workspace and runs
        else "",
        timezone=parts.host.settings.timezone,
    )


def _base(request: Request, parts: Portal) -> str:
    """The lab's address, as the settings say, else as whoever asks has called it."""
    settings = parts.host.settings
    if settings.url:
        return settings.url.rstrip("/")
    scheme = "https" if settings.encrypted else "http"
    return f"{scheme}://{request.headers.get('host', '')}"
