"""Reads what a form, a REST body or the command line gave: one place, both paths.

Form values are lists of strings, REST values may be anything; whatever comes
in, the outcome is a ``WorkspaceOptions`` or an InvalidOptionError that names
the field.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workspace_cli.core.choices import startable
from workspace_cli.core.errors import InvalidOptionError
from workspace_cli.core.fields import read_fields
from workspace_cli.core.host import Host
from workspace_cli.core.limits import check_bounds, check_limits
from workspace_cli.core.models import Limits, Mount, PortMapping
from workspace_cli.core.mounts import check_mount
from workspace_cli.core.ports import check_count
from workspace_cli.core.settings import Settings
from workspace_cli.core.values import (
    Gpus,
    parse_cpus,
    parse_gpus,
    parse_image,
    parse_memory,
    parse_pids,
    parse_port_mapping,
    parse_ports,
    plain,
)

__all__ = [
    "WorkspaceOptions",
    "parse_cpus",
    "parse_gpus",
    "parse_memory",
    "parse_mount",
    "parse_options",
    "parse_pids",
    "parse_port_mapping",
    "parse_ports",
]


@dataclass(frozen=True, kw_only=True)
class WorkspaceOptions:
    """What a member chose on the spawn page or in ``user_options``, checked."""

    image: str
    cpus: float | None = None
    memory: int | None = None
    shm_size: int | None = None
    pids: int | None = None
    gpus: Gpus = 0
    ports: tuple[PortMapping, ...] = ()

    @property
    def limits(self) -> Limits:
        """The limits among the options."""
        return Limits(cpus=self.cpus, memory=self.memory, shm_size=self.shm_size, pids=self.pids)


def parse_options(raw: object, host: Host, *, owner: str, workspace: str = "") -> WorkspaceOptions:
    """Check the fields ``image, cpus, memory, shm_size, pids, gpus, ports``, all optional.

    A member may choose an image of the catalogue, an environment of their own or one
    that is shared with them, limits within their bounds, and host ports inside the range,
    as many over all their workspaces (``workspace`` is the one that is meant) as the
    policy allows.
    Raises InvalidOptionError.
    """
    if raw is None:
        raw = {}
    if not isinstance(raw, Mapping):
        raise InvalidOptionError(
            f"The options must be fields and values, not {plain(raw)}.",
            f"Known fields: {', '.join(_FIELDS)}.",
        )
    chosen = read_fields(raw, _FIELDS)
    image = startable(host, owner, chosen.pop("image", None) or host.catalogue.default)
    options = WorkspaceOptions(image=image, **chosen)
    _check_against_host(options, host)
    check_bounds(options.limits, host, owner)
    check_count(options.ports, host, owner, workspace)
    return options


def _check_against_host(options: WorkspaceOptions, host: Host) -> None:
    low, high = host.settings.port_range
    for port in options.ports:
        if port.host and not low <= port.host <= high:
            raise InvalidOptionError(
                f"ports: {port.host} is outside the lab's range.",
                f"Choose a port from {low} to {high}, or leave the choice to Labdock.",
            )
    check_limits(options.limits, host.info)


def parse_mount(text: str, settings: Settings) -> Mount:
    """Read ``SRC:DST[:ro]`` with absolute paths and refuse what must not be mounted."""
    parts = text.split(":")
    mode = parts.pop() if len(parts) == 3 and parts[2] in ("ro", "rw") else "rw"
    if len(parts) != 2 or not all(part.startswith("/") and "\0" not in part for part in parts):
        raise InvalidOptionError(
            f"{plain(text)} is not a mount.",
            "Write SOURCE:TARGET or SOURCE:TARGET:ro with absolute paths.",
        )
    mount = Mount(str(Path(parts[0])), parts[1], mode == "ro")
    return check_mount(mount, settings)


_FIELDS: dict[str, Callable[[Any], object]] = {
    "image": parse_image,
    "cpus": parse_cpus,
    "memory": parse_memory,
    "shm_size": parse_memory,
    "pids": parse_pids,
    "gpus": parse_gpus,
    "ports": parse_ports,
}
