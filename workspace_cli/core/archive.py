"""The format of a backup: a tar archive, compressed, between a manifest and an end mark.

POSIX tar (pax) through Zstandard with a checksum of the content, so that GNU tar opens
it by hand: ``tar --zstd -xpf FILE``.  The first member says what it is, the last one that
it is whole; between them lies one tree, each folder before what is in it.
"""

from __future__ import annotations

import errno
import hashlib
import json
import tarfile
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any, Literal, cast

import zstandard

from workspace_cli.core.errors import BackupError, DiskFullError, LabdockError, NotFoundError

FORMAT = 1
MANIFEST = "labdock-backup.json"
END = "labdock-end.json"
LEVEL = 3
"""Of Zstandard: about as fast as a disk, on one core."""
PIECE = 1 << 20
"""Bytes read or written at once."""
_LONGEST_NOTE = 1 << 20

Kind = Literal["home", "state"]


@dataclass(frozen=True)
class Manifest:
    """What a backup holds; ``files`` and ``size`` (bytes) were counted before."""

    kind: Kind
    created: str
    """ISO 8601, UTC."""
    owner: str = ""
    files: int = 0
    size: int = 0
    database: str = ""
    """Of a state: ``sqlite`` or ``postgresql``."""

    def packed(self) -> bytes:
        """Return it as JSON."""
        return json.dumps({"format": FORMAT, **asdict(self)}, ensure_ascii=False).encode()

    @classmethod
    def read(cls, content: bytes) -> Manifest:
        """Read it back; BackupError where it is none, or a newer Labdock's."""
        try:
            values = json.loads(content)
            form = values.pop("format")
            manifest = cls(**values)
        except (ValueError, KeyError, TypeError, AttributeError) as exc:
            raise not_ours() from exc
        if form != FORMAT or manifest.kind not in ("home", "state"):
            raise BackupError(
                f"This backup is of a form ({form}) that this Labdock does not know.",
                "Restore it with the Labdock that wrote it.",
            )
        return manifest


def not_ours() -> BackupError:
    """Return the error for a file that is no backup."""
    return BackupError("This is no backup of Labdock.", "Name a file that `workspace backup` made.")


def damaged(why: str) -> BackupError:
    """Return the error for a backup that is not what was written."""
    return BackupError(f"The backup is damaged: {why}.", "Nothing was changed. Use another copy.")


class Output:
    """A backup as it is written: tar blocks in, compressed bytes out, a checksum of those."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._sha256 = hashlib.sha256()
        compressor = zstandard.ZstdCompressor(level=LEVEL, write_checksum=True)
        self._compressor = compressor.compressobj()
        self.size = 0

    @property
    def sha256(self) -> str:
        """The checksum of what has been written, in hexadecimal digits."""
        return self._sha256.hexdigest()

    def write(self, data: bytes) -> None:
        """Add tar blocks."""
        self._put(self._compressor.compress(data))

    def member(self, info: tarfile.TarInfo, content: bytes = b"") -> None:
        """Add a member whose content is at hand."""
        info.size = len(content)
        self.write(header(info) + content + padding(len(content)))

    def note(self, name: str, content: bytes) -> None:
        """Add a file of our own, readable by root alone."""
        info = tarfile.TarInfo(name)
        info.mode = 0o600
        self.member(info, content)

    def finish(self, files: int) -> None:
        """Write the end: without it a backup counts as cut off."""
        self.note(END, json.dumps({"files": files}).encode())
        self.end()

    def end(self) -> None:
        """Write the end of the archive and of the compression."""
        self.write(b"\0" * tarfile.BLOCKSIZE * 2)
        self._put(self._compressor.flush())

    def _put(self, data: bytes) -> None:
        if data:
            self._sha256.update(data)
            self.size += len(data)
            try:
                self._file.write(data)
            except BrokenPipeError as exc:
                raise BackupError("Whoever read the backup has gone.") from exc
            except OSError as exc:
                raise failed(exc, "writing the backup") from exc


def header(info: tarfile.TarInfo) -> bytes:
    """Return a member's header; names that are no UTF-8 keep their bytes."""
    return info.tobuf(tarfile.PAX_FORMAT, "utf-8", "surrogateescape")


def padding(size: int) -> bytes:
    """Return what fills content of this size up to whole blocks."""
    return b"\0" * (-size % tarfile.BLOCKSIZE)


class Input:
    """A backup as it is read: compressed bytes in, tar blocks out.

    ``told`` is given how many compressed bytes have been read.
    """

    def __init__(self, file: IO[bytes], told: Callable[[int], None] | None = None) -> None:
        self._file = file
        self._told = told
        self._decompressor = zstandard.ZstdDecompressor().decompressobj()
        self._ready = bytearray()
        self._taken = 0

    def read(self, size: int) -> bytes:
        """Return up to ``size`` bytes, fewer at the end; BackupError where it is damaged."""
        while len(self._ready) < size and not self._decompressor.eof:
            self._fill()
        piece = bytes(self._ready[:size])
        del self._ready[:size]
        return piece

    def drain(self) -> None:
        """Read to the end, where the checksum of the content stands."""
        while not self._decompressor.eof:
            self._ready.clear()
            self._fill()
        if self._decompressor.unused_data or self._file.read(1):
            raise damaged("something follows its end")

    def _fill(self) -> None:
        data = self._file.read(PIECE >> 2)
        if not data:
            raise damaged("it is cut off") if self._taken else not_ours()
        first, self._taken = not self._taken, self._taken + len(data)
        try:
            self._ready += self._decompressor.decompress(data)
        except zstandard.ZstdError as exc:
            raise (not_ours() if first and data[:4] != _MAGIC else damaged(str(exc))) from exc
        if self._told:
            self._told(self._taken)


_MAGIC = zstandard.FRAME_HEADER


def read_tar(source: Input) -> tarfile.TarFile:
    """Return the archive, to be read from front to back."""
    file = cast("IO[bytes]", source)  # of which a stream of tar blocks is only read
    return tarfile.open(fileobj=file, mode="r|", encoding="utf-8", errors="surrogateescape")


def read_note(tar: tarfile.TarFile, info: tarfile.TarInfo) -> bytes:
    """Return the content of a file of our own."""
    file = tar.extractfile(info) if info.isreg() and info.size <= _LONGEST_NOTE else None
    if file is None:
        raise not_ours()
    return file.read()


def read_manifest(tar: tarfile.TarFile) -> Manifest:
    """Read the first member."""
    info = tar.next()
    if info is None or info.name != MANIFEST:
        raise not_ours()
    return Manifest.read(read_note(tar, info))


def read_end(tar: tarfile.TarFile, info: tarfile.TarInfo, files: int) -> None:
    """Read the last member and compare; BackupError where something is missing."""
    try:
        told: Any = json.loads(read_note(tar, info))["files"]
    except (ValueError, KeyError, TypeError) as exc:
        raise damaged("its end cannot be read") from exc
    if told != files:
        raise damaged(f"it holds {files} files and should hold {told}")


def checksum_file(archive: Path) -> Path:
    """Return the file beside a backup that holds its checksum, as ``sha256sum`` writes it."""
    return archive.with_name(f"{archive.name}.sha256")


def failed(exc: OSError, doing: str) -> LabdockError:
    """Return the error for a system call that failed while something was being done."""
    if exc.errno in (errno.ENOSPC, errno.EDQUOT):
        return DiskFullError(f"The disk is full: {doing} did not fit.", "Free some space.")
    if isinstance(exc, FileNotFoundError):
        return NotFoundError(f"There is no {exc.filename}.", "Check the path.")
    where = f" ({exc.filename})" if exc.filename else ""
    return BackupError(
        f"{doing[0].upper()}{doing[1:]} failed: {exc.strerror or exc}{where}.",
        "Run the command as root, and check the path.",
    )
