"""What every image that comes from elsewhere has in common: its name, its labels, its place."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from workspace_cli.core import disk_limits, labels, members, quotas, references
from workspace_cli.core.clean_image import Description
from workspace_cli.core.errors import (
    AllowanceError,
    ArchiveError,
    DiskFullError,
    ImageNotFoundError,
    NameTakenError,
)
from workspace_cli.core.host import Host
from workspace_cli.core.models import Image

_ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}
_LONGEST_ORIGIN = 500
_LONGEST_NOTE = 1000


@dataclass(frozen=True, kw_only=True)
class Arrival:
    """An image that has come to this lab; ``size`` in bytes.

    ``signed_by`` is the name of the trusted lab that signed it, '' where none did;
    ``fingerprint`` is that of any key it was signed with.
    """

    reference: str
    id: str
    origin: str
    size: int
    layers: int
    trusted: bool
    server: bool
    signed_by: str = ""
    fingerprint: str = ""
    digest: str = ""
    """Of a pulled image: its digest in the registry."""


@dataclass(frozen=True)
class Slot:
    """A name that an image is to have, and the image that has it now."""

    host: Host
    owner: str
    reference: str
    before: Image | None

    def check_unchanged(self) -> None:
        """Raise NameTakenError where the name means another image by now."""
        now = ""
        with suppress(ImageNotFoundError):
            now = self.host.engine.image(self.reference).id
        if now not in ("", self.before.id if self.before else ""):
            raise NameTakenError(
                f"Somebody else has just given the name {self.reference} to an image.",
                "Choose another name with --as, or look at that one first.",
            )

    def put_back(self) -> None:
        """Let the name mean what it meant before, and leave nothing that took its place."""
        with suppress(ImageNotFoundError):
            made = self.host.engine.image(self.reference)
            if self.before is None:
                self.host.engine.remove_image(self.reference)
            elif made.id != self.before.id:
                self.host.engine.tag(self.before.id, self.reference)
                self.host.engine.remove_image(made.id)


@dataclass(frozen=True, kw_only=True)
class Incoming:
    """What is known of an image that comes from elsewhere; nothing of it is believed."""

    origin: str
    note: str
    server: bool
    command: str

    def description(
        self, host: Host, slot: Slot, actor: str, layers: tuple[str, ...]
    ) -> Description:
        """Return the labels that the image gets here."""
        parent, parent_id = _parent_here(host, layers)
        server = {labels.SERVER: "1"} if self.server else {}
        note = "".join(one if one.isprintable() else " " for one in self.note)[:_LONGEST_NOTE]
        return Description(
            reference=slot.reference,
            labels={
                **server,
                labels.OWNER: slot.owner,
                labels.PARENT: parent,
                labels.PARENT_ID: parent_id,
                labels.NOTE: note,
                labels.IMPORTED: self.origin[:_LONGEST_ORIGIN],
            },
            created_by=f"{self.command}, by {actor}",
            comment=note,
        )


def slot_for(host: Host, owner: str, wanted: str, *, replace: bool) -> Slot:
    """Return the name below an owner's that an image gets.

    Raises InvalidNameError, and NameTakenError unless ``replace`` and it is the owner's own.
    """
    now = datetime.fromtimestamp(host.clock(), ZoneInfo(host.settings.timezone))
    reference = references.environment_reference(owner, "imported", wanted, now)
    try:
        image = host.engine.image(reference)
    except ImageNotFoundError:
        return Slot(host, owner, reference, None)
    if replace and image.labels.get(labels.OWNER) == owner:
        return Slot(host, owner, reference, image)
    raise NameTakenError(
        f"There is an image {reference} already.",
        "Choose another name with --as"
        + ("." if replace else ", or use --force to replace the owner's own."),
    )


def check_share(host: Host, slot: Slot, size: int) -> None:
    """Refuse what is beyond the owner's share of the disk, so many bytes included.

    Raises DiskFullError for the disk's limit, AllowanceError for that of environments.
    """
    owner = slot.owner
    found = disk_limits.standing(host, owner)
    used = found.usage.total if found.usage else 0
    if found.hard is not None and used + size > found.hard:
        raise DiskFullError(
            f"{owner} uses {_gib(used)} of the disk, the image adds {_gib(size)}, and the "
            f"limit is {_gib(found.hard)}.",
            "Remove what is no longer needed, or choose another owner.",
        )
    allowance = members.member(host, owner).allowance(host.policy)
    if allowance.environments is None and allowance.environments_size is None:
        return
    quota = quotas.quota(host, owner)
    count = quota.count + (0 if slot.before else 1)
    if quota.most is not None and count > quota.most:
        raise AllowanceError(
            f"{owner} has {quota.count} saved environments, and may have {quota.most}.",
            "Remove some with `workspace rmi`, or choose another owner.",
        )
    if quota.most_size is not None and quota.size + size > quota.most_size:
        raise AllowanceError(
            f"The environments of {owner} take {_gib(quota.size)}, the image adds "
            f"{_gib(size)}, and they may take {_gib(quota.most_size)}.",
            "Remove some with `workspace rmi`, or choose another owner.",
        )


def _gib(size: int) -> str:
    return f"{size / 2**30:.1f} GiB"


def foreign_labels(found: Mapping[str, str]) -> dict[str, str]:
    """Return an image's labels without those of ours, which only we believe from ourselves."""
    return {name: value for name, value in found.items() if not labels.in_namespace(name)}


def check_machine(host: Host, architecture: str) -> None:
    """Raise ArchiveError for an image that is for another kind of processor."""
    here = _ARCHITECTURES.get(platform.machine(), platform.machine())
    if architecture != here:
        raise ArchiveError(
            f"The image is for {architecture[:40]}, and this machine is {here}.",
            "Take one that was made for this kind of processor.",
        )


def _parent_here(host: Host, layers: tuple[str, ...]) -> tuple[str, str]:
    """Return name and id of the image of this machine that the layers stand on, '' for none.

    What the file says of its parent is not believed: the layers themselves tell.
    """
    below = [
        (len(image.layers), tag, image.id)
        for image in host.engine.images()
        if 0 < len(image.layers) <= len(layers) and image.layers == layers[: len(image.layers)]
        for tag in image.tags
        if host.catalogue.find(tag)
    ]
    _, tag, image_id = max(below, default=(0, "", ""))
    return tag.removesuffix(":latest"), image_id
