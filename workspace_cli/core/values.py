"""Reads one value: a size, CPUs, GPUs, a port; InvalidOptionError where it is none."""

from __future__ import annotations

import math
import re

from workspace_cli.core.errors import InvalidNameError, InvalidOptionError
from workspace_cli.core.models import PortMapping
from workspace_cli.core.references import check_reference, shown

Gpus = int | tuple[str, ...] | str
"""A number, UUIDs, ``all``, ``MODEL:N`` or ``shared:N``."""

_MEMORY = re.compile(r"([0-9]{1,15}(?:\.[0-9]{1,3})?) ?([kmgt]?)(?:i?b)?", re.IGNORECASE)
_UNITS = {"": 1, "k": 2**10, "m": 2**20, "g": 2**30, "t": 2**40}
_NUMBER = re.compile(r"[0-9]{1,6}(?:\.[0-9]{1,6})?")
_DEVICE = re.compile(
    r"(?:GPU|MIG)-[A-Za-z0-9/-]{1,90}|[a-z0-9.-]{1,60}/[a-z0-9-]{1,30}=[A-Za-z0-9_.:-]{1,60}"
)
"""NVIDIA's UUIDs, and CDI's ``VENDOR/CLASS=NAME``."""
_OF_A_KIND = re.compile(r"([A-Za-z0-9][A-Za-z0-9 ._-]{0,39}):([0-9]{1,2})")
"""So many of a model, or so many seats on shared GPUs."""
_MOST_GPUS = 64
_MOST_PORTS = 32
_LARGEST = 2**53
"""Beyond it a number is not exact in JSON; also keeps str() of a number short."""


def parse_image(text: object) -> str:
    """Read the name of an image, whether or not there is one of that name."""
    if not isinstance(text, str):
        raise InvalidOptionError(f"{plain(text)} is not an image's name.", "Write its name.")
    try:
        check_reference(text)
    except InvalidNameError as exc:
        raise InvalidOptionError(exc.message, exc.remedy) from exc
    return text


def parse_memory(text: object) -> int:
    """Read a size in bytes from ``4g``, ``512m``, ``1.5GiB`` or a number of bytes.

    >>> parse_memory("4g")
    4294967296
    """
    text = _as_text(text)
    match = _MEMORY.fullmatch(text.strip()) if isinstance(text, str) else None
    if not match:
        raise InvalidOptionError(
            f"{plain(text)} is not a size.", "Write a number and b, k, m or g, for example 4g."
        )
    size = int(float(match[1]) * _UNITS[match[2].lower()])
    if not 0 < size < _LARGEST:
        raise InvalidOptionError(f"{plain(text)} is not a possible size.", "Try 4g, for example.")
    return size


def parse_cpus(text: object) -> float:
    """Read a number of cores, at least 0.01, to a hundredth.

    >>> parse_cpus("1.5")
    1.5
    """
    if isinstance(text, float):
        return check_cpus(text)
    text = _as_text(text)
    if isinstance(text, str) and _NUMBER.fullmatch(text.strip()):
        return check_cpus(float(text))
    raise InvalidOptionError(
        f"{plain(text)} is not a number of CPUs.", "Write a number such as 2 or 0.5."
    )


def check_cpus(cpus: float) -> float:
    """Return a number of cores to a hundredth; InvalidOptionError for an impossible one."""
    if not math.isfinite(cpus) or not 0.01 <= cpus < 10**6:
        raise InvalidOptionError(
            f"{cpus:g} is not a possible number of CPUs.", "Write a number such as 2 or 0.5."
        )
    return round(cpus, 2)


def parse_pids(text: object) -> int:
    """Read how many processes and threads there may be at once.

    >>> parse_pids("4096")
    4096
    """
    text = _as_text(text)
    if isinstance(text, str) and re.fullmatch(r"[0-9]{1,7}", text.strip()):
        return int(text)
    raise InvalidOptionError(
        f"{plain(text)} is not a number of processes.", "Write a whole number such as 4096."
    )


def parse_gpus(value: object) -> Gpus:
    """Read a number, ``all``, UUIDs (a list, or one text with commas), ``H100:1``, ``shared:1``.

    >>> parse_gpus("shared")
    'shared:1'
    """
    value = _as_text(value)
    parts = value.split(",") if isinstance(value, str) else value
    if not isinstance(parts, (list, tuple)) or not all(isinstance(p, str) for p in parts):
        raise _not_gpus(value)
    parts = [part.strip() for whole in parts for part in whole.split(",")]
    if parts == ["all"]:
        return "all"
    if len(parts) == 1 and parts[0].isascii() and parts[0].isdecimal():
        if len(parts[0]) > 4 or int(parts[0]) > _MOST_GPUS:
            raise _not_gpus(value)
        return int(parts[0])
    if len(parts) == 1 and (kind := _of_a_kind(parts[0])):
        return kind
    if not parts or not all(_DEVICE.fullmatch(part) for part in parts) or "all" in parts:
        raise _not_gpus(value)
    if len(set(parts)) < len(parts):
        raise InvalidOptionError("One GPU is named twice.", "Name each GPU once.")
    return tuple(parts)


def _of_a_kind(text: str) -> str:
    """Return ``MODEL:N`` or ``shared:N`` in one spelling, '' where it is neither."""
    if text.lower() == "shared":
        return "shared:1"
    found = _OF_A_KIND.fullmatch(text)
    if not found or not 1 <= int(found[2]) <= _MOST_GPUS or found[1].lower() == "all":
        return ""
    what = "shared" if found[1].lower() == "shared" else found[1].strip()
    return f"{what}:{int(found[2])}"


def written_gpus(gpus: Gpus) -> str:
    """Write a choice of GPUs so that ``parse_gpus`` reads it."""
    return ",".join(gpus) if isinstance(gpus, tuple) else str(gpus)


def _not_gpus(value: object) -> InvalidOptionError:
    return InvalidOptionError(
        f"{plain(value)} is not a choice of GPUs.",
        "Write a number, 'all', UUIDs with commas, a model such as H100:1, or shared:1.",
    )


def parse_port_mapping(text: object) -> PortMapping:
    """Read ``HOST:CONTAINER`` or ``CONTAINER`` (host port 0: Labdock chooses).

    >>> parse_port_mapping("9201:8080")
    PortMapping(container=8080, host=9201)
    """
    text = _as_text(text)
    if not isinstance(text, str):
        raise _not_a_port(text)
    host, colon, container = text.strip().removesuffix("/tcp").rpartition(":")
    return PortMapping(_port(container, text), _port(host, text) if colon else 0)


def _port(digits: str, text: str) -> int:
    plain = digits.isascii() and digits.isdecimal() and len(digits) <= 5
    if not plain or not 1 <= int(digits) <= 65535:
        raise _not_a_port(text)
    return int(digits)


def _not_a_port(text: object) -> InvalidOptionError:
    return InvalidOptionError(
        f"{plain(text)} is not a port.",
        "Write HOST:CONTAINER or CONTAINER, with TCP ports from 1 to 65535, for example 9201:8888.",
    )


def parse_ports(value: object) -> tuple[PortMapping, ...]:
    """Read several mappings, from one text with commas or from a list."""
    parts: object = value
    if isinstance(value, (str, int)):
        parts = [value]
    if not isinstance(parts, (list, tuple)) or len(parts) > _MOST_PORTS:
        raise _not_a_port(value)
    texts = [
        piece
        for part in parts
        for piece in (re.split(r"[,\s]+", part.strip()) if isinstance(part, str) else [part])
        if piece != ""
    ]
    mappings = tuple(parse_port_mapping(text) for text in texts)
    check_ports(mappings)
    return mappings


def check_ports(ports: tuple[PortMapping, ...]) -> None:
    """Raise InvalidOptionError where one port is mapped twice or is none."""
    for port in ports:
        if not 1 <= port.container <= 65535 or not 0 <= port.host <= 65535:
            raise _not_a_port(f"{port.host}:{port.container}")
    hosts = [port.host for port in ports if port.host]
    containers = [port.container for port in ports]
    if len(set(hosts)) < len(hosts) or len(set(containers)) < len(containers):
        raise InvalidOptionError("A port is mapped twice.", "Map each port once.")


def plain(value: object) -> str:
    """Name a value in a message: texts and numbers as they are, others by their type."""
    if isinstance(value, str):
        return shown(value)
    if isinstance(value, float) or (isinstance(value, int) and abs(value) < _LARGEST):
        return str(value)
    return f"a value of type {type(value).__name__}"


def _as_text(value: object) -> object:
    """Write a whole number as text, so that one path checks both."""
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < _LARGEST:
        return str(value)
    return value
