"""The rooms import only what the architecture allows."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
CORE_LIBRARIES = {"cryptography", "pydantic", "docker", "sqlalchemy", "pynvml", "zstandard"}
OUR_ROOMS = {"workspace_cli", "hub", "images", "lessons", "tests", "labdock_server"}


def imported_modules(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            # What is imported relatively stays in its own package.
            assert node.module is not None
            yield node.module


def modules_of(room: str) -> list[Path]:
    return sorted((ROOT / room).rglob("*.py"))


def test_there_are_modules_to_check() -> None:
    assert len(modules_of("workspace_cli/core")) > 5
    assert len(modules_of("hub")) > 1
    assert len(modules_of("images")) > 1


@pytest.mark.parametrize("path", modules_of("workspace_cli/core"), ids=str)
def test_core_imports_only_the_standard_library_and_its_few_libraries(path: Path) -> None:
    for module in imported_modules(path):
        top = module.partition(".")[0]
        allowed = top in sys.stdlib_module_names or top in CORE_LIBRARIES
        assert allowed or module.startswith("workspace_cli.core"), f"{path} imports {module}"


@pytest.mark.parametrize("path", modules_of("workspace_cli"), ids=str)
def test_the_command_line_never_imports_the_hub(path: Path) -> None:
    for module in imported_modules(path):
        assert module.partition(".")[0] not in {"hub", "jupyterhub", "lessons", "tests"}


@pytest.mark.parametrize("path", modules_of("hub"), ids=str)
def test_the_hub_reaches_the_rest_only_through_core(path: Path) -> None:
    for module in imported_modules(path):
        if module.partition(".")[0] in OUR_ROOMS - {"hub"}:
            assert module.startswith("workspace_cli.core"), f"{path} imports {module}"


@pytest.mark.parametrize("path", modules_of("images"), ids=str)
def test_images_import_nothing_of_the_other_rooms(path: Path) -> None:
    for module in imported_modules(path):
        assert module.partition(".")[0] not in {"workspace_cli", "hub", "lessons", "tests"}
