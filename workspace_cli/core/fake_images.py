"""The fake engine's images: real layers, real ids, real archives, all in memory.

A layer is a mapping of paths (as in a tar archive: ``etc/hosts``) to contents.
An image is its configuration as the OCI image specification writes it, and its
id is that configuration's hash, so what is saved here can be scanned, loaded
and committed like the engine's.
"""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from workspace_cli.core.docker_answers import timestamp
from workspace_cli.core.engine_disk import EngineDisk
from workspace_cli.core.engine_disk import StoredImage as StoredOnDisk
from workspace_cli.core.errors import ConflictError, ImageNotFoundError, LabdockError
from workspace_cli.core.fake_layers import merge
from workspace_cli.core.models import Image

Files = Mapping[str, bytes]


@dataclass
class StoredImage:
    """An image's configuration and the names it has now; ``digests`` are no tags."""

    config: dict[str, Any]
    tags: set[str] = field(default_factory=set)
    digests: set[str] = field(default_factory=set)

    @property
    def layers(self) -> tuple[str, ...]:
        """Ids of the layers, from the lowest to the highest."""
        return tuple(self.config["rootfs"]["diff_ids"])


class FakeImages:
    """Every image and layer of one fake engine."""

    def __init__(self) -> None:
        self.layers: dict[str, Files] = {}
        self.stored: dict[str, StoredImage] = {}

    def find(self, reference: str) -> str:
        """Return the id of the image that a name, an id or a part of an id means."""
        tag = with_tag(reference)
        for image_id, image in self.stored.items():
            short = reference.removeprefix("sha256:")
            if tag in image.tags | image.digests or (
                len(short) >= 12 and image_id[7:].startswith(short)
            ):
                return image_id
        raise ImageNotFoundError(f"The image {reference} is not on this machine.")

    def view(self, reference: str) -> Image:
        """Return an image as the engine port tells it."""
        image_id = self.find(reference)
        image = self.stored[image_id]
        config = image.config["config"]
        return Image(
            id=image_id,
            tags=tuple(sorted(image.tags)),
            size=sum(len(data) for layer in image.layers for data in self.layers[layer].values()),
            created=timestamp(image.config.get("created") or "") or 0.0,
            labels=config.get("Labels") or {},
            environment=read_environment(config.get("Env")),
            layers=image.layers,
            config=config,
            architecture=image.config.get("architecture", "amd64"),
        )

    def layer_sizes(self, reference: str) -> tuple[int, ...]:
        """Return the bytes of each layer, from the lowest to the highest."""
        layers = self.stored[self.find(reference)].layers
        return tuple(sum(map(len, self.layers[layer].values())) for layer in layers)

    def disk(self, containers: int) -> EngineDisk:
        """Return what all images take, a layer that several have counted once."""
        uses = Counter(layer for image in self.stored.values() for layer in image.layers)
        sizes = {layer: sum(map(len, self.layers[layer].values())) for layer in uses}
        return EngineDisk(
            images=tuple(
                StoredOnDisk(
                    id=seen.id,
                    tags=seen.tags,
                    created=seen.created,
                    size=seen.size,
                    own=sum(sizes[layer] for layer in seen.layers if uses[layer] == 1),
                    labels=seen.labels,
                )
                for seen in map(self.view, self.stored)
            ),
            layers=sum(sizes.values()),
            containers=containers,
            volumes=0,
            build_cache=0,
        )

    def files(self, image_id: str) -> dict[str, bytes]:
        """Return an image's whole file system."""
        return merge(self.layers[layer] for layer in self.stored[image_id].layers)

    def add(
        self,
        created: float,
        files: Files,
        config: Mapping[str, Any],
        *,
        parent: str | None = None,
        reference: str | None = None,
    ) -> str:
        """Put one layer on a parent (an image id) and return the new image's id."""
        layer = _digest(_tar(files))
        self.layers[layer] = dict(files)
        below = self.stored[parent].layers if parent else ()
        return self._store(
            {
                "architecture": "amd64",
                "os": "linux",
                "created": datetime.fromtimestamp(created, UTC).isoformat(),
                "config": dict(config),
                "rootfs": {"type": "layers", "diff_ids": [*below, layer]},
            },
            {with_tag(reference)} if reference else set(),
        )

    def tag(self, reference: str, new_reference: str) -> None:
        """Give an image a name, and take it from the image that had it."""
        self._name(self.find(reference), with_tag(new_reference))

    def remove(self, reference: str, in_use: Iterable[str]) -> None:
        """Remove a name, and the image with its last one, unless a container uses it."""
        image_id = self.find(reference)
        image, tag = self.stored[image_id], with_tag(reference)
        if tag in image.tags | image.digests and len(image.tags | image.digests) > 1:
            image.tags.discard(tag)
            image.digests.discard(tag)
            return
        if len(image.tags) > 1 or image_id in set(in_use):
            raise ConflictError(f"The image is still in use: {reference}.")
        del self.stored[image_id]

    def save(self, reference: str) -> bytes:
        """Return an image as an archive with its configuration and all its layers."""
        image_id = self.find(reference)
        image = self.stored[image_id]
        names = {layer: f"{layer[7:]}/layer.tar" for layer in image.layers}
        config = f"{image_id[7:]}.json"
        manifest = {
            "Config": config,
            "RepoTags": sorted(image.tags),
            "Layers": [names[layer] for layer in image.layers],
        }
        return _tar(
            {
                "manifest.json": json.dumps([manifest]).encode(),
                config: _encoded(image.config),
                **{name: _tar(self.layers[layer]) for layer, name in names.items()},
            }
        )

    def load(self, archive: bytes) -> None:
        """Load an archive; a layer that is here already need not be in it."""
        members = _untar(archive)
        if "manifest.json" not in members:
            raise LabdockError("The engine failed: invalid archive: no manifest.json.")
        for manifest in json.loads(members["manifest.json"]):
            config = json.loads(members[manifest["Config"]])
            for layer, name in zip(config["rootfs"]["diff_ids"], manifest["Layers"], strict=True):
                if layer not in self.layers:
                    if name not in members:
                        raise LabdockError(f"The engine failed: open {name}: no such file.")
                    self.layers[layer] = _untar(members[name])
            self._store(config, {with_tag(tag) for tag in manifest["RepoTags"] or ()})

    def put(self, config: dict[str, Any], layers: Mapping[str, Files], name: str) -> None:
        """Keep an image that came from elsewhere under a tag, or ``REPOSITORY@DIGEST``."""
        self.layers.update(layers)
        image_id = self._store(config, set() if "@" in name else {name})
        if "@" in name:
            self.stored[image_id].digests.add(name)

    def _store(self, config: dict[str, Any], tags: set[str]) -> str:
        image_id = _digest(_encoded(config))
        self.stored.setdefault(image_id, StoredImage(config))
        for tag in tags:
            self._name(image_id, tag)
        return image_id

    def _name(self, image_id: str, tag: str) -> None:
        for image in self.stored.values():
            image.tags.discard(tag)
        self.stored[image_id].tags.add(tag)


def with_tag(reference: str) -> str:
    """Add the tag ``latest`` to a name that has none."""
    return reference if ":" in reference.rpartition("/")[2] else f"{reference}:latest"


def read_environment(lines: Iterable[str] | None) -> dict[str, str]:
    """Read ``NAME=VALUE`` lines."""
    return {name: value for name, _, value in (line.partition("=") for line in lines or ())}


def file_system_archive(files: Files) -> Iterator[bytes]:
    """Yield files as the archive that an export is."""
    yield _tar(files)


def file_system(archive: Iterable[bytes]) -> Files:
    """Read the files of an exported archive."""
    return _untar(b"".join(archive))


def _encoded(config: Mapping[str, Any]) -> bytes:
    return json.dumps(config, sort_keys=True).encode()


def _digest(data: bytes) -> str:
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def _tar(files: Files) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        for path, data in sorted(files.items()):
            entry = tarfile.TarInfo(path)
            entry.size = len(data)
            tar.addfile(entry, io.BytesIO(data))
    return buffer.getvalue()


def _untar(archive: bytes) -> dict[str, bytes]:
    try:
        with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
            members = [(member.name, tar.extractfile(member)) for member in tar]
            return {name: file.read() for name, file in members if file is not None}
    except tarfile.TarError as exc:
        raise LabdockError(f"The engine failed: {exc}.") from exc
