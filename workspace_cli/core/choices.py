"""What a member may start a workspace from: the catalogue, their own, what others share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal

from workspace_cli.core import labels, references, sharing, trust
from workspace_cli.core.errors import ImageNotFoundError, InvalidOptionError
from workspace_cli.core.host import Host
from workspace_cli.core.models import Image
from workspace_cli.core.ownership import is_own

Origin = Literal["lab", "own", "shared"]


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One image that a member may choose for a workspace; texts by language.

    ``owner`` is '' for the lab's; ``size`` in bytes, ``created`` since the epoch.
    """

    reference: str
    origin: Origin
    owner: str
    title: Mapping[str, str]
    description: Mapping[str, str]
    size: int
    created: float


def choices(host: Host, owner: str) -> list[Choice]:
    """Return the images that an owner may choose and that are on this machine.

    The catalogue's come first, then the owner's environments, then those that others
    share with them, each the newest first.
    """
    images = host.engine.images({labels.SERVER: "1"})
    barred = trust.barred(host, images, owner)
    images = [image for image in images if image.id not in barred]
    newest_first = sorted(images, key=lambda image: image.created, reverse=True)
    return [
        *_of_the_lab(host, images),
        *(
            _saved(image, tag, "own", owner)
            for image in newest_first
            for tag in image.tags
            if is_own(image, tag, owner) and not host.catalogue.find(tag)
        ),
        *_shared(host, newest_first, owner),
    ]


def startable(host: Host, owner: str, reference: str) -> str:
    """Return the name under which an owner may start from what they named.

    Only names count: an id or a digest says nothing of whose an image is.  Raises
    InvalidOptionError, in the same words whether the image exists or not.
    """
    if (entry := host.catalogue.find(reference)) and entry.workspace:
        return entry.name
    wanted = references.normalise(reference)
    with suppress(ImageNotFoundError):
        image = host.engine.image(wanted)
        if wanted in image.tags and _may_start(host, owner, image, wanted):
            return reference
    raise InvalidOptionError(
        f"image: {references.shown(reference)} is not on offer.",
        "It was removed, or is not shared with you any more. "
        f"Choose one of {host.catalogue.names()}, or an environment of your own.",
    )


def _may_start(host: Host, owner: str, image: Image, tag: str) -> bool:
    if references.is_internal(tag):
        return False
    if is_own(image, tag, owner):
        return True
    grant = sharing.granted_to(host, owner).get(tag)
    return grant is not None and image.labels.get(labels.OWNER, "") == grant.owner


def _of_the_lab(host: Host, images: Iterable[Image]) -> Iterable[Choice]:
    for entry in host.catalogue.workspaces:
        image = _with_tag(images, references.normalise(entry.name))
        if image is not None:
            yield Choice(
                reference=entry.name,
                origin="lab",
                owner="",
                title=entry.title,
                description=entry.description,
                size=image.size,
                created=image.created,
            )


def _shared(host: Host, images: Iterable[Image], owner: str) -> list[Choice]:
    granted = sharing.granted_to(host, owner)
    return [
        _saved(image, tag, "shared", grant.owner)
        for image in images
        for tag in image.tags
        if (grant := granted.get(tag)) and image.labels.get(labels.OWNER, "") == grant.owner
    ]


def _saved(image: Image, tag: str, origin: Origin, owner: str) -> Choice:
    space = references.owner_repository(owner) if owner else references.NAMESPACE
    return Choice(
        reference=tag,
        origin=origin,
        owner=owner,
        title={"en": tag.removeprefix(space)},
        description={"en": image.labels.get(labels.NOTE, "")},
        size=image.size,
        created=image.created,
    )


def _with_tag(images: Iterable[Image], reference: str) -> Image | None:
    return next((image for image in images if reference in image.tags), None)
