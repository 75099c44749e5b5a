"""What the lessons' tests share: the runner on the path, homes of their own."""

import os
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDERS = [str(one) for one in sorted((ROOT / "lessons/packages").glob("*/src"))]

for folder in (str(ROOT / "lessons/runner/src"), *FOLDERS):
    if folder not in sys.path:
        sys.path.insert(0, folder)
os.environ["LESSONS_PATH"] = os.pathsep.join(FOLDERS)
# Two cores, shared by the workers.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("KERAS_BACKEND", "torch")


def pytest_configure(config: pytest.Config) -> None:
    """Name the mark also where the repository's own configuration is used."""
    config.addinivalue_line("markers", "lessons: needs the member's environment (torch and all)")


@pytest.fixture(autouse=True)
def home_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep every test's answers, progress and checkpoints away from this machine's."""
    monkeypatch.setenv("LESSONS_HOME", str(tmp_path / "lessons"))
    monkeypatch.setenv("LESSONS_STATE", str(tmp_path / ".lessons"))
    return tmp_path
