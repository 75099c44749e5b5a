"""``/profiles`` and ``/lab/profiles``: names for the options of a start."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Path, Response
from pydantic import BaseModel, ConfigDict, Field, JsonValue

from hub.portal import problems, profiles_view
from hub.portal.access import ADMINS, MEMBERS, Admin, Member, Parts, only
from hub.portal.callers import Caller
from hub.portal.environments_view import actor
from hub.portal.portal import Portal
from workspace_cli.core import profiles
from workspace_cli.core.errors import NotAllowedError
from workspace_cli.core.profile_rows import LAB, Profile

router = APIRouter(tags=["profiles"])

Name = Annotated[str, Path(max_length=100, description="The profile's name, percent-encoded.")]
WRITES = problems.answers(401, 403, 404, 409, 422, 503)


class ProfileOut(BaseModel):
    """One profile.

    `reference` is what a start takes as `profile`: the name, with `lab:` before it for the
    lab's.  `group` is null for your own, and '' for what everybody is offered.  `available`
    tells whether its image is on offer to you; all else is judged at the start.
    """

    name: str
    reference: str
    lab: bool
    group: str | None
    options: dict[str, str]
    first: bool
    available: bool


class ProfilesOut(BaseModel):
    """Your own profiles, then the lab's, each by name."""

    items: list[ProfileOut]


class ProfileIn(BaseModel):
    """What a profile stands for; what is left out is the usual at each start."""

    model_config = ConfigDict(extra="forbid")

    options: Annotated[
        dict[str, JsonValue],
        Field(
            max_length=8,
            description="image, cpus, memory, shm_size, pids, gpus, ports: as a start takes them. "
            "Of ports those inside are kept.",
        ),
    ] = {}


class LabProfileIn(ProfileIn):
    """One of the lab's, for the members of `group`, or everybody."""

    group: Annotated[str, Field(max_length=64)] = ""


@router.get("/profiles", openapi_extra=only(MEMBERS), responses=problems.answers(401, 403, 503))
def list_all(who: Member, parts: Parts) -> ProfilesOut:
    """List what you can start from."""
    return _listed(parts, who, profiles.offered(parts.host, who.name))


@router.put("/profiles/{name}", openapi_extra=only(MEMBERS), responses=WRITES)
def save(name: Name, who: Member, parts: Parts, body: ProfileIn | None = None) -> ProfileOut:
    """Keep options under a name, or change what it stands for."""
    _check_may_write(who)
    saved = profiles.save(parts.host, name, body.options if body else {}, actor(who))
    return _shown(parts, who, saved)


@router.put("/profiles/{name}/first", openapi_extra=only(MEMBERS), responses=WRITES)
def choose_first(name: Name, who: Member, parts: Parts) -> ProfileOut:
    """Have the Overview choose a profile: one of your own, or the lab's as `lab:NAME`."""
    _check_may_write(who)
    found = profiles.find(parts.host, who.name, name)
    profiles.choose_first(parts.host, who.name, found.id)
    return _shown(parts, who, found)


@router.delete(
    "/profiles/{name}/first", status_code=204, openapi_extra=only(MEMBERS), responses=WRITES
)
def choose_no_more(name: Name, who: Member, parts: Parts) -> Response:
    """Have the Overview choose it no more."""
    _check_may_write(who)
    found = profiles.find(parts.host, who.name, name)
    if profiles.first(parts.host, who.name) == found.id:
        profiles.choose_first(parts.host, who.name, "")
    return Response(status_code=204)


@router.delete("/profiles/{name}", status_code=204, openapi_extra=only(MEMBERS), responses=WRITES)
def delete(name: Name, who: Member, parts: Parts) -> Response:
    """Delete one of your own; what was started from it stays."""
    _check_may_write(who)
    own = actor(who)
    profiles.delete(parts.host, profiles.get(parts.host, profiles.check_name(name), own), own)
    return Response(status_code=204)


@router.get("/lab/profiles", openapi_extra=only(ADMINS), responses=problems.answers(401, 403, 503))
def list_of_the_lab(who: Admin, parts: Parts) -> ProfilesOut:
    """List everything that the lab offers, to whomever."""
    return _listed(parts, who, profiles.of_the_lab(parts.host))


@router.put("/lab/profiles/{name}", openapi_extra=only(ADMINS), responses=WRITES)
def offer(name: Name, who: Admin, parts: Parts, body: LabProfileIn | None = None) -> ProfileOut:
    """Offer a profile to the lab or a group, or change one."""
    given = body or LabProfileIn()
    saved = profiles.save(parts.host, name, given.options, actor(who), lab=True, group=given.group)
    return _shown(parts, who, saved)


@router.delete(
    "/lab/profiles/{name}", status_code=204, openapi_extra=only(ADMINS), responses=WRITES
)
def withdraw(name: Name, who: Admin, parts: Parts) -> Response:
    """Offer it no more; what was started from it stays."""
    found = profiles.get(parts.host, LAB + profiles.check_name(name), actor(who))
    profiles.delete(parts.host, found, actor(who))
    return Response(status_code=204)


def resolved(
    parts: Portal, who: Caller, reference: str, options: Mapping[str, JsonValue] | None
) -> dict[str, JsonValue]:
    """Return the options of a start from a profile of the caller's; those given go before."""
    found = profiles.find(parts.host, who.name, reference)
    return {**profiles_view.complete(parts.host, found.options), **(options or {})}


def _listed(parts: Portal, who: Caller, found: list[Profile]) -> ProfilesOut:
    first = profiles.first(parts.host, who.name)
    look = profiles_view.Looks(parts.host, who.name)
    return ProfilesOut(items=[_out(one, look, first) for one in found])


def _shown(parts: Portal, who: Caller, one: Profile) -> ProfileOut:
    return _listed(parts, who, [one]).items[0]


def _out(one: Profile, look: profiles_view.Looks, first: str) -> ProfileOut:
    return ProfileOut(
        name=one.name,
        reference=one.reference,
        lab=one.of_the_lab,
        group=one.group if one.of_the_lab else None,
        options=dict(one.options),
        first=one.id == first,
        available=not look(one.options).gone,
    )


def _check_may_write(who: Caller) -> None:
    if not who.may_act_for(who.name):
        raise NotAllowedError(
            "This token may not change your profiles.", "Make a token with all of your rights."
        )
