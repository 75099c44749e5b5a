"""Which folders of the host a workspace may see, and where.

Refused is what would hand over the machine: its root, the engine's socket, the
hub's state, other members' secrets, and any folder that holds one of those.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from workspace_cli.core.errors import InvalidOptionError
from workspace_cli.core.models import Mount
from workspace_cli.core.references import shown
from workspace_cli.core.settings import Settings

_SOCKETS = ("/var/run/docker.sock", "/run/docker.sock", "/run/containerd/containerd.sock")
_ENGINE = ("/var/lib/docker", "/var/lib/containerd")
"""Where the engine keeps every container's and every member's files."""
_KERNEL = ("/proc", "/sys", "/dev")
_MACHINE = (
    *("/bin", "/boot", "/etc", "/lib", "/lib64", "/sbin", "/usr", "/var/spool/cron"),
    *("/run/dbus", "/run/systemd"),
)
"""What root of the host runs or believes: a member is root in a container and could write it."""
_OURS = ("/opt/labdock", "/run/labdock")
_SYSTEM = (
    *("/", "/bin", "/etc", "/home", "/lib", "/lib64", "/opt", "/root", "/run", "/sbin"),
    *("/usr", "/usr/bin", "/usr/lib", "/usr/local", "/usr/local/bin", "/var"),
)


def check_mounts(mounts: Iterable[Mount], settings: Settings) -> tuple[Mount, ...]:
    """Return the mounts with their sources resolved; InvalidOptionError for a refused one."""
    checked = tuple(check_mount(mount, settings) for mount in mounts)
    targets = [mount.target for mount in checked]
    if len(set(targets)) < len(targets):
        raise InvalidOptionError("Two mounts have one target.", "Give each mount its own target.")
    return checked


def check_mount(mount: Mount, settings: Settings) -> Mount:
    """Return a mount with its source resolved and its target normalised.

    The source is resolved first, so that a symbolic link reaches nothing that
    its target would not.  Raises InvalidOptionError.
    """
    target = os.path.normpath(mount.target)
    if not mount.target.startswith("/") or "\0" in mount.target or len(mount.target) > 512:
        raise InvalidOptionError(
            f"{shown(mount.target)} is not an absolute path.", "Write SOURCE:TARGET[:ro]."
        )
    check_target("/" + target.lstrip("/"))
    return Mount(_checked_source(mount.source, settings), "/" + target.lstrip("/"), mount.read_only)


def check_target(target: str) -> None:
    """Raise InvalidOptionError for a normalised target that the server or the kernel needs."""
    path = PurePosixPath(target)
    inside = any(path.is_relative_to(folder) for folder in (*_KERNEL, *_OURS))
    if inside or target in _SYSTEM:
        raise InvalidOptionError(
            f"Nothing can be mounted over {target} of a workspace.",
            "Choose a folder of its own, for example /data.",
        )


def _checked_source(source: str, settings: Settings) -> str:
    if not source.startswith("/") or "\0" in source:
        raise InvalidOptionError(f"{shown(source)} is not an absolute path.", "Write it in full.")
    try:
        real = Path(source).resolve(strict=True)
    except (OSError, RuntimeError) as exc:
        raise InvalidOptionError(
            f"There is no folder {shown(source)} on this machine.", "Make it first."
        ) from exc
    refuse_closed(source, real, settings)
    if real.is_socket():
        raise InvalidOptionError(
            f"{source} is a socket and cannot be mounted.", "Mount the folder that holds your data."
        )
    return str(real)


def refuse_closed(source: str, real: str | Path, settings: Settings) -> None:
    """Raise InvalidOptionError where a resolved source is, holds or lies in what is nobody's."""
    real = Path(real)
    for guarded, what in _guarded(settings):
        if guarded.is_relative_to(real):
            raise InvalidOptionError(
                f"{source} cannot be mounted: it is or holds {what}.",
                "Mount the folder that holds your data.",
            )
    closed = (*_inside(settings), *map(Path, (*_KERNEL, *_ENGINE, *_MACHINE)))
    if any(real.is_relative_to(folder) for folder in closed):
        raise InvalidOptionError(
            f"{source} cannot be mounted: it belongs to Labdock, the engine or the system.",
            "Mount the folder that holds your data.",
        )
    _refuse_movable(source, real, settings)


def _refuse_movable(source: str, real: Path, settings: Settings) -> None:
    """Refuse what a member could replace by a link: the engine follows it at the next start."""
    homes, shared = (Path(os.path.realpath(path)) for path in (settings.homes, settings.shared))
    if shared in real.parents or (homes in real.parents and real.parent != homes):
        raise InvalidOptionError(
            f"{source} cannot be mounted: members write to the folder that it is in, and one of "
            "them could put a link to any other folder in its place.",
            "Mount the whole home, or move the data to a folder that members do not write to.",
        )


def _guarded(settings: Settings) -> list[tuple[Path, str]]:
    """Paths that nothing mounted may be or hold, with what they are."""
    endpoint = os.environ.get("DOCKER_HOST", "")
    sockets = (*_SOCKETS, endpoint.removeprefix("unix://")) if "unix://" in endpoint else _SOCKETS
    return [
        *((Path(os.path.realpath(path)), "the engine's socket") for path in sockets),
        (Path("/"), "the whole machine"),
        (Path("/root"), "the files of the machine's root"),
        *((Path(folder), "the engine's files") for folder in _ENGINE),
        *((Path(os.path.realpath(path)), "Labdock's own state") for path in _inside(settings)),
    ]


def _inside(settings: Settings) -> tuple[Path, ...]:
    root = Path(os.path.realpath(settings.root))
    return (root / "hub", root / "proxy", root / "secrets", root / "lock")
