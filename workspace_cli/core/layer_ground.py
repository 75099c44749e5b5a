"""What a container's next save can build upon: its image, and the last save of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from workspace_cli.core import labels
from workspace_cli.core.errors import ImageNotFoundError
from workspace_cli.core.host import Host
from workspace_cli.core.models import Container, Image


@dataclass(frozen=True)
class LastSave:
    """An earlier save of the same container: ``clock`` says when it was read.

    ``on_parent`` tells whether it holds all layers of the container's image; else it
    was made anew on the image on offer below.  ``folders`` are its own, from the highest.
    """

    layers: tuple[str, ...]
    on_parent: bool
    folders: tuple[str, ...]
    clock: Mapping[str, Any]


@dataclass(frozen=True)
class Ground:
    """A container's own folder and those of its image: ``own`` above the image on offer.

    ``lab_layers`` is how many layers, from the lowest, are the image on offer's;
    ``below`` are their folders.  Lists of folders go from the highest layer to the lowest.
    """

    parent: Image
    lab_layers: int
    upper: str
    own: tuple[str, ...]
    below: tuple[str, ...]
    last: LastSave | None

    @property
    def lab(self) -> tuple[str, ...]:
        """The layers of the image on offer, from the lowest."""
        return self.parent.layers[: self.lab_layers]


def ground(host: Host, container: Container, parent: Image) -> Ground | None:
    """Return what a save of a container can build upon; None where layers have no folders."""
    folders = host.engine.layer_folders(container.id)
    if folders is None:
        return None
    count = len(parent.layers)
    # The engine puts a layer of its own between the container's and the image's.
    of_image = folders.lowers[len(folders.lowers) - count :]
    lab = lab_layers(host, parent)
    return Ground(
        parent=parent,
        lab_layers=lab,
        upper=folders.upper,
        own=of_image[: count - lab],
        below=of_image[count - lab :],
        last=_last(host, container, parent, lab),
    )


def lab_layers(host: Host, image: Image) -> int:
    """Return how many of an image's layers, from the lowest, no save of ours has made."""
    told = image.labels.get(labels.BASE_LAYERS, "")
    if told.isdecimal():
        return min(int(told), len(image.layers))
    if labels.PARENT_ID not in image.labels:
        return len(image.layers)
    # Saved before the number was told, or built: the image on offer that it begins with.
    offered = [
        other.layers
        for other in host.engine.images()
        if _is_ground(host, other) and other.layers == image.layers[: len(other.layers)]
    ]
    return max((len(layers) for layers in offered), default=len(image.layers))


def _is_ground(host: Host, image: Image) -> bool:
    return labels.ADOPTED in image.labels or any(host.catalogue.find(tag) for tag in image.tags)


def _last(host: Host, container: Container, parent: Image, lab: int) -> LastSave | None:
    """Return the last save of the container that is still there and of its owner."""
    found = []
    for image in host.engine.images({labels.CONTAINER: container.id}):
        clock = _clock(image.labels.get(labels.READ, ""))
        mine = image.labels.get(labels.OWNER) == container.labels.get(labels.OWNER)
        on_parent = image.layers[: len(parent.layers)] == parent.layers
        on_lab = image.labels.get(labels.BASE_LAYERS) == str(lab) and (
            image.layers[:lab] == parent.layers[:lab]
        )
        if mine and clock and (on_parent or on_lab):
            found.append((clock["read"], on_parent, image, clock))
    if not found:
        return None
    _, on_parent, image, clock = max(found, key=lambda one: (one[0], one[1], one[2].id))
    try:
        folders = host.engine.layer_folders(image.id, image=True)
    except ImageNotFoundError:
        return None
    below = len(parent.layers) if on_parent else lab
    if folders is None:
        return None
    own = (folders.upper, *folders.lowers)[: len(image.layers) - below]
    return LastSave(image.layers, on_parent, own, clock)


def told_clock(clock: Mapping[str, Any]) -> str:
    """Write a clock for a label.

    >>> told_clock({"read": 5, "offset": -2, "boot": "ab"})
    '5 -2 ab'
    """
    return f"{clock['read']} {clock['offset']} {clock['boot']}"


def _clock(told: str) -> dict[str, Any]:
    parts = told.split(" ")
    try:
        return {"read": int(parts[0]), "offset": int(parts[1]), "boot": parts[2]}
    except (ValueError, IndexError):
        return {}
