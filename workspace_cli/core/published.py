"""The lab's policy and catalogue for whoever sees the hub's folder alone: the portal.

A file that is mounted by itself goes stale when an editor replaces it, and the data root
holds the homes: so the hub keeps copies in its own folder.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from workspace_cli.core.catalogue import ADDED_FILE
from workspace_cli.core.settings import Settings


def policy_copy(settings: Settings) -> Path:
    """Return where the copy of the policy is."""
    return settings.hub_dir / settings.policy_file.name


def catalogue_copy(settings: Settings) -> Path:
    """Return where the copy of the lab's own part of the catalogue is."""
    return settings.hub_dir / ADDED_FILE


def publish(settings: Settings) -> None:
    """Bring the copies up to date; OSError where that cannot be done.

    What is wrong in a file is copied as well: whoever reads it then says the same of it.
    """
    _copy(settings.policy_file, policy_copy(settings))
    _copy(settings.root / ADDED_FILE, catalogue_copy(settings))


def _copy(source: Path, target: Path) -> None:
    wanted = _read(source)
    if wanted == _read(target):
        return
    if wanted is None:
        with suppress(FileNotFoundError):
            target.unlink()
        return
    fresh = target.with_suffix(f".{os.getpid()}")
    try:
        fresh.write_bytes(wanted)
        fresh.chmod(0o600)
        fresh.replace(target)
    finally:
        fresh.unlink(missing_ok=True)


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
