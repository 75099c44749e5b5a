"""How much room the machine's disks have left: the data root's, and the engine's."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from workspace_cli.core.errors import DiskFullError
from workspace_cli.core.host import Host


@dataclass(frozen=True)
class Room:
    """One disk: what is kept there, bytes free for anybody but root, bytes in all."""

    path: str
    free: int
    total: int


def rooms(host: Host) -> tuple[Room, ...]:
    """Return the disk of the data root and, where it is another one, the engine's."""
    found: dict[tuple[int, int], Room] = {}
    for name, folder in (
        # The portal's container sees the hub's folder of the data root alone.
        (str(host.settings.root), host.settings.hub_dir),
        (host.info.data_root, _engine_folder(host)),
    ):
        room, identity = _look(name, folder)
        found.setdefault(identity, room)
    return tuple(found.values())


def _engine_folder(host: Host) -> Path:
    # In the hub's container the engine's folder is not there, but the container's own root
    # lies on the same disk: the kernel answers for the disk below an overlay.
    folder = Path(host.info.data_root)
    return folder if folder.is_dir() else Path("/")


def _look(name: str, folder: Path) -> tuple[Room, tuple[int, int]]:
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    disk = os.statvfs(existing)
    room = Room(name, disk.f_bavail * disk.f_frsize, disk.f_blocks * disk.f_frsize)
    # An overlay has another number than the disk below it: what they say is compared as well.
    return room, (disk.f_blocks * disk.f_frsize, disk.f_files)


def check_room(host: Host) -> None:
    """Raise DiskFullError where a disk has less room than the lab wants kept free."""
    from workspace_cli.core.policy import bytes_of

    wanted = host.policy.disk.free
    for room in rooms(host):
        least = bytes_of(wanted, room.total) or 0
        if room.free < least:
            raise DiskFullError(
                f"The machine's disk is nearly full: {room.free / 2**30:.1f} GiB are free at "
                f"{room.path}, and below {least / 2**30:.1f} GiB nothing new is started or saved.",
                "Remove what you no longer need, or tell an admin. What exists can be used, "
                "stopped and cleaned up.",
            )


def is_full(host: Host) -> bool:
    """Tell whether so little room is left that a workspace had better start in safe mode."""
    from workspace_cli.core.policy import bytes_of

    least = host.policy.disk.safe_mode
    return any(room.free < (bytes_of(least, room.total) or 0) for room in rooms(host))
