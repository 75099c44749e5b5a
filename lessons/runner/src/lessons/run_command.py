"""`lessons run`: the demo, in the member's Python."""

import argparse
import json
import shutil
import subprocess
import sys

from lessons import member
from lessons.commands import chosen_lessons, emit, folder_for
from lessons.i18n import Lang
from lessons.places import find_places
from lessons.registry import Lesson, Registry, load_registry


def run(options: argparse.Namespace, lang: Lang) -> int:
    """Runs each lesson's demo; the first exit code that is not 0."""
    registry = load_registry()
    worst = 0
    for lesson in chosen_lessons(registry, options.lessons, options.all):
        member.require_modules(lesson)
        if options.fresh:
            shutil.rmtree(find_places().checkpoints / lesson.id, ignore_errors=True)
        if options.json:
            emit({"event": "lesson", "lesson": lesson.id})
        else:
            print(f"# {lesson.id} · {lesson.headline(lang)['title']}")
        sys.stdout.flush()
        code = _run_one(registry, lesson, options, lang)
        if code > 1:
            return code
        worst = worst or code
    return worst


def _run_one(registry: Registry, lesson: Lesson, options: argparse.Namespace, lang: Lang) -> int:
    given = {
        "lesson": lesson.id,
        "lang": lang,
        "device": options.device,
        "seed": options.seed,
        "json": options.json,
        "out": str(folder_for(lesson, options.out)),
        "checkpoints": str(find_places().checkpoints),
    }
    line = member.command(registry, "lessons.demo_runner", json.dumps(given))
    with subprocess.Popen(line, env=member.environment()) as process:
        while True:
            try:
                return process.wait()
            except KeyboardInterrupt:
                # The terminal sent Ctrl-C to both; the child is saving its checkpoint.
                continue
