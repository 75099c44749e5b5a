"""Which limits a container may have on this machine."""

from __future__ import annotations

from workspace_cli.core.errors import InvalidOptionError
from workspace_cli.core.models import EngineInfo, Limits
from workspace_cli.core.values import check_cpus

SMALLEST_MEMORY = 64 * 2**20
"""Bytes; a server does not start with less."""
FEWEST_PIDS = 16


def check_limits(limits: Limits, machine: EngineInfo) -> None:
    """Raise InvalidOptionError for limits that are too small or beyond the machine."""
    if limits.cpus is not None:
        cpus = check_cpus(limits.cpus)
        if cpus > machine.cpus:
            raise InvalidOptionError(
                f"cpus: {cpus:g} CPUs were asked for, and this machine has {machine.cpus}.",
                f"Ask for at most {machine.cpus}.",
            )
    for name, size in (("memory", limits.memory), ("shm_size", limits.shm_size)):
        if size is not None and size > machine.memory:
            raise InvalidOptionError(
                f"{name}: {size / 2**30:.1f} GiB was asked for, and this machine has "
                f"{machine.memory / 2**30:.1f} GiB.",
                "Ask for less.",
            )
    if limits.memory is not None and limits.memory < SMALLEST_MEMORY:
        raise InvalidOptionError(
            f"memory: {limits.memory} bytes is too little for a server.",
            "Give at least 64m; a number without a letter means bytes.",
        )
    if limits.shm_size is not None and limits.shm_size < 1:
        raise InvalidOptionError("shm_size: it must be above 0.", "Give a size such as 1g.")
    if limits.pids is not None and limits.pids < FEWEST_PIDS:
        raise InvalidOptionError(
            f"pids: a server needs at least {FEWEST_PIDS}.", "Give a higher limit."
        )
