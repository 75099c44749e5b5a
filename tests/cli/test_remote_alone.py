"""The part of the command line that the images carry: whole, and light."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]
PROGRAM = """
import sys
sys.path.insert(0, sys.argv.pop(1))
from workspace_cli.remote.program import main
heavy = {"pydantic", "rich", "docker", "sqlalchemy"} & set(sys.modules)
assert not heavy, heavy
assert sys.modules["workspace_cli"].__file__.startswith(sys.path[0])
main()
"""


def carried(folder: Path) -> None:
    """Copy what the build context of the base image lets through."""
    lines = (REPOSITORY / "images/base/Dockerfile.dockerignore").read_text().splitlines()
    for name in (line[1:] for line in lines if line.startswith("!workspace_cli")):
        source, target = REPOSITORY / name, folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target)
        else:
            shutil.copy(source, target)


def run(folder: Path, *argv: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", PROGRAM, str(folder), *argv],
        capture_output=True,
        text=True,
        timeout=120,
        env={"JUPYTER_RUNTIME_DIR": str(folder), "PATH": "/usr/bin"},
        cwd="/",
    )


def test_what_the_image_carries_is_enough_and_loads_nothing_heavy(tmp_path: Path) -> None:
    carried(tmp_path)
    done = run(tmp_path, "--help")
    assert done.returncode == 0, done.stderr
    assert "commit" in done.stdout
    # The import of every command's module is part of it.
    for command in ("commit", "ls", "gpus"):
        assert run(tmp_path, command, "--help").returncode == 0


def test_without_a_server_it_says_so(tmp_path: Path) -> None:
    carried(tmp_path)
    done = run(tmp_path, "images")
    assert (done.returncode, "has not started it" in done.stderr) == (6, True)
