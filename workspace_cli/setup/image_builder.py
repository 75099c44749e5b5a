"""Recipes run by BuildKit, from images of this machine, with what the machine lends a build."""

from __future__ import annotations

import json
import re
import tempfile
from collections import deque
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from workspace_cli.core.build import Recipe
from workspace_cli.core.engine import Progress, Report
from workspace_cli.core.errors import SetupError
from workspace_cli.setup.build import step_text
from workspace_cli.setup.build_inputs import build_inputs
from workspace_cli.setup.commands import TAIL_LINES, proxy_variables, stream
from workspace_cli.setup.machine import PROJECT

RECIPES = PROJECT / "images" / "adopt"
_BUILD = ("docker", "buildx", "build", "--builder", "default", "--progress", "plain")
_REMEDY = "The lines above say which step failed."
_WARNING = "labdock-warning: "
_SAID = re.compile(r"^#\d+ \d+\.\d+ (.+)")
"""A line of BuildKit's plain progress that the step itself has written."""
_ENDED = re.compile(
    r"failed to solve: process \"(?:/bin/sh -c )?(.{1,120}).*\" did not complete successfully: "
    r"exit code: (\d+)"
)


class _Told:
    """A console that hands a build's steps on as progress."""

    def __init__(self, report: Report | None) -> None:
        self._report = report

    def step(self, text: str) -> None:
        self.line(text)

    def line(self, text: str) -> None:
        if self._report:
            warning = text.startswith(_WARNING)
            self._report(Progress(text.removeprefix(_WARNING), warning=warning))

    def warn(self, text: str) -> None:
        if self._report:
            self._report(Progress(text, warning=True))


class BuildKit:
    """The engine's own builder, reached through its command line."""

    def build(
        self, recipe: Recipe, tag: str, labels: Mapping[str, str], report: Report | None
    ) -> None:
        """Make an image and tag it; SetupError with the end of the output where that fails."""
        marks = [part for pair in labels.items() for part in ("--label", "=".join(pair))]
        _run(recipe, ["--load", "--tag", tag, *marks], report)

    def facts(self, recipe: Recipe, report: Report | None) -> Mapping[str, Any]:
        """Return what the recipe writes as ``/facts.json``; nothing is kept."""
        with tempfile.TemporaryDirectory(prefix="labdock-facts-") as folder:
            _run(recipe, ["--output", f"type=local,dest={folder}"], None)
            text = (Path(folder) / "facts.json").read_text(encoding="utf-8")
        try:
            found = json.loads(text)
        except ValueError as exc:
            raise SetupError(f"{recipe.subject}: its files make no sense.") from exc
        return dict(found)


def _run(recipe: Recipe, output: list[str], report: Report | None) -> None:
    with build_inputs() as inputs:
        command = [
            *_BUILD,
            *output,
            *("--file", str(recipe.dockerfile)),
            *(("--no-cache",) if recipe.fresh else ()),
            *(p for n, f in recipe.contexts.items() for p in ("--build-context", f"{n}={f}")),
            *(("--target", recipe.target) if recipe.target else ()),
            *(p for pair in recipe.arguments.items() for p in ("--build-arg", "=".join(pair))),
            # By name alone: the client reads the value, and BuildKit keeps these out of the image.
            *(part for name in proxy_variables() for part in ("--build-arg", name)),
            *inputs.arguments(),
            str(recipe.context),
        ]
        said: deque[str] = deque(maxlen=TAIL_LINES)

        def told(line: str) -> str | None:
            said.extend(_SAID.findall(line))
            if not recipe.target:
                said.extend(
                    f"{what}: ended with code {code}" for what, code in _ENDED.findall(line)
                )
            return shown(line)

        try:
            stream(command, _Told(report), failure=recipe.subject, remedy=_REMEDY, shown=told)
        except SetupError as exc:
            # BuildKit repeats its own Dockerfile last; what the failed step said is the reason.
            if not said:
                raise
            lines = "".join(f"  | {line}\n" for line in said)
            raise SetupError(f"{recipe.subject}:\n{lines}", _REMEDY) from exc


def shown(line: str) -> str | None:
    """Return what a person wants to see of a line of a build: its steps and our own warnings.

    >>> shown("#9 3.1 labdock-warning: no sudo")
    'labdock-warning: no sudo'
    """
    _, found, text = line.partition(_WARNING)
    return f"{_WARNING}{text}" if found and line.startswith("#") else step_text(line)
