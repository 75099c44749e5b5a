"""Each demo runs, shows pictures that hold something, and gives the ledger's figures."""

import time
import tomllib
from pathlib import Path
from typing import Any

import pytest
from lessons.registry import Lesson
from lessons.sinks import RecordingSink

from tests.lessons.catalogue import EVERY_LESSON, LESSONS, ROOT, run_demo

LEDGER = tomllib.loads((ROOT / "lessons/ledger.toml").read_text(encoding="utf-8"))["row"]
Ran = tuple[RecordingSink, dict[str, Any], float]


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Ran]:
    return {}


def outcome(lesson: Lesson, ran: dict[str, Ran], folder: Path) -> Ran:
    if lesson.id not in ran:
        # Of computing, not by the clock: other work shares the two cores.
        started = time.process_time()
        sink, figures = run_demo(lesson, "ko", folder)
        ran[lesson.id] = (sink, figures, time.process_time() - started)
    return ran[lesson.id]


def allowed_seconds(lesson: Lesson) -> float:
    if lesson.id == "g5-keras":
        return 30
    return 15 if lesson.package.letter in "fgi" else 5


@pytest.mark.parametrize("lesson", EVERY_LESSON)
def test_the_demo_runs_within_its_time(lesson: Lesson, ran: dict[str, Ran], tmp_path: Path) -> None:
    _, figures, seconds = outcome(lesson, ran, tmp_path)
    assert set(figures) == set(lesson.demo)
    assert all(isinstance(one, dict) for one in figures.values())
    assert seconds < allowed_seconds(lesson)


@pytest.mark.parametrize("lesson", EVERY_LESSON)
def test_pictures_show_something(lesson: Lesson, ran: dict[str, Ran], tmp_path: Path) -> None:
    sink, _, _ = outcome(lesson, ran, tmp_path)
    for name, png in sink.figures.items():
        assert png.startswith(b"\x89PNG"), name
        assert len(png) > 3_000, f"{name} is blank"
    assert sink.texts or sink.tables or sink.figures


@pytest.mark.parametrize("lesson", EVERY_LESSON)
def test_the_figures_are_those_of_the_ledger(
    lesson: Lesson, ran: dict[str, Ran], tmp_path: Path
) -> None:
    rows = [row for row in LEDGER if row["lesson"] == lesson.id and "key" in row]
    _, figures, _ = outcome(lesson, ran, tmp_path)
    for row in rows:
        function, key = row["key"].split(".", 1)
        got = figures[function][key]
        wanted = row["expected"]
        assert got == pytest.approx(wanted, abs=row["tolerance"], rel=0), row["id"]


def test_the_ledger_names_lessons_that_exist() -> None:
    ids = [row["id"] for row in LEDGER]
    assert len(ids) == len(set(ids))
    known = {lesson.id for lesson in LESSONS}
    assert {row["lesson"] for row in LEDGER if "key" in row} <= known
