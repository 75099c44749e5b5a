"""Checks an image archive byte for byte before the engine is given any of it.

The archive is read once from front to back and written nowhere: each part is hashed, each
layer is walked, and in the end everything must fit together by its digests.  A second
pass hands the engine the layers that it lacks, under names of our own.
"""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import IO, Any

from workspace_cli.core.archive import header, padding
from workspace_cli.core.errors import ArchiveError
from workspace_cli.core.exported import (
    DOCKER_MANIFEST,
    END,
    LEAF,
    Signed,
    damaged,
    read_leaf,
    refused,
)
from workspace_cli.core.foreign_tar import PIECE, Part, Source, members, told_plainly
from workspace_cli.core.image_parts import Blob, read_blob, whole

MOST_LAYERS = 120
"""The engine's own limit is near 125, and a workspace puts one on top."""
_MOST_PARTS = 1000
_NOTES = (LEAF, DOCKER_MANIFEST, END, "index.json", "oci-layout", "repositories")
_MANIFEST_FIELDS = {"Config", "RepoTags", "Layers", "LayerSources", "Parent"}
_PREFIXES = ("blobs/", "blobs/sha256/", "parts/")


@dataclass(frozen=True, kw_only=True)
class Checked:
    """An archive that is whole: one image, its layers from the lowest to the highest.

    ``sizes`` are the bytes of each layer's archive, ``places`` their member names.
    """

    signed: Signed | None
    config: Mapping[str, Any]
    image_id: str
    layers: tuple[str, ...]
    sizes: Mapping[str, int]
    places: Mapping[str, str]
    server: bool


@dataclass
class _Found:
    notes: dict[str, bytes] = field(default_factory=dict)
    blobs: dict[str, Blob] = field(default_factory=dict)
    read: int = 0


def check(file: IO[bytes], most: int, told: Callable[[int], None] | None = None) -> Checked:
    """Read a file of one image and check everything in it; ``most`` bytes unpacked.

    Raises ArchiveError, DiskFullError.
    """
    with told_plainly():
        source = Source(file, most, told)
        found = _Found()
        for info, content in members(source):
            _take(info, content, found)
        if not found.read:
            raise damaged("it is no archive")
        source.finish()
    return _fitted(found)


def _take(info: tarfile.TarInfo, content: Part, found: _Found) -> None:
    name = info.name
    found.read += 1
    if found.read > _MOST_PARTS:
        raise refused("it holds more files than any image needs")
    if name.startswith("/"):
        raise refused("a name in it leads out of the image")
    if info.isdir():
        return
    if not info.isreg():
        raise refused(f"{name[:80]!r} is no plain file")
    if name in found.notes or name in found.blobs:
        raise refused(f"{name[:80]!r} is in it twice")
    if name in _NOTES:
        found.notes[name] = whole(content, info.size)
    else:
        found.blobs[name] = read_blob(content, info.size)


def _fitted(found: _Found) -> Checked:
    """Return the one image that the parts make, or raise what does not fit."""
    config_name, names = _listed(found)
    config = found.blobs.get(config_name)
    if config is None or not config.text:
        raise damaged("the image's configuration is not in it")
    values = _object(config.text, "the image's configuration")
    layers = tuple(_layer(found, name).digest for name in names)
    told = (values.get("rootfs") or {}) if isinstance(values.get("rootfs") or {}, dict) else {}
    if told.get("diff_ids") != list(layers):
        raise damaged("its layers are not those that its configuration names")
    if values.get("os") != "linux" or not isinstance(values.get("config"), dict):
        raise refused("it is no image of a Linux system")
    blobs = [found.blobs[name] for name in names]
    checked = Checked(
        signed=_signed(found, config.digest, layers),
        config=values,
        image_id=config.digest,
        layers=layers,
        sizes={blob.digest: blob.size for blob in blobs},
        places={blob.digest: name for blob, name in zip(blobs, names, strict=True)},
        server=_has_server(blobs),
    )
    _refuse_ballast(found, {config_name, *names}, ours=checked.signed is not None)
    return checked


def _listed(found: _Found) -> tuple[str, tuple[str, ...]]:
    """Return the names of the configuration and the layers, as docker's manifest lists them."""
    if DOCKER_MANIFEST not in found.notes:
        raise ArchiveError(
            "This file holds no image that docker knows.",
            "Name a file that `workspace export` or `docker save` wrote.",
        )
    try:
        images = json.loads(found.notes[DOCKER_MANIFEST])
    except (ValueError, RecursionError) as exc:
        raise damaged("its list of images cannot be read") from exc
    if not isinstance(images, list) or len(images) != 1:
        raise refused("it holds several images or none, and one at a time is imported")
    [one] = images
    if not isinstance(one, dict) or set(one) - _MANIFEST_FIELDS:
        raise refused("its list of images has fields that docker does not write")
    config, layers = one.get("Config"), one.get("Layers")
    if (
        not isinstance(config, str)
        or not isinstance(layers, list)
        or not all(isinstance(name, str) for name in layers)
    ):
        raise damaged("its list of images cannot be read")
    if not 0 < len(layers) <= MOST_LAYERS:
        raise refused(f"the image has {len(layers)} layers; 1 to {MOST_LAYERS} are possible")
    return config, tuple(layers)


def _layer(found: _Found, name: str) -> Blob:
    blob = found.blobs.get(name)
    if blob is None:
        raise damaged("a layer of the image is not in it")
    if blob.wrong:
        raise damaged(f"a layer cannot be read: {blob.wrong}")
    return blob


def _object(text: bytes, what: str) -> dict[str, Any]:
    try:
        values = json.loads(text)
    except (ValueError, RecursionError) as exc:
        raise damaged(f"{what} cannot be read") from exc
    if not isinstance(values, dict):
        raise damaged(f"{what} cannot be read")
    return values


def _signed(found: _Found, image_id: str, layers: tuple[str, ...]) -> Signed | None:
    """Return what an exported file tells of itself; None for docker's own archive."""
    if LEAF not in found.notes:
        if END in found.notes:
            raise damaged("what it tells about itself was taken out")
        return None
    if END not in found.notes:
        raise damaged("it is cut off")
    signed = read_leaf(found.notes[LEAF])
    if (signed.leaf.image_id, signed.leaf.layers) != (image_id, layers):
        raise damaged("it holds another image than the one that was signed")
    return signed


def _has_server(blobs: Sequence[Blob]) -> bool:
    last = [blob.server for blob in blobs if blob.server is not None]
    return bool(last) and last[-1]


def _refuse_ballast(found: _Found, used: set[str], *, ours: bool) -> None:
    for name, blob in found.blobs.items():
        # docker's own archive also describes the image in another form (OCI).
        if name not in used and (ours or not blob.text or not name.startswith(_PREFIXES)):
            raise refused("it holds files that belong to no image")


def repacked(
    file: IO[bytes],
    checked: Checked,
    most: int,
    described: bytes,
    leave_out: Collection[str],
    told: Callable[[int], None] | None = None,
) -> Iterator[bytes]:
    """Yield an archive for the engine: ``described``, then the layers that it lacks.

    ``described`` is an archive that ``clean_image.archive`` made; the engine itself
    compares each layer with its digest.
    """
    yield _without_end(described)
    wanted = {checked.places[layer]: layer for layer in checked.layers if layer not in leave_out}
    with told_plainly():
        for info, content in members(Source(file, most, told)):
            layer = wanted.pop(info.name, "")
            if layer:
                entry = tarfile.TarInfo(f"{layer.removeprefix('sha256:')}/layer.tar")
                entry.size = info.size
                yield header(entry)
                while piece := content.read(PIECE):
                    yield piece
                yield padding(info.size)
            if not wanted:
                break
    yield b"\0" * tarfile.BLOCKSIZE * 2


def _without_end(archive: bytes) -> bytes:
    """Return a tar archive up to where more members can follow."""
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        last = tar.getmembers()[-1]
        return archive[: last.offset_data + last.size + len(padding(last.size))]
