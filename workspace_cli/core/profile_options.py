"""What a profile keeps of a start: the options, each as one text, as the spawn form sends it.

Whether a member may have them is judged at each start, never when they are kept.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from workspace_cli.core.errors import InvalidOptionError
from workspace_cli.core.fields import read_fields
from workspace_cli.core.values import (
    parse_cpus,
    parse_gpus,
    parse_image,
    parse_memory,
    parse_pids,
    parse_ports,
    written_gpus,
)


def kept(raw: Mapping[str, Any]) -> dict[str, str]:
    """Return what is worth keeping of a start's options; what was not chosen is left out.

    Of ports those inside are kept: a port of the host belongs to one workspace alone.
    Raises InvalidOptionError for a field that there is not, or a value that is none.

    >>> kept({"memory": "4g", "ports": "9210:8888, 6006", "gpus": 0})
    {'memory': '4g', 'ports': '8888,6006'}
    """
    return {name: text for name, text in read_fields(raw, _FIELDS).items() if text}


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
    "image": parse_image,
    "cpus": _checked(parse_cpus),
    "memory": _checked(parse_memory),
    "shm_size": _checked(parse_memory),
    "pids": _checked(parse_pids),
    "gpus": _gpus,
    "ports": _ports,
}
