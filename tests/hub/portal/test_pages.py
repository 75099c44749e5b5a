"""The portal's pages in both languages."""

from __future__ import annotations

import pytest

from hub.portal import grading_queue
from hub.portal.access import COOKIE
from hub.portal.portal import PREFIX
from hub.portal.submissions import Verdict
from tests.hub.portal.conftest import Stage


def page(stage: Stage, path: str, who: str, language: str = "en") -> str:
    answer = stage.client.get(
        PREFIX + path,
        headers={"Cookie": f"{COOKIE}=token-{who}", "Accept-Language": language},
    )
    assert answer.headers["content-language"] == language
    assert answer.headers["cache-control"] == "no-store"
    assert "script-src" not in answer.headers["content-security-policy"]
    return answer.text


def handed_in(stage: Stage, who: str = "kim", *, ok: bool = True) -> None:
    stage.hand_in(who, exercises={"mse": "a"})
    taken = grading_queue.take(stage.portal.host)
    assert taken is not None
    kind = None if ok else "<b>wrong</b>"
    grading_queue.finish(stage.portal.host, taken[0], [Verdict("mse", ok, kind)])


@pytest.mark.parametrize(
    "language, words",
    [("en", ("Lessons", "graded", "Loss")), ("ko", ("수업", "채점 완료", "손실"))],
)
def test_a_member_sees_their_own_progress(
    stage: Stage, language: str, words: tuple[str, ...]
) -> None:
    handed_in(stage)
    text = page(stage, "/lessons", "kim", language)
    assert all(word in text for word in words)
    assert "1/2" in text
    assert "/lessons/class" not in text


@pytest.mark.parametrize(
    "language, words",
    [
        ("en", ("The class", "stuck: mse", "1 learner")),
        ("ko", ("수강생 현황", "막힌 문제: mse", "수강생 1명")),
    ],
)
def test_an_instructor_sees_the_class(stage: Stage, language: str, words: tuple[str, ...]) -> None:
    for _ in range(5):
        handed_in(stage, "park", ok=False)
    text = page(stage, "/lessons/class", "lee", language)
    assert all(word in text for word in words)
    assert "park" in text
    assert "<b>wrong" not in text


def test_a_member_is_told_that_the_class_is_for_instructors(stage: Stage) -> None:
    text = page(stage, "/lessons/class", "kim", "ko")
    assert "강사만" in text
    assert "park" not in text


def test_no_script_or_style_stands_in_a_page(stage: Stage) -> None:
    for path in ("/lessons", "/lessons/class"):
        text = page(stage, path, "lee")
        assert "<style" not in text
        assert " style=" not in text
        assert "<script" not in text


def test_a_page_links_to_itself_in_the_other_language(stage: Stage) -> None:
    assert "/hub/language/ko?next=%2Fservices%2Fportal%2Flessons" in page(stage, "/lessons", "kim")
