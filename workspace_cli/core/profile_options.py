"""What a profile keeps of a start: the options, each as one text, as the spawn form sends it.

Whether a member may have them is judged at each start, never when they are kept.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from workspace_cli.core import references
from workspace_cli.core.errors import InvalidNameError, InvalidOptionError
from workspace_cli.core.values import (
    parse_cpus,
    parse_gpus,
    parse_memory,
    parse_pids,
    parse_ports,
    plain,
    written_gpus,
)

LONGEST_IMAGE = 255


def kept(raw: Mapping[str, Any]) -> dict[str, str]:
    """Return what is worth keeping of a start's options; what was not chosen is left out.

    Of ports those inside are kept: a port of the host belongs to one workspace alone.
    Raises InvalidOptionError for a field that there is not, or a value that is none.

    >>> kept({"memory": "4g", "ports": "9210:8888, 6006", "gpus": 0})
    {'memory': '4g', 'ports': '8888,6006'}
    """
    for name in raw:
        if name not in _FIELDS:
            raise InvalidOptionError(
                f"There is no option {plain(name)}.", f"Known: {', '.join(_FIELDS)}."
            )
    found = {}
    for name, write in _FIELDS.items():
        value = _single(name, raw.get(name))
        if value in (None, "", [], ()):
            continue
        try:
            written = write(value)
        except InvalidOptionError as exc:
            raise InvalidOptionError(f"{name}: {exc.message}", exc.remedy) from exc
        if written:
            found[name] = written
    return found


def of_start(raw: Mapping[str, Any]) -> dict[str, str]:
    """Return what is worth keeping of options that a workspace was started with.

    What cannot be read, as an older Labdock may have kept it, is left out.
    """
    found: dict[str, str] = {}
    for name in _FIELDS:
        try:
            found.update(kept({name: raw.get(name)}))
        except InvalidOptionError:
            continue
    return found


def _single(name: str, value: object) -> object:
    if isinstance(value, (list, tuple)) and name not in ("gpus", "ports"):
        if len(value) > 1:
            raise InvalidOptionError(f"{name} was given {len(value)} times.", f"Give {name} once.")
        value = value[0] if value else None
    return value.strip() if isinstance(value, str) else value


def _image(value: object) -> str:
    if not isinstance(value, str) or len(value) > LONGEST_IMAGE:
        raise InvalidOptionError(f"{plain(value)} is not an image's name.", "Write its name.")
    try:
        references.check_reference(value)
    except InvalidNameError as exc:
        raise InvalidOptionError(exc.message, exc.remedy) from exc
    return value


def _checked(parse: Callable[[Any], object]) -> Callable[[Any], str]:
    def write(value: Any) -> str:
        parse(value)
        return str(value)

    return write


def _gpus(value: object) -> str:
    found = parse_gpus(value)
    return "" if found == 0 else written_gpus(found)


def _ports(value: object) -> str:
    return ",".join(str(port.container) for port in parse_ports(value))


_FIELDS: dict[str, Callable[[Any], str]] = {
    "image": _image,
    "cpus": _checked(parse_cpus),
    "memory": _checked(parse_memory),
    "shm_size": _checked(parse_memory),
    "pids": _checked(parse_pids),
    "gpus": _gpus,
    "ports": _ports,
}
