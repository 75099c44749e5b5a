"""Reads the parts of an image archive: descriptions whole, layers entry by entry."""

from __future__ import annotations

import hashlib
import io
import tarfile
from dataclasses import dataclass

from workspace_cli.core.exported import refused
from workspace_cli.core.foreign_tar import PIECE, Part, Reader, drain, members

SERVER = "usr/local/bin/labdock-enter"
"""A file that every image with a Labdock server has."""
_HIDES = frozenset(
    (
        *("usr/local/bin/.wh.labdock-enter", "usr/local/.wh.bin", "usr/.wh.local", ".wh.usr"),
        *(f"{folder}/.wh..wh..opq" for folder in ("usr", "usr/local", "usr/local/bin")),
    )
)
"""Names in a layer that take that file of the layers below away.

https://github.com/opencontainers/image-spec/blob/main/layer.md#whiteouts
"""
_GZIP = b"\x1f\x8b"
_LARGEST_NOTE = 1 << 22


@dataclass(frozen=True)
class Blob:
    """One part: its digest, its bytes, and what it turned out to be."""

    digest: str
    size: int
    text: bytes = b""
    """Its content where it may be a configuration."""
    wrong: str = ""
    """Why it can be no layer."""
    server: bool | None = None
    """Whether it adds a Labdock server (True) or takes it away (False)."""


def whole(content: Reader, size: int) -> bytes:
    """Return a description's content.  Raises ArchiveError where it is larger than any."""
    if size > _LARGEST_NOTE:
        raise refused("a description in it is larger than any description")
    pieces = []
    while piece := content.read(PIECE):
        pieces.append(piece)
    return b"".join(pieces)


class _Hashed:
    """A part's content, hashed as it is read; what was looked at first comes first."""

    def __init__(self, content: Reader) -> None:
        self._content = content
        self._sha256 = hashlib.sha256()
        self._ahead = b""

    def peek(self) -> bytes:
        self._ahead = self._ahead or self._next(2)
        return self._ahead

    def read(self, size: int) -> bytes:
        data, self._ahead = self._ahead, b""
        return data or self._next(size)

    def _next(self, size: int) -> bytes:
        data = self._content.read(size)
        self._sha256.update(data)
        return data

    @property
    def digest(self) -> str:
        return f"sha256:{self._sha256.hexdigest()}"


def read_blob(content: Part, size: int) -> Blob:
    """Read one part to its end.  Raises ArchiveError where a name in a layer leads outside."""
    hashed = _Hashed(content)
    first = hashed.peek()
    if first == _GZIP:
        _skip(hashed)
        wrong = "it is compressed by itself; save the image with docker's classic image store"
        return Blob(hashed.digest, size, wrong=wrong)
    entries: Reader = hashed
    if first.startswith(b"{") and size <= _LARGEST_NOTE:
        text = whole(hashed, size)
        if b"\0" not in text:
            return Blob(hashed.digest, size, text, wrong="it is a description")
        entries = io.BytesIO(text)  # a layer whose first file has such a name
    try:
        server = _walk(entries)
    except tarfile.TarError as exc:
        _skip(hashed)
        return Blob(hashed.digest, size, wrong=str(exc) or "it is no archive")
    return Blob(hashed.digest, size, server=server)


def _walk(entries: Reader) -> bool | None:
    """Read every entry of a layer; tell whether it has, or hides, a server."""
    server: bool | None = None
    for info, inside in members(entries):
        server = _server_after(server, info.name)
        _skip(inside)
    drain(entries)
    return server


def _skip(content: Reader) -> None:
    while content.read(PIECE):
        pass


def _server_after(before: bool | None, name: str) -> bool | None:
    """Tell whether a layer has, or hides, a server, after one more member of it."""
    path = name.removeprefix("./").strip("/")
    if path == SERVER:
        return True
    return False if path in _HIDES and before is None else before
