"""The queue, and what becomes of a submission whatever happens to its grading."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from hub.portal import grading_queue, submissions
from hub.portal.grading import COMMAND, Grader, GradingError, read_verdicts
from hub.portal.submissions import Handed, Verdict
from hub.portal.throwaway import Outcome, Throwaway
from tests.hub.portal.conftest import LESSONS, Clock, FakeLessons, Stage
from tests.support import eventually
from workspace_cli.core.errors import EngineUnreachableError, ImageNotFoundError, NotFoundError
from workspace_cli.core.fake_engine import FakeEngine
from workspace_cli.core.host import Host


@dataclass
class Runs(Throwaway):
    """Runs that end as a test says."""

    outcome: Outcome | Exception
    made: list[tuple[str, dict[str, object]]] = field(default_factory=list)

    def run(self, image: str, command: Sequence[str], data: bytes, seconds: float) -> Outcome:
        assert command == COMMAND
        self.made.append((image, json.loads(data)))
        if isinstance(self.outcome, Exception):
            raise self.outcome
        return self.outcome


def outcome(**verdicts: bool) -> Outcome:
    rows = [
        {"exercise": name, "ok": ok, "kind": None if ok else "wrong_value"}
        for name, ok in verdicts.items()
    ]
    return Outcome(json.dumps({"verdicts": rows}).encode(), b"", 0)


@pytest.fixture
def images(fake_engine: FakeEngine) -> None:
    """Put both images on the machine."""
    fake_engine.add_image("labdock/base")
    fake_engine.add_image("labdock/pytorch")


def handed(host: Host, lesson: str = "c2-loss", owner: str = "kim", **sources: str) -> str:
    return submissions.hand_in(host, Handed(owner, lesson, sources or {"mse": "a"})).id


def grader(host: Host, runs: Runs) -> Grader:
    return Grader(host, FakeLessons(), runs)


def state(host: Host, wanted: str, owner: str = "kim") -> str:
    return submissions.submission(host, wanted, owner)[0].state


@pytest.mark.usefixtures("images")
def test_sources_are_graded_in_the_image_that_the_lesson_needs(host: Host) -> None:
    runs = Runs(outcome(mse=True))
    first = handed(host)
    assert grader(host, runs).step() is True
    runs.outcome = outcome(train=False)
    handed(host, "d4-torch", train="b")
    assert grader(host, runs).step() is True
    assert grader(host, runs).step() is False
    assert [image for image, _ in runs.made] == ["labdock/base", "labdock/pytorch"]
    given = runs.made[0][1]
    assert (given["lesson"], given["exercises"]) == ("c2-loss", {"mse": "a"})
    assert submissions.submission(host, first, "kim")[1] == [Verdict("mse", True)]


@pytest.mark.usefixtures("images")
def test_each_grading_has_a_seed_of_its_own(host: Host) -> None:
    runs = Runs(outcome(mse=True))
    for number in range(5):
        handed(host, mse=str(number))
        grader(host, runs).step()
    assert len({work["seed"] for _, work in runs.made}) == 5


@pytest.mark.usefixtures("images")
@pytest.mark.parametrize(
    "ended",
    [
        Outcome(b"", b"Traceback ...", 1),
        Outcome(b"no json", b"", 0),
        Outcome(b"[]", b"", 0),
        Outcome(b'{"verdicts": []}', b"", 0),
        Outcome(b'{"verdicts": [{"exercise": "mse"}]}', b"", 0),
        outcome(other=True),
        Outcome(b"", b"", None, "late"),
        Outcome(b"", b"", None, "long"),
        Outcome(b"", b"", 137, "memory"),
        Outcome(b"", b"", None, "gone"),
    ],
)
def test_grading_that_does_not_work_verifies_nothing(host: Host, ended: Outcome) -> None:
    wanted = handed(host)
    assert grader(host, Runs(ended)).step() is True
    assert state(host, wanted) == "failed"
    assert submissions.attempts(host) == []
    assert submissions.submission(host, wanted, "kim")[0].note


def test_an_engine_that_is_away_keeps_it_waiting(host: Host, fake_engine: FakeEngine) -> None:
    fake_engine.add_image("labdock/base")
    wanted = handed(host)
    for _ in range(grading_queue.TRIES + 1):
        with pytest.raises(EngineUnreachableError):
            grader(host, Runs(EngineUnreachableError("It does not answer."))).step()
    assert state(host, wanted) == "queued"


def test_without_an_image_it_fails_with_words(host: Host) -> None:
    wanted = handed(host)
    assert grader(host, Runs(outcome(mse=True))).step() is True
    found, _ = submissions.submission(host, wanted, "kim")
    assert (found.state, "make up" in found.note) == ("failed", True)


@pytest.mark.usefixtures("images")
def test_what_a_killed_portal_left_running_is_graded_by_the_next(host: Host) -> None:
    wanted = handed(host)
    assert grading_queue.take(host) is not None
    assert state(host, wanted) == "running"
    following = grader(host, Runs(outcome(mse=True)))
    following.start()
    try:
        eventually(lambda: state(host, wanted) == "done")
    finally:
        following.stop()


def test_what_ends_the_portal_each_time_is_given_up(host: Host) -> None:
    wanted = handed(host)
    for _ in range(grading_queue.TRIES):
        assert state(host, wanted) == "queued"
        grading_queue.take(host)
        grading_queue.queue_again(host)
    assert state(host, wanted) == "failed"
    assert grading_queue.take(host) is None


def test_one_submission_is_taken_once(host: Host) -> None:
    handed(host)
    assert grading_queue.take(host) is not None
    assert grading_queue.take(host) is None


def test_members_take_turns(host: Host, clock: Clock) -> None:
    for number in range(3):
        clock.now += 1
        handed(host, mse=str(number))
    clock.now += 1
    handed(host, owner="park")
    order = []
    while (taken := grading_queue.take(host)) is not None:
        order.append(taken[0].owner)
        grading_queue.finish(host, taken[0], [])
    assert order == ["kim", "park", "kim", "kim"]


def test_an_exercise_that_this_version_does_not_have_is_no_attempt() -> None:
    assert read_verdicts(outcome(mse=True), LESSONS[0], {"mse", "gone"}) == [Verdict("mse", True)]
    with pytest.raises(GradingError, match="belongs"):
        read_verdicts(outcome(), LESSONS[0], {"gone"})


def test_somebody_whose_account_is_removed_leaves_nothing(stage: Stage) -> None:
    host = stage.portal.host
    handed(host)
    taken = grading_queue.take(host)
    assert taken is not None
    stage.portal.accounts.remove("kim")
    grading_queue.finish(host, taken[0], [Verdict("mse", True)])
    assert submissions.attempts(host) == []
    with pytest.raises(NotFoundError):
        submissions.submission(host, taken[0].id, "kim")


def test_an_image_that_is_not_there_is_told(host: Host) -> None:
    with pytest.raises(ImageNotFoundError, match="grade lessons"):
        grader(host, Runs(outcome(mse=True))).grade("c2-loss", {"mse": ""})
