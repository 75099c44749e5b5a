"""What a push, a pull or an import has on the engine and the disk for a while only.

It is written down before it is made.  However the process ends, what is written down is
taken back: at its end by itself, after a kill by the next one.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from workspace_cli.core.errors import ConflictError, LabdockError, NotFoundError, SetupError
from workspace_cli.core.host import Host

FOLDER = "transfers"
_ENTRY = ".json"
_SPOOL = ".spool"
_LOCK = ".lock"
_NEW = ".new"
_YOUNG = 60.0
"""Seconds."""


@dataclass(frozen=True, kw_only=True)
class Passing:
    """What does not stay."""

    tag: str = ""
    """A name that an image has for a while …"""
    tag_before: str = ""
    """… and the id of the image that it named before; '' where it named none."""
    fetched: str = ""
    """REPOSITORY@DIGEST of an image that was not here before."""
    container: str = ""
    """A container that is only there to be looked into."""
    replaced: str = ""
    """Id of an image that nothing names any more once another has taken its name."""


@contextmanager
def passing(host: Host, what: Passing) -> Iterator[Path]:
    """Write down what does not stay, and take it back in the end.

    Yields the name of a file that goes with it.  First takes back what killed processes
    have left.  Raises SetupError where nothing can be written.
    """
    reap(host)
    folder = host.settings.root / FOLDER
    name = secrets.token_hex(8)
    path, spool = folder / f"{name}{_ENTRY}", folder / f"{name}{_SPOOL}"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = _written(folder / f"{name}{_NEW}", json.dumps(asdict(what)).encode())
    except OSError as exc:
        raise _unwritable(folder, exc) from exc
    try:
        # Held from before it has the name that others look for.
        (folder / f"{name}{_NEW}").rename(path)
        yield spool
    finally:
        try:
            spool.unlink(missing_ok=True)
            # What does not work waits for the next process that comes here.
            with suppress(LabdockError):
                _take_back(host, what)
                path.unlink(missing_ok=True)
        finally:
            os.close(descriptor)


@contextmanager
def alone(host: Host, reference: str) -> Iterator[None]:
    """Wait until nobody else gives a name to an image or lends it, and keep it so."""
    folder = host.settings.root / FOLDER
    path = folder / f"{hashlib.sha256(reference.encode()).hexdigest()[:16]}{_LOCK}"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = _locked(path)
    except OSError as exc:
        raise _unwritable(folder, exc) from exc
    try:
        yield
    finally:
        # Before it is let go: whoever waited for this file notices that it is another one.
        path.unlink(missing_ok=True)
        os.close(descriptor)


def reap(host: Host) -> None:
    """Take back what processes that have died left; what does not work waits for the next time."""
    folder = host.settings.root / FOLDER
    _tidy(folder)
    for path in sorted(folder.glob(f"*{_ENTRY}")):
        with suppress(OSError, LabdockError, ValueError, TypeError):
            descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                path.with_suffix(_SPOOL).unlink(missing_ok=True)
                _take_back(host, Passing(**json.loads(path.read_bytes())))
                path.unlink(missing_ok=True)
            finally:
                os.close(descriptor)


def _tidy(folder: Path) -> None:
    """Remove what a killed process has left of its locks and of entries not yet written."""
    for path in (*folder.glob(f"*{_LOCK}"), *folder.glob(f"*{_NEW}")):
        with suppress(OSError):
            descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                found = path.stat()
                # One that is just being written is not yet locked.
                new = path.suffix == _NEW and time.time() - found.st_mtime < _YOUNG
                if not new and os.path.samestat(found, os.fstat(descriptor)):
                    path.unlink()
            finally:
                os.close(descriptor)


def _locked(path: Path) -> int:
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            with suppress(FileNotFoundError):
                if os.path.samestat(path.stat(), os.fstat(descriptor)):
                    return descriptor
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)


def _unwritable(folder: Path, exc: OSError) -> SetupError:
    return SetupError(f"{folder} cannot be written to: {exc.strerror}.", "Run the command as root.")


def _written(path: Path, content: bytes) -> int:
    """Return an open, locked file with the content in it."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        os.write(descriptor, content)
        os.fsync(descriptor)
    except BaseException:
        os.close(descriptor)
        path.unlink()
        raise
    return descriptor


def _take_back(host: Host, what: Passing) -> None:
    engine = host.engine
    if what.container:
        with suppress(NotFoundError):
            engine.remove(what.container, force=True)
    if what.tag:
        with suppress(NotFoundError):
            if what.tag_before:
                engine.tag(what.tag_before, what.tag)
            else:
                engine.remove_image(what.tag)
    if what.fetched:
        with suppress(NotFoundError, ConflictError):
            engine.remove_image(what.fetched)
    if what.replaced:
        with suppress(NotFoundError, ConflictError):
            if not engine.image(what.replaced).tags:
                engine.remove_image(what.replaced)
