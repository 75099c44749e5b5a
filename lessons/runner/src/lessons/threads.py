"""How many threads may compute: what the container was given, not what the host has."""

import math
import os
from pathlib import Path

CGROUP = Path("/sys/fs/cgroup")


def thread_count() -> int:
    """The CPU quota rounded up, at most the CPUs that this process may use."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    quota = _quota()
    return max(1, min(usable or 1, math.ceil(quota) if quota else 1_000_000))


def _quota() -> float | None:
    try:
        limit, period = (CGROUP / "cpu.max").read_text(encoding="ascii").split()
        return None if limit == "max" else int(limit) / int(period)
    except (OSError, ValueError):
        pass
    try:
        limit = (CGROUP / "cpu/cpu.cfs_quota_us").read_text(encoding="ascii")
        period = (CGROUP / "cpu/cpu.cfs_period_us").read_text(encoding="ascii")
        return int(limit) / int(period) if int(limit) > 0 else None
    except (OSError, ValueError):
        return None
