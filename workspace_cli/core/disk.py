"""The disk ledger: how much room each member takes up, as it was last measured.

Measuring reads a whole home, so it is done now and then and kept: a file an
owner below the hub's folder, written by whoever measures (``disk_measure.py``).
It is a copy that may be lost: what matters is measured anew.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from workspace_cli.core.naming import owner_slug
from workspace_cli.core.settings import Settings


@dataclass(frozen=True, kw_only=True)
class Usage:
    """What one member takes up, in bytes; ``measured`` in seconds since the epoch.

    ``layers`` are the workspaces' own containers by name: what was installed or
    written outside of the mounted folders.  ``environments`` are the saved images
    by name, each with what it adds to those before it.  ``caches`` are folders
    within home and layers that can be filled again, by path; they are counted
    there already.
    """

    owner: str
    measured: float
    seconds: float = 0.0
    """How long it took."""
    home: int = 0
    layers: Mapping[str, int] = field(default_factory=dict)
    environments: Mapping[str, int] = field(default_factory=dict)
    caches: Mapping[str, int] = field(default_factory=dict)

    @property
    def installed(self) -> int:
        """Bytes of all containers' own layers."""
        return sum(self.layers.values())

    @property
    def saved(self) -> int:
        """Bytes of all saved environments that no other image has as well."""
        return sum(self.environments.values())

    @property
    def cached(self) -> int:
        """Bytes of what can be fetched again."""
        return sum(self.caches.values())

    @property
    def total(self) -> int:
        """Bytes that the limits are about: home, layers and environments."""
        return self.home + self.installed + self.saved


def folder(settings: Settings) -> Path:
    """Return the folder of the ledger."""
    return settings.hub_dir / "disk"


def read(settings: Settings, owner: str) -> Usage | None:
    """Return what was last measured for an owner; None where nothing ever was."""
    return _read_file(_file(settings, owner))


def read_all(settings: Settings) -> dict[str, Usage]:
    """Return what was last measured, by owner."""
    found = [_read_file(path) for path in sorted(folder(settings).glob("*.json"))]
    return {usage.owner: usage for usage in found if usage is not None}


def write(settings: Settings, usage: Usage) -> None:
    """Keep a measurement; on a full disk the older one stays."""
    path = _file(settings, usage.owner)
    fresh = path.with_suffix(f".{os.getpid()}")
    with suppress(OSError):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            fresh.write_text(json.dumps(asdict(usage)), encoding="utf-8")
            fresh.replace(path)
        finally:
            fresh.unlink(missing_ok=True)


def forget(settings: Settings, owner: str) -> None:
    """Remove the measurement of somebody who has nothing left here."""
    with suppress(OSError):
        _file(settings, owner).unlink()


def _file(settings: Settings, owner: str) -> Path:
    return folder(settings) / f"{owner_slug(owner)}.json"


def _read_file(path: Path) -> Usage | None:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        return Usage(**_known(found))
    except (OSError, ValueError, TypeError):
        # Damaged or of another version: as good as none.
        return None


def _known(found: Any) -> dict[str, Any]:
    return {name: found[name] for name in Usage.__dataclass_fields__ if name in found}
