"""Where a login is kept, and whether the command line is to use it: asked at every start."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from workspace_cli.core.settings import Settings

FOLDER = "labdock"
FILE = "login.json"


def place(environ: Mapping[str, str] | None = None) -> Path:
    """Return the file that a login is kept in (XDG's folder for configuration)."""
    found = os.environ if environ is None else environ
    folder = found.get("XDG_CONFIG_HOME") or Path(found.get("HOME") or Path.home()) / ".config"
    return Path(folder) / FOLDER / FILE


def is_host(settings: Settings) -> bool:
    """Tell whether this is the lab's own machine and its admin: nothing is asked of afar then."""
    return os.access(settings.api_token, os.R_OK)
