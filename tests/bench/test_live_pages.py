"""What the figures of the portal's pages say."""

from __future__ import annotations

from tests.bench.live_pages import Found, percentile, table


def test_a_percentile_of_nothing_meets_no_target() -> None:
    assert percentile([], 95) == float("inf")
    assert percentile([0.2], 95) == 0.2


def test_the_table_tells_what_was_met_and_what_went_wrong() -> None:
    found = Found(500, 50, {"quick": [0.01] * 20, "slow": [0.01] * 10 + [0.5] * 10}, [0.2] * 5)
    found.failures.append("/workspaces: 500")
    lines = table(found).splitlines()
    assert "p95 100 ms: met" in next(line for line in lines if line.startswith("quick"))
    assert "p95 100 ms: missed" in next(line for line in lines if line.startswith("slow"))
    assert lines[-1] == "Failed: /workspaces: 500"
