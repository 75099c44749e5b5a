"""Image references: ``[REGISTRY/]REPOSITORY[:TAG][@DIGEST]``.

Grammar: https://github.com/distribution/reference/blob/main/reference.go
"""

from __future__ import annotations

import re
from datetime import datetime

from workspace_cli.core.errors import InvalidNameError
from workspace_cli.core.naming import hashed_slug, owner_slug, workspace_slug

NAMESPACE = "labdock/"
"""Everything below is made on this machine and never asked of a registry."""
INTERNAL = "labdock/internal"
"""Repository of the layers that a recreated workspace stands on."""
ADOPTED = "labdock/adopted/"
"""Begins the names of images of others that the lab has laid its server on."""
LAB = "labdock/lab/"
"""Begins the names of images that the lab has built for everybody."""
UNFINISHED = "labdock/unfinished"
"""Repository of commits that are not cleaned yet; they may hold secrets."""

BEFORE_ROLLBACK = "before-rollback-"
"""Beginning of the tags of what is saved by the way, right before a workspace is made anew."""
NOT_STARTED = "not-started-"
"""… and of what did not come up any more."""

_COMPONENT = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*"
_DOMAIN = r"(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::[0-9]+)?/)?"
_REPOSITORY = re.compile(rf"{_DOMAIN}{_COMPONENT}(?:/{_COMPONENT})*")
_TAG = re.compile(r"\w[\w.-]{0,127}", re.ASCII)
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_LONGEST = 255
_DEFAULT_REGISTRY = re.compile(r"(?:index\.)?docker\.io/(?:library/(?=[^/]+$))?")


def check_reference(reference: str) -> None:
    """Raise InvalidNameError unless the text can name an image."""
    rest, at, digest = reference.partition("@")
    repository, tag = split(rest)
    if (
        len(reference) > _LONGEST
        or not _REPOSITORY.fullmatch(repository)
        or (tag is not None and not _TAG.fullmatch(tag))
        or (at and not _DIGEST.fullmatch(digest))
    ):
        raise InvalidNameError(
            f"{shown(reference)} cannot name an image.",
            "Use lower-case letters, digits, '.', '_', '-' and '/', and after a colon a tag, "
            "for example labdock/base or study:v2.",
        )


def split(reference: str) -> tuple[str, str | None]:
    """Split ``REPOSITORY[:TAG]``; the tag is None where none is written.

    >>> split("registry:5000/torch")
    ('registry:5000/torch', None)
    """
    repository, colon, tag = reference.rpartition(":")
    if not colon or "/" in tag:
        return reference, None
    return repository, tag


def normalise(reference: str) -> str:
    """Write a reference with its tag, as the engine understands it.

    >>> normalise("labdock/base")
    'labdock/base:latest'
    """
    if "@" in reference or split(reference)[1] is not None:
        return reference
    return f"{reference}:latest"


def familiar(reference: str) -> str:
    """Write a reference without the default registry, which the engine never keeps in a tag.

    >>> familiar("docker.io/library/debian:12"), familiar("docker.io/labdock/base")
    ('debian:12', 'labdock/base')
    """
    return _DEFAULT_REGISTRY.sub("", reference, count=1) if "docker.io/" in reference else reference


def is_internal(reference: str) -> bool:
    """Tell whether an image is Labdock's own means, and no environment to start from."""
    return split(reference)[0] in (INTERNAL, UNFINISHED)


def is_safety_save(reference: str) -> bool:
    """Tell whether an environment was saved by the way and not at somebody's wish.

    >>> is_safety_save("labdock/kim/study:before-rollback-20261121-190000")
    True
    """
    return (split(reference)[1] or "").startswith((BEFORE_ROLLBACK, NOT_STARTED))


def same_image(one: str, other: str) -> bool:
    """Tell whether two references mean the same tag."""
    return normalise(one) == normalise(other)


def owner_repository(owner: str) -> str:
    """Return what every saved environment of an owner begins with: ``labdock/OWNER/``."""
    space = f"{NAMESPACE}{owner_slug(owner)}/"
    # A member may be called "lab", and what they save is not the lab's.
    return f"{NAMESPACE}{hashed_slug(owner)}/" if space in (ADOPTED, LAB) else space


def environment_reference(
    owner: str, workspace: str, wanted: str | None, now: datetime, *, anywhere: bool = False
) -> str:
    """Return the full name of an environment that an owner saves.

    Without ``wanted`` it is ``labdock/OWNER/WORKSPACE:YYYYMMDD-HHMMSS``; a
    wanted ``IMAGE[:TAG]`` is put below ``labdock/OWNER/`` unless ``anywhere``
    (an admin) and it has a path of its own.  Raises InvalidNameError.
    """
    space = owner_repository(owner)
    if not wanted:
        return f"{space}{workspace_slug(workspace)}:{now:%Y%m%d-%H%M%S}"
    wanted = familiar(wanted)
    full = wanted if wanted.startswith(space) or (anywhere and "/" in wanted) else space + wanted
    # Not for an admin either: a name below labdock/ says whose an image is.
    if wanted.startswith(NAMESPACE) and not wanted.startswith(space):
        raise InvalidNameError(
            f"{shown(wanted)} is not among the environments of {owner}.",
            f"Give a name without '{NAMESPACE}', or one that begins with {space}.",
        )
    check_reference(full)
    if "@" in full:
        raise InvalidNameError(f"{shown(wanted)} names a digest.", "Give a name and a tag.")
    repository = split(full)[0]
    if repository in (INTERNAL, UNFINISHED):
        raise InvalidNameError(f"{repository} is kept for Labdock itself.", "Choose another name.")
    return normalise(full)


def shown(text: str) -> str:
    """Quote what a person gave, cut to a length that fits a message."""
    return repr(text if len(text) <= 80 else f"{text[:77]}…")
