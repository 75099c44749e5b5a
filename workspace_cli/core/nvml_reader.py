"""The program that asks the NVIDIA driver for everything at once and prints it as JSON.

``nvml.py`` runs it in a process of its own: a driver in trouble can hang or
crash whoever asks it, a library that an upgrade has replaced stays loaded, and
a GPU that fell off stays fallen off for a process that knew it.  It imports
nothing of Labdock, so that it starts in 30 ms.

Memory is in bytes, utilisation in percent, temperature in °C; what a GPU does
not tell is null.  Source: https://docs.nvidia.com/deploy/nvml-api/
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pynvml

PROC = Path("/proc")
_CONTAINER = re.compile(r"[0-9a-f]{64}")
_BROKEN = frozenset(
    {
        pynvml.NVML_ERROR_GPU_IS_LOST,
        pynvml.NVML_ERROR_RESET_REQUIRED,
        pynvml.NVML_ERROR_UNKNOWN,
        pynvml.NVML_ERROR_TIMEOUT,
        pynvml.NVML_ERROR_IRQ_ISSUE,
        pynvml.NVML_ERROR_GPU_NOT_FOUND,
        pynvml.NVML_ERROR_OPERATING_SYSTEM,
    }
)
"""What says that the GPU is in trouble; any other error only says that it does not tell."""

_WORDS = {
    pynvml.NVML_ERROR_LIB_RM_VERSION_MISMATCH: (
        "The driver was upgraded and the old one still runs (restart the machine)"
    ),
    pynvml.NVML_ERROR_DRIVER_NOT_LOADED: "The driver is not loaded",
    pynvml.NVML_ERROR_GPU_IS_LOST: "It has fallen off the bus (GPU is lost)",
    pynvml.NVML_ERROR_RESET_REQUIRED: "It must be reset (GPU requires reset)",
}
"""Errors that a person may meet, where NVML's own words say too little."""


def words(error: pynvml.NVMLError) -> str:
    """Say what an error means, without a full stop."""
    return _WORDS.get(error.value) or str(error).rstrip(".")


class _Device:
    """One handle of NVML's; the first error that means trouble is kept."""

    def __init__(self, handle: Any) -> None:
        self.handle = handle
        self.trouble = ""

    def ask(self, call: Callable[..., Any], *arguments: Any) -> Any:
        """Return an answer, or None where there is none."""
        try:
            return call(self.handle, *arguments)
        except pynvml.NVMLError as exc:
            if exc.value in _BROKEN:
                self.trouble = self.trouble or words(exc)
            return None

    def describe(self) -> dict[str, Any]:
        """Return what GPUs and slices have in common."""
        # The second version tells what the driver keeps for itself apart from what is in use.
        memory = self.ask(pynvml.nvmlDeviceGetMemoryInfo, pynvml.nvmlMemory_v2) or self.ask(
            pynvml.nvmlDeviceGetMemoryInfo
        )
        return {
            "uuid": self.ask(pynvml.nvmlDeviceGetUUID) or "",
            "name": self.ask(pynvml.nvmlDeviceGetName) or "",
            "memory": memory.total if memory else 0,
            "used": memory.used if memory else None,
            "processes": list(self._processes()),
        }

    def _processes(self) -> Iterator[dict[str, Any]]:
        seen: set[int] = set()
        # MPS first: its clients are listed among those that compute, too.
        for kind in ("MPSCompute", "Compute", "Graphics"):
            name = f"nvmlDeviceGet{kind}RunningProcesses"
            # Drivers before 510 have the second version only.
            found = self.ask(getattr(pynvml, f"{name}_v3")) or self.ask(
                getattr(pynvml, f"{name}_v2")
            )
            for process in found or ():
                if process.pid not in seen:
                    seen.add(process.pid)
                    yield {
                        "pid": process.pid,
                        "kind": {"MPSCompute": "mps"}.get(kind, kind.lower()),
                        "memory": process.usedGpuMemory,
                        **trace(process.pid),
                    }


def trace(pid: int) -> dict[str, Any]:
    """Return a process's name, user and the ids of the containers that it is in, outermost first.

    The ids are in the paths of its control groups, version 1 or 2, whichever driver made them.
    """
    folder = PROC / str(pid)
    try:
        name = (folder / "comm").read_text(encoding="utf-8", errors="replace").strip()
        uid: int | None = folder.stat().st_uid
        groups = (folder / "cgroup").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return {"name": "", "uid": None, "containers": []}
    return {
        "name": name,
        "uid": uid,
        "containers": list(dict.fromkeys(_CONTAINER.findall(groups))),
    }


def reading() -> dict[str, Any]:
    """Ask for the driver and every GPU of this machine.

    ``present`` is false where no driver's library is installed; ``error`` says
    why a driver that is installed does not answer.
    """
    try:
        pynvml.nvmlInit()
    except pynvml.NVMLError as exc:
        return {"present": exc.value != pynvml.NVML_ERROR_LIBRARY_NOT_FOUND, "error": words(exc)}
    try:
        return {
            "present": True,
            "driver": pynvml.nvmlSystemGetDriverVersion(),
            "gpus": [_gpu(index) for index in range(pynvml.nvmlDeviceGetCount())],
        }
    except pynvml.NVMLError as exc:
        return {"present": True, "error": words(exc)}


def _gpu(index: int) -> dict[str, Any]:
    try:
        device = _Device(pynvml.nvmlDeviceGetHandleByIndex(index))
    except pynvml.NVMLError as exc:
        return {"index": index, "trouble": words(exc)}
    rates = device.ask(pynvml.nvmlDeviceGetUtilizationRates)
    remapped = device.ask(pynvml.nvmlDeviceGetRemappedRows)
    found = {
        "index": index,
        **device.describe(),
        "minor": device.ask(pynvml.nvmlDeviceGetMinorNumber),
        "utilisation": rates.gpu if rates else None,
        "temperature": _temperature(device),
        "persistence": device.ask(pynvml.nvmlDeviceGetPersistenceMode),
        "mig": (device.ask(pynvml.nvmlDeviceGetMigMode) or [0])[0] == 1,
        "slices": [],
    }
    if found["mig"]:
        found["slices"] = list(_slices(device))
    if remapped and remapped[3]:
        device.trouble = device.trouble or "Rows of its memory are broken and cannot be remapped"
    return {**found, "trouble": device.trouble}


def _temperature(device: _Device) -> int | None:
    sensor = pynvml.NVML_TEMPERATURE_GPU
    found: int | None = device.ask(pynvml.nvmlDeviceGetTemperatureV, sensor)
    # Drivers before 560 have only what the newest ones give up.
    return device.ask(pynvml.nvmlDeviceGetTemperature, sensor) if found is None else found


def _slices(device: _Device) -> Iterator[dict[str, Any]]:
    for index in range(device.ask(pynvml.nvmlDeviceGetMaxMigDeviceCount) or 0):
        handle = device.ask(pynvml.nvmlDeviceGetMigDeviceHandleByIndex, index)
        if handle is not None:
            part = _Device(handle)
            yield {"index": index, **part.describe(), "trouble": part.trouble}


if __name__ == "__main__":
    json.dump(reading(), sys.stdout)
