"""What grading says of a whole class: pure functions from attempts to tables."""

from __future__ import annotations

import csv
import io
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from hub.portal.lesson_list import Lesson
from hub.portal.submissions import Attempt

STUCK = 5
"""Failed attempts at one exercise, with none that passed, after which a learner counts as stuck."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
BOM = "\ufeff"
"""By which spreadsheets know UTF-8."""


@dataclass(frozen=True)
class ExerciseProgress:
    """One learner at one exercise; ``last_kind`` is the mistake of the last failed attempt."""

    exercise: str
    attempts: int = 0
    failed: int = 0
    verified: float | None = None
    """When it passed first, in seconds since the epoch."""
    last_kind: str | None = None

    @property
    def stuck(self) -> bool:
        """Whether many attempts failed and none passed."""
        return self.verified is None and self.failed >= STUCK


@dataclass(frozen=True)
class LessonProgress:
    """One learner at one lesson."""

    lesson: str
    exercises: tuple[ExerciseProgress, ...]

    @property
    def verified(self) -> bool:
        """Whether every exercise has passed."""
        return bool(self.exercises) and self.count == len(self.exercises)

    @property
    def count(self) -> int:
        """How many exercises have passed."""
        return sum(one.verified is not None for one in self.exercises)

    @property
    def attempts(self) -> int:
        """How many attempts at its exercises were graded."""
        return sum(one.attempts for one in self.exercises)

    @property
    def stuck(self) -> tuple[str, ...]:
        """The exercises at which the learner is stuck."""
        return tuple(one.exercise for one in self.exercises if one.stuck)


@dataclass(frozen=True)
class Mistake:
    """What goes wrong most often at one exercise: failed attempts, and learners who made them."""

    lesson: str
    exercise: str
    kind: str
    attempts: int
    learners: int


@dataclass(frozen=True)
class ClassView:
    """Class × lessons."""

    lessons: tuple[Lesson, ...]
    learners: Mapping[str, tuple[LessonProgress, ...]] = field(default_factory=dict)
    mistakes: tuple[Mistake, ...] = ()


def progress(attempts: Iterable[Attempt], lessons: Sequence[Lesson]) -> tuple[LessonProgress, ...]:
    """Return one learner's progress, a row each lesson, also for those not begun."""
    of_lesson: dict[str, list[Attempt]] = defaultdict(list)
    for one in attempts:
        of_lesson[one.lesson].append(one)
    return tuple(_lesson(lesson, of_lesson[lesson.id]) for lesson in lessons)


def _lesson(lesson: Lesson, attempts: list[Attempt]) -> LessonProgress:
    rows = []
    for name in lesson.exercises:
        tried = [one for one in attempts if one.exercise == name]
        failed = [one for one in tried if not one.ok]
        passed = [one.at for one in tried if one.ok]
        last = failed[-1].kind if failed else None
        rows.append(
            ExerciseProgress(name, len(tried), len(failed), min(passed, default=None), last)
        )
    return LessonProgress(lesson.id, tuple(rows))


def class_view(
    attempts: Iterable[Attempt], learners: Iterable[str], lessons: Iterable[Lesson]
) -> ClassView:
    """Return everybody's progress at the lessons that were handed in, and the usual mistakes.

    A lesson that an image no longer offers is shown as it was graded.
    """
    every = list(attempts)
    shown = shown_lessons(every, lessons)
    of_learner: dict[str, list[Attempt]] = {name: [] for name in sorted(learners)}
    for one in every:
        # What somebody did whose account is gone is nobody's row, but still a usual mistake.
        if one.owner in of_learner:
            of_learner[one.owner].append(one)
    rows = {name: progress(tried, shown) for name, tried in of_learner.items()}
    return ClassView(shown, rows, mistakes(every))


def shown_lessons(attempts: Iterable[Attempt], lessons: Iterable[Lesson]) -> tuple[Lesson, ...]:
    """Return the lessons in the course's order, and after them those known from attempts alone."""
    known = list(lessons)
    names = {lesson.id for lesson in known}
    others: dict[str, set[str]] = defaultdict(set)
    for one in attempts:
        if one.lesson not in names:
            others[one.lesson].add(one.exercise)
    gone = [
        Lesson(lesson, tuple(sorted(exercises)), (), {})
        for lesson, exercises in sorted(others.items())
    ]
    return (*known, *gone)


def mistakes(attempts: Iterable[Attempt]) -> tuple[Mistake, ...]:
    """Return the commonest mistake of each exercise, in the order of lessons and exercises."""
    kinds: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    makers: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    for one in attempts:
        if not one.ok and one.kind:
            kinds[one.lesson, one.exercise][one.kind] += 1
            makers[one.lesson, one.exercise, one.kind].add(one.owner)
    found = []
    for (lesson, exercise), counted in sorted(kinds.items()):
        kind, count = min(counted.items(), key=lambda row: (-row[1], row[0]))
        found.append(Mistake(lesson, exercise, kind, count, len(makers[lesson, exercise, kind])))
    return tuple(found)


def as_csv(view: ClassView) -> str:
    """Write a class as CSV: a row each learner, a column each lesson, in a spreadsheet's terms.

    What a spreadsheet would take for a formula begins with an apostrophe.
    Source: https://owasp.org/www-community/attacks/CSV_Injection
    """
    text = io.StringIO()
    rows = csv.writer(text)
    rows.writerow(
        ["member", "verified", "attempts", "stuck", *(_cell(one.id) for one in view.lessons)]
    )
    for name, lessons in view.learners.items():
        stuck = [f"{one.lesson}/{exercise}" for one in lessons for exercise in one.stuck]
        rows.writerow(
            [
                _cell(name),
                sum(one.verified for one in lessons),
                sum(one.attempts for one in lessons),
                _cell(" ".join(stuck)),
                *(_share(one) for one in lessons),
            ]
        )
    return BOM + text.getvalue()


def _share(one: LessonProgress) -> str:
    if one.verified:
        return "verified"
    # No slash: a spreadsheet would read 1/2 as a date.
    return f"{one.count} of {len(one.exercises)}" if one.attempts else ""


def _cell(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text
