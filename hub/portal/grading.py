"""Grades what was handed in, one or two at a time, in containers that are thrown away.

A submission is graded anew from its sources with a seed that nobody knows before; what
the learner's own container found counts for nothing.
"""

from __future__ import annotations

import json
import logging
import secrets
import threading
from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from hub.portal import grading_queue
from hub.portal.lesson_list import LESSONS, Lesson, Lessons, full_image, image_for
from hub.portal.submissions import Submission, Verdict
from hub.portal.throwaway import Outcome, Throwaway, reap
from workspace_cli.core.errors import LabdockError, UnreachableError
from workspace_cli.core.host import Host

log = logging.getLogger("labdock.portal.grading")

COMMAND = (*LESSONS, "grade", "--json")
WORKERS = 2
BOOT_SECONDS = 60.0
"""To start and to load the libraries, on a busy machine."""
EXERCISE_SECONDS = 60.0
"""As long as the grading program itself lets one go on by the clock."""
PAUSE = 5.0
"""Between two tries where grading was put off."""
IDLE = 30.0
"""Between two looks where nothing was handed in: handing in wakes a worker."""
_KIND = 64


class GradingError(LabdockError):
    """Grading itself did not work; it says nothing about the answers."""


class Grader:
    """The workers and the queue that they empty; ``wake`` after something was handed in."""

    def __init__(
        self, host: Host, lessons: Lessons, throwaway: Throwaway, workers: int = WORKERS
    ) -> None:
        self._host = host
        self._lessons = lessons
        self._throwaway = throwaway
        self._workers = workers
        self._new = threading.Condition()
        self._news = 0
        self._ended = False
        self._unkept: deque[Submission] = deque()
        """What was taken and is neither graded nor queued again: the database did not answer."""
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Begin to grade, first what an earlier portal has left."""
        self._threads = [
            threading.Thread(target=self._work, args=(number == 0,), daemon=True)
            for number in range(self._workers)
        ]
        self._reap(every=True)
        self._lessons.all()  # so that they are there when somebody looks
        again = grading_queue.queue_again(self._host)
        if again:
            log.warning("%d submissions were being graded and are queued again", again)
        for thread in self._threads:
            thread.start()

    def stop(self, seconds: float = 5.0) -> None:
        """End; what is being graded is queued again when the next portal comes up."""
        with self._new:
            self._ended = True
            self._new.notify_all()
        for thread in self._threads:
            thread.join(seconds)

    def wake(self) -> None:
        """Tell that something was handed in."""
        with self._new:
            self._news += 1
            self._new.notify_all()

    def _reap(self, *, every: bool = False) -> None:
        try:
            for name in reap(self._host, every=every):
                log.warning("Removed a leftover: %s", name)
        except LabdockError as exc:
            log.warning("Leftovers stay for now: %s", exc)
        except Exception:
            # A worker that is gone would leave members waiting for good.
            log.exception("Looking for leftovers failed; trying again")

    def _work(self, first: bool) -> None:
        while not self._ended:
            seen = self._news
            pause = self._turn()
            if first and pause:
                self._reap()
            with self._new:
                # Not where something came while the queue was looked at.
                self._new.wait_for(lambda: self._ended or self._news != seen, pause)  # noqa: B023

    def _turn(self) -> float:
        """Grade one submission; return how long to wait for the next."""
        try:
            return 0 if self.step() else IDLE
        except LabdockError as exc:
            log.warning("Grading is put off: %s", exc)
        except Exception:
            # A worker that is gone would leave members waiting for good.
            log.exception("Grading failed; trying again")
        return PAUSE

    def step(self) -> bool:
        """Grade the submission that is next; return whether there was one.

        Raises UnreachableError, and keeps it queued, where the engine does not answer.
        """
        self._queue_again()
        taken = grading_queue.take(self._host)
        if taken is None:
            return False
        submission, sources = taken
        try:
            self._grade(submission, sources)
        except UnreachableError:
            raise
        except Exception:
            self._unkept.append(submission)
            raise
        return True

    def _queue_again(self) -> None:
        with suppress(IndexError):
            while True:
                one = self._unkept.popleft()
                try:
                    grading_queue.queue_again(self._host, one.id)
                except Exception:
                    self._unkept.append(one)
                    raise

    def _grade(self, submission: Submission, sources: Mapping[str, str]) -> None:
        try:
            verdicts = self.grade(submission.lesson, sources)
        except UnreachableError:
            grading_queue.put_back(self._host, submission.id)
            raise
        except LabdockError as exc:
            if not self._ended:
                log.warning("Submission %s was not graded: %s", submission.id, exc)
                grading_queue.fail(self._host, submission, str(exc))
        except Exception:
            grading_queue.fail(self._host, submission, "Something went wrong in the portal.")
            raise
        else:
            self._finish(submission, verdicts)

    def _finish(self, submission: Submission, verdicts: list[Verdict]) -> None:
        grading_queue.finish(self._host, submission, verdicts)
        passed = sum(one.ok for one in verdicts)
        log.info("Submission %s: %d of %d passed", submission.id, passed, len(verdicts))

    def grade(self, lesson: str, sources: Mapping[str, str]) -> list[Verdict]:
        """Return the verdicts on the sources of a lesson's exercises; GradingError otherwise."""
        known = {one.id: one for one in self._lessons.all()}.get(lesson)
        image = full_image(self._host) if known is None else image_for(self._host, known)
        # Less than 2**63: the generators that take it want a machine word.
        work = {"lesson": lesson, "exercises": dict(sources), "seed": secrets.randbits(48)}
        seconds = BOOT_SECONDS + EXERCISE_SECONDS * len(sources)
        outcome = self._throwaway.run(image, COMMAND, json.dumps(work).encode(), seconds)
        return read_verdicts(outcome, known, set(sources))


def read_verdicts(outcome: Outcome, lesson: Lesson | None, handed: set[str]) -> list[Verdict]:
    """Return what the grading program said, checked; GradingError where it said nothing of use.

    What it does not know of (an exercise that another version has) is no attempt.
    """
    if outcome.cut_off == "gone":
        raise GradingError("Grading was interrupted.", "Hand in again.")
    if outcome.cut_off:
        raise GradingError(
            {
                "late": "Grading took too long.",
                "long": "Grading wrote too much.",
                "memory": "Grading ran out of memory.",
            }[outcome.cut_off],
            "Make your answers quicker and smaller, then hand in again.",
        )
    verdicts = [_verdict(row) for row in _rows(outcome)]
    exercises = handed if lesson is None else handed & set(lesson.exercises)
    if {one.exercise for one in verdicts} - handed or len(verdicts) < len(exercises):
        raise GradingError("Grading told of other exercises than were handed in.", "Ask an admin.")
    if not verdicts:
        raise GradingError(
            "None of these exercises belongs to the lesson.", "Open the lesson again."
        )
    return verdicts


def _rows(outcome: Outcome) -> list[Any]:
    try:
        rows = json.loads(outcome.output)["verdicts"]
    except (ValueError, KeyError, TypeError) as exc:
        why = outcome.errors.decode(errors="replace").strip().splitlines()[-1:]
        log.warning("The grading program ended with %s: %s", outcome.exit_code, why)
        raise GradingError(
            "The grading program did not work.", "Hand in again, or ask an admin."
        ) from exc
    return rows if isinstance(rows, list) else []


def _verdict(row: Any) -> Verdict:
    try:
        exercise, ok, kind = str(row["exercise"]), row["ok"] is True, row["kind"]
    except (KeyError, TypeError) as exc:
        raise GradingError(
            "The grading program did not work.", "Hand in again, or ask an admin."
        ) from exc
    return Verdict(exercise[:_KIND], ok, None if kind is None else str(kind)[:_KIND])
