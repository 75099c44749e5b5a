"""The tiny lesson of the fixtures, and the command line on it."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lessons.registry import Lesson, Registry, load_registry

ROOT = Path(__file__).parents[2]
FIXTURES = Path(__file__).parent / "fixtures"
REGISTRY: Registry = load_registry({"LESSONS_PATH": str(FIXTURES)})
TINY: Lesson = REGISTRY.lesson("z1-double")
RIGHT = "def double(x):\n    return x + x\n"


@dataclass(frozen=True)
class Ran:
    """How a command ended and what it said."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


def lessons(*arguments: str, given: str = "", python: str = sys.executable, **environ: str) -> Ran:
    """Runs the command as a person would, with the tiny lesson installed."""
    start = f"import sys; sys.path.insert(0, {str(ROOT / 'lessons/runner/src')!r}); "
    start += "from lessons.cli import main; raise SystemExit(main())"
    surroundings = {**os.environ, "LESSONS_PATH": str(FIXTURES), "LESSONS_LANG": "en", **environ}
    done = subprocess.run(
        [python, "-I", "-c", start, *arguments],
        input=given,
        capture_output=True,
        text=True,
        env=surroundings,
        timeout=120,
    )
    return Ran(done.returncode, done.stdout, done.stderr)
