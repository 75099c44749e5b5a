"""A stand-in for the NVIDIA driver: a real shared library that says what a test tells it to."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from workspace_cli.core import nvml

SOURCE = Path(__file__).with_name("stand_in.c")
STATE = "LABDOCK_STAND_IN_NVML"
"""Variable with the path of the file that the library reads."""

LOST = 15
UNKNOWN_ERROR = 999
VERSION_MISMATCH = 18
NO_LIBRARY = 12
"""Codes of NVML's."""


def build(folder: Path, *, old: bool = False) -> Path:
    """Compile the library into a folder and return the folder; ``old`` as drivers before 510."""
    compiler = shutil.which("cc")
    if compiler is None:
        pytest.skip("this machine has no C compiler; `make machine` installs one")
    folder.mkdir(parents=True, exist_ok=True)
    target = str(folder / "libnvidia-ml.so.1")
    flags = ["-shared", "-fPIC", "-Wall", "-Wextra", "-Werror", *(["-DOLD_DRIVER"] if old else [])]
    subprocess.run([compiler, *flags, "-o", target, str(SOURCE)], check=True)
    return folder


@dataclass
class StandInDriver:
    """What the library says; ``write`` after each change, or change it by the methods."""

    file: Path
    lines: list[str] = field(default_factory=list)

    def say(self, *fields: object) -> None:
        """Add one fact, as the C source describes them."""
        self.lines.append("|".join(map(str, fields)))
        self.write()

    def gpu(
        self,
        uuid: str,
        *,
        name: str = "NVIDIA H100 80GB HBM3",
        minor: int | None = None,
        total: int = 81559,
        used: int = 0,
        percent: int = 0,
        degrees: int = 35,
        mig: int = -1,
        code: int = 0,
    ) -> None:
        """Add a GPU; memory in MiB; ``mig`` -1 is one that cannot be cut into slices."""
        count = sum(line.startswith("gpu|") for line in self.lines)
        number = count if minor is None else minor
        self.say("gpu", uuid, name, number, total, used, percent, degrees, mig, code)

    def part(self, gpu: str, uuid: str, *, total: int = 9856, used: int = 0) -> None:
        """Add a MIG slice of a GPU."""
        self.say("slice", gpu, uuid, "NVIDIA H100 80GB HBM3 MIG 1g.10gb", total, used)

    def process(self, uuid: str, pid: int, *, kind: str = "compute", memory: int = 512) -> None:
        """Add a process on a GPU or slice; memory in MiB, -1 where it is not told."""
        self.say("process", uuid, kind, pid, memory)

    def clear(self) -> None:
        """Take everything back."""
        self.lines.clear()
        self.write()

    def lose(self, uuid: str, code: int = LOST) -> None:
        """Let every question about a GPU fail, as when it fell off the bus."""
        self.lines = [
            line.rsplit("|", 1)[0] + f"|{code}" if line.startswith(f"gpu|{uuid}|") else line
            for line in self.lines
        ]
        self.write()

    def remove(self, uuid: str) -> None:
        """Let the driver know nothing of a GPU any more."""
        self.lines = [line for line in self.lines if uuid not in line.split("|")[:3]]
        self.write()

    def write(self) -> None:
        """Let the library say it from now on."""
        self.file.write_text("".join(f"{line}\n" for line in self.lines))
        nvml.forget()
