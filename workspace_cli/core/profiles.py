"""Saved profiles: a name for the options of a start, a member's own or the lab's.

A lab's profile is offered by admins to everybody or to one group.  A profile promises
nothing: each start from it is judged like any other.
"""

from __future__ import annotations

import secrets
import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from workspace_cli.core import audit, members, naming, profile_options, profile_rows
from workspace_cli.core.actors import Actor
from workspace_cli.core.errors import (
    ConflictError,
    InvalidOptionError,
    NameTakenError,
    NotAllowedError,
    NotFoundError,
)
from workspace_cli.core.host import Host
from workspace_cli.core.profile_rows import LAB, Profile, folded

LONGEST_NAME = 40
"""Characters of a profile's name."""
MOST_OWN = 20
MOST_OF_THE_LAB = 60
_LONGEST_FOLDED = 255


# reading -------------------------------------------------------------------
def offered(host: Host, owner: str) -> list[Profile]:
    """Return what a member may start from: their own, then the lab's for them, by name."""
    found = _read(host, owner, "")
    groups: frozenset[str] = frozenset()
    if any(one.group for one in found):
        groups = members.member(host, owner).groups
    own = [one for one in found if not one.of_the_lab]
    return own + [one for one in found if one.of_the_lab and one.group in ("", *groups)]


def of_the_lab(host: Host) -> list[Profile]:
    """Return every profile that admins offer, by name."""
    return _read(host, "")


def count(host: Host, owner: str) -> int:
    """Tell how many profiles a member has."""
    return len(_read(host, owner))


def find(host: Host, owner: str, reference: str) -> Profile:
    """Return what a member means by ``NAME``, their own first, or ``lab:NAME``; NotFoundError."""
    wanted = folded(reference)
    for one in offered(host, owner):
        if wanted in (folded(one.name), folded(one.reference)):
            return one
    raise _unknown()


def get(host: Host, reference: str, actor: Actor) -> Profile:
    """Return one by the name that ``Profile.reference`` has, where the actor may change it.

    NotFoundError otherwise: another member's is as unknown to an admin as to anybody.
    """
    for one in _read(host, actor.name, ""):
        if folded(one.reference) == folded(reference) and _may_change(one, actor):
            return one
    raise _unknown()


def first(host: Host, owner: str) -> str:
    """Return the id of the profile that a member wants to find chosen, '' where there is none."""
    with host.database.connect() as connection:
        return profile_rows.first(connection, owner)


# writing -------------------------------------------------------------------
def save(
    host: Host,
    name: str,
    options: Mapping[str, Any],
    actor: Actor,
    *,
    lab: bool = False,
    group: str = "",
) -> Profile:
    """Keep options under a name: the actor's own, or the lab's (``lab``), which admins make.

    The same name again changes what it stands for, where that is different.  Raises
    InvalidOptionError for a name or options that cannot be, ConflictError where there are too
    many, NotAllowedError.
    """
    made = Profile(
        id=secrets.token_hex(8),
        owner="" if lab else actor.name,
        group=_group(group, lab=lab),
        name=check_name(name),
        options=profile_options.kept(options),
        made_by=actor.name,
        created=host.clock(),
    )
    _check_may_change(made, actor)
    with _writing(host) as connection:
        before = profile_rows.read(connection, [made.owner])
        known = next((one for one in before if folded(one.name) == folded(made.name)), None)
        if known is not None:
            made = replace(made, id=known.id, created=known.created)
            if _same(known, made):
                return known
            profile_rows.delete(connection, known.id)
        elif len(before) >= (MOST_OF_THE_LAB if lab else MOST_OWN):
            raise ConflictError(
                f"There are {len(before)} profiles already, and no more can be kept.",
                "Delete one first.",
            )
        profile_rows.insert(connection, made)
    _record(host, made, "save-profile", actor)
    return made


def change(
    host: Host,
    before: Profile,
    name: str,
    options: Mapping[str, Any],
    actor: Actor,
    *,
    group: str = "",
) -> Profile:
    """Give a profile another name, other options or another group; it stays the same profile.

    Raises NameTakenError where another one of its owner's has the name, InvalidOptionError,
    NotFoundError where it is gone.
    """
    changed = replace(
        before,
        name=check_name(name),
        options=profile_options.kept(options),
        group=_group(group, lab=before.of_the_lab),
    )
    _check_may_change(changed, actor)
    with _writing(host) as connection:
        for one in profile_rows.read(connection, [changed.owner]):
            if one.id == changed.id and _same(one, changed):
                return one
            if one.id != changed.id and folded(one.name) == folded(changed.name):
                raise NameTakenError(
                    f"There is a profile “{changed.name}” already.", "Choose another name."
                )
        if not profile_rows.delete(connection, changed.id):
            raise _unknown()
        profile_rows.insert(connection, changed)
    _record(host, changed, "save-profile", actor)
    return changed


def delete(host: Host, profile: Profile, actor: Actor) -> None:
    """Remove a profile; what was started from it stays.  NotFoundError where it is gone."""
    _check_may_change(profile, actor)
    with host.database.begin() as connection:
        if not profile_rows.delete(connection, profile.id):
            raise _unknown()
    _record(host, profile, "delete-profile", actor)


def choose_first(host: Host, owner: str, profile_id: str) -> None:
    """Let a member find a profile chosen that is offered to them; '' for none of them."""
    if profile_id and all(one.id != profile_id for one in offered(host, owner)):
        raise _unknown()
    with _writing(host) as connection:
        profile_rows.put_first(connection, owner, profile_id)


def forget_member(host: Host, owner: str) -> None:
    """Remove what a member had who leaves."""
    with host.database.begin() as connection:
        profile_rows.forget(connection, owner)


# rules ---------------------------------------------------------------------
def check_name(name: str) -> str:
    """Return a profile's name in one spelling; InvalidOptionError where it can be none."""
    tidy = unicodedata.normalize("NFC", " ".join(name.split()))
    if not tidy:
        raise InvalidOptionError("The profile has no name.", "Write one.")
    if len(tidy) > LONGEST_NAME or len(folded(tidy)) > _LONGEST_FOLDED:
        raise InvalidOptionError(
            f"A profile's name has at most {LONGEST_NAME} characters.", "Choose a shorter one."
        )
    # A slash parts addresses, and a dot at the beginning means a folder in them.
    barred = set(tidy) & set("/\\") or tidy.startswith(".") or folded(tidy).startswith(LAB)
    if barred or not tidy.isprintable():
        raise InvalidOptionError(
            "The profile's name has something in it that it cannot have.",
            "Use letters, digits, spaces and signs, but no / or \\, no dot at the beginning "
            "and no “lab:”.",
        )
    return tidy


def _group(group: str, *, lab: bool) -> str:
    if not group or not lab:
        return ""
    naming.check_group(group)
    return group


def _same(one: Profile, other: Profile) -> bool:
    """Tell whether two stand for the same, whoever has saved them."""
    return (one.name, one.group, one.options) == (other.name, other.group, other.options)


def _may_change(profile: Profile, actor: Actor) -> bool:
    return actor.admin if profile.of_the_lab else profile.owner == actor.name


def _check_may_change(profile: Profile, actor: Actor) -> None:
    if not _may_change(profile, actor):
        raise NotAllowedError("Only admins change the lab's profiles.", "Save one of your own.")


def _unknown() -> NotFoundError:
    return NotFoundError(
        "There is no such profile, or it is not yours.", "The page of profiles lists them."
    )


def _read(host: Host, *owners: str) -> list[Profile]:
    with host.database.connect() as connection:
        return profile_rows.read(connection, owners)


@contextmanager
def _writing(host: Host) -> Iterator[Any]:
    """Yield a connection; somebody who writes the same at the same time is told to try again."""
    from sqlalchemy.exc import IntegrityError

    try:
        with host.database.begin() as connection:
            yield connection
    except IntegrityError as exc:
        raise ConflictError(
            "The same was saved from somewhere else at this moment.", "Try again."
        ) from exc


def _record(host: Host, profile: Profile, action: str, actor: Actor) -> None:
    """Keep what admins do with the lab's in the audit trail; members' own are their business."""
    if profile.of_the_lab:
        audit.record(host, actor.name, action, profile.name, profile.group)
