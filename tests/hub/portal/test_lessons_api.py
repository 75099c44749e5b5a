"""Handing in, verdicts and progress over HTTP."""

from __future__ import annotations

from typing import Any

import pytest

from hub.portal import grading_queue
from hub.portal.submissions import PER_MINUTE, WAITING, Verdict
from tests.hub.portal.conftest import Stage


def grade(stage: Stage, **ok: bool) -> None:
    """Let grading say something of the submission that is next."""
    taken = grading_queue.take(stage.portal.host)
    assert taken is not None
    verdicts = [Verdict(name, good, None if good else "wrong_value") for name, good in ok.items()]
    grading_queue.finish(stage.portal.host, taken[0], verdicts)


def test_what_is_handed_in_waits_for_grading(stage: Stage) -> None:
    answer = stage.hand_in()
    assert answer.status_code == 202
    made = answer.json()
    assert made["state"] == "queued"
    shown = stage.call("GET", f"lessons/submissions/{made['id']}").json()
    assert shown == {**made, "verdicts": []}
    assert answer.headers["location"].endswith(f"/lessons/submissions/{made['id']}")


def test_verdicts_are_shown_once_it_is_graded(stage: Stage) -> None:
    made = stage.hand_in(exercises={"mse": "a", "mae": "b"}).json()
    grade(stage, mse=True, mae=False)
    shown = stage.call("GET", f"lessons/submissions/{made['id']}").json()
    assert shown["state"] == "done"
    assert shown["verdicts"] == [
        {"exercise": "mae", "ok": False, "kind": "wrong_value"},
        {"exercise": "mse", "ok": True, "kind": None},
    ]


def test_another_members_submission_is_not_found(stage: Stage) -> None:
    made = stage.hand_in("kim").json()
    for who in ("park", "lee", "root"):
        answer = stage.call("GET", f"lessons/submissions/{made['id']}", who)
        assert answer.status_code == 404
        assert "kim" not in answer.text
    assert stage.call("GET", "lessons/submissions", "park").json()["items"] == []


def test_the_same_key_gives_the_same_submission(stage: Stage) -> None:
    headers = {"Idempotency-Key": "once"}
    body = {"lesson": "c2-loss", "exercises": {"mse": "a"}}

    def send(who: str = "kim", **more: object) -> tuple[int, str | None]:
        answer = stage.call(
            "POST", "lessons/submissions", who, json={**body, **more}, headers=headers
        )
        return answer.status_code, answer.json().get("id")

    first = send()
    grade(stage, mse=True)
    assert send() == first
    assert send(exercises={"mse": "b"}) == (409, None)
    assert send("park")[1] != first[1]


def test_the_same_sources_that_still_wait_are_queued_once(stage: Stage) -> None:
    first = stage.hand_in().json()["id"]
    assert stage.hand_in().json()["id"] == first
    grade(stage, mse=True)
    assert stage.hand_in().json()["id"] != first


def test_handing_in_too_often_is_refused_for_a_minute(stage: Stage) -> None:
    for number in range(PER_MINUTE):
        assert stage.hand_in(exercises={"mse": str(number)}).status_code == 202
        grade(stage, mse=False)
    refused = stage.hand_in(exercises={"mse": "more"})
    assert refused.status_code == 429
    assert int(refused.headers["retry-after"]) > 0
    assert stage.hand_in("park").status_code == 202
    stage.clock.now += 61
    assert stage.hand_in(exercises={"mse": "more"}).status_code == 202


def test_only_so_many_submissions_of_one_member_wait(stage: Stage) -> None:
    for number in range(WAITING):
        assert stage.hand_in(exercises={"mse": str(number)}).status_code == 202
    stage.clock.now += 3600
    assert stage.hand_in(exercises={"mse": "more"}).status_code == 429


@pytest.mark.parametrize(
    "fields",
    [
        {"exercises": {}},
        {"exercises": {"../x": "a"}},
        {"exercises": {"mse": 3}},
        {"exercises": {"mse": "x" * 200_001}},
        {"exercises": {f"e{number}": "" for number in range(33)}},
        {"exercises": {"other": "a"}},
        {"lesson": "z9-none"},
        {"lesson": "../etc"},
        {"seed": 1},
        {"state": "done"},
    ],
)
def test_what_makes_no_sense_is_refused(stage: Stage, fields: dict[str, Any]) -> None:
    answer = stage.hand_in(**fields)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert grading_queue.take(stage.portal.host) is None


def test_a_lesson_is_taken_while_no_list_can_be_read(stage: Stage) -> None:
    stage.lessons.found = ()
    assert stage.hand_in(lesson="a1-start", exercises={"x": ""}).status_code == 202


def test_a_body_that_is_too_large_is_refused(stage: Stage) -> None:
    exercises = {f"e{number}": "x" * 100_000 for number in range(12)}
    answer = stage.hand_in(exercises=exercises)
    assert answer.status_code == 413
    assert answer.json()["status"] == 413


def test_a_body_of_unknown_length_is_refused_as_well(stage: Stage) -> None:
    pieces = (b"x" * 65536 for _ in range(20))
    answer = stage.call("POST", "lessons/submissions", content=pieces)
    assert answer.status_code == 413


def test_the_list_comes_in_pages(stage: Stage) -> None:
    made = []
    for number in range(5):
        stage.clock.now += 60
        made.append(stage.hand_in(exercises={"mse": str(number)}).json()["id"])
        grade(stage, mse=False)
    first = stage.call("GET", "lessons/submissions?limit=2").json()
    second = stage.call("GET", f"lessons/submissions?limit=2&before={first['next']}").json()
    third = stage.call("GET", f"lessons/submissions?limit=2&before={second['next']}").json()
    found = [one["id"] for page in (first, second, third) for one in page["items"]]
    assert found == made[::-1]
    assert third["next"] is None


def test_progress_shows_first_pass_failures_and_who_is_stuck(stage: Stage) -> None:
    for number in range(5):
        stage.clock.now += 30
        stage.hand_in(exercises={"mse": str(number), "mae": str(number)})
        grade(stage, mse=number > 2, mae=False)
    (lesson,) = stage.call("GET", "lessons/progress").json()["lessons"]
    assert (lesson["lesson"], lesson["verified"], lesson["attempts"]) == ("c2-loss", False, 10)
    mse, mae = lesson["exercises"]
    assert (mse["verified"], mse["failed"], mse["stuck"]) == ("2027-01-15T08:02:00+00:00", 3, False)
    assert (mae["verified"], mae["failed"], mae["stuck"]) == (None, 5, True)
    assert stage.call("GET", "lessons/progress", "park").json()["lessons"] == []


def test_the_class_shows_everybody_to_instructors(stage: Stage) -> None:
    stage.hand_in("kim", exercises={"mse": "a", "mae": "b"})
    grade(stage, mse=True, mae=True)
    stage.hand_in("park", exercises={"mse": "c"})
    grade(stage, mse=False)
    shown = stage.call("GET", "lessons/class", "lee").json()
    assert [row["member"] for row in shown["learners"]] == ["kim", "lee", "park"]
    kim, lee, park = shown["learners"]
    assert kim["lessons"] == [
        {"lesson": "c2-loss", "verified": True, "passed": 2, "of": 2, "attempts": 2, "stuck": []}
    ]
    assert (lee["lessons"], park["verified"], park["attempts"]) == ([], 0, 1)
    assert shown["mistakes"] == [
        {
            "lesson": "c2-loss",
            "exercise": "mse",
            "kind": "wrong_value",
            "attempts": 1,
            "learners": 1,
        }
    ]
    assert [one["title"] for one in shown["lessons"]] == ["Loss", "PyTorch"]
    page = stage.call("GET", "lessons/class?limit=1&after=kim", "lee").json()
    assert [row["member"] for row in page["learners"]] == ["lee"]
    assert page["next"] == "lee"


def test_the_class_as_a_table_is_safe_in_a_spreadsheet(stage: Stage) -> None:
    stage.portal.accounts.add("sum", "a-long-enough-password")
    stage.hand_in("kim")
    grade(stage, mse=True)
    answer = stage.call("GET", "lessons/class.csv", "lee")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.content.startswith(b"\xef\xbb\xbf")
    rows = answer.content.decode("utf-8-sig").splitlines()
    assert rows[0] == "member,verified,attempts,stuck,c2-loss,d4-torch"
    assert "kim,0,1,,1 of 2," in rows
