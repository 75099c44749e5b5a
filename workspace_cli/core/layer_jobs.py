"""Where the program over the engine's folders begins (``layer_worker.py``).

It runs in the caller's process, or by itself in a container, and then speaks JSON: the
job comes with the program, the result is the last line that it prints.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

Wait = Callable[[], None]


def run(job: Mapping[str, Any], wait: Wait) -> dict[str, Any]:
    """Do the job that ``do`` names as ``MODULE.NAME``; OSError where a folder cannot be used."""
    module, _, name = job["do"].partition(".")
    found: Callable[[Mapping[str, Any], Wait], dict[str, Any]]
    found = sys.modules[f"{__name__.rpartition('.')[0]}.{module}"].JOBS[name]
    return found(job, wait)


def main(job: Mapping[str, Any]) -> None:
    """Do a job and print its result, or why it failed, as a line of JSON."""
    try:
        answer = run(job, lambda: _ask(job["gate"], job["patience"]))
    except OSError as exc:
        answer = {"failed": [exc.errno or 0, f"{exc.filename or ''}: {exc.strerror}"]}
    _say(json.dumps(answer))


def _ask(gate: str, patience: float) -> None:
    """Say that everything is ready and wait until a file says to go on."""
    if not gate:
        return
    _say("ready")
    deadline = time.monotonic() + patience
    while not Path(gate).exists():
        if time.monotonic() > deadline:
            raise TimeoutError(0, "nobody said to go on", gate)
        time.sleep(0.002)


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
