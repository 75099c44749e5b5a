"""What the lessons' models reach over eight seeds, measured inside the image that members use."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).parents[2]
IMAGE = "labdock/pytorch"
SEEDS = 8
LIMIT_S = 1800.0

Row = dict[str, Any]


class BandsFailedError(Exception):
    """The container ended without figures."""


def measure(image: str = IMAGE, seeds: int = SEEDS) -> list[Row]:
    """Run the lessons' demos with each seed, with no network; one row a figure and seed."""
    line = [
        *("docker", "run", "--rm", "--init", "--network", "none", "--user", "1000:990"),
        *("--volume", f"{ROOT}:/repository:ro", "--workdir", "/repository"),
        *("--tmpfs", "/tmp:exec,mode=1777", "--env", "HOME=/tmp"),
        *("--env", "OMP_NUM_THREADS=1", "--env", "PYTHONDONTWRITEBYTECODE=1"),
        *("--entrypoint", "/opt/env/bin/python", image),
        *("-W", "ignore", "-m", "tests.lessons.bands", "--seeds", str(seeds)),
    ]
    done = subprocess.run(line, capture_output=True, text=True, timeout=LIMIT_S)
    try:
        rows: list[Row] = json.loads(done.stdout.splitlines()[-1])
    except (IndexError, ValueError) as problem:
        raise BandsFailedError(done.stderr.strip()[-500:]) from problem
    return rows


def outside(rows: list[Row]) -> list[Row]:
    """Return the rows whose figure is not within its bounds."""
    return [row for row in rows if not row["kept"]]


def table(rows: list[Row]) -> str:
    """Write one Markdown line a figure: lowest, median and highest over the seeds, and bounds."""
    lines = [
        "| lesson | figure | lowest | median | highest | bounds | |",
        "|---|---|---|---|---|---|---|",
    ]
    for lesson, figure in dict.fromkeys((row["lesson"], row["figure"]) for row in rows):
        own = [row for row in rows if (row["lesson"], row["figure"]) == (lesson, figure)]
        values = [row["value"] for row in own]
        shown = " | ".join(f"{one:.4g}" for one in (min(values), median(values), max(values)))
        bounds = _bounds(own[0])
        verdict = "missed" if outside(own) else "met"
        lines.append(f"| {lesson} | {figure} | {shown} | {bounds} | {verdict} |")
    return "\n".join(lines)


def _bounds(row: Row) -> str:
    least, most = row["least"], row["most"]
    if least is None:
        return f"≤ {most:g}"
    if most is None:
        return f"≥ {least:g}"
    return f"{least:g} to {most:g}"
