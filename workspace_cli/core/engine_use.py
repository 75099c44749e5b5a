"""What one container uses of the machine, at one moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Use:
    """Memory in bytes, processor time in seconds since its start, ``at`` since the epoch.

    ``memory`` is without what was read from files and can go at once; ``limit`` is None
    where the machine's memory is all the limit there is.
    """

    memory: int
    limit: int | None
    cpu_seconds: float
    at: float


def read(answer: Mapping[str, Any], machine: int, at: float) -> Use | None:
    """Read the Docker API's answer to ``stats``, on a machine with so many bytes of memory.

    None where the container does not run: the engine then answers without figures.
    """
    memory = answer.get("memory_stats") or {}
    if "usage" not in memory:
        return None
    limit = int(memory.get("limit") or 0)
    return Use(
        memory=_without_files(int(memory["usage"]), memory.get("stats") or {}),
        # The engine tells the machine's where there is none.
        limit=limit if 0 < limit < machine else None,
        cpu_seconds=answer["cpu_stats"]["cpu_usage"]["total_usage"] / 1e9,
        at=at,
    )


def _without_files(usage: int, stats: Mapping[str, int]) -> int:
    """Return what ``docker stats`` tells.

    Source: calculateMemUsageUnixNoCache of docker/cli, ``cli/command/container/stats_helpers.go``.
    """
    # The first is of cgroup v1, where the second leaves out the groups below.
    for name in ("total_inactive_file", "inactive_file"):
        if name in stats:
            return usage - stats[name] if stats[name] < usage else usage
    return usage
