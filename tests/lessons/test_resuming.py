"""A lesson's training that was stopped ends as one that was not."""

import importlib
from pathlib import Path
from typing import Any

import lessons.training
import pytest
from lessons.context import Context
from lessons.registry import Lesson
from lessons.sinks import Progress, RecordingSink

from tests.lessons.catalogue import LESSONS

STOPPED = {
    "g4-digits": ("mistakes", 150),
    "g5-keras": ("fit", 8),
}


class StoppedError(Exception):
    """The workspace went away."""


class StoppingSink(RecordingSink):
    """Ends the run at a step."""

    def __init__(self, step: int | None) -> None:
        super().__init__()
        self.at = step

    def progress(self, progress: Progress) -> None:
        super().progress(progress)
        if progress.step == self.at:
            raise StoppedError


@pytest.mark.lessons
@pytest.mark.parametrize("lesson_id", STOPPED)
def test_a_stopped_training_goes_on(
    lesson_id: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lessons.training, "SAVE_EVERY", 0.0)
    lesson = next(one for one in LESSONS if one.id == lesson_id)
    function, step = STOPPED[lesson_id]
    whole = run(lesson, function, tmp_path / "whole")
    with pytest.raises(StoppedError):
        run(lesson, function, tmp_path / "parts", step)
    assert list((tmp_path / "parts").rglob("*.pt"))
    assert run(lesson, function, tmp_path / "parts") == whole


def run(lesson: Lesson, function: str, folder: Path, stop: int | None = None) -> Any:
    demo = importlib.import_module(f"{lesson.module}.demo")
    context = Context(lesson, lang="en", sink=StoppingSink(stop), checkpoints=folder)
    return getattr(demo, function)(context)
