"""What goes in and comes out of ``/lessons``, as OpenAPI describes it."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from hub.portal.submissions import State

LARGEST_SOURCE = 200_000
"""Characters of one exercise's answer."""
MOST_EXERCISES = 32

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
LessonId = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,63}$")]
Source = Annotated[str, Field(max_length=LARGEST_SOURCE)]
Words = Annotated[str, Field(max_length=64, pattern=r"^[\w.+-]*$")]
Time = Annotated[str, Field(description="ISO 8601, UTC.")]


class SubmissionIn(BaseModel):
    """What is handed in: the source of each exercise of one lesson."""

    model_config = ConfigDict(extra="forbid")

    lesson: LessonId
    exercises: Annotated[dict[Name, Source], Field(min_length=1, max_length=MOST_EXERCISES)]
    package: Words = ""
    version: Words = ""


class VerdictOut(BaseModel):
    """What grading says of one exercise; ``kind`` names the mistake, null where it is right."""

    exercise: str
    ok: bool
    kind: str | None


class SubmissionOut(BaseModel):
    """One submission; ``state`` is queued, running, done (graded) or failed (grading broke)."""

    id: str
    lesson: str
    state: State
    created: Time
    finished: Time | None
    note: str = ""


class GradedOut(SubmissionOut):
    """One submission with its verdicts, empty until it is done."""

    verdicts: list[VerdictOut]


class SubmissionsOut(BaseModel):
    """A page of submissions, the newest first; ``next`` goes into ``before``."""

    items: list[SubmissionOut]
    next: str | None


class ExerciseOut(BaseModel):
    """How far somebody is with one exercise."""

    exercise: str
    verified: Time | None
    attempts: int
    failed: int
    stuck: bool
    last_kind: str | None


class LessonOut(BaseModel):
    """How far somebody is with one lesson."""

    lesson: str
    verified: bool
    attempts: int
    exercises: list[ExerciseOut]


class ProgressOut(BaseModel):
    """Everything that somebody has had graded."""

    member: str
    lessons: list[LessonOut]


class CourseLessonOut(BaseModel):
    """One lesson of the course."""

    id: str
    title: str
    exercises: list[str]


class LearnerLessonOut(BaseModel):
    """How far a learner is with one lesson; ``stuck`` names exercises."""

    lesson: str
    verified: bool
    passed: int
    of: int
    attempts: int
    stuck: list[str]


class LearnerOut(BaseModel):
    """One learner's row: the lessons of which anything was handed in."""

    member: str
    verified: int
    attempts: int
    lessons: list[LearnerLessonOut]


class MistakeOut(BaseModel):
    """What goes wrong most often at one exercise."""

    lesson: str
    exercise: str
    kind: str
    attempts: int
    learners: int


class ClassOut(BaseModel):
    """A page of the class by member's name; ``next`` goes into ``after``."""

    lessons: list[CourseLessonOut]
    learners: list[LearnerOut]
    mistakes: list[MistakeOut]
    next: str | None
