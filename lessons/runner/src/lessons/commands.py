"""What each verb of the command line does."""

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from lessons import progress
from lessons.answers import Answers
from lessons.errors import NotReadyError, UsageError
from lessons.i18n import Lang, message
from lessons.places import find_places
from lessons.progress import LessonProgress
from lessons.registry import Lesson, Registry, load_registry
from lessons.sinks import table_lines

Verb = Callable[[argparse.Namespace, Lang], int]


def run(options: argparse.Namespace, lang: Lang) -> int:
    """Does what the command line says; the exit code."""
    from lessons import grade_command, run_command, submit_command

    verbs: dict[str, Verb] = {
        "list": show_list,
        "open": open_lesson,
        "run": run_command.run,
        "check": check,
        "hint": hint,
        "progress": show_progress,
        "reset": reset,
        "submit": submit_command.submit,
        "grade": grade_command.grade,
    }
    return verbs[options.verb](options, lang)


def emit(value: object) -> None:
    """Prints a value as JSON, for programs."""
    print(json.dumps(value, ensure_ascii=False))


def show_list(options: argparse.Namespace, lang: Lang) -> int:
    """`lessons list`: packages and their lessons, with how far the learner is."""
    registry = load_registry()
    done = progress.summarise(find_places().progress)
    if options.json:
        missing = _missing_anywhere(registry)
        emit([_described(lesson, lang, done, missing) for lesson in registry.lessons])
        return 0
    for package in registry.packages:
        print(f"{package.letter.upper()}. {package.title[lang]} · {package.summary[lang]}")
        for lesson in registry.lessons:
            if lesson.package is package:
                print(_line(lesson, lang, done))
    if not registry.packages:
        print(message(lang, "nothing_installed"))
    return 0


def _counts(lesson: Lesson, done: dict[str, LessonProgress]) -> tuple[int, int]:
    exercises = done.get(lesson.id, LessonProgress()).exercises
    known = [exercises[name] for name in lesson.exercises if name in exercises]
    return sum(one.passed for one in known), sum(one.verified for one in known)


def _line(lesson: Lesson, lang: Lang, done: dict[str, LessonProgress]) -> str:
    passed, _ = _counts(lesson, done)
    title = lesson.headline(lang)["title"]
    minutes = message(lang, "minutes", count=lesson.minutes)
    share = f"{passed}/{len(lesson.exercises)}"
    return f"  {lesson.id:<15} {share:>5}  {title} ({minutes})"


def _missing_anywhere(registry: Registry) -> set[str]:
    """Modules that some lesson needs and the member's Python has not."""
    from lessons.member import missing_modules

    needed = sorted({name for lesson in registry.lessons for name in lesson.needs})
    try:
        return set(missing_modules(needed))
    except NotReadyError:
        return set()  # a member's broken Python must not hide the list: `check` tells of it


def _described(
    lesson: Lesson, lang: Lang, done: dict[str, LessonProgress], missing: set[str]
) -> dict[str, Any]:
    passed, verified = _counts(lesson, done)
    package = lesson.package
    progress_here = done.get(lesson.id, LessonProgress())
    return {
        "id": lesson.id,
        "package": package.id,
        "letter": package.letter,
        "package_title": package.title[lang],
        "title": lesson.headline(lang)["title"],
        "summary": lesson.headline(lang)["summary"],
        "minutes": lesson.minutes,
        "needs": list(lesson.needs),
        "missing": [name for name in lesson.needs if name in missing],
        "exercises": list(lesson.exercises),
        "progress": {name: vars(progress_here.exercise(name)) for name in lesson.exercises},
        "trains": lesson.trains,
        "version": package.version,
        "opened": lesson.id in done,
        "passed": passed,
        "verified": verified,
    }


def open_lesson(options: argparse.Namespace, lang: Lang) -> int:
    """`lessons open`: the notebook and the stubs, where there are none yet."""
    from lessons.member import missing_modules

    lesson = load_registry().lesson(options.lesson)
    places = find_places()
    answers = Answers(lesson, places)
    made = answers.open(lang)
    progress.append(places.progress, "open", lesson.id, lang=lang)
    notebook = answers.notebook(lang)
    missing = missing_modules(lesson.needs)
    if options.json:
        emit(
            {
                "lesson": lesson.id,
                "notebook": str(notebook),
                "answers": {name: str(answers.file(name)) for name in lesson.exercises},
                "made": [str(file) for file in made],
                "missing": missing,
            }
        )
        return 0
    print(message(lang, "opened" if notebook in made else "opened_before", file=notebook))
    if missing:
        from lessons.member import IMAGE

        modules = ", ".join(missing)
        values = {"lesson": lesson.id, "modules": modules, "image": IMAGE}
        print(message(lang, "missing_modules", **values), file=sys.stderr)
    return 0


def check(options: argparse.Namespace, lang: Lang) -> int:
    """`lessons check`: grades the answers here, for practice."""
    from lessons.tries import check_answers

    registry = load_registry()
    lesson = registry.lesson(options.lesson)
    names = _exercises(lesson, options.exercises)
    outcome = check_answers(registry, lesson, find_places(), names, lang)
    if options.json:
        emit(outcome.as_json())
    else:
        for line in outcome.lines():
            print(line)
        failed = next((one.verdict for one in outcome.results if not one.verdict.ok), None)
        if failed is not None:
            values = {"lesson": lesson.id, "exercise": failed.exercise}
            print(message(lang, "try_a_hint", **values))
    return 0 if outcome.passed else 1


def _exercises(lesson: Lesson, names: list[str]) -> list[str]:
    for name in names:
        Answers(lesson, find_places()).file(name)
    return names or list(lesson.exercises)


def hint(options: argparse.Namespace, lang: Lang) -> int:
    """`lessons hint`: the next hint."""
    from lessons.tries import take_hint

    lesson = load_registry().lesson(options.lesson)
    found = take_hint(lesson, find_places(), options.exercise, lang)
    if options.json:
        emit(
            {
                "lesson": lesson.id,
                "exercise": found.exercise,
                "hint": found.number,
                "text": found.text,
            }
        )
    else:
        print(found.line(lang))
    return 0


def show_progress(options: argparse.Namespace, lang: Lang) -> int:
    """`lessons progress`: what was opened, passed and verified."""
    done = progress.summarise(find_places().progress)
    lessons = [lesson for lesson in load_registry().lessons if lesson.id in done]
    if options.json:
        emit([_progress_of(lesson, done[lesson.id]) for lesson in lessons])
        return 0
    if not lessons:
        print(message(lang, "no_progress"))
        return 0
    rows = []
    for lesson in lessons:
        passed, verified = _counts(lesson, done)
        total = len(lesson.exercises)
        last = (done[lesson.id].last or "")[:16].replace("T", " ")
        rows.append([lesson.id, f"{passed}/{total}", f"{verified}/{total}", last])
    headers = ["lesson", "passed", "verified", "last"]
    print("\n".join(table_lines([message(lang, f"column_{one}") for one in headers], rows)))
    return 0


def _progress_of(lesson: Lesson, done: LessonProgress) -> dict[str, Any]:
    return {
        "lesson": lesson.id,
        "last": done.last,
        "exercises": {name: vars(done.exercise(name)) for name in lesson.exercises},
    }


def reset(options: argparse.Namespace, lang: Lang) -> int:
    """`lessons reset`: the stubs again; what was there is kept in the backup folder."""
    lesson = load_registry().lesson(options.lesson)
    names = _exercises(lesson, options.exercises)
    places = find_places()
    kept = Answers(lesson, places).reset(names, lang, notebook=not options.exercises)
    progress.append(places.progress, "reset", lesson.id, exercises=names)
    if options.json:
        emit({"lesson": lesson.id, "exercises": names, "backup": str(kept) if kept else None})
    else:
        print(message(lang, "reset_done", lesson=lesson.id, folder=kept or "-"))
    return 0


def chosen_lessons(registry: Registry, names: list[str], everything: bool) -> list[Lesson]:
    """The lessons that were named, or all of them; UsageError where neither was said."""
    if everything:
        return registry.lessons
    if not names:
        raise UsageError("which_lesson")
    return [registry.lesson(name) for name in names]


def folder_for(lesson: Lesson, out: str | None) -> Path:
    """Where a lesson's pictures go."""
    return Path(out) / lesson.id if out else find_places().home / lesson.id / "out"
