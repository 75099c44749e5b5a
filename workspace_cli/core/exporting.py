"""Writes an environment as one file that another lab can check and import."""

from __future__ import annotations

import hashlib
import json
import os
import socket
import tarfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import IO

from workspace_cli.core import audit, disk_room, labels, references, trust
from workspace_cli.core.archive import Output, header, padding
from workspace_cli.core.backup import stamp
from workspace_cli.core.engine import Progress, Report
from workspace_cli.core.errors import ArchiveError, CommitFailedError, DiskFullError
from workspace_cli.core.exported import DOCKER_MANIFEST, END, LEAF, PART, Leaf
from workspace_cli.core.foreign_tar import PIECE, Part, members
from workspace_cli.core.host import Host
from workspace_cli.core.lab_key import own_key
from workspace_cli.core.models import Image

_PACKED = 4
"""How much smaller than the image a file is at most, roughly: less room is not even tried."""


@dataclass(frozen=True, kw_only=True)
class Exported:
    """An environment that was written to a file: ``size`` in bytes, compressed."""

    leaf: Leaf
    sha256: str
    size: int
    fingerprint: str


def export(
    host: Host, reference: str, target: IO[bytes], actor: str, report: Report | None = None
) -> Exported:
    """Write an image to a stream.

    Raises ImageNotFoundError, DiskFullError, CommitFailedError, BackupError.
    """
    image = host.engine.image(reference)
    check_store(host)
    _check_rooms(host, image, target)
    key = own_key(host.settings)
    leaf = _leaf(host, image, references.normalise(reference))
    output = Output(target)
    output.note(LEAF, leaf.signed(key))
    parts = _copy(host, image, output, _Told(report, image.size, f"Writing {reference}"))
    listed = {
        "Config": parts[image.id],
        "RepoTags": [leaf.reference],
        "Layers": [parts[layer] for layer in image.layers],
    }
    output.note(DOCKER_MANIFEST, json.dumps([listed]).encode())
    output.note(END, json.dumps({"parts": len(parts)}).encode())
    output.end()
    audit.record(host, actor, "export", leaf.reference, image.id)
    return Exported(
        leaf=leaf, sha256=output.sha256, size=output.size, fingerprint=key.public.fingerprint
    )


def check_store(host: Host) -> None:
    """Raise CommitFailedError where the engine's archives have another form."""
    if host.info.containerd_image_store:
        raise CommitFailedError(
            "The engine keeps its images in the containerd store, and what it writes is no "
            "archive that can be checked yet.",
            'Turn it off in the engine\'s settings ("containerd-snapshotter": false).',
        )


def _check_rooms(host: Host, image: Image, target: IO[bytes]) -> None:
    """Raise DiskFullError where the copy does not fit: the engine makes one of its own first."""
    engine = disk_room.rooms(host)[-1]
    if engine.free < image.size:
        raise _no_room(engine.path, engine.free, image.size)
    try:
        disk = os.fstatvfs(target.fileno())
    except (OSError, ValueError):  # a pipe, or a stream in memory
        return
    free = disk.f_bavail * disk.f_frsize
    # A pipe has no room of its own to speak of.
    if disk.f_blocks and free < image.size // _PACKED:
        raise _no_room("the file's disk", free, image.size // _PACKED)


def _no_room(where: str, free: int, wanted: int) -> DiskFullError:
    return DiskFullError(
        f"The image does not fit: {free / 2**30:.1f} GiB are free at {where}, and at least "
        f"{wanted / 2**30:.1f} GiB are needed.",
        "Free some space, or write to another disk.",
    )


def _leaf(host: Host, image: Image, reference: str) -> Leaf:
    found = image.labels
    return Leaf(
        reference=reference,
        owner=found.get(labels.OWNER, ""),
        note=found.get(labels.NOTE, ""),
        parent=found.get(labels.PARENT, ""),
        saved_from=found.get(labels.SAVED_FROM, ""),
        created=time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(image.created)),
        exported=stamp(host),
        lab=socket.gethostname(),
        labdock=version("labdock"),
        architecture=image.architecture,
        size=image.size,
        image_id=image.id,
        layers=image.layers,
        untrusted=not trust.is_trusted(host, image),
    )


@dataclass
class _Told:
    report: Report | None
    total: int
    text: str
    done: int = 0

    def add(self, size: int) -> None:
        self.done += size
        if self.report:
            self.report(Progress(self.text, self.done, max(self.total, self.done)))


class _Pieces:
    """An iteration over pieces, read like a file."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._ready = bytearray()

    def read(self, size: int) -> bytes:
        while len(self._ready) < size:
            piece = next(self._pieces, b"")
            if not piece:
                break
            self._ready += piece
        data = bytes(self._ready[:size])
        del self._ready[:size]
        return data


def _copy(host: Host, image: Image, output: Output, told: _Told) -> dict[str, str]:
    """Write the image's configuration and layers; return digest → name in the file."""
    wanted = {image.id, *image.layers}
    parts: dict[str, str] = {}
    try:
        for info, content in members(_Pieces(iter(host.engine.save(image.id)))):
            if not info.isreg() or not _belongs(info.name, wanted):
                continue
            name = f"{PART}{len(parts)}"
            digest = _copy_one(output, name, info.size, content, told)
            if digest not in wanted:
                raise ArchiveError(
                    "The engine's own copy of the image is damaged.",
                    "Nothing was written. Look at its disk and its log.",
                )
            parts[digest] = name
    except tarfile.TarError as exc:
        raise ArchiveError(f"The engine broke off: {exc}.", "Try again.") from exc
    if set(parts) != wanted:
        raise ArchiveError(
            "The engine did not give every layer of the image.", "Look at its disk and its log."
        )
    return parts


def _belongs(name: str, wanted: set[str]) -> bool:
    """Tell a part of the image from descriptions of it, in either form that engines write."""
    first, _, last = name.rpartition("/")
    if first == "blobs/sha256":
        return f"sha256:{last}" in wanted
    return last == "layer.tar" or f"sha256:{name.removesuffix('.json')}" in wanted


def _copy_one(output: Output, name: str, size: int, content: Part, told: _Told) -> str:
    info = tarfile.TarInfo(name)
    info.size, info.mode = size, 0o600
    sha256 = hashlib.sha256()
    output.write(header(info))
    while piece := content.read(PIECE):
        sha256.update(piece)
        output.write(piece)
        told.add(len(piece))
    output.write(padding(size))
    return f"sha256:{sha256.hexdigest()}"


def default_file(reference: str) -> Path:
    """Return the name that a file of an image is given where none is chosen.

    >>> default_file("labdock/kim/vision:v2").name
    'vision-v2.tar.zst'
    """
    repository, tag = references.split(references.normalise(reference))
    return Path(f"{repository.rpartition('/')[2]}-{tag}.tar.zst")
