"""What a member can choose: images in the reader's language, sizes in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from hub import languages
from workspace_cli.core import labels
from workspace_cli.core.catalogue import Catalogue
from workspace_cli.core.errors import InvalidOptionError, LabdockError
from workspace_cli.core.models import Image
from workspace_cli.core.options import parse_cpus, parse_memory
from workspace_cli.core.references import owner_repository, same_image

GIB = 2**30
MIB = 2**20


@dataclass(frozen=True, kw_only=True)
class Offer:
    """One image that a member may choose; ``size`` in bytes."""

    reference: str
    title: str
    description: str
    size: int
    own: bool = False


def of_owner(catalogue: Catalogue, images: Iterable[Image], owner: str) -> list[Offer]:
    """Return the catalogue's images that are on this machine, then the owner's own."""
    images = list(images)
    language = languages.current.get()
    offers = [
        Offer(
            reference=entry.name,
            title=in_language(entry.title, language) or entry.name,
            description=in_language(entry.description, language),
            size=found.size,
        )
        for entry in catalogue.workspaces
        if (found := _with_tag(images, entry.name))
    ]
    return offers + _own(images, owner)


def _with_tag(images: Iterable[Image], reference: str) -> Image | None:
    return next((i for i in images if any(same_image(tag, reference) for tag in i.tags)), None)


def _own(images: Iterable[Image], owner: str) -> list[Offer]:
    space = owner_repository(owner)
    found = [
        (image.created, tag, image)
        for image in images
        for tag in image.tags
        if tag.startswith(space)
    ]
    return [
        Offer(
            reference=tag,
            title=tag.removeprefix(space),
            description=image.labels.get(labels.NOTE, ""),
            size=image.size,
            own=True,
        )
        for _, tag, image in sorted(found, key=lambda row: row[0], reverse=True)
    ]


def in_language(texts: Mapping[str, str], language: str) -> str:
    """Return a text of the catalogue in a language, else in English, else ''."""
    return texts.get(language) or texts.get(languages.DEFAULT) or ""


def image_titles() -> dict[str, str]:
    """Return the titles of the catalogue's images in the request's language."""
    language = languages.current.get()
    try:
        entries = _catalogue().images
    except LabdockError:
        return {}  # the home page must not fail because a list is broken
    return {entry.name: in_language(entry.title, language) or entry.name for entry in entries}


@cache
def _catalogue() -> Catalogue:
    return Catalogue()


def format_size(size: int) -> str:
    """Write bytes as people say them: ``1.5 GiB``, ``512 MiB``.

    >>> format_size(1610612736)
    '1.5 GiB'
    """
    if size >= GIB:
        return f"{size / GIB:.1f}".removesuffix(".0") + " GiB"
    return f"{size / MIB:.0f} MiB"


def format_memory(value: object) -> str:
    """Write a size that a member chose ("4g" or bytes); '' where none was chosen."""
    if value in (None, ""):
        return ""
    try:
        return format_size(parse_memory(value))
    except InvalidOptionError:
        return str(value)


def format_cpus(value: object) -> str:
    """Write a number of CPUs that a member chose; '' where none was chosen."""
    if value in (None, ""):
        return ""
    try:
        return f"{parse_cpus(value):g}"
    except InvalidOptionError:
        return str(value)
