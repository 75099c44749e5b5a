"""A builder that a test steers, for building and adopting on a machine in memory."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from workspace_cli.core import (
    fake_containers,
)
from workspace_cli.core.build import Recipe
from workspace_cli.core.engine import Report
from workspace_cli.core.errors import (
    LabdockError,
)
from workspace_cli.core.fake_engine import FakeEngine

PROGRAMS = ("/opt/labdock/bin/python", "/usr/local/bin/labdock-enter")
FACTS: Mapping[str, Any] = {
    "release": {"ID": "debian"},
    "libc": "glibc 2.41",
    "shell": True,
    "apt": True,
    "users": {},
    "groups": {},
    "pythons": [],
}


@dataclass
class Builder:
    """Puts one layer on the base of a recipe, as a test says."""

    engine: FakeEngine
    facts_told: Mapping[str, Any] = field(default_factory=lambda: dict(FACTS))
    config: dict[str, Any] = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    base: str = ""
    cached_base: str = ""
    """What a build stands on that may take steps of earlier builds."""
    error: BaseException | None = None
    recipes: list[Recipe] = field(default_factory=list)

    def build(
        self, recipe: Recipe, tag: str, labels: Mapping[str, str], report: Report | None
    ) -> None:
        self.recipes.append(recipe)
        if self.error:
            raise self.error
        given = recipe.arguments
        cached = "" if recipe.fresh else self.cached_base
        name = cached or self.base or given.get("BASE") or given.get("IMAGE") or "labdock/base"
        below = self.engine.store.stored[self.engine.store.find(name)]
        server = {"labdock.server": "1"} if recipe.target == "result" else {}
        config = {
            **below.config["config"],
            **self.config,
            "Labels": {
                **(below.config["config"].get("Labels") or {}),
                **server,
                **self.labels,
                **labels,
            },
        }
        config["Env"] = [
            *(config.get("Env") or []),
            *(f"{name}={value}" for name, value in self.environment.items()),
        ]
        parent = self.engine.store.find(name)
        self.engine.store.add(
            self.engine.clock(), {"built": b"yes"}, config, parent=parent, reference=tag
        )

    def facts(self, recipe: Recipe, report: Report | None) -> Mapping[str, Any]:
        self.recipes.append(recipe)
        return self.facts_told


@pytest.fixture(autouse=True)
def answering(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, int], None]:
    """Let the programs that a trial runs inside exist, and say how each of them ends."""

    def ends(program: str, code: int) -> None:
        monkeypatch.setitem(
            fake_containers.PROGRAMS,
            program,
            lambda container, arguments: (code, b"ModuleNotFoundError: ipykernel\n"),
        )

    for program in PROGRAMS:
        ends(program, 0)
    return ends


@pytest.fixture
def builder(engine: FakeEngine) -> Builder:
    return Builder(engine)


ENDS = pytest.mark.parametrize(
    "error, done",
    [
        (LabdockError("The engine failed."), False),
        (KeyboardInterrupt(), False),
        (KeyboardInterrupt(), True),
    ],
)
"""How a call of the engine ends: failed, interrupted before its work, or after it."""
