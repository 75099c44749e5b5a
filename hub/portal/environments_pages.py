"""Pages about environments: the list, saving a workspace, starting from one, how far it is."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import ValidationError

from hub import languages, offers
from hub.portal import environments_api, environments_view, operations_api
from hub.portal.access import COOKIE, MEMBERS, Parts, only
from hub.portal.environments_models import RollbackIn, SaveIn
from hub.portal.environments_view import actor
from hub.portal.pages import HUB, Reader, Writer, page
from hub.portal.portal import PREFIX
from hub.portal.sign_in import own_page
from hub.portal.xsrf import Form, one
from workspace_cli.core import discard, look_models, naming, pins, quotas, sharing
from workspace_cli.core.errors import InvalidOptionError, WorkspaceNotFoundError
from workspace_cli.core.ownership import owned_by

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

Owner = Annotated[str, Query(max_length=64)]
Reference = Annotated[str, Query(max_length=255)]
Back = Annotated[str, Query(max_length=2000)]
LIST = f"{PREFIX}/environments"


@router.get("/environments", openapi_extra=only(MEMBERS))
def list_page(request: Request, who: Reader, parts: Parts, owner: Owner = "") -> Response:
    """Show what one can start from, each under what it was made from."""
    found = environments_view.environments(parts.host, who, owner)
    return page(
        request,
        "portal/environments.html",
        who,
        rows=environments_view.forest(found),
        pins=pins.pins(parts.host),
        quota=quotas.quota(parts.host, owner or who.name),
        titles=_titles(parts),
        owner=owner,
        timezone=parts.host.settings.timezone,
    )


@router.get("/environments/use", openapi_extra=only(MEMBERS))
def use_page(request: Request, who: Reader, parts: Parts, reference: Reference = "") -> Response:
    """Ask which workspace is to be made from an environment."""
    seen = environments_view.environment(parts.host, who, reference)
    mine = environments_view.workspaces(parts.host, who.name)
    return page(
        request,
        "portal/use.html",
        who,
        environment=seen.environment,
        workspaces=[one for one in mine if one.kind == "hub"],
        is_up=environments_view.is_up,
        default=naming.DEFAULT_WORKSPACE,
    )


@router.post("/environments/use", openapi_extra=only(MEMBERS))
def use(request: Request, who: Writer, form: Form, parts: Parts) -> Response:
    """Make a workspace anew from an environment, or lead to the form that makes the first."""
    reference, name = one(form, "reference"), one(form, "workspace")
    try:
        workspace = environments_view.workspace(parts.host, who, who.name, name)
    except WorkspaceNotFoundError:
        if name != naming.DEFAULT_WORKSPACE:
            raise
        found = environments_view.environment(parts.host, who, reference).environment
        return RedirectResponse(spawn_url(who.name, name, found.reference), 303)
    wanted = RollbackIn(reference=reference, save=one(form, "save") == "yes")
    made = environments_api.begin_rollback(parts, who, _token(request), workspace, wanted)
    return RedirectResponse(f"{PREFIX}/operations/{made.id}", 303)


@router.get("/environments/delete", openapi_extra=only(MEMBERS))
def delete_page(
    request: Request, who: Reader, parts: Parts, reference: Reference = "", back: Back = LIST
) -> Response:
    """Say what goes, and who holds it, before it does."""
    found = owned_by(parts.host, reference, actor(who))
    return page(
        request,
        "portal/delete.html",
        who,
        environment=found,
        users=discard.users(found, discard.held(parts.host)),
        grants=sharing.grants(parts.host, reference=found.reference),
        pin=pins.pins(parts.host).get(found.reference),
        back=own_page(back),
    )


@router.post("/environments/delete", openapi_extra=only(MEMBERS))
def delete(request: Request, who: Writer, form: Form, parts: Parts) -> Response:
    """Delete an environment."""
    discard.discard(parts.host, one(form, "reference"), actor(who), why="delete")
    request.app.state.disk_look.forget()
    return RedirectResponse(own_page(one(form, "back", LIST)), 303)


@router.post("/environments/pin", openapi_extra=only(MEMBERS))
def pin(who: Writer, form: Form, parts: Parts) -> Response:
    """Keep an environment whatever the lab's rule says, or leave it to the rule again."""
    reference = one(form, "reference")
    if one(form, "do", "pin") == "unpin":
        pins.unpin(parts.host, reference, actor(who))
    else:
        pins.pin(parts.host, reference, actor(who), one(form, "note").strip())
    return RedirectResponse(own_page(one(form, "back", LIST)), 303)


@router.get("/environments/share", openapi_extra=only(MEMBERS))
def share_page(request: Request, who: Reader, parts: Parts, reference: Reference = "") -> Response:
    """Show whom an environment is shared with, and who uses it."""
    found = owned_by(parts.host, reference, actor(who))
    return page(
        request,
        "portal/share.html",
        who,
        environment=found,
        grants=sharing.grants(parts.host, reference=found.reference),
        users=sharing.users(parts.host, found.reference, found.owner),
    )


@router.post("/environments/share", openapi_extra=only(MEMBERS))
def share(who: Writer, form: Form, parts: Parts) -> Response:
    """Share an environment, or take a grant back."""
    reference = one(form, "reference")
    found = owned_by(parts.host, reference, actor(who))
    recipient = sharing.parse_recipient(_recipient(form))
    if one(form, "do") == "withdraw":
        sharing.withdraw(parts.host, found.reference, recipient, actor(who))
    else:
        sharing.share(parts.host, found.reference, recipient, actor(who))
    query = urlencode({"reference": found.reference})
    return RedirectResponse(f"{PREFIX}/environments/share?{query}", 303)


def _recipient(form: Form) -> str:
    """Return whom a form means, as ``parse_recipient`` reads it."""
    kind, name = one(form, "kind"), one(form, "name").strip()
    if kind == "lab":
        return sharing.LAB
    return f"{sharing.GROUP if kind == 'group' else '@'}{name}"


@router.get("/workspaces/{owner}/{name}/save", openapi_extra=only(MEMBERS))
def save_page(owner: str, name: str, request: Request, who: Reader, parts: Parts) -> Response:
    """Show what saving a workspace would keep, and ask under which name."""
    workspace = environments_view.workspace(parts.host, who, owner, name)
    under_way = parts.operations.under_way(workspace.reference)
    if under_way is not None and under_way.owner == who.name:
        return RedirectResponse(f"{PREFIX}/operations/{under_way.id}", 302)
    return page(
        request,
        "portal/save.html",
        who,
        workspace=workspace,
        seen=parts.worker.preview(workspace),
        printable=look_models.printable,
        here_path=save_url(owner, name),
    )


@router.post("/workspaces/{owner}/{name}/save", openapi_extra=only(MEMBERS))
def save(
    owner: str, name: str, request: Request, who: Writer, form: Form, parts: Parts
) -> Response:
    """Begin to save, and show how far it is."""
    workspace = environments_view.workspace(parts.host, who, owner, name)
    try:
        wanted = SaveIn(
            name=one(form, "name").strip(),
            note=one(form, "note").strip(),
            leave_out=form.get("cache", []),
            keep=[path for path in form.get("seen", []) if path not in form.get("suspect", [])],
        )
    except ValidationError as exc:
        raise InvalidOptionError(
            "The name or the note is too long.", "Go back and shorten it."
        ) from exc
    made = environments_api.begin_saving(parts, who, _token(request), workspace, wanted)
    return RedirectResponse(f"{PREFIX}/operations/{made.id}", 303)


@router.get("/operations/{operation_id}", openapi_extra=only(MEMBERS))
def operation_page(operation_id: str, request: Request, who: Reader, parts: Parts) -> Response:
    """Show how far an operation is, and what became of it."""
    found = operations_api.find_operation(parts, who, operation_id)
    owner, _, name = found.workspace.partition("/")
    language = languages.current.get()
    return page(
        request,
        "portal/operation.html",
        who,
        operation=operations_api.operation_out(found, language),
        ended=found.ended,
        again=save_url(owner, name),
        # The hub leads on from there to the server that runs, wherever that is.
        open=spawn_url(owner, name),
        reference=found.result.get("reference", "") if found.result else "",
    )


def save_url(owner: str, name: str) -> str:
    """Return the address of the page that saves a workspace."""
    return f"{PREFIX}/workspaces/{quote(owner, safe='')}/{quote(name, safe='')}/save"


def spawn_url(owner: str, workspace: str, reference: str = "") -> str:
    """Return the hub's page that starts a workspace, with an image chosen already."""
    server = naming.server_name(workspace)
    parts = (owner, server) if server else (owner,)
    path = "/".join(quote(part, safe="") for part in parts)
    image = f"#image={quote(reference, safe='')}" if reference else ""
    return f"{HUB}spawn/{path}{image}"


def _token(request: Request) -> str:
    return request.cookies.get(COOKIE, "")


def _titles(parts: Parts) -> dict[str, str]:
    """Return the titles of the catalogue's images in the reader's language."""
    entries = parts.host.catalogue.images
    language = languages.current.get()
    return {one.name: offers.in_language(one.title, language) or one.name for one in entries}
