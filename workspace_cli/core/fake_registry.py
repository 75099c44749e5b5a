"""The registry that the fake engine knows: images by name and by digest, for every repository."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from workspace_cli.core.errors import (
    ImageNotFoundError,
    NotAllowedError,
    RegistryUnreachableError,
)
from workspace_cli.core.fake_images import FakeImages, Files, with_tag


@dataclass(frozen=True)
class _Kept:
    config: dict[str, Any]
    layers: Mapping[str, Files]


class FakeRegistry:
    """What has been pushed or offered; ``lost`` counts the calls that break off from now on.

    While ``closed`` is set, nobody has a log-in.
    """

    def __init__(self, store: FakeImages) -> None:
        self.lost = 0
        self.closed = False
        self._store = store
        self._kept: dict[str, _Kept] = {}

    def offer(self, reference: str, image_id: str, store: FakeImages | None = None) -> str:
        """Keep an image under a name; ``store`` has it where this machine has not."""
        store = store or self._store
        image = store.stored[image_id]
        kept = _Kept(image.config, {layer: store.layers[layer] for layer in image.layers})
        digest = f"sha256:{hashlib.sha256(b'manifest of ' + image_id.encode()).hexdigest()}"
        repository = with_tag(reference).rpartition(":")[0]
        self._kept[with_tag(reference)] = self._kept[f"{repository}@{digest}"] = kept
        return digest

    def push(self, reference: str) -> str:
        """Take an image of this machine by its name; return its digest."""
        self._ask()
        return self.offer(reference, self._store.find(reference))

    def resolve(self, reference: str) -> str:
        """Return the digest that a name has now."""
        kept = self._find(reference)
        repository = with_tag(reference).partition("@")[0]
        repository = repository if "@" in reference else repository.rpartition(":")[0]
        return next(
            name.partition("@")[2]
            for name, other in self._kept.items()
            if other is kept and name.startswith(f"{repository}@")
        )

    def pull(self, reference: str) -> None:
        """Put an image on this machine, under the name that it was asked by."""
        kept = self._find(reference)
        self._store.put(kept.config, kept.layers, with_tag(reference))

    def _find(self, reference: str) -> _Kept:
        self._ask()
        try:
            return self._kept[with_tag(reference)]
        except KeyError:
            raise ImageNotFoundError("The image cannot be fetched: pull access denied.") from None

    def _ask(self) -> None:
        if self.lost:
            self.lost -= 1
            raise RegistryUnreachableError("The registry cannot be reached.", "Try again.")
        if self.closed:
            raise NotAllowedError("The registry refused: unauthorized.", "`docker login` first.")
