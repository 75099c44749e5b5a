"""The lessons that exist, as parameters of tests, with their solutions."""

import importlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from lessons.context import Context
from lessons.grading import Check, checks_of
from lessons.i18n import Lang
from lessons.registry import Lesson, load_registry
from lessons.sinks import RecordingSink

ROOT = Path(__file__).parents[2]
PACKAGES = ROOT / "lessons/packages"
SOLUTIONS = ROOT / "lessons/solutions"
REGISTRY = load_registry(
    {"LESSONS_PATH": os.pathsep.join(str(one) for one in sorted(PACKAGES.glob("*/src")))}
)
LESSONS = REGISTRY.lessons


@dataclass(frozen=True)
class Mutant:
    """A wrong solution and the kind of mistake that the check is to report."""

    file: Path
    kind: str

    @property
    def source(self) -> str:
        return self.file.read_text(encoding="utf-8")


def solutions_of(lesson: Lesson) -> Path:
    return SOLUTIONS / lesson.package.id / lesson.folder.name


def reference(lesson: Lesson, exercise: str) -> str:
    return (solutions_of(lesson) / exercise / "reference.py").read_text(encoding="utf-8")


def mutants(lesson: Lesson, exercise: str) -> list[Mutant]:
    found = []
    for file in sorted((solutions_of(lesson) / exercise).glob("mutant_*.py")):
        first = file.read_text(encoding="utf-8").partition("\n")[0]
        assert first.startswith("# kind: "), f"{file}: the first line must be '# kind: …'"
        found.append(Mutant(file, first.removeprefix("# kind: ").strip()))
    return found


def check_of(lesson: Lesson, exercise: str) -> Check:
    return checks_of(importlib.import_module(f"{lesson.module}.checks"))[exercise]


def run_demo(lesson: Lesson, lang: Lang, folder: Path) -> tuple[RecordingSink, dict[str, Any]]:
    """Runs every demo function and gives what was shown and the figures by function."""
    sink = RecordingSink()
    context = Context(lesson, lang=lang, sink=sink, checkpoints=folder)
    demo = importlib.import_module(f"{lesson.module}.demo")
    figures: dict[str, Any] = {}
    for name in lesson.demo:
        context.fresh()
        figures[name] = getattr(demo, name)(context)
    return sink, figures


def marked(lesson: Lesson, *values: object) -> Any:
    """A parameter set that is left out where the lesson's modules are not installed."""
    marks = [pytest.mark.lessons] if lesson.needs else []
    name = "-".join([lesson.id, *(str(one) for one in values)])
    return pytest.param(lesson, *values, marks=marks, id=name)


EVERY_LESSON = [marked(lesson) for lesson in LESSONS]
EVERY_EXERCISE = [marked(lesson, name) for lesson in LESSONS for name in lesson.exercises]
