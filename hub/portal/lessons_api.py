"""``/lessons``: hand answers in, see the verdicts, one's own progress, and a class's."""

from __future__ import annotations

import itertools
import re
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from hub.portal import class_view, problems, submissions
from hub.portal.access import MEMBERS, TEACHERS, Member, Parts, Teacher, only
from hub.portal.idempotency import Key
from hub.portal.lessons_models import (
    ClassOut,
    CourseLessonOut,
    ExerciseOut,
    GradedOut,
    LearnerLessonOut,
    LearnerOut,
    LessonOut,
    MistakeOut,
    ProgressOut,
    SubmissionIn,
    SubmissionOut,
    SubmissionsOut,
    VerdictOut,
)
from hub.portal.portal import API, Portal
from hub.portal.submissions import Handed, Submission, Verdict
from workspace_cli.core.errors import InvalidOptionError, NotFoundError

ID = re.compile(r"[0-9a-f]{32}")
PAGE = 50
LARGEST_PAGE = 200

router = APIRouter(prefix="/lessons", tags=["lessons"])

Limit = Annotated[int, Query(ge=1, le=LARGEST_PAGE, description="Rows of a page.")]


@router.post(
    "/submissions",
    status_code=202,
    openapi_extra=only(MEMBERS),
    responses=problems.answers(401, 403, 409, 413, 422, 429, 503),
)
def hand_in(
    body: SubmissionIn,
    who: Member,
    parts: Parts,
    response: Response,
    idempotency_key: Key = None,
) -> SubmissionOut:
    """Hand answers in; they are graded anew in a container that is thrown away."""
    _check_lesson(parts, body)
    handed = Handed(
        who.name, body.lesson, body.exercises, body.package, body.version, idempotency_key
    )
    made = submissions.hand_in(parts.host, handed)
    parts.grader.wake()
    response.headers["Location"] = f"{API}/lessons/submissions/{made.id}"
    return SubmissionOut(**_submission(made))


def _check_lesson(parts: Portal, body: SubmissionIn) -> None:
    known = {one.id: one for one in parts.lessons.all()}
    # Without a list grading itself decides: whoever hands in must not wait for an image.
    if not known:
        return
    lesson = known.get(body.lesson)
    if lesson is None:
        raise InvalidOptionError(
            f"There is no lesson {body.lesson!r}.", "`lessons list` shows those there are."
        )
    if strange := sorted(set(body.exercises) - set(lesson.exercises)):
        raise InvalidOptionError(
            f"{body.lesson} has no exercise {strange[0]!r}.",
            f"It has: {', '.join(lesson.exercises)}.",
        )


@router.get(
    "/submissions",
    openapi_extra=only(MEMBERS),
    responses=problems.answers(401, 403, 422, 503),
)
def list_submissions(
    who: Member,
    parts: Parts,
    before: Annotated[str, Query(pattern=r"^([0-9a-f]{32})?$")] = "",
    limit: Limit = PAGE,
) -> SubmissionsOut:
    """List what you have handed in."""
    found, following = submissions.submissions(parts.host, who.name, before=before, limit=limit)
    return SubmissionsOut(
        items=[SubmissionOut(**_submission(one)) for one in found], next=following
    )


@router.get(
    "/submissions/{submission_id}",
    openapi_extra=only(MEMBERS),
    responses=problems.answers(401, 403, 404, 503),
)
def show_submission(submission_id: str, who: Member, parts: Parts) -> GradedOut:
    """Show one of your submissions with the verdicts; anybody else's is not found."""
    if not ID.fullmatch(submission_id):
        raise NotFoundError("You have handed in nothing of this id.", "See your progress.")
    found, verdicts = submissions.submission(parts.host, submission_id, who.name)
    return GradedOut(**_submission(found), verdicts=[_verdict(one) for one in verdicts])


@router.get("/progress", openapi_extra=only(MEMBERS), responses=problems.answers(401, 403, 503))
def show_progress(who: Member, parts: Parts) -> ProgressOut:
    """Show your own progress: every lesson of which you have handed anything in."""
    tried = submissions.attempts(parts.host, who.name)
    lessons = class_view.shown_lessons(tried, parts.lessons.all())
    rows = [one for one in class_view.progress(tried, lessons) if one.attempts]
    return ProgressOut(member=who.name, lessons=[_lesson(one) for one in rows])


@router.get("/class", openapi_extra=only(TEACHERS), responses=problems.answers(401, 403, 422, 503))
def show_class(
    request: Request,
    _who: Teacher,
    parts: Parts,
    after: Annotated[str, Query(max_length=64)] = "",
    limit: Limit = PAGE,
) -> ClassOut:
    """Show the class: who has verified what, who is stuck, and the commonest mistakes."""
    view = whole_class(parts)
    language = problems.language_of(request)
    names = [name for name in view.learners if name > after]
    shown = list(itertools.islice(names, limit))
    return ClassOut(
        lessons=[
            CourseLessonOut(id=one.id, title=one.title(language), exercises=list(one.exercises))
            for one in view.lessons
        ],
        learners=[_learner(name, view.learners[name]) for name in shown],
        mistakes=[MistakeOut(**vars(one)) for one in view.mistakes],
        next=shown[-1] if len(names) > limit else None,
    )


@router.get(
    "/class.csv",
    openapi_extra=only(TEACHERS),
    response_class=Response,
    responses={
        200: {"content": {"text/csv": {}}, "description": "UTF-8 with a byte order mark"},
        **problems.answers(401, 403, 503),
    },
)
def class_as_csv(_who: Teacher, parts: Parts) -> Response:
    """Show the class as a table for spreadsheets."""
    return Response(
        class_view.as_csv(whole_class(parts)),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="lessons.csv"'},
    )


def whole_class(parts: Portal) -> class_view.ClassView:
    """Return the class: every account that can log in and does not administrate, and whoever
    has handed anything in."""
    tried = submissions.attempts(parts.host)
    accounts = {one.name: one for one in parts.accounts.all() if one.active}
    owners = {one.owner for one in tried}
    learners = {name for name, one in accounts.items() if not one.admin or name in owners}
    return class_view.class_view(tried, learners, parts.lessons.all())


def _submission(one: Submission) -> dict[str, Any]:
    return {
        "id": one.id,
        "lesson": one.lesson,
        "state": one.state,
        "note": one.note,
        "created": _iso(one.created),
        "finished": _iso(one.finished),
    }


def _verdict(one: Verdict) -> VerdictOut:
    return VerdictOut(exercise=one.exercise, ok=one.ok, kind=one.kind)


def _lesson(one: class_view.LessonProgress) -> LessonOut:
    return LessonOut(
        lesson=one.lesson,
        verified=one.verified,
        attempts=one.attempts,
        exercises=[
            ExerciseOut(
                exercise=row.exercise,
                verified=_iso(row.verified),
                attempts=row.attempts,
                failed=row.failed,
                stuck=row.stuck,
                last_kind=row.last_kind,
            )
            for row in one.exercises
        ],
    )


def _learner(name: str, lessons: tuple[class_view.LessonProgress, ...]) -> LearnerOut:
    return LearnerOut(
        member=name,
        verified=sum(one.verified for one in lessons),
        attempts=sum(one.attempts for one in lessons),
        lessons=[
            LearnerLessonOut(
                lesson=one.lesson,
                verified=one.verified,
                passed=one.count,
                of=len(one.exercises),
                attempts=one.attempts,
                stuck=list(one.stuck),
            )
            for one in lessons
            if one.attempts
        ],
    )


def _iso(seconds: float | None) -> str | None:
    if seconds is None:
        return None
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")
