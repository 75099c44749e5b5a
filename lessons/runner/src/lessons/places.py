"""Where a learner's answers and the runner's records are: on the mounted volume, in no image."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

WORKSPACE = Path("/workspace")


@dataclass(frozen=True)
class Places:
    """`home` holds what the learner works on, `state` what the runner remembers."""

    home: Path
    state: Path

    @property
    def progress(self) -> Path:
        return self.state / "progress.jsonl"

    @property
    def outbox(self) -> Path:
        return self.state / "outbox"

    @property
    def checkpoints(self) -> Path:
        return self.state / "checkpoints"

    @property
    def backup(self) -> Path:
        return self.state / "backup"


def find_places(environ: Mapping[str, str] = os.environ) -> Places:
    """LESSONS_HOME and LESSONS_STATE, else folders of /workspace, else of the home."""
    base = WORKSPACE if os.access(WORKSPACE, os.W_OK) else Path.home()
    home = Path(environ.get("LESSONS_HOME") or base / "lessons").expanduser()
    state = environ.get("LESSONS_STATE")
    return Places(home, Path(state).expanduser() if state else home.parent / ".lessons")
