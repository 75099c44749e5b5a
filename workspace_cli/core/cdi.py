"""The GPUs that the machine's CDI specifications name: what an engine can be asked for.

Source: https://github.com/cncf-tags/container-device-interface/blob/main/SPEC.md
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

CDI_KIND = "nvidia.com/gpu"
UUID_PREFIXES = ("GPU-", "MIG-")


@dataclass(frozen=True)
class CdiDevice:
    """One device of a CDI specification.

    ``node`` is the N of its ``/dev/nvidiaN``, ``capabilities`` the numbers of
    its ``/dev/nvidia-caps/nvidia-cap…``: a MIG slice has those of its own.
    """

    name: str
    node: int | None = None
    capabilities: frozenset[int] = frozenset()

    @property
    def is_slice(self) -> bool:
        """Whether it is a MIG slice."""
        return ":" in self.name or self.name.startswith("MIG-") or bool(self.capabilities)

    @property
    def what(self) -> object:
        """Something that two names of one GPU or slice have in common."""
        if self.is_slice:
            return self.capabilities or self.name
        return self.name if self.node is None else self.node


def cdi_devices(folders: Iterable[Path]) -> Iterator[CdiDevice]:
    """Yield NVIDIA's devices in the CDI specifications of some folders, each name once."""
    seen: set[str] = set()
    for folder in folders:
        for file in specifications(folder):
            for device in _devices(file):
                if device.name not in seen:
                    seen.add(device.name)
                    yield device


def specifications(folder: Path) -> list[Path]:
    """Return the specifications in a folder, whoever they are of."""
    files = sorted(folder.iterdir()) if folder.is_dir() else []
    return [file for file in files if file.suffix in (".json", ".yaml", ".yml")]


def _devices(file: Path) -> list[CdiDevice]:
    text = file.read_text(encoding="utf-8", errors="replace")
    return _json_devices(text) if file.suffix == ".json" else yaml_devices(text)


def yaml_devices(text: str) -> list[CdiDevice]:
    """Return the devices of a CDI specification in YAML's block style.

    Only what the NVIDIA toolkit writes is read, which spares a YAML library:
    the top-level ``kind`` and the items under ``devices``.
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
    return [_device(match[1], item) for match, item in found if match]


def _json_devices(text: str) -> list[CdiDevice]:
    try:
        spec = json.loads(text)
        if spec["kind"] != CDI_KIND:
            return []
        return [_device(str(item["name"]), json.dumps(item)) for item in spec["devices"]]
    except (ValueError, KeyError, TypeError):
        return []


def _device(name: str, item: str) -> CdiDevice:
    nodes = {int(number) for number in re.findall(r"/dev/nvidia(\d+)\b", item)}
    capabilities = re.findall(r"/dev/nvidia-caps/nvidia-cap(\d+)\b", item)
    node = nodes.pop() if len(nodes) == 1 else None
    return CdiDevice(name, node, frozenset(map(int, capabilities)))


def group_names(devices: Iterable[CdiDevice]) -> list[tuple[CdiDevice, ...]]:
    """Bring the names of each GPU together; one that is cut into slices is left out."""
    devices = [device for device in devices if device.name != "all"]
    sliced = {device.node for device in devices if device.is_slice} - {None}
    sliced_names = {device.name.partition(":")[0] for device in devices if device.is_slice}
    found: dict[object, list[CdiDevice]] = {}
    for device in devices:
        if device.is_slice or not (device.node in sliced or device.name in sliced_names):
            found.setdefault((device.is_slice, device.what), []).append(device)
    return [tuple(group) for group in found.values()]
