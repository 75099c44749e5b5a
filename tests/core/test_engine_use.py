"""What the engine's figures mean."""

from __future__ import annotations

from typing import Any

import pytest

from workspace_cli.core.engine_use import Use, read

MACHINE = 32 * 2**30


def answer(usage: int = 1000, limit: int = 4000, **stats: int) -> dict[str, Any]:
    return {
        "memory_stats": {"usage": usage, "limit": limit, "stats": stats},
        "cpu_stats": {"cpu_usage": {"total_usage": 2_500_000_000}},
    }


@pytest.mark.parametrize(
    "stats, memory",
    [
        ({"inactive_file": 300}, 700),  # cgroup v2
        ({"total_inactive_file": 400, "inactive_file": 1}, 600),  # cgroup v1
        ({"inactive_file": 1001}, 1000),  # read at two moments: never below nothing
        ({}, 1000),
    ],
)
def test_what_was_read_from_files_and_can_go_is_not_counted(
    stats: dict[str, int], memory: int
) -> None:
    assert read(answer(**stats), MACHINE, 7.0) == Use(
        memory=memory, limit=4000, cpu_seconds=2.5, at=7.0
    )


@pytest.mark.parametrize("limit", [MACHINE, 0, 2**63])
def test_the_machines_memory_is_no_limit(limit: int) -> None:
    found = read(answer(limit=limit), MACHINE, 7.0)
    assert found is not None
    assert found.limit is None


def test_what_does_not_run_uses_nothing() -> None:
    assert read({"memory_stats": {}, "cpu_stats": {"cpu_usage": {}}}, MACHINE, 7.0) is None
