"""The folders of the host that every workspace mounts."""

from __future__ import annotations

import os
import shutil
import struct
from contextlib import suppress
from pathlib import Path

from workspace_cli.core import home_swap
from workspace_cli.core.arguments import MEMBER_GID, MEMBER_UID
from workspace_cli.core.naming import owner_slug
from workspace_cli.core.secrets import unwritable
from workspace_cli.core.settings import Settings

DEFAULT_ACL = "system.posix_acl_default"
"""The attribute that holds a folder's default access control list."""


def home(settings: Settings, owner: str) -> Path:
    """Return the folder of an owner's files, shared by all their workspaces."""
    return settings.homes / owner_slug(owner)


def ensure(settings: Settings, owner: str) -> bool:
    """Make the owner's home and the lab's folders where they are missing.

    Tells whether the home is new.  Raises SetupError, DiskFullError.
    """
    folder = home(settings, owner)
    make_lab(settings)
    try:
        # A restore that was killed in the middle has left the old home aside.
        home_swap.settle(folder)
        if folder.exists():
            return False
        folder.mkdir(mode=0o700)
        _hand_over(folder, MEMBER_UID, 0o700)
    except OSError as exc:
        raise unwritable(folder, exc) from exc
    return True


def make_lab(settings: Settings) -> None:
    """Make the lab's folders where they are missing.  Raises SetupError, DiskFullError."""
    try:
        settings.homes.mkdir(mode=0o755, parents=True, exist_ok=True)
        if not settings.shared.exists():
            make_shared(settings.shared)
        settings.datasets.mkdir(mode=0o755, parents=True, exist_ok=True)
    except OSError as exc:
        raise unwritable(settings.root, exc) from exc


def make_shared(folder: Path) -> None:
    """Make a folder in which everything is the members' group's to change, whoever makes it.

    The group comes with the setgid bit, its rights with a default access control list:
    that holds for root and for programs with another umask too.  Raises OSError.
    """
    folder.mkdir(parents=True)
    _hand_over(folder, 0, 0o2775)
    # A file system without such lists: then the umask of the start program has to do.
    with suppress(OSError):
        os.setxattr(folder, DEFAULT_ACL, default_acl(MEMBER_GID))


def default_acl(group: int) -> bytes:
    """Return a default access control list, as the kernel takes it: owner and group write.

    Entries of tag, rights and id, after the version:
    https://github.com/torvalds/linux/blob/master/include/uapi/linux/posix_acl_xattr.h
    """
    nobody = 0xFFFFFFFF
    entries = (
        (0x01, 7, nobody),  # the owner
        (0x04, 7, nobody),  # the folder's own group
        (0x08, 7, group),
        (0x10, 7, nobody),  # the most that groups get
        (0x20, 5, nobody),  # others
    )
    return struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *entry) for entry in entries)


def remove_if_empty(settings: Settings, owner: str) -> None:
    """Remove a home that nobody has put anything into."""
    with suppress(OSError):
        home(settings, owner).rmdir()


def remove_home(settings: Settings, owner: str) -> None:
    """Remove a home with everything in it; nothing happens where there is none."""
    folder = home(settings, owner)
    if not folder.is_symlink() and folder.exists():
        shutil.rmtree(folder)


def _hand_over(folder: Path, uid: int, mode: int) -> None:
    # Without root (an engine of one's own) the folder stays the caller's.
    with suppress(PermissionError):
        os.chown(folder, uid, MEMBER_GID)
    folder.chmod(mode)
