"""Starts the member's Python, where torch and the member's own packages are.

The runner itself is started by the server's Python, which has neither.
"""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from lessons.errors import NotReadyError
from lessons.registry import Lesson, Registry
from lessons.threads import thread_count

MEMBERS_PYTHON = Path("/opt/env/bin/python")
IMAGE = "labdock/pytorch"

# -I: neither the working folder nor PYTHONPATH may put another `lessons` before this one.
START = (
    "import sys, json; given = json.loads(sys.argv.pop(1)); sys.path[:0] = given['paths']; "
    "import importlib; raise SystemExit(importlib.import_module(given['module']).main())"
)


def members_python(environ: Mapping[str, str] = os.environ) -> str:
    """The interpreter that runs learners' code: LESSONS_PYTHON, else the image's, else this."""
    wish = environ.get("LESSONS_PYTHON")
    if wish:
        if not os.access(wish, os.X_OK):
            raise NotReadyError("no_python", path=wish)
        return wish
    return str(MEMBERS_PYTHON) if os.access(MEMBERS_PYTHON, os.X_OK) else sys.executable


def command(registry: Registry, module: str, *arguments: str) -> list[str]:
    """The command line that runs `module.main()` in the member's Python."""
    given = json.dumps({"paths": registry.paths(), "module": module})
    return [members_python(), "-I", "-X", "utf8", "-c", START, given, *arguments]


def environment(**more: str) -> dict[str, str]:
    """The variables for the member's Python: ours without what is only the runner's."""
    kept = {key: value for key, value in os.environ.items() if not _secret(key)}
    threads = str(thread_count())
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        kept.setdefault(name, threads)
    kept.setdefault("KERAS_BACKEND", "torch")
    # cuBLAS asks for it where algorithms are to be deterministic.
    kept.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    return kept | {"PYTHONHASHSEED": "0"} | more


def _secret(key: str) -> bool:
    return any(word in key for word in ("TOKEN", "PASSWORD", "SECRET"))


def require_modules(lesson: Lesson) -> None:
    """NotReadyError that names the image with which the lesson runs, where modules are missing."""
    missing = missing_modules(lesson.needs)
    if missing:
        raise NotReadyError(
            "missing_modules", lesson=lesson.id, modules=", ".join(missing), image=IMAGE
        )


def missing_modules(names: Sequence[str]) -> list[str]:
    """Those of the modules that the member's Python cannot find; importing none of them."""
    if not names:
        return []
    probe = (
        "import sys, json, importlib.util as u; "
        "print(json.dumps([n for n in sys.argv[1:] if u.find_spec(n) is None]))"
    )
    line = [members_python(), "-I", "-c", probe, *names]
    done = subprocess.run(line, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise NotReadyError("broken_python", path=line[0], why=done.stderr.strip()[-300:])
    found: Any = json.loads(done.stdout)
    return [str(one) for one in found]
