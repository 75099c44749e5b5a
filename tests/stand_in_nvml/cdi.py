"""CDI specifications with stand-ins for GPUs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path


def write_specification(folder: Path, uuids: Sequence[str], name: str = "nvidia.json") -> Path:
    """Write a specification with GPUs, each by index and by UUID, as NVIDIA's tool does.

    Their device files are the machine's null device under other names.
    """

    def device(name: str, *numbers: int) -> dict[str, object]:
        nodes = [{"path": f"/dev/nvidia{n}", "hostPath": "/dev/null"} for n in numbers]
        return {"name": name, "containerEdits": {"deviceNodes": nodes}}

    devices = [
        device(name, number) for number, uuid in enumerate(uuids) for name in (str(number), uuid)
    ]
    devices.append(device("all", *range(len(uuids))))
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / name
    spec = {"cdiVersion": "0.5.0", "kind": "nvidia.com/gpu", "devices": devices}
    file.write_text(json.dumps(spec))
    return file
