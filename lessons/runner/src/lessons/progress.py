"""What the learner did, a JSON object a line, on the volume that outlives every image.

Lines are only ever appended. A last line that a crash cut short is skipped by readers and closed
by the next writer.
"""

import fcntl
import json
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

VERSION = 1


def append(file: Path, event: str, lesson: str, **values: object) -> None:
    """Adds one event; waits for other writers."""
    file.parent.mkdir(parents=True, exist_ok=True)
    stamp = datetime.now(UTC).isoformat(timespec="milliseconds")
    entry = {"v": VERSION, "ts": stamp, "event": event, "lesson": lesson, **values}
    line = json.dumps(entry, ensure_ascii=False) + "\n"
    descriptor = os.open(file, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        size = os.fstat(descriptor).st_size
        if size and os.pread(descriptor, 1, size - 1) != b"\n":
            line = "\n" + line
        os.write(descriptor, line.encode())
    finally:
        os.close(descriptor)


def read(file: Path) -> Iterator[dict[str, Any]]:
    """Every whole entry, oldest first; lines that are not entries are skipped."""
    try:
        text = file.read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return
    for line in text.splitlines():
        try:
            entry = json.loads(line)
        except ValueError:
            continue
        if isinstance(entry, dict) and isinstance(entry.get("lesson"), str):
            yield entry


@dataclass
class ExerciseProgress:
    """How far one exercise is: tries, hints taken, the last kind of mistake."""

    attempts: int = 0
    hints: int = 0
    passed: bool = False
    verified: bool = False
    kind: str | None = None


@dataclass
class LessonProgress:
    """How far one lesson is, by exercise."""

    opened: bool = False
    last: str | None = None
    exercises: dict[str, ExerciseProgress] = field(default_factory=dict)

    def exercise(self, name: str) -> ExerciseProgress:
        return self.exercises.setdefault(name, ExerciseProgress())


def summarise(file: Path) -> dict[str, LessonProgress]:
    """What all the entries come to, by lesson id."""
    lessons: dict[str, LessonProgress] = {}
    for entry in read(file):
        lesson = lessons.setdefault(entry["lesson"], LessonProgress())
        lesson.opened = True
        lesson.last = str(entry.get("ts", "")) or lesson.last
        if isinstance(entry.get("ex"), str):
            _take(lesson.exercise(entry["ex"]), entry)
    return lessons


def _take(exercise: ExerciseProgress, entry: dict[str, Any]) -> None:
    match entry.get("event"):
        case "check":
            exercise.attempts += 1
            exercise.passed = exercise.passed or bool(entry.get("ok"))
            exercise.kind = None if entry.get("ok") else entry.get("kind")
        case "hint":
            exercise.hints = max(exercise.hints, int(entry.get("hint", 0)))
        case "verified":
            exercise.verified = exercise.verified or bool(entry.get("ok"))


class Stopwatch:
    """Seconds since it was made."""

    def __init__(self) -> None:
        self._start = time.monotonic()

    @property
    def seconds(self) -> float:
        return round(time.monotonic() - self._start, 3)
