"""``workspace ls`` beside a bare script that does as little as a listing can."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.bench.figures import Figures, SideName

_WORKSPACE = Path(sys.executable).with_name("workspace")
_BARE = Path(__file__).with_name("bare_list.py")


def measure(figures: Figures, environment: Mapping[str, str], repetitions: int) -> None:
    """Measure both commands in turn, each after one uncounted run."""
    commands: tuple[tuple[SideName, Sequence[str]], ...] = (
        ("stock", (sys.executable, str(_BARE))),
        ("labdock", (str(_WORKSPACE), "ls")),
    )
    for _, command in commands:
        _seconds(command, environment)
    for _ in range(repetitions):
        for side, command in commands:
            figures.add("listing", side, _seconds(command, environment))


def _seconds(command: Sequence[str], environment: Mapping[str, str]) -> float:
    began = time.perf_counter()
    subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - began
