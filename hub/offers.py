"""What a member can choose: images in the reader's language, sizes in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Literal

from hub import languages
from workspace_cli.core.catalogue import ADDED_FILE, Catalogue
from workspace_cli.core.choices import Choice, Origin, choices
from workspace_cli.core.errors import InvalidOptionError, LabdockError
from workspace_cli.core.host import Host
from workspace_cli.core.options import parse_cpus, parse_memory
from workspace_cli.core.references import is_safety_save
from workspace_cli.core.settings import load_settings

GIB = 2**30
MIB = 2**20
KIB = 2**10


@dataclass(frozen=True, kw_only=True)
class Offer:
    """One image that a member may choose; ``size`` in bytes, ``created`` since the epoch.

    ``owner`` is whose environment it is, '' for the lab's images.
    """

    reference: str
    title: str
    description: str
    size: int
    origin: Origin | Literal["kept"] = "lab"
    """Where it comes from; ``kept`` is what a workspace stands on and nobody offers any more."""
    owner: str = ""
    created: float = 0.0

    @property
    def saved_at(self) -> datetime | None:
        """When it was saved; None where nobody asks that."""
        if self.origin not in ("own", "shared"):
            return None
        return datetime.fromtimestamp(self.created, UTC)


def of_owner(host: Host, owner: str) -> list[Offer]:
    """Return the lab's images that are on this machine, the owner's own, and those shared."""
    language = languages.current.get()
    return [
        Offer(
            reference=one.reference,
            title=in_language(one.title, language) or one.reference,
            description=_description(one, language),
            size=one.size,
            origin=one.origin,
            owner=one.owner,
            created=one.created,
        )
        for one in choices(host, owner)
    ]


def _description(one: Choice, language: str) -> str:
    text = in_language(one.description, language)
    # Of what was saved by the way, the note is ours and not the member's.
    return languages.translate(text) if is_safety_save(one.reference) else text


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
    return Catalogue(added=load_settings().root / ADDED_FILE)


def format_size(size: int) -> str:
    """Write bytes as people say them: ``1.5 GiB``, ``512 MiB``.

    >>> format_size(1610612736)
    '1.5 GiB'
    """
    if size >= GIB:
        return f"{size / GIB:.1f}".removesuffix(".0") + " GiB"
    return f"{size / MIB:.0f} MiB" if size >= MIB or size == 0 else f"{size / KIB:.0f} KiB"


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
