"""`lessons grade`: what the credit container runs. Grades sources with a secret seed, as JSON.

Standard input holds {"lesson", "exercises": {name: source}, "seed"}; or --answers names a folder
with a NAME.py an exercise, --lesson the lesson, and LESSONS_SEED the seed. Writes nothing outside
a temporary folder and needs no network: made for `docker run -i --network none --read-only`.
"""

import argparse
import json
import os
import sys
from pathlib import Path
from typing import Any

from lessons import checking, limits
from lessons.commands import emit
from lessons.errors import UsageError
from lessons.i18n import Lang, message
from lessons.judge import Verdict
from lessons.registry import Lesson, load_registry

LARGEST = 1 << 20  # bytes of a submission
# An exercise's: more than a check at home, since a busy lab gives grading little of a processor.
SECONDS = 2 * limits.SECONDS


def grade(options: argparse.Namespace, lang: Lang) -> int:
    """Prints the verdicts; 0 whatever they are, since grading itself worked."""
    work = _from_folder(options) if options.answers else _from_input()
    registry = load_registry()
    lesson = registry.lesson(work["lesson"])
    known = {
        name: work["exercises"][name] for name in lesson.exercises if name in work["exercises"]
    }
    results = checking.grade(registry, lesson, known, seed=work["seed"], seconds=SECONDS)
    verdicts = [one.verdict for one in results]
    if not options.json:
        for one in verdicts:
            kind = message(lang, "verdict_ok") if one.ok else one.kind
            print(f"{one.exercise}: {kind}")
        return 0
    emit(_report(lesson, verdicts, sorted(set(work["exercises"]) - set(known))))
    return 0


def _report(lesson: Lesson, verdicts: list[Verdict], unknown: list[str]) -> dict[str, Any]:
    return {
        "lesson": lesson.id,
        "package": lesson.package.id,
        "version": lesson.package.version,
        "verdicts": [
            {"exercise": one.exercise, "ok": one.ok, "kind": one.kind} for one in verdicts
        ],
        "unknown": unknown,
    }


def _from_input() -> dict[str, Any]:
    text = sys.stdin.read(LARGEST + 1)
    if len(text) > LARGEST:
        raise UsageError("submission_too_big", bytes=LARGEST)
    try:
        given = json.loads(text)
        lesson, exercises = str(given["lesson"]), dict(given["exercises"])
    except (ValueError, KeyError, TypeError) as problem:
        raise UsageError("bad_submission", why=f"{type(problem).__name__}: {problem}") from problem
    if not all(isinstance(one, str) for one in exercises.values()):
        raise UsageError("bad_submission", why="sources must be text")
    seed = given.get("seed")
    if seed is not None and not isinstance(seed, int):
        raise UsageError("bad_submission", why="seed must be a whole number")
    return {"lesson": lesson, "exercises": exercises, "seed": _seed() if seed is None else seed}


def _from_folder(options: argparse.Namespace) -> dict[str, Any]:
    if not options.lesson:
        raise UsageError("which_lesson")
    files = sorted(Path(options.answers).glob("*.py"))
    exercises = {file.stem: file.read_text(encoding="utf-8") for file in files}
    return {"lesson": options.lesson, "exercises": exercises, "seed": _seed()}


def _seed() -> int | None:
    given = os.environ.pop("LESSONS_SEED", "")
    if given and not given.isdecimal():
        raise UsageError("bad_submission", why="LESSONS_SEED must be a whole number")
    return int(given) if given else None
