"""The lessons' room: what it imports, and which device it computes on."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from lessons import device
from tests.lessons.catalogue import PACKAGES, ROOT

RUNNER = sorted((ROOT / "lessons/runner/src/lessons").glob("*.py"))
OURS = {"workspace_cli", "hub", "images", "tests", "labdock_server"}
SCIENCE = {"numpy", "scipy", "pandas", "sklearn", "torch", "keras", "matplotlib", "tqdm"}


def imports(nodes: Iterator[ast.AST]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.partition(".")[0]


@pytest.mark.parametrize("file", RUNNER, ids=lambda file: file.stem)
def test_the_runner_imports_only_the_standard_library_at_first(file: Path) -> None:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    at_once = set(imports(iter(tree.body)))
    assert at_once - set(sys.stdlib_module_names) <= {"lessons"}
    assert not set(imports(ast.walk(tree))) & OURS


@pytest.mark.parametrize("package", sorted(PACKAGES.iterdir()), ids=lambda one: one.name)
def test_a_lesson_uses_what_the_image_has_and_nothing_of_ours(package: Path) -> None:
    used = {
        name
        for pattern in ("*/demo.py", "*/checks.py")
        for file in (package / "src").glob(f"*/{pattern}")
        for name in imports(ast.walk(ast.parse(file.read_text(encoding="utf-8"))))
    }
    allowed = {"lessons", f"lessons_{package.name}"}
    allowed |= set() if package.name == "workspace" else SCIENCE
    assert used - set(sys.stdlib_module_names) <= allowed


class LostError(Exception):
    """What a driver says of a GPU that is not there any more."""


def torch_with(*, available: bool, works: bool = True) -> Any:
    def ones(*_: object, **__: object) -> Any:
        if not works:
            raise LostError
        return Matrix()

    cuda = SimpleNamespace(is_available=lambda: available, synchronize=lambda: None)
    return SimpleNamespace(ones=ones, cuda=cuda)


class Matrix:
    """As much of a tensor as the trial computation uses."""

    def __matmul__(self, other: object) -> "Matrix":
        return self

    def sum(self) -> "Matrix":
        return self

    def backward(self) -> None:
        """Does nothing."""


@pytest.mark.parametrize(
    "wish, torch, chosen",
    [
        ("auto", torch_with(available=True), ("cuda", None)),
        ("cuda", torch_with(available=True), ("cuda", None)),
        ("cpu", torch_with(available=True), ("cpu", None)),
        ("auto", torch_with(available=False), ("cpu", None)),
        ("cuda", torch_with(available=False), ("cpu", "device_no_gpu")),
        ("auto", torch_with(available=True, works=False), ("cpu", "device_broken")),
    ],
)
def test_the_gpu_is_taken_only_where_it_computes(
    wish: str, torch: Any, chosen: tuple[str, str | None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "torch", torch)
    assert device.choose_device(wish) == chosen


def test_without_torch_a_wish_for_the_gpu_is_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    assert device.choose_device("cuda") == ("cpu", "device_no_torch")
    assert device.choose_device("auto") == ("cpu", None)
