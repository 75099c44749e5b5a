"""Every image that the machine keeps, as the admins' page lists it, and what fills its disks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from hub.portal.disk_look import Look
from workspace_cli.core import (
    discard,
    disk,
    disk_room,
    labels,
    lineage,
    pins,
    references,
    sharing,
)
from workspace_cli.core.engine_disk import StoredImage
from workspace_cli.core.errors import InvalidOptionError
from workspace_cli.core.host import Host
from workspace_cli.core.lineage import Environment
from workspace_cli.core.models import ContainerSummary, Image, Workspace
from workspace_cli.core.pins import Pin

Kind = Literal["lab", "saved", "safety", "layer", "foreign", "nameless"]
"""The lab's own, saved by a member, saved by the way before a rollback, the layer that a
workspace made anew stands on (or stood), not Labdock's, and what nothing names any more."""
SORTS = ("name", "owner", "created", "size", "own")
_BASE = "labdock/debian"
"""What the lab's images are made from; no workspace starts from it."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """One name of an image; bytes, times since the epoch.

    ``own`` goes with it, None where it is not known (yet); ``layers`` is None for what has
    no name.
    """

    name: str
    id: str
    kind: Kind
    owner: str
    created: float
    size: int
    own: int | None
    layers: int | None
    note: str = ""
    used_by: tuple[str, ...] = ()
    shared_with: tuple[str, ...] = ()
    pin: Pin | None = None
    imported_from: str = ""
    trusted: bool = True

    @property
    def is_environment(self) -> bool:
        """Whether somebody saved it: it may be pinned, allowed and deleted."""
        return self.kind in ("saved", "safety")


@dataclass(frozen=True)
class Part:
    """What takes up a part of a disk; ``share`` of the whole disk, from 0 to 1."""

    name: str
    size: int
    share: float
    begin: float


@dataclass(frozen=True)
class Bar:
    """One disk of the machine, and what fills it."""

    path: str
    total: int
    free: int
    parts: Sequence[Part] = field(default_factory=tuple)


def rows(host: Host, look: Look | None) -> list[Row]:
    """Return a row for each name of every image, and for each image without one."""
    every = {one.reference: one for one in lineage.environments(host)}
    held = discard.held(host)
    stored = {one.id: one for one in look.disk.images} if look else {}
    pinned, shared = pins.pins(host), _shared(host)
    images = host.engine.images()
    found = []
    for image in images:
        own = stored[image.id].own if image.id in stored else None
        for tag in image.tags:
            if one := every.get(tag):
                found.append(_environment(one, own, held, pinned.get(tag), shared.get(tag, ())))
            else:
                found.append(_other(host, image, tag, own, held))
    known = {image.id for image in images}
    found += [_nameless(one, held) for one in stored.values() if one.id not in known]
    return found


def _shared(host: Host) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for grant in sharing.grants(host):
        found[grant.reference] = (*found.get(grant.reference, ()), str(grant.recipient))
    return found


def _environment(
    one: Environment,
    own: int | None,
    held: Sequence[ContainerSummary],
    pin: Pin | None,
    shared_with: tuple[str, ...],
) -> Row:
    kind: Kind = "safety" if references.is_safety_save(one.reference) else "saved"
    return Row(
        name=one.reference,
        id=one.id,
        kind="lab" if one.offered else kind,
        owner="" if one.offered else one.owner,
        created=one.created,
        size=one.size,
        own=own,
        layers=one.layers,
        note=one.note,
        used_by=discard.users(one, held),
        shared_with=shared_with,
        pin=pin,
        imported_from=one.imported_from,
        trusted=one.trusted,
    )


def _other(
    host: Host, image: Image, tag: str, own: int | None, held: Iterable[ContainerSummary]
) -> Row:
    return Row(
        name=tag,
        id=image.id,
        kind=_kind(host, tag),
        owner=image.labels.get(labels.OWNER, "") if references.is_internal(tag) else "",
        created=image.created,
        size=image.size,
        own=own,
        layers=len(image.layers),
        used_by=_users(image.id, held),
    )


def _kind(host: Host, tag: str) -> Kind:
    if references.is_internal(tag):
        return "layer"
    ours = host.catalogue.find(tag) is not None or references.split(tag)[0] == _BASE
    return "lab" if ours else "foreign"


def _nameless(one: StoredImage, held: Iterable[ContainerSummary]) -> Row:
    return Row(
        name="",
        id=one.id,
        kind="nameless",
        owner=one.labels.get(labels.OWNER, ""),
        created=one.created,
        size=one.size,
        own=one.own,
        layers=None,
        used_by=_users(one.id, held),
    )


def _users(image_id: str, held: Iterable[ContainerSummary]) -> tuple[str, ...]:
    found = set()
    for row in held:
        if row.image_id == image_id:
            workspace = Workspace.of(row)
            found.add(workspace.reference if workspace else row.name)
    return tuple(sorted(found))


def chosen(
    found: Iterable[Row], *, words: str = "", owner: str = "", kind: str = "", sort: str = "name"
) -> list[Row]:
    """Return the rows that were asked for, in their order; unknown sizes come last."""
    field_name, down = sort.removeprefix("-"), sort.startswith("-")
    if field_name not in SORTS:
        raise InvalidOptionError(f"There is no order {sort!r}.", f"There are {', '.join(SORTS)}.")
    parts = words.casefold().split()
    kept = [
        one
        for one in found
        if owner in ("", one.owner)
        and kind in ("", one.kind)
        and all(part in _text(one) for part in parts)
    ]
    kept.sort(key=lambda one: (one.name, one.id), reverse=down and field_name == "name")
    if field_name == "name":
        return kept
    value = _VALUES[field_name]
    known = [one for one in kept if value(one) not in (None, "")]
    unknown = [one for one in kept if value(one) in (None, "")]
    return sorted(known, key=value, reverse=down) + unknown


_VALUES: Mapping[str, Callable[[Row], Any]] = {
    "owner": lambda one: one.owner,
    "created": lambda one: one.created,
    "size": lambda one: one.size,
    "own": lambda one: one.own,
}


def _text(one: Row) -> str:
    return f"{one.name} {one.id} {one.owner} {one.note} {' '.join(one.used_by)}".casefold()


def bars(host: Host, look: Look | None) -> list[Bar]:
    """Return what fills the machine's disks: homes by the ledger, the rest as the engine says."""
    rooms = disk_room.rooms(host)
    homes = sum(row.home for row in disk.read_all(host.settings).values())
    engine = _engine_parts(look)
    if len(rooms) == 1:
        return [_bar(rooms[0], {"homes": homes, **engine})]
    return [_bar(rooms[0], {"homes": homes}), _bar(rooms[1], engine)]


def _engine_parts(look: Look | None) -> dict[str, int]:
    if look is None:
        return {}
    seen = look.disk
    return {
        "images": seen.layers,
        "containers": seen.containers,
        "volumes": seen.volumes,
        "build_cache": seen.build_cache,
    }


def _bar(room: disk_room.Room, sizes: Mapping[str, int]) -> Bar:
    used = max(0, room.total - room.free)
    parts, begin, left = [], 0.0, used
    whole = max(room.total, 1)
    for name, size in [*sizes.items(), ("other", used - sum(sizes.values()))]:
        # What was measured at another moment must not run over what is used now.
        drawn = min(max(0, size), left)
        share = drawn / whole
        parts.append(Part(name, max(0, size), share, begin))
        begin, left = begin + share, left - drawn
    return Bar(room.path, room.total, room.free, tuple(parts))
