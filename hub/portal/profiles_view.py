"""What a new workspace can be started from, as pages and the API tell it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from hub import offers
from hub.portal.board import Picture
from hub.portal.home_view import image_title, last_choice, short_name
from hub.portal.shown import Shown
from workspace_cli.core import naming, profile_options, profiles, references
from workspace_cli.core.choices import startable
from workspace_cli.core.errors import InvalidOptionError, LabdockError
from workspace_cli.core.host import Host

Kind = Literal["last", "usual", "own", "lab"]
LAST, USUAL = "last", "usual"
"""What can be chosen beside profiles: as at the last start, and what nobody has to choose."""
SHOWN_AT_ONCE = 6
"""Choices on the first page; the rest is unfolded."""


@dataclass(frozen=True, kw_only=True)
class Look:
    """What a start gets, in words; '' where the usual is given.

    ``gone``: its image is not on offer to this member, now.
    """

    image: str
    image_title: str
    cpus: str
    memory: str
    gpus: str
    ports: str
    gone: bool = False


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One thing to start from: ``value`` is ``last``, ``usual`` or a profile's id."""

    value: str
    kind: Kind
    title: str
    options: Mapping[str, str]
    look: Look


@dataclass(frozen=True, kw_only=True)
class Start:
    """What the first page offers: the choices, the one that is chosen first of all.

    ``needs_default``: there is no default workspace yet, and a start makes that one.
    """

    choices: Sequence[Choice]
    needs_default: bool

    @property
    def at_once(self) -> Sequence[Choice]:
        """Those that are shown at once."""
        return self.choices[:SHOWN_AT_ONCE]

    @property
    def more(self) -> Sequence[Choice]:
        """The others."""
        return self.choices[SHOWN_AT_ONCE:]


def start(host: Host, picture: Picture, owner: str) -> Start:
    """Return what an owner can start from: the last choice, profiles, the lab's usual."""
    found = choices(host, picture, owner)
    wanted = (profiles.first(host, owner), LAST, USUAL)
    good = {one.value: one for one in found if not one.look.gone}
    chosen = next((good[value] for value in wanted if value in good), None)
    ordered = sorted(found, key=lambda one: (one is not chosen, one.look.gone))
    return Start(choices=ordered, needs_default=needs_default(picture, owner))


def choices(host: Host, picture: Picture, owner: str) -> list[Choice]:
    """Return what an owner can start from, in a fixed order."""
    seen = Looks(host, owner)
    return [
        Choice(
            value=value, kind=kind, title=title, options=complete(host, options), look=seen(options)
        )
        for value, kind, title, options in _entries(host, picture, owner)
    ]


def _entries(
    host: Host, picture: Picture, owner: str
) -> Iterator[tuple[str, Kind, str, Mapping[str, str]]]:
    if last := last_choice(picture, owner):
        yield LAST, "last", "", last
    for one in profiles.offered(host, owner):
        yield one.id, "lab" if one.of_the_lab else "own", one.name, one.options
    yield USUAL, "usual", "", {}


def chosen(host: Host, picture: Picture, owner: str, value: str) -> Choice:
    """Return what an owner has chosen by its value; InvalidOptionError for what is not there.

    Without a last choice the lab's usual stands for it.
    """
    found = {one.value: one for one in choices(host, picture, owner)}
    if value == LAST and LAST not in found:
        value = USUAL
    if value not in found:
        raise InvalidOptionError("This profile is not there any more.", "Choose another.")
    return found[value]


def complete(host: Host, options: Mapping[str, str]) -> dict[str, str]:
    """Return options with an image named: a start without one would keep an older choice."""
    return {"image": host.catalogue.default, **options}


def needs_default(picture: Picture, owner: str) -> bool:
    """Tell whether an owner's default workspace was never made, as far as the hub was heard."""
    found = picture.workspaces.get((owner, naming.DEFAULT_WORKSPACE))
    return picture.hub and (found is None or found.state == "new")


class Looks:
    """Tells what options get; each image is looked up once."""

    def __init__(self, host: Host, owner: str) -> None:
        self._host, self._owner = host, owner
        self._titles = offers.image_titles()
        self._gone: dict[str, bool] = {}

    def __call__(self, options: Mapping[str, Any]) -> Look:
        image = str(options.get("image") or self._host.catalogue.default)
        if image not in self._gone:
            self._gone[image] = self._is_gone(image)
        return Look(
            image=image,
            image_title=image_title(self._titles, image, self._owner),
            cpus=offers.format_cpus(options.get("cpus")),
            memory=offers.format_memory(options.get("memory")),
            gpus=str(options.get("gpus") or ""),
            ports=str(options.get("ports") or "").replace(",", ", "),
            gone=self._gone[image],
        )

    def _is_gone(self, image: str) -> bool:
        try:
            startable(self._host, self._owner, image)
        except InvalidOptionError:
            return True
        except LabdockError:
            return False  # the engine does not answer, which says nothing about the image
        return False


def free_title(picture: Picture, owner: str, wanted: str) -> str:
    """Return a title that none of an owner's workspaces has: ``Paper``, ``Paper 2`` …"""
    rows = [one for one in picture.workspaces.values() if one.owner == owner]
    taken = {one.title.casefold() for one in rows} | {naming.DEFAULT_WORKSPACE}
    names = {one.name for one in rows}
    for number in range(1, len(rows) + 3):
        title = wanted if number == 1 else f"{wanted} {number}"
        if title.casefold() not in taken and short_name(title) not in names:
            return title
    raise InvalidOptionError("No name was found for the new workspace.", "Write one.")


def title_for(choice: Choice, longest: int) -> str:
    """Return what a new workspace is called that nobody has named: by its profile or image."""
    if choice.title:
        return choice.title[:longest]
    repository, _ = references.split(choice.look.image)
    return repository.rpartition("/")[2][:longest]


def of_workspace(one: Shown) -> dict[str, str]:
    """Return what a profile keeps of how a workspace is started."""
    options = profile_options.of_start(one.options)
    if one.image and "image" not in options:
        options["image"] = one.image
    return options
