"""What is installed holds no solution, is small, and works when it is installed."""

import ast
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.lessons.catalogue import PACKAGES, ROOT, SOLUTIONS

SMALLEST = 12  # nodes: two functions that only return a constant are not copies of each other
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


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            yield node


def body_of(function: ast.AST) -> str | None:
    """The function's body with names, docstrings and annotations made the same; None if tiny."""
    body = function.body if isinstance(function.body, list) else [function.body]  # type: ignore[attr-defined]
    if body and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant):
        body = body[1:]
    nodes = [node for statement in body for node in ast.walk(statement)]
    if len(nodes) < SMALLEST:
        return None
    names: dict[str, str] = {}

    def plain(node: ast.AST) -> str:
        parts = [type(node).__name__]
        for field, value in ast.iter_fields(node):
            if field in {"annotation", "returns", "ctx", "type_comment", "kind"}:
                continue
            parts.append(shown(value, field))
        return f"({' '.join(parts)})"

    def shown(value: object, field: str) -> str:
        if isinstance(value, ast.AST):
            return plain(value)
        if isinstance(value, list):
            return f"[{' '.join(shown(one, field) for one in value)}]"
        if field in {"id", "arg", "name"} and isinstance(value, str):
            return names.setdefault(value, f"n{len(names)}")
        return repr(value)

    return " ".join(plain(statement) for statement in body)


def test_no_solution_is_in_any_wheel(wheels: list[Path]) -> None:
    solutions = {
        body: file.relative_to(SOLUTIONS)
        for file in sorted(SOLUTIONS.rglob("reference.py"))
        for function in functions(ast.parse(file.read_text(encoding="utf-8")))
        if (body := body_of(function)) is not None
    }
    assert len(solutions) > 30
    copies = []
    for wheel in wheels:
        with zipfile.ZipFile(wheel) as content:
            for name in content.namelist():
                if not name.endswith(".py"):
                    continue
                for function in functions(ast.parse(content.read(name).decode())):
                    body = body_of(function)
                    if body in solutions:
                        where = getattr(function, "name", f"lambda at {function.lineno}")
                        copies.append(f"{name}: {where} is {solutions[body]}")
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
