"""What an engine keeps on its disk, in one look."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

_ABSENT_TAG = "<none>:<none>"


@dataclass(frozen=True, kw_only=True)
class StoredImage:
    """An image on the disk: bytes; ``own`` are in no other image and go with it.

    ``tags`` are empty where nothing names it any more.
    """

    id: str
    tags: tuple[str, ...]
    created: float
    size: int
    own: int
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class EngineDisk:
    """Everything that an engine keeps, in bytes.

    ``layers`` are all images' together, a layer that several have counted once;
    ``containers`` what was written in containers, ``build_cache`` what only builds use.
    """

    images: tuple[StoredImage, ...]
    layers: int
    containers: int
    volumes: int
    build_cache: int


def read(answer: Mapping[str, Any]) -> EngineDisk:
    """Read the Docker API's answer to ``/system/df``."""
    cache = answer.get("BuildCache") or ()
    return EngineDisk(
        images=tuple(_image(row) for row in answer.get("Images") or ()),
        layers=int(answer.get("LayersSize") or 0),
        containers=sum(row.get("SizeRw") or 0 for row in answer.get("Containers") or ()),
        volumes=sum(_volume(row) for row in answer.get("Volumes") or ()),
        # What is shared is a layer of an image, and counted there.
        build_cache=sum(row.get("Size") or 0 for row in cache if not row.get("Shared")),
    )


def _image(row: Mapping[str, Any]) -> StoredImage:
    size, shared = int(row.get("Size") or 0), int(row.get("SharedSize") or 0)
    return StoredImage(
        id=row["Id"],
        tags=tuple(sorted(set(row.get("RepoTags") or ()) - {_ABSENT_TAG})),
        created=float(row.get("Created") or 0),
        size=size,
        # The engine says -1 where it has not counted.
        own=max(0, size - max(0, shared)),
        labels=row.get("Labels") or {},
    )


def _volume(row: Mapping[str, Any]) -> int:
    usage = row.get("UsageData") or {}
    return max(0, int(usage.get("Size") or 0))
