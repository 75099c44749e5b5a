"""What each environment takes of the disk alone, and what it shares with others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from workspace_cli.core.errors import ImageNotFoundError
from workspace_cli.core.host import Host
from workspace_cli.core.models import Image


@dataclass(frozen=True)
class Share:
    """Bytes of an image: ``own`` are in no other image and go with it, ``shared`` stay."""

    own: int
    shared: int


def shares(host: Host) -> dict[str, Share]:
    """Return image id → what it takes of the disk alone, for every image of this machine."""
    images = host.engine.images()
    sizes: dict[str, tuple[int, ...]] = {}
    for image in images:
        # One that goes meanwhile is in no list any more.
        with suppress(ImageNotFoundError):
            sizes[image.id] = host.engine.layer_sizes(image.id)
    return shares_of(images, sizes)


def shares_of(images: Sequence[Image], sizes: Mapping[str, Sequence[int]]) -> dict[str, Share]:
    """Return image id → share; a layer is the same where all below it is the same too."""
    uses = Counter(chain for image in images for chain in _chains(image))
    found = {}
    for image in images:
        own = shared = 0
        for chain, size in zip(_chains(image), sizes.get(image.id, ()), strict=False):
            if uses[chain] == 1:
                own += size
            else:
                shared += size
        found[image.id] = Share(own, shared)
    return found


def _chains(image: Image) -> list[tuple[str, ...]]:
    return [image.layers[: depth + 1] for depth in range(len(image.layers))]
