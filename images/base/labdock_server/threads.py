"""How many threads numerical libraries may start, from the container's CPU quota.

Neither os.cpu_count() nor torch looks at the quota: on a 64-core machine a container
with one CPU would start 64 threads and spend its time switching between them.
"""

from __future__ import annotations

import os

CGROUP = "/sys/fs/cgroup"

VARIABLES = (
    "OMP_NUM_THREADS",
    "MKL_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "NUMEXPR_NUM_THREADS",
    "NUMEXPR_MAX_THREADS",
    "POLARS_MAX_THREADS",
    "RAYON_NUM_THREADS",
    "LOKY_MAX_CPU_COUNT",
    "PYTHON_CPU_COUNT",
)


def _read(path: str) -> str:
    try:
        with open(path, encoding="ascii") as file:  # noqa: PTH123 - pathlib costs 6 ms at start
            return file.read().strip()
    except OSError:
        return ""


def cpu_quota(cgroup: str = CGROUP) -> float | None:
    """CPUs that the container may use at once, or None where there is no limit.

    Reads `cpu.max` (cgroup v2) or `cpu.cfs_quota_us` over `cpu.cfs_period_us` (v1).
    """
    quota, _, period = _read(f"{cgroup}/cpu.max").partition(" ")
    if not period:
        quota = _read(f"{cgroup}/cpu/cpu.cfs_quota_us")
        period = _read(f"{cgroup}/cpu/cpu.cfs_period_us")
    try:
        limit = int(quota) / int(period)
    except (ValueError, ZeroDivisionError):
        return None
    return limit if limit > 0 else None


def thread_count(quota: float | None, cpus: int) -> int:
    """Threads for `quota` CPUs on `cpus` usable cores: at least 1, rounded up.

    >>> thread_count(1.5, 8), thread_count(None, 8), thread_count(0.2, 8)
    (2, 8, 1)
    """
    if quota is None:
        return cpus
    return max(1, min(cpus, int(-(-quota // 1))))


def thread_variables(cgroup: str = CGROUP) -> dict[str, str]:
    """The environment variables that set every library's thread count."""
    count = thread_count(cpu_quota(cgroup), len(os.sched_getaffinity(0)))
    return dict.fromkeys(VARIABLES, str(count))
