"""The examples in the docstrings are true."""

from __future__ import annotations

import doctest
import importlib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

import hub
import workspace_cli


def _with_examples(package: ModuleType) -> Iterator[str]:
    (folder,) = package.__path__
    for path in Path(folder).rglob("*.py"):
        if "    >>> " in path.read_text(encoding="utf-8"):
            parts = path.relative_to(folder).with_suffix("").parts
            yield ".".join((package.__name__, *parts))


MODULES = sorted([*_with_examples(hub), *_with_examples(workspace_cli)])


@pytest.mark.parametrize("name", MODULES)
def test_every_example_gives_what_it_says(name: str) -> None:
    results = doctest.testmod(importlib.import_module(name))
    assert results.attempted > 0
    assert results.failed == 0


def test_there_are_examples() -> None:
    rooms = {name.rpartition(".")[0] for name in MODULES}
    assert rooms >= {"hub", "hub.portal", "workspace_cli.core", "workspace_cli.commands"}
