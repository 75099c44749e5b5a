"""What the NVIDIA driver says of this machine's GPUs, asked in a process of its own.

The answer comes within ``TIMEOUT`` or is an error; see ``nvml_reader.py`` for
why another process asks.  The hub's container has no GPU: there the question
goes through a container that has (``gpu_reader.py``).
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from workspace_cli.core.errors import LabdockError

TIMEOUT = 20.0
"""Seconds; without persistence mode the driver wakes every GPU first, a second or two each."""
SILENCE = 60.0
"""Seconds for which a driver that did not answer is not asked again."""
FRESH = 0.5
"""Seconds for which an answer serves whoever asks next, so that one decision is one question."""
THROUGH = "LABDOCK_GPU_READER"
"""Variable with the name of the container to ask through; set in the hub's container alone."""
_PROGRAM = Path(__file__).with_name("nvml_reader.py")

Kind = Literal["compute", "graphics", "mps"]


@dataclass(frozen=True)
class Process:
    """A process that uses a GPU; ``memory`` in bytes, None where the driver does not tell."""

    pid: int
    kind: Kind
    memory: int | None = None
    name: str = ""
    uid: int | None = None
    containers: tuple[str, ...] = ()
    """Ids found in its control groups, outermost first."""


@dataclass(frozen=True, kw_only=True)
class Device:
    """A GPU, or a MIG slice of one, as the driver tells it; bytes, percent, °C."""

    index: int
    uuid: str = ""
    name: str = ""
    memory: int = 0
    used: int | None = None
    minor: int | None = None
    """The N of its ``/dev/nvidiaN``."""
    utilisation: int | None = None
    temperature: int | None = None
    persistence: bool | None = None
    mig: bool = False
    slices: tuple[Device, ...] = ()
    processes: tuple[Process, ...] = ()
    trouble: str = ""
    """What the driver says is wrong with it."""


@dataclass(frozen=True)
class Reading:
    """One answer of the driver; ``error`` where it is installed and does not work."""

    present: bool = False
    driver: str = ""
    error: str = ""
    devices: tuple[Device, ...] = ()


class _Memory:
    """The last answer, and since when the driver is silent."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.at = self.silent_since = float("-inf")
        self.reading = Reading()


_memory = _Memory()


def read(within: float | None = None) -> Reading:
    """Return what the driver says now, not older than ``within`` seconds (half a second)."""
    with _memory.lock:
        if time.monotonic() - _memory.at >= (FRESH if within is None else within):
            _memory.reading = _read()
            _memory.at = time.monotonic()
        return _memory.reading


def forget() -> None:
    """Ask anew next time, whatever was answered last."""
    with _memory.lock:
        _memory.at = _memory.silent_since = float("-inf")


def _read() -> Reading:
    if time.monotonic() - _memory.silent_since < SILENCE:
        return _memory.reading
    try:
        return parse(_through(os.environ[THROUGH]) if os.environ.get(THROUGH) else _direct())
    except TimeoutError:
        _memory.silent_since = time.monotonic()
        return Reading(True, error=f"The driver did not answer within {TIMEOUT:.0f} s")
    except LabdockError as exc:
        return Reading(True, error=str(exc))


def _through(name: str) -> str:
    from workspace_cli.core.gpu_reader import ask

    return ask(name)


def _direct() -> str:
    """Run the program; TimeoutError where it takes too long."""
    command = [sys.executable, "-I", str(_PROGRAM)]
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        output, errors = process.communicate(timeout=TIMEOUT)
    except subprocess.TimeoutExpired as exc:
        raise TimeoutError from exc
    finally:
        _end(process)
    return output if process.returncode == 0 else _crashed(process.returncode, errors)


def _end(process: subprocess.Popen[str]) -> None:
    """Leave nothing behind, but never wait for a process that is stuck in the kernel."""
    process.kill()
    for stream in (process.stdout, process.stderr):
        if stream is not None:
            stream.close()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(timeout=1.0)


def _crashed(code: int, errors: str) -> str:
    last = (errors.strip().splitlines() or [f"it ended with {code}"])[-1]
    return json.dumps({"present": True, "error": f"Asking the driver failed: {last}"})


def parse(text: str) -> Reading:
    """Read what the program printed."""
    try:
        found = json.loads(text)
    except ValueError:
        return Reading(True, error="Asking the driver gave no answer that can be read")
    return Reading(
        present=found["present"],
        driver=found.get("driver", ""),
        error=found.get("error", "") if found["present"] else "",
        devices=tuple(_device(row) for row in found.get("gpus", ())),
    )


def _device(row: Mapping[str, Any]) -> Device:
    simple = {name: value for name, value in row.items() if name in _FIELDS}
    if row.get("persistence") is not None:
        simple["persistence"] = bool(row["persistence"])
    return Device(
        **simple,
        slices=tuple(_device(part) for part in row.get("slices", ())),
        processes=tuple(_process(one) for one in row.get("processes", ())),
    )


_FIELDS = frozenset(
    {
        *("index", "uuid", "name", "memory", "used", "minor"),
        *("utilisation", "temperature", "mig", "trouble"),
    }
)


def _process(row: Mapping[str, Any]) -> Process:
    return Process(**{**row, "containers": tuple(row["containers"])})
