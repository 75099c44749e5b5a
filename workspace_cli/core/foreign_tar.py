"""Reads tar archives that somebody else wrote, so that nothing in them is believed.

However small a file is, what it unpacks to is bounded, in memory and in total, and a
header of tar itself cannot ask for more memory than a name needs.
"""

from __future__ import annotations

import gzip
import tarfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO, Any, Protocol, Self, cast

import zstandard

from workspace_cli.core.archive import failed
from workspace_cli.core.errors import DiskFullError
from workspace_cli.core.exported import damaged, refused

PIECE = 1 << 20
"""Bytes read at once."""
_GZIP = b"\x1f\x8b"
_WINDOW = 1 << 27
"""Bytes that a Zstandard stream may refer back to, all of them in memory."""
_LONGEST_HEADER = 1 << 20
_HEADERS = (
    *(tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.SOLARIS_XHDTYPE),
    *(tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK),
)
_CONTENT = (tarfile.REGTYPE, tarfile.AREGTYPE)


class Reader(Protocol):
    """Anything that is read from front to back."""

    def read(self, size: int, /) -> bytes:
        """Return up to ``size`` bytes, none at the end."""


class Source:
    """A file's content, unpacked where it is compressed; at most ``most`` bytes of it.

    ``told`` is given how many bytes of the file have been read.
    """

    def __init__(
        self, file: IO[bytes], most: int, told: Callable[[int], None] | None = None
    ) -> None:
        self._file, self._most, self._told = file, most, told
        magic = file.read(4)
        file.seek(-len(magic), 1)
        self.compressed = magic == zstandard.FRAME_HEADER or magic[:2] == _GZIP
        self._content: Reader = file
        if magic == zstandard.FRAME_HEADER:
            unpack = zstandard.ZstdDecompressor(max_window_size=_WINDOW)
            self._content = unpack.stream_reader(file, closefd=False)
        elif self.compressed:
            self._content = gzip.GzipFile(fileobj=file, mode="rb")

    def read(self, size: int) -> bytes:
        """Return up to ``size`` bytes, none at the end; DiskFullError beyond the bound."""
        data = self._content.read(min(size, PIECE))
        self._most -= len(data)
        if self._most < 0:
            raise DiskFullError(
                "The file unpacks to more than this machine has room for.",
                "Nothing was imported. Free some space, or look where the file comes from.",
            )
        if self._told:
            self._told(self._file.tell())
        return data

    def finish(self) -> None:
        """Read to the end, where a checksum may stand; what is left is nothing but zeros."""
        drain(self)
        if self._file.read(1):
            raise damaged("something follows its end")


class Part:
    """The content of one member, read no further than to its end."""

    def __init__(self, source: Reader, size: int) -> None:
        self._source, self._left = source, size

    def read(self, size: int) -> bytes:
        """Return up to ``size`` bytes, none at the end."""
        wanted = min(size, self._left)
        data = self._source.read(wanted) if wanted else b""
        if wanted and not data:
            raise damaged("it is cut off")
        self._left -= len(data)
        return data


def drain(source: Reader) -> None:
    """Read the rest, which holds nothing where an archive has ended."""
    while piece := source.read(PIECE):
        if piece.strip(b"\0"):
            raise damaged("something lies behind its end")


class _Member(tarfile.TarInfo):
    """A member whose header is looked at before any of it is read."""

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> Self:
        info = super().frombuf(buf, encoding, errors)
        if info.type in _HEADERS and info.size > _LONGEST_HEADER:
            raise refused("a name in it is longer than any name")
        if info.type == tarfile.GNUTYPE_SPARSE:
            raise refused("a file in it has holes, and takes more room than it says")
        return info


def members(source: Reader) -> Iterator[tuple[tarfile.TarInfo, Part]]:
    """Yield each member with its content, which is read before the next member or not at all.

    Raises ArchiveError for what is no archive, or names a place outside.
    """
    file = cast("IO[bytes]", source)  # of which a stream of tar blocks is only read
    with tarfile.open(
        fileobj=file,
        mode="r|",
        tarinfo=_Member,
        bufsize=PIECE,
        encoding="utf-8",
        errors="surrogateescape",
    ) as tar:
        while (info := tar.next()) is not None:
            _check(info)
            blocks: Any = tar.fileobj
            blocks.seek(info.offset_data)
            yield info, Part(blocks, info.size if info.type in _CONTENT else 0)
            # tarfile remembers each; a layer has very many.
            tar.members = []  # type: ignore[attr-defined]


def _check(info: tarfile.TarInfo) -> None:
    if info.size < 0:
        raise damaged("a size in it is negative")
    if ".." in info.name.split("/") or "\0" in info.name:
        raise refused("a name in it leads out of the image")
    if info.sparse is not None:
        raise refused("a file in it has holes, and takes more room than it says")


@contextmanager
def told_plainly() -> Iterator[None]:
    """Tell what unpacking stumbles over as damage."""
    try:
        yield
    except (tarfile.TarError, zstandard.ZstdError, zlib.error, gzip.BadGzipFile) as exc:
        raise damaged(str(exc) or "it is no archive") from exc
    except (EOFError, RecursionError, ValueError, OverflowError) as exc:
        raise damaged("it cannot be read") from exc
    except OSError as exc:
        raise failed(exc, "reading the file") from exc
