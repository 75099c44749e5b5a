"""What a member's first page shows of each workspace, as its template wants it."""

from __future__ import annotations

import re
import secrets
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hub import languages, notice_texts, offers
from hub.portal.board import Picture
from hub.portal.shown import Shown, opened_ports
from workspace_cli.core import naming, notices, profile_options, readiness, references
from workspace_cli.core.errors import InvalidOptionError, LabdockError
from workspace_cli.core.host import Host
from workspace_cli.core.models import PortMapping

LOG_LINES = 15
LONGEST_LINE = 300
_LONGEST_NAME = 24


@dataclass(frozen=True, kw_only=True)
class Card:
    """One workspace on a page: ``gpus`` are the hub's models of those that it holds."""

    one: Shown
    title: str
    image_title: str
    gpus: Sequence[Mapping[str, Any]]
    ports: Sequence[PortMapping]
    log: str = ""

    @property
    def address(self) -> str:
        """The end of its address on hub and portal."""
        return f"{self.one.owner}/{self.one.name}"


@dataclass(frozen=True)
class Told:
    """One notice in the reader's language."""

    id: str
    text: str
    level: str
    actions: tuple[str, ...]


def cards(host: Host, picture: Picture, owner: str) -> list[Card]:
    """Return an owner's workspaces, the default one first."""
    titles = offers.image_titles()
    gpus = {str(one["id"]): one for one in picture.gpus}
    rows = [one for one in picture.workspaces.values() if one.owner == owner]
    rows.sort(key=lambda one: (one.server != "", one.name))
    return [
        Card(
            one=one,
            title="" if one.name == naming.DEFAULT_WORKSPACE else one.title,
            image_title=image_title(titles, one.image, owner),
            gpus=[gpus[held] for held in one.gpus if held in gpus],
            ports=opened_ports(one),
            log=log_of(host, one) if one.state == "failed" else "",
        )
        for one in rows
    ]


def image_title(titles: Mapping[str, str], image: str, owner: str) -> str:
    """Return what an image is called: the lab's by its title, an owner's own without the owner."""
    plain = image.removesuffix(":latest")
    own = references.owner_repository(owner)
    return titles.get(plain) or titles.get(image) or plain.removeprefix(own)


def log_of(host: Host, one: Shown) -> str:
    """Return the end of what a workspace printed; empty where nothing is left of it."""
    name = naming.container_name(one.owner, one.name)
    try:
        lines = readiness.last_words(host, name, LOG_LINES).splitlines()[-LOG_LINES:]
    except LabdockError:
        return ""
    return "\n".join(line[:LONGEST_LINE] for line in lines)


def last_choice(picture: Picture, owner: str) -> dict[str, str]:
    """Return what was chosen for the workspace that its owner used last; empty at first."""
    rows = [one for one in picture.workspaces.values() if one.owner == owner and one.options]
    if not rows:
        return {}
    latest = max(rows, key=lambda one: (one.last_activity or 0.0, one.created or 0.0, one.name))
    return profile_options.of_start(latest.options)


def in_line(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return options of a start that waits where no GPU is free: the page shows its place."""
    return {**options, "wait": True} if options.get("gpus") else dict(options)


def again(one: Shown) -> dict[str, Any] | None:
    """Return the options to start a workspace as it was, None where the hub has them itself."""
    return in_line(one.options) if one.options.get("gpus") else None


def told(host: Host, owner: str) -> list[Told]:
    """Return an owner's open notices, the newest first."""
    found = notices.open_notices(host.database, now=host.clock(), owner=owner)
    language, zone = languages.current.get(), host.settings.timezone
    return [
        Told(
            one.id,
            notice_texts.in_language(one, language, zone),
            notice_texts.level(one),
            notice_texts.actions(one),
        )
        for one in found
    ]


def short_name(title: str) -> str:
    """Return a short name for addresses from any title; what is lost in it becomes digits.

    >>> short_name("Paper figures")
    'paper-figures'
    """
    plain = unicodedata.normalize("NFKD", title).casefold()
    plain = "".join(char for char in plain if not unicodedata.combining(char))
    kept = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    exact = kept.replace("-", "") == re.sub(r"[\s_.-]", "", plain)
    if exact and re.match(r"[a-z]", kept) and len(kept) <= _LONGEST_NAME:
        if kept == naming.DEFAULT_WORKSPACE:
            raise InvalidOptionError(
                "'default' is the name of the first workspace.", "Choose another name."
            )
        return kept
    start = re.sub(r"^[0-9-]+", "", kept)[:14].rstrip("-")
    return f"{start or 'w'}-{secrets.token_hex(3)}"
