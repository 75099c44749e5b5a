"""What the doctor is told of a machine, and what it says of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from workspace_cli.core.models import EngineInfo
from workspace_cli.core.settings import Settings

Level = Literal["ok", "warn", "fail"]


@dataclass(frozen=True)
class Finding:
    """The outcome of one check."""

    check: str
    level: Level
    text: str
    remedy: str = ""


@dataclass(frozen=True)
class Disk:
    """Room on the file system of one folder, in bytes."""

    path: str
    free: int
    total: int


@dataclass(frozen=True)
class Part:
    """One container of the stack: its state and health ('' where it has no check)."""

    name: str
    state: str
    health: str = ""


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What is so on a machine; None or empty where it could not be learnt.

    ``routes`` are the host's own (network, device), Labdock's networks left out.
    ``port_holder`` is who listens on the public port: ``labdock``, ``""`` for
    nobody, else the words for somebody else.  ``firewall_gaps`` are the rules
    that are not in force, None where only root may look.
    """

    settings: Settings
    engine: EngineInfo | None = None
    engine_error: str = ""
    plugins: Mapping[str, str] = field(default_factory=dict)
    gpus: int = 0
    cdi_gpus: int = 0
    toolkit: str = ""
    driver: str = ""
    """NVIDIA's, as it tells itself."""
    driver_error: str = ""
    """Why a driver that is installed does not answer."""
    gpu_faults: tuple[str, ...] = ()
    """What the driver says is wrong with which GPU."""
    drowsy: bool = False
    """Whether the driver lets GPUs sleep when nobody uses them (no persistence mode)."""
    cdi_drivers: tuple[str, ...] = ()
    """Versions of the driver that the CDI specifications were written for."""
    disks: tuple[Disk, ...] = ()
    folder_faults: tuple[str, ...] = ()
    """What is wrong with folders that members mount, a sentence each."""
    port_holder: str = ""
    missing_images: tuple[str, ...] = ()
    parts: tuple[Part, ...] = ()
    hub_answers: bool = False
    firewall_gaps: tuple[str, ...] | None = ()
    routes: tuple[tuple[str, str], ...] = ()
    host_address: str = ""
    lan_answers: bool | None = None


def version_numbers(text: str) -> tuple[int, ...]:
    """Return the leading numbers of a version.

    >>> version_numbers("26.1.5+dfsg1")
    (26, 1, 5)
    """
    match = re.match(r"v?(\d+(?:\.\d+)*)", text)
    return tuple(int(part) for part in match[1].split(".")) if match else ()
