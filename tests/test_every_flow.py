"""Whether each flow of the table is walked in both languages by a test that is there."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.flows import FLOWS

REPOSITORY = Path(__file__).parents[1]
COLLECT = (sys.executable, "-m", "pytest", "--collect-only", "-q", "--no-header", "tests/e2e")


@pytest.fixture(scope="module")
def collected() -> set[str]:
    """Every browser test, by module and name."""
    found = subprocess.run(
        COLLECT, cwd=REPOSITORY, capture_output=True, text=True, timeout=300, check=True
    )
    return {line.rpartition("/")[2] for line in found.stdout.splitlines() if "::" in line}


@pytest.mark.parametrize("flow", FLOWS)
def test_a_flow_is_walked_in_english_and_in_korean(flow: str, collected: set[str]) -> None:
    english, korean = FLOWS[flow]
    assert english != korean
    assert {english, korean} <= collected
