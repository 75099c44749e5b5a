"""Modules that take the name of another while something that never uses it is imported."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import ModuleType


def module(name: str, **members: object) -> ModuleType:
    """A module with these members and nothing else."""
    made = ModuleType(name)
    vars(made).update(members)
    return made


@contextmanager
def standing_in(modules: Mapping[str, ModuleType]) -> Iterator[None]:
    """Put stand-ins in by name for the time of an import, and take them away again."""
    before = {name: sys.modules[name] for name in modules if name in sys.modules}
    sys.modules.update(modules)
    try:
        yield
    finally:
        for name in modules:
            del sys.modules[name]
        sys.modules.update(before)
