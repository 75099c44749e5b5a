"""The format of an exported environment: an image archive between a signed leaf and an end mark.

It is what ``docker save`` writes, compressed with Zstandard, so that plain docker loads
it too (``zstd -dc FILE | docker load``).  The first member tells what is inside, down to
the digest of the image's configuration and of each layer, and is signed with the key of
the lab that wrote it; so the signature holds for every byte of the image.
"""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from workspace_cli.core.errors import ArchiveError
from workspace_cli.core.lab_key import LabKey, PublicKey

FORMAT = 1
LEAF = "labdock-environment.json"
DOCKER_MANIFEST = "manifest.json"
END = "labdock-end.json"
PART = "parts/"
"""Folder of the configuration and the layers, in no order: their digests tell them apart."""


@dataclass(frozen=True, kw_only=True)
class Leaf:
    """What a file tells about the environment in it; ``size`` in bytes, unpacked."""

    reference: str
    owner: str
    note: str
    parent: str
    saved_from: str
    created: str
    """When the image was made: ISO 8601, UTC."""
    exported: str
    lab: str
    """Name of the machine that wrote the file."""
    labdock: str
    """Version of Labdock that wrote the file."""
    architecture: str
    size: int
    image_id: str
    """SHA-256 of the image's configuration."""
    layers: tuple[str, ...]
    """SHA-256 of each layer's archive, from the lowest to the highest."""
    untrusted: bool = False
    """Whether it came from elsewhere and was not allowed where it was exported."""
    packages: tuple[str, ...] = field(default=())
    """Packages that were added, where they are known."""

    def signed(self, key: LabKey) -> bytes:
        """Return it as JSON with the lab's signature."""
        facts = asdict(self)
        return json.dumps(
            {
                "format": FORMAT,
                "environment": facts,
                "key": base64.b64encode(key.public.raw).decode(),
                "signature": base64.b64encode(key.sign(_content(facts))).decode(),
            },
            ensure_ascii=False,
            indent=1,
        ).encode()


@dataclass(frozen=True)
class Signed:
    """A leaf, and the key that it is really signed with."""

    leaf: Leaf
    key: PublicKey


def read_leaf(content: bytes) -> Signed:
    """Read a leaf and check its signature.

    Raises ArchiveError where it is none, or a newer Labdock's, or was changed.
    """
    try:
        values = json.loads(content)
        form = values["format"]
    except (ValueError, KeyError, TypeError, RecursionError) as exc:
        raise damaged("what it tells about itself cannot be read") from exc
    if form != FORMAT:
        raise ArchiveError(
            f"This file is of a form ({form!r}) that this Labdock does not know.",
            "Import it with the Labdock that wrote it, or a newer one.",
        )
    try:
        leaf = _leaf(values["environment"])
        key = PublicKey(base64.b64decode(values["key"], validate=True))
        signature = base64.b64decode(values["signature"], validate=True)
        genuine = set(values) == {"format", "environment", "key", "signature"}
    except (ValueError, KeyError, TypeError, AttributeError, binascii.Error) as exc:
        raise damaged("what it tells about itself cannot be read") from exc
    if not genuine or not key.verifies(signature, _content(values["environment"])):
        raise damaged("what it tells about itself was changed after it was signed")
    return Signed(leaf, key)


def damaged(why: str) -> ArchiveError:
    """Return the error for a file that is not what was written."""
    return ArchiveError(
        f"The file is damaged, or was tampered with: {why}.",
        "Nothing was imported. Take another copy.",
    )


def refused(why: str) -> ArchiveError:
    """Return the error for a file that holds what no image archive needs to hold."""
    return ArchiveError(
        f"The file is refused: {why}.",
        "Nothing was imported. Write it with `workspace export` or `docker save`.",
    )


def _leaf(values: Any) -> Leaf:
    kinds = {one.name: one.type for one in fields(Leaf)}
    if set(values) != set(kinds):
        raise ValueError("other fields")
    for name, value in values.items():
        wanted = {"int": int, "bool": bool}.get(str(kinds[name]), str)
        if str(kinds[name]).startswith("tuple"):
            if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
                raise TypeError(name)
        elif type(value) is not wanted:
            raise TypeError(name)
    lists = {"layers": tuple(values["layers"]), "packages": tuple(values["packages"])}
    return Leaf(**{**values, **lists})


def _content(facts: dict[str, Any]) -> bytes:
    """Return the bytes that are signed."""
    return json.dumps(
        facts, ensure_ascii=True, sort_keys=True, separators=(",", ":"), default=list
    ).encode()
