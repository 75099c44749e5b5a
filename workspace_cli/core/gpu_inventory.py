"""The GPUs of this machine that an engine can hand to containers."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from workspace_cli.core.models import EngineInfo
from workspace_cli.core.settings import Settings

CDI_KIND = "nvidia.com/gpu"
CDI_FOLDERS = (Path("/etc/cdi"), Path("/var/run/cdi"))
_TIMEOUT = 10.0

Backend = Literal["cdi", "nvidia", "none"]


@dataclass(frozen=True, kw_only=True)
class Gpu:
    """One GPU.

    ``id`` is what labels and the engine are told: its UUID, or its CDI name
    where the engine's CDI specification does not know the UUID.
    """

    id: str
    uuid: str = ""
    index: int | None = None
    name: str = ""
    memory: int = 0
    """Bytes."""

    def is_called(self, text: str) -> bool:
        """Tell whether a UUID, a CDI name, an index or ``all`` means this GPU."""
        short = text.removeprefix(f"{CDI_KIND}=")
        own = {self.id, self.uuid, self.id.removeprefix(f"{CDI_KIND}=")}
        if self.index is not None:
            own.add(str(self.index))
        return bool(text) and (short == "all" or short in own or text in own)


def inventory(backend: Backend) -> tuple[Gpu, ...]:
    """Return the GPUs that containers can be given by a backend."""
    if backend == "none":
        return ()
    return combined(backend, read_nvidia_smi(), list(cdi_devices(CDI_FOLDERS)))


def choose_backend(settings: Settings, info: EngineInfo) -> Backend:
    """Return how this engine hands out GPUs; ``auto`` prefers CDI, then NVIDIA's runtime."""
    if settings.gpu_backend in ("cdi", "nvidia"):
        return "cdi" if settings.gpu_backend == "cdi" else "nvidia"
    if settings.gpu_backend == "none":
        return "none"
    if info.cdi and any(cdi_devices(CDI_FOLDERS)):
        return "cdi"
    return "nvidia" if "nvidia" in info.runtimes else "none"


def combined(backend: Backend, present: Iterable[Gpu], cdi: Iterable[str]) -> tuple[Gpu, ...]:
    """Join what ``nvidia-smi`` and CDI know; ``cdi`` holds device names without their kind."""
    present, names = list(present), [name for name in cdi if name != "all"]
    if backend == "nvidia":
        return tuple(present)
    if not present:
        # A specification names a GPU by index and by UUID: count it once.
        unique = [name for name in names if name.startswith("GPU-")] or names
        return tuple(_from_cdi(name) for name in unique)
    return tuple(
        gpu if gpu.uuid in names else _renamed(gpu) for gpu in present if _is_in(gpu, names)
    )


def read_nvidia_smi() -> list[Gpu]:
    """Ask the driver; nothing where there is none."""
    return parse_nvidia_smi(_nvidia_smi("--query-gpu=uuid,index,name,memory.total"))


def parse_nvidia_smi(text: str) -> list[Gpu]:
    """Read ``uuid, index, name, memory.total`` rows, memory in MiB.

    >>> parse_nvidia_smi("GPU-1a, 0, NVIDIA A100, 40960")[0].memory == 40960 * 2**20
    True
    """
    gpus = []
    for row in csv.reader(io.StringIO(text), skipinitialspace=True):
        if len(row) == 4 and row[1].isdecimal():
            memory = int(row[3]) * 2**20 if row[3].isdecimal() else 0
            gpus.append(Gpu(id=row[0], uuid=row[0], index=int(row[1]), name=row[2], memory=memory))
    return gpus


def computing_processes() -> Mapping[str, int]:
    """Return GPU UUID → one process that computes there, as the driver tells."""
    rows = csv.reader(
        io.StringIO(_nvidia_smi("--query-compute-apps=gpu_uuid,pid")), skipinitialspace=True
    )
    return {row[0]: int(row[1]) for row in rows if len(row) == 2 and row[1].isdecimal()}


def cdi_devices(folders: Iterable[Path]) -> Iterator[str]:
    """Yield the names of NVIDIA's devices in the CDI specifications, later folders last."""
    files = [file for folder in folders if folder.is_dir() for file in sorted(folder.iterdir())]
    seen: set[str] = set()
    for file in files:
        if file.suffix not in (".json", ".yaml", ".yml"):
            continue
        text = file.read_text(encoding="utf-8", errors="replace")
        for name in _json_devices(text) if file.suffix == ".json" else yaml_devices(text):
            if name not in seen:
                seen.add(name)
                yield name


def yaml_devices(text: str) -> list[str]:
    """Return the device names of a CDI specification in YAML's block style.

    Only what the NVIDIA toolkit writes is read, which spares a YAML library:
    the top-level ``kind`` and the ``name`` of each item under ``devices``.
    Source: https://github.com/cncf-tags/container-device-interface/blob/main/SPEC.md
    """
    kind = re.search(rf"^kind:\s*[\"']?{re.escape(CDI_KIND)}[\"']?\s*$", text, re.MULTILINE)
    section = re.search(r"^devices:\s*\n((?:[ \t-].*\n?|\s*\n)*)", text, re.MULTILINE)
    if not kind or not section:
        return []
    first = re.search(r"^( *)- ", section[1], re.MULTILINE)
    indent = first[1] if first else ""
    name = re.compile(rf"^{indent}(?:- |  )name:\s*[\"']?([^\"'\s]+)", re.MULTILINE)
    return name.findall(section[1])


def _json_devices(text: str) -> list[str]:
    try:
        spec = json.loads(text)
        if spec["kind"] != CDI_KIND:
            return []
        return [str(device["name"]) for device in spec["devices"]]
    except (ValueError, KeyError, TypeError):
        return []


def _nvidia_smi(query: str) -> str:
    try:
        done = subprocess.run(
            ["nvidia-smi", query, "--format=csv,noheader,nounits"],
            capture_output=True,
            text=True,
            timeout=_TIMEOUT,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout if done.returncode == 0 else ""


def _is_in(gpu: Gpu, names: list[str]) -> bool:
    return gpu.uuid in names or str(gpu.index) in names


def _renamed(gpu: Gpu) -> Gpu:
    return Gpu(
        id=f"{CDI_KIND}={gpu.index}",
        uuid=gpu.uuid,
        index=gpu.index,
        name=gpu.name,
        memory=gpu.memory,
    )


def _from_cdi(name: str) -> Gpu:
    if name.startswith("GPU-"):
        return Gpu(id=name, uuid=name)
    return Gpu(id=f"{CDI_KIND}={name}", index=int(name) if name.isdecimal() else None)
