"""The folders of the host that every workspace mounts."""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from pathlib import Path

from workspace_cli.core.arguments import MEMBER_GID, MEMBER_UID
from workspace_cli.core.naming import owner_slug
from workspace_cli.core.secrets import unwritable
from workspace_cli.core.settings import Settings


def home(settings: Settings, owner: str) -> Path:
    """Return the folder of an owner's files, shared by all their workspaces."""
    return settings.homes / owner_slug(owner)


def ensure(settings: Settings, owner: str) -> bool:
    """Make the owner's home and the lab's folders where they are missing.

    Tells whether the home is new.  Raises SetupError, DiskFullError.
    """
    folder = home(settings, owner)
    try:
        settings.homes.mkdir(mode=0o755, parents=True, exist_ok=True)
        if not settings.shared.exists():
            settings.shared.mkdir(parents=True)
            # Everybody's: the group that every member is in owns what is put there.
            _hand_over(settings.shared, 0, 0o2775)
        settings.datasets.mkdir(mode=0o755, parents=True, exist_ok=True)
        if folder.exists():
            return False
        folder.mkdir(mode=0o700)
        _hand_over(folder, MEMBER_UID, 0o700)
    except OSError as exc:
        raise unwritable(folder, exc) from exc
    return True


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
