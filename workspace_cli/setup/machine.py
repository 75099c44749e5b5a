"""What kind of machine this is: its distribution, its init, its rights."""

from __future__ import annotations

import os
import shlex
from dataclasses import dataclass
from pathlib import Path

from workspace_cli.core.errors import NotAllowedError

PROJECT = Path(__file__).resolve().parents[2]
"""The checkout: the images' sources and compose.yaml are read from here."""


@dataclass(frozen=True)
class Distribution:
    """The fields of os-release(5) that decide where packages come from."""

    id: str
    codename: str
    like: tuple[str, ...]
    name: str

    @property
    def uses_apt(self) -> bool:
        """Whether it is Debian or made from it."""
        return "debian" in (self.id, *self.like)


def parse_os_release(text: str) -> Distribution:
    """Read os-release(5)."""
    fields = {}
    for line in text.splitlines():
        name, equals, value = line.partition("=")
        if equals and not name.startswith("#"):
            fields[name.strip()] = " ".join(shlex.split(value))
    return Distribution(
        fields.get("ID", ""),
        fields.get("VERSION_CODENAME", ""),
        tuple(fields.get("ID_LIKE", "").split()),
        fields.get("PRETTY_NAME", "this system"),
    )


def distribution(path: Path = Path("/etc/os-release")) -> Distribution:
    """Read the distribution of this machine."""
    return parse_os_release(path.read_text(encoding="utf-8"))


def systemd_runs() -> bool:
    """Tell whether systemd is this machine's init, by sd_booted(3)'s own test."""
    return Path("/run/systemd/system").is_dir()


def require_root(what: str) -> None:
    """Raise NotAllowedError unless this process is root's."""
    if os.geteuid() != 0:
        raise NotAllowedError(f"{what} needs root.", f"Run it again with sudo: sudo make {what}")
