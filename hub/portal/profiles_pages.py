"""The page of profiles: a member's own and the lab's, and the form that keeps one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from hub import offers, spawn_form
from hub.portal import profiles_view
from hub.portal.access import MEMBERS, Parts, only
from hub.portal.callers import Caller
from hub.portal.environments_view import actor
from hub.portal.pages import Reader, Writer, page
from hub.portal.portal import PREFIX, Portal
from hub.portal.xsrf import Form, one
from workspace_cli.core import profiles
from workspace_cli.core.errors import InvalidOptionError
from workspace_cli.core.limits import bounds_of, usual_limits
from workspace_cli.core.profile_rows import Profile

HERE = f"{PREFIX}/profiles"

router = APIRouter(prefix="/profiles", include_in_schema=False, default_response_class=HTMLResponse)

Reference = Annotated[str, Query(max_length=100)]


@router.get("", openapi_extra=only(MEMBERS))
def list_page(request: Request, who: Reader, parts: Parts) -> Response:
    """Show a member's profiles, and the lab's."""
    host, offered = parts.host, profiles.offered(parts.host, who.name)
    look = profiles_view.Looks(host, who.name)
    of_the_lab = profiles.of_the_lab(host) if who.administers else offered
    return page(
        request,
        "portal/profiles.html",
        who,
        own=[(row, look(row.options)) for row in offered if not row.of_the_lab],
        of_the_lab=[(row, look(row.options)) for row in of_the_lab if row.of_the_lab],
        startable={row.id for row in offered},
        first=profiles.first(host, who.name),
        most=profiles.MOST_OWN,
        timezone=host.settings.timezone,
    )


@router.get("/new", openapi_extra=only(MEMBERS))
def new_page(
    request: Request,
    who: Reader,
    parts: Parts,
    workspace: Annotated[str, Query(max_length=64)] = "",
) -> Response:
    """Ask for a new profile, filled in with what a workspace of the reader's is started with."""
    options: Mapping[str, str] = {}
    if workspace:
        found = parts.acting.find(who, who.name, workspace)
        options = profiles_view.of_workspace(found)
    return _form_page(request, who, parts, None, options)


@router.get("/change", openapi_extra=only(MEMBERS))
def change_page(request: Request, who: Reader, parts: Parts, profile: Reference = "") -> Response:
    """Ask for what is to be changed in a profile."""
    found = profiles.get(parts.host, profile, actor(who))
    return _form_page(request, who, parts, found, found.options)


@router.post("/new", openapi_extra=only(MEMBERS))
def save(who: Writer, parts: Parts, form: Form) -> Response:
    """Keep a new profile, or what one of the same name stands for from now on."""
    profiles.save(
        parts.host,
        one(form, "name"),
        _options(form),
        actor(who),
        lab=one(form, "lab") == "yes",
        group=one(form, "group").strip(),
    )
    return RedirectResponse(HERE, 303)


@router.post("/change", openapi_extra=only(MEMBERS))
def change(who: Writer, parts: Parts, form: Form) -> Response:
    """Give a profile another name or other options."""
    found = profiles.get(parts.host, one(form, "profile"), actor(who))
    profiles.change(
        parts.host,
        found,
        one(form, "name"),
        _options(form),
        actor(who),
        group=one(form, "group").strip(),
    )
    return RedirectResponse(HERE, 303)


@router.post("/delete", openapi_extra=only(MEMBERS))
def delete(who: Writer, parts: Parts, form: Form) -> Response:
    """Remove a profile."""
    found = profiles.get(parts.host, one(form, "profile"), actor(who))
    profiles.delete(parts.host, found, actor(who))
    return RedirectResponse(HERE, 303)


@router.post("/first", openapi_extra=only(MEMBERS))
def choose_first(who: Writer, parts: Parts, form: Form) -> Response:
    """Let the first page have a profile chosen, or none any more."""
    found = profiles.find(parts.host, who.name, one(form, "profile"))
    profiles.choose_first(parts.host, who.name, found.id if one(form, "first") == "yes" else "")
    return RedirectResponse(HERE, 303)


def _options(form: Mapping[str, list[str]]) -> dict[str, object]:
    found = spawn_form.options_from_form(form)
    chosen = {name: value for name, value in found.items() if name in spawn_form.FIELDS}
    if not chosen.get("image"):
        raise InvalidOptionError("No image is chosen.", "Choose one.")
    return chosen


def _form_page(
    request: Request,
    who: Caller,
    parts: Portal,
    profile: Profile | None,
    options: Mapping[str, str],
) -> Response:
    return page(
        request,
        "portal/profile.html",
        who,
        profile=profile,
        fields=spawn_form.render(_facts(parts, who), options, kept=True),
        longest=profiles.LONGEST_NAME,
        may_offer=who.administers and (profile is None or profile.of_the_lab),
    )


def _facts(parts: Portal, who: Caller) -> spawn_form.Facts:
    """Return what the form depends on, as the portal knows it."""
    host, gpus = parts.host, parts.live.board.picture.gpus
    models = sorted({str(gpu["model"]) for gpu in gpus if gpu["model"]})
    kinds = [f"{model}:1" for model in models] if len(models) > 1 else []
    shared = ["shared"] if any(gpu["seats"] > 1 for gpu in gpus) else []
    return spawn_form.Facts(
        offers=offers.of_owner(host, who.name),
        image=None,
        cpus=host.info.cpus,
        memory=host.info.memory,
        gpus=len(gpus),
        port_range=host.settings.port_range,
        timezone=host.settings.timezone,
        bounds=bounds_of(host, who.name),
        usual=usual_limits(host, who.name),
        usual_shm_gpu=usual_limits(host, who.name, gpus=True).shm_size,
        gpu_kinds=(*kinds, *shared),
    )
