"""The GPUs of this machine that an engine can hand to containers."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
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
    aliases: tuple[str, ...] = ()
    """Its other names in the CDI specification, without their kind."""

    def is_called(self, text: str) -> bool:
        """Tell whether a UUID, a CDI name, an index or ``all`` means this GPU."""
        short = text.removeprefix(f"{CDI_KIND}=")
        own = {self.id.removeprefix(f"{CDI_KIND}="), self.uuid, *self.aliases, "all"}
        if self.index is not None:
            own.add(str(self.index))
        return bool(short) and short in own


@dataclass(frozen=True)
class CdiDevice:
    """One device of a CDI specification: its name there, and the N of its ``/dev/nvidiaN``."""

    name: str
    node: int | None = None


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


def combined(backend: Backend, present: Iterable[Gpu], cdi: Iterable[CdiDevice]) -> tuple[Gpu, ...]:
    """Join what ``nvidia-smi`` and the CDI specifications know."""
    present, devices = list(present), [device for device in cdi if device.name != "all"]
    if backend == "nvidia":
        return tuple(present)
    if not present:
        return _from_cdi(devices)
    names = {device.name for device in devices}
    return tuple(
        gpu if gpu.uuid in names else replace(gpu, id=f"{CDI_KIND}={gpu.index}")
        for gpu in present
        if names & {gpu.uuid, str(gpu.index)}
    )


def _from_cdi(devices: Iterable[CdiDevice]) -> tuple[Gpu, ...]:
    """Count each GPU once: a specification may name it by index and by UUID."""
    names: dict[object, list[str]] = {}
    for device in devices:
        names.setdefault(device.name if device.node is None else device.node, []).append(
            device.name
        )
    gpus = []
    for aliases in names.values():
        uuid = next((name for name in aliases if name.startswith("GPU-")), "")
        index = next((int(name) for name in aliases if name.isdecimal()), None)
        name = uuid or f"{CDI_KIND}={aliases[0]}"
        gpus.append(Gpu(id=name, uuid=uuid, index=index, aliases=tuple(aliases)))
    return tuple(gpus)


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


def cdi_devices(folders: Iterable[Path]) -> Iterator[CdiDevice]:
    """Yield NVIDIA's devices in the CDI specifications of some folders, each name once."""
    seen: set[str] = set()
    for folder in folders:
        for file in sorted(folder.iterdir()) if folder.is_dir() else ():
            for device in _devices(file):
                if device.name not in seen:
                    seen.add(device.name)
                    yield device


def _devices(file: Path) -> list[CdiDevice]:
    if file.suffix not in (".json", ".yaml", ".yml"):
        return []
    text = file.read_text(encoding="utf-8", errors="replace")
    return _json_devices(text) if file.suffix == ".json" else yaml_devices(text)


def yaml_devices(text: str) -> list[CdiDevice]:
    """Return the devices of a CDI specification in YAML's block style.

    Only what the NVIDIA toolkit writes is read, which spares a YAML library:
    the top-level ``kind`` and the items under ``devices``.
    Source: https://github.com/cncf-tags/container-device-interface/blob/main/SPEC.md
    """
    kind = re.search(rf"^kind:\s*[\"']?{re.escape(CDI_KIND)}[\"']?\s*$", text, re.MULTILINE)
    section = re.search(r"^devices:\s*\n((?:[ \t-].*\n?|\s*\n)*)", text, re.MULTILINE)
    if not kind or not section:
        return []
    first = re.search(r"^( *)- ", section[1], re.MULTILINE)
    indent = first[1] if first else ""
    name = re.compile(rf"(?:\A|^{indent}  )name:\s*[\"']?([^\"'\s]+)", re.MULTILINE)
    items = re.split(rf"^{indent}- ", section[1], flags=re.MULTILINE)[1:]
    found = [(name.search(item), item) for item in items]
    return [CdiDevice(match[1], _node(item)) for match, item in found if match]


def _json_devices(text: str) -> list[CdiDevice]:
    try:
        spec = json.loads(text)
        if spec["kind"] != CDI_KIND:
            return []
        return [CdiDevice(str(item["name"]), _node(json.dumps(item))) for item in spec["devices"]]
    except (ValueError, KeyError, TypeError):
        return []


def _node(item: str) -> int | None:
    nodes = set(re.findall(r"/dev/nvidia(\d+)\b", item))
    return int(nodes.pop()) if len(nodes) == 1 else None


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
