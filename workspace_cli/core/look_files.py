"""Opens what lies in a layer's folder without following any link: standard library alone.

The uppermost folder of a workspace belongs to somebody who may change it meanwhile, and
who is root in there. So folders are opened one step at a time.
"""

from __future__ import annotations

import errno
import os
import stat

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
# Not blocking: a pipe would wait for somebody who writes into it.
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC


def open_folder(root: str, path: str) -> int:
    """Open a folder below ``root`` without following a link; return its descriptor (OSError)."""
    descriptor = os.open(root, _FOLDER)
    for name in filter(None, path.split("/")):
        try:
            inner = os.open(name, _FOLDER, dir_fd=descriptor)
        finally:
            os.close(descriptor)
        descriptor = inner
    return descriptor


def open_file(root: str, path: str) -> int:
    """Open a regular file below ``root`` without following a link (OSError)."""
    opener = Opener()
    try:
        return opener.open(root, path)
    finally:
        opener.close()


def read_link(root: str, path: str) -> str:
    """Return where a symbolic link below ``root`` leads (OSError)."""
    above, _, name = path.rpartition("/")
    folder = open_folder(root, above)
    try:
        return os.readlink(name, dir_fd=folder)
    finally:
        os.close(folder)


class Opener:
    """Opens regular files without following a link; keeps the last one's folder open."""

    def __init__(self) -> None:
        self._at = ("", "")
        self._folder = -1

    def open(self, root: str, path: str) -> int:
        """Open a file below ``root`` and return its descriptor (OSError)."""
        above, _, name = path.rpartition("/")
        if self._folder < 0 or self._at != (root, above):
            self.close()
            self._folder = open_folder(root, above)
            self._at = (root, above)
        descriptor = os.open(name, _FILE, dir_fd=self._folder)
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            raise OSError(errno.EINVAL, "no regular file", path)
        return descriptor

    def close(self) -> None:
        """Close what was kept open."""
        if self._folder >= 0:
            os.close(self._folder)
            self._folder = -1
