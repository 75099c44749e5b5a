"""`lessons submit`: hands answers in and waits for the portal's verdict."""

import argparse
import sys
from typing import Any

from lessons import progress, submission
from lessons.answers import Answers
from lessons.commands import emit
from lessons.errors import LessonsError, NotReadyError, OutOfReachError, RefusedError
from lessons.feedback import explain
from lessons.i18n import Lang, message
from lessons.judge import Verdict
from lessons.places import Places, find_places
from lessons.portal import find_portal
from lessons.registry import Lesson, load_registry


def submit(options: argparse.Namespace, lang: Lang) -> int:
    """Hands in what is no longer a stub; 0 where everything was verified."""
    lesson = load_registry().lesson(options.lesson)
    places = find_places()
    sources = Answers(lesson, places).written()
    if not sources:
        raise NotReadyError("nothing_to_submit", lesson=lesson.id)
    outbox = submission.outbox(places)
    outbox.put(lesson, sources)
    progress.append(places.progress, "submit", lesson.id, exercises=sorted(sources))
    try:
        portal = find_portal()
        sent = outbox.send(portal)
    except RefusedError:
        raise
    except (OutOfReachError, NotReadyError) as problem:
        return _queued(lesson, problem, options, lang)
    if options.no_wait:
        return _report(lesson, {"id": sent[lesson.id], "state": "queued"}, options, lang)
    # What had waited in the outbox was sent along: its verdicts count as well.
    verdicts = {one: submission.await_verdicts(portal, sent[one]) for one in sent}
    for one, found in verdicts.items():
        _record(one, places, found)
    given = verdicts[lesson.id]
    return _report(lesson, given, options, lang)


def _queued(lesson: Lesson, problem: LessonsError, options: argparse.Namespace, lang: Lang) -> int:
    why = message(lang, problem.key, **problem.values)
    if options.json:
        emit({"lesson": lesson.id, "state": "waiting", "why": why})
    else:
        print(message(lang, "submit_waiting", why=why), file=sys.stderr)
    return problem.exit_code


def _record(lesson: str, places: Places, given: dict[str, Any]) -> None:
    for one in given.get("verdicts") or []:
        values = {"ok": bool(one["ok"]), "kind": one.get("kind")}
        progress.append(places.progress, "verified", lesson, ex=one["exercise"], **values)


def _report(lesson: Lesson, given: dict[str, Any], options: argparse.Namespace, lang: Lang) -> int:
    state = str(given.get("state"))
    verdicts = given.get("verdicts") or []
    if options.json:
        emit({**given, "lesson": lesson.id})
    elif state == "done":
        for one in verdicts:
            verdict = Verdict(str(one["exercise"]), bool(one["ok"]), one.get("kind"))
            mark = "✓" if verdict.ok else "✗"
            print(f"{mark} {verdict.exercise}: {_sentence(verdict, lesson, lang)}")
    else:
        key = "submit_failed" if state == "failed" else "submit_queued"
        print(message(lang, key, id=given.get("id"), lesson=lesson.id))
    if state == "done":
        return 0 if all(one["ok"] for one in verdicts) else 1
    return 1 if state == "failed" else 0


def _sentence(verdict: Verdict, lesson: Lesson, lang: Lang) -> str:
    return message(lang, "verified") if verdict.ok else explain(verdict, lesson, lang)
