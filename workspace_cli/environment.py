"""Reads ``-e NAME=VALUE``, ``-e NAME`` and files of them, as docker does."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from workspace_cli.core.errors import InvalidOptionError

LONGEST_FILE = 1024 * 1024
"""Characters; a device that never ends is not read for ever."""


def parse_environment(
    given: Sequence[str], environ: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Return the variables; a bare ``NAME`` takes its value from where the command runs.

    As with docker, a bare name that is not set there is left out.  Raises
    InvalidOptionError where there is no name.
    """
    environ = os.environ if environ is None else environ
    variables: dict[str, str] = {}
    for text in given:
        name, equals, value = text.partition("=")
        if not name:
            raise InvalidOptionError(f"{text!r} is not a variable.", "Write NAME=VALUE.")
        if equals:
            variables[name] = value
        elif name in environ:
            variables[name] = environ[name]
    return variables


def read_environment_file(path: Path) -> dict[str, str]:
    """Return the variables of a file, one a line; empty lines and ``#`` lines are passed over."""
    try:
        with path.open(encoding="utf-8") as file:
            text = file.read(LONGEST_FILE + 1)
    except (OSError, UnicodeDecodeError) as exc:
        reason = getattr(exc, "strerror", None) or "it is not UTF-8 text"
        raise InvalidOptionError(f"{path} cannot be read: {reason}.", "Name another file.") from exc
    if len(text) > LONGEST_FILE:
        raise InvalidOptionError(f"{path} is too long to be variables.", "Name another file.")
    lines = (line.strip() for line in text.splitlines())
    return parse_environment([line for line in lines if line and not line.startswith("#")])
