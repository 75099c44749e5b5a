"""What is installed holds no solution, is small, and works when it is installed."""

import ast
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.lessons.bodies import body_of, copies_in, functions
from tests.lessons.catalogue import PACKAGES, ROOT

LARGEST = 3 << 20  # bytes


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Every distribution, built from a copy so that the checkout stays clean."""
    # Older ones build wheels only with a package of that name.
    pytest.importorskip("setuptools", minversion="70.1")
    folder = tmp_path_factory.mktemp("wheels")
    built: list[Path] = []
    for source in [ROOT / "lessons/runner", *sorted(PACKAGES.iterdir())]:
        copy = folder / "source" / source.name
        ignore = shutil.ignore_patterns("__pycache__", "*.egg-info", "build")
        shutil.copytree(source, copy, ignore=ignore)
        out = folder / source.name
        program = (
            "import sys; from setuptools.build_meta import build_wheel; build_wheel(sys.argv[1])"
        )
        subprocess.run(
            [sys.executable, "-W", "ignore", "-c", program, str(out)],
            cwd=copy,
            check=True,
            capture_output=True,
        )
        built.extend(out.glob("*.whl"))
    return built


def test_no_solution_is_in_any_wheel(wheels: list[Path]) -> None:
    copies = []
    for wheel in wheels:
        with zipfile.ZipFile(wheel) as content:
            for name in content.namelist():
                if name.endswith(".py"):
                    copies += copies_in(name, content.read(name).decode())
    assert copies == []


def test_renaming_does_not_hide_a_copy() -> None:
    one, other = (
        next(functions(ast.parse(source)))
        for source in (
            'def f(a, b):\n    "doc"\n    c = a * b + 1\n    return sum(c) / len(c) - a',
            "def g(x, y):\n    z: int = x\n    q = x * y + 1\n    return sum(q) / len(q) - x",
        )
    )
    assert body_of(one) is not None
    assert body_of(one) != body_of(other)
    other.body.pop(0)  # type: ignore[union-attr]
    assert body_of(one) == body_of(other)


def test_wheels_are_small_and_hold_every_text(wheels: list[Path]) -> None:
    assert len(wheels) == 10
    for wheel in wheels:
        assert wheel.stat().st_size < LARGEST
    names = [name for wheel in wheels for name in zipfile.ZipFile(wheel).namelist()]
    files = [name.rpartition("/")[2] for name in names]
    for wanted in ("lesson.toml", "lesson.py", "strings.ko.toml", "strings.en.toml"):
        assert files.count(wanted) == len(list(PACKAGES.glob(f"*/src/*/*/{wanted}")))
    assert not [name for name in files if name.startswith(("reference", "mutant_"))]


def test_unpacked_wheels_are_a_working_command(wheels: list[Path], tmp_path: Path) -> None:
    """As in an image: everything in one folder, found by its entry points."""
    for wheel in wheels:
        zipfile.ZipFile(wheel).extractall(tmp_path / "lessons")
    start = f"import sys; sys.path.insert(0, {str(tmp_path / 'lessons')!r}); "
    start += "from lessons.cli import main; raise SystemExit(main())"
    environ = {key: value for key, value in os.environ.items() if key != "LESSONS_PATH"}
    done = subprocess.run(
        [sys.executable, "-I", "-c", start, "list", "--lang", "en"],
        capture_output=True,
        text=True,
        env=environ,
        check=True,
    )
    assert "a1-netpath" in done.stdout
    assert "c2-mse" in done.stdout
