"""Puts a new home in the place of the old one, in one step that nothing can cut in two."""

from __future__ import annotations

import errno
import os
import shutil
from contextlib import suppress
from pathlib import Path

NEW = "restoring"
"""A home that is being filled; once it has been exchanged, what was there before."""
ASIDE = "aside"
"""The old home, for the moment in which a file system without exchange has neither."""
_EXCHANGE = 2
_AT_FDCWD = -100
_NOT_HERE = (errno.ENOSYS, errno.EINVAL, errno.ENOTSUP)


def beside(home: Path, what: str) -> Path:
    """Return the folder beside a home that a restore uses; no home's name begins with a dot."""
    return home.with_name(f".{home.name}.{what}")


def settle(home: Path) -> None:
    """Put an old home back that a restore died over; cheap where there is none.

    Raises OSError.
    """
    aside = beside(home, ASIDE)
    if aside.is_dir() and not home.exists():
        with suppress(FileExistsError, FileNotFoundError):
            aside.rename(home)


def clean(home: Path) -> None:
    """Remove what an interrupted restore has left; the home itself is whole before and after."""
    settle(home)
    for what in (NEW, ASIDE):
        if (left := beside(home, what)).exists():
            shutil.rmtree(left)


def exchange(new: Path, home: Path) -> None:
    """Let two folders of one file system change places, or move the new one where there is none.

    The old home is at ``new`` afterwards.  Where it fails, or dies, the old home is in its
    place, at the latest after ``settle``.  Raises OSError.
    """
    if not home.exists():
        new.rename(home)
        return
    try:
        _exchange(new, home)
    except OSError as exc:
        if exc.errno not in _NOT_HERE:
            raise
        _exchange_by_three(new, home)


def _exchange(one: Path, other: Path) -> None:
    """renameat2(2) with RENAME_EXCHANGE, which Python does not offer."""
    import ctypes  # which the way of every start need not load

    libc = ctypes.CDLL(None, use_errno=True)
    if not hasattr(libc, "renameat2"):
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))
    result = libc.renameat2(
        _AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), ctypes.c_uint(_EXCHANGE)
    )
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), str(other))


def _exchange_by_three(new: Path, home: Path) -> None:
    aside = beside(home, ASIDE)
    home.rename(aside)
    try:
        new.rename(home)
        aside.rename(new)
    except BaseException:
        if aside.exists() and home.exists():
            home.rename(new)
        settle(home)
        raise


def written_through(folder: Path) -> None:
    """Wait until a folder's file system has written everything to the disk (syncfs(2))."""
    import ctypes

    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        ctypes.CDLL(None, use_errno=True).syncfs(descriptor)
    finally:
        os.close(descriptor)
