"""Checking answers and taking hints, the same for command line and notebook; both are recorded."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from lessons import progress
from lessons.answers import Answers
from lessons.checking import Result, grade
from lessons.errors import NotReadyError
from lessons.feedback import explain
from lessons.i18n import Lang, message
from lessons.judge import Verdict
from lessons.places import Places
from lessons.registry import Lesson, Registry

HINTS = 3
PRINTED = 20  # lines of the learner's own prints that are repeated


@dataclass(frozen=True)
class Outcome:
    """What came of checking some exercises of a lesson."""

    lesson: Lesson
    results: list[Result]
    lang: Lang

    @property
    def passed(self) -> bool:
        return all(one.verdict.ok for one in self.results)

    def lines(self) -> Iterator[str]:
        """What a person reads."""
        for one in self.results:
            verdict = one.verdict
            mark = "✓" if verdict.ok else "✗"
            yield f"{mark} {verdict.exercise}: {explain(verdict, self.lesson, self.lang)}"
            printed = one.output.strip().splitlines()
            if printed and not verdict.ok:
                yield message(self.lang, "printed")
                yield from (f"    {line}" for line in printed[-PRINTED:])

    def as_json(self) -> dict[str, Any]:
        """What a program reads."""
        return {
            "lesson": self.lesson.id,
            "passed": self.passed,
            "verdicts": [
                {
                    **one.verdict.as_json(),
                    "text": explain(one.verdict, self.lesson, self.lang),
                    "output": one.output,
                }
                for one in self.results
            ],
        }


def check_answers(
    registry: Registry, lesson: Lesson, places: Places, names: Sequence[str], lang: Lang
) -> Outcome:
    """Grades the answers as they stand in their files and records each try."""
    answers = Answers(lesson, places)
    sources = {name: answers.read(name) for name in names}
    missing = [name for name, text in sources.items() if text is None]
    if missing:
        raise NotReadyError("not_opened", lesson=lesson.id, file=answers.file(missing[0]))
    watch = progress.Stopwatch()
    given = {name: text for name, text in sources.items() if text is not None}
    results = grade(registry, lesson, given)
    for one in results:
        _record(lesson, places, one.verdict, given[one.verdict.exercise], watch.seconds)
    return Outcome(lesson, results, lang)


def _record(lesson: Lesson, places: Places, verdict: Verdict, source: str, seconds: float) -> None:
    before = progress.summarise(places.progress).get(lesson.id, progress.LessonProgress())
    exercise = before.exercise(verdict.exercise)
    progress.append(
        places.progress,
        "check",
        lesson.id,
        ex=verdict.exercise,
        ok=verdict.ok,
        kind=verdict.kind,
        score=1 if verdict.ok else 0,
        attempt=exercise.attempts + 1,
        hints=exercise.hints,
        s=seconds,
        pkg=f"{lesson.package.id} {lesson.package.version}",
        sha=hashlib.sha256(source.encode()).hexdigest()[:16],
    )


@dataclass(frozen=True)
class Hint:
    """One hint, counted from 1."""

    exercise: str
    number: int
    text: str

    def line(self, lang: Lang) -> str:
        """What a person reads."""
        return message(lang, "hint", number=self.number, of=HINTS, text=self.text)


def take_hint(lesson: Lesson, places: Places, exercise: str, lang: Lang) -> Hint:
    """The next hint of the exercise, the last one again when all were taken; recorded."""
    Answers(lesson, places).file(exercise)
    done = progress.summarise(places.progress).get(lesson.id, progress.LessonProgress())
    number = min(HINTS, done.exercise(exercise).hints + 1)
    progress.append(places.progress, "hint", lesson.id, ex=exercise, hint=number)
    return Hint(exercise, number, lesson.strings(lang)[f"hint.{exercise}.{number}"])
