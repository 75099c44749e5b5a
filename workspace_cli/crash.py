"""The last resort: an error that nobody foresaw, kept in a file and told in a sentence."""

from __future__ import annotations

import os
import platform
import tempfile
import time
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

from workspace_cli.output import Console

if TYPE_CHECKING:
    from workspace_cli.core.settings import Settings


def tell(error: Exception, console: Console, settings: Settings | None = None) -> int:
    """Write the traceback to a file, say where it lies, and return the exit code.

    It lies under the data root, or where that cannot be written among the
    temporary files.  The file holds no arguments and no values of variables, so no password either.
    """
    place = _write("".join(traceback.format_exception(error)), settings)
    console.note(f"workspace: Something went wrong that nobody foresaw ({type(error).__name__}).")
    if place is not None:
        console.note(f"The details are in {place}; please report them.")
    return 1


def _write(text: str, settings: Settings | None) -> Path | None:
    name = time.strftime("workspace-%Y%m%d-%H%M%S", time.gmtime()) + f"-{os.getpid()}.log"
    head = f"Python {platform.python_version()} on {platform.platform()}\n"
    for folder in _folders(settings):
        path = folder / name
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w", encoding="utf-8", errors="backslashreplace") as file:
                file.write(head + text)
        except OSError:
            continue
        return path
    return None


def _folders(settings: Settings | None) -> list[Path]:
    from workspace_cli.core.errors import InvalidSettingError
    from workspace_cli.core.settings import load_settings

    folders = [Path(tempfile.gettempdir())]
    try:
        logs = (settings or load_settings()).root / "logs"
    except InvalidSettingError:
        return folders
    try:
        logs.mkdir(mode=0o755, exist_ok=True)
    except OSError:
        return folders
    return [logs, *folders]
