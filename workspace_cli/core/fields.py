"""Reads the fields of a form or of a REST body, each by a reader of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from workspace_cli.core.errors import InvalidOptionError
from workspace_cli.core.values import plain

LISTS = frozenset({"gpus", "ports"})
"""Fields that may have several values."""


def read_fields(
    raw: Mapping[str, Any], readers: Mapping[str, Callable[[Any], Any]]
) -> dict[str, Any]:
    """Return what was chosen, as each field's reader returns it.

    Raises InvalidOptionError, which names the field, for one that there is not, one that was
    given twice, or a value that is none.

    >>> read_fields({"memory": [" 4g "], "cpus": "", "pids": None}, dict.fromkeys(
    ...     ("cpus", "memory", "pids"), str.upper))
    {'memory': '4G'}
    """
    for name in raw:
        if name not in readers:
            raise InvalidOptionError(
                f"There is no option {plain(name)}.", f"Known: {', '.join(readers)}."
            )
    found = {}
    for name, read in readers.items():
        value = _single(name, raw.get(name))
        if value in (None, "", [], (), [""]):
            continue
        try:
            found[name] = read(value)
        except InvalidOptionError as exc:
            raise InvalidOptionError(f"{name}: {exc.message}", exc.remedy) from exc
    return found


def _single(name: str, value: object) -> object:
    """Take a form's list of one for that one."""
    if isinstance(value, (list, tuple)) and name not in LISTS:
        if len(value) > 1:
            raise InvalidOptionError(f"{name} was given {len(value)} times.", f"Give {name} once.")
        value = value[0] if value else None
    return value.strip() if isinstance(value, str) else value
