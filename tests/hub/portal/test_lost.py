"""What a browser is shown at an address where no page is, and what a program gets there."""

from __future__ import annotations

import httpx
import pytest

from hub.portal.access import COOKIE
from hub.portal.portal import PREFIX
from hub.portal.problems import MEDIA_TYPE
from tests.hub.portal.conftest import Stage

BROWSER = "text/html,application/xhtml+xml,*/*;q=0.8"
TOO_LONG = "x" * 3000
PLACES = [
    ("/no-such-page", 404, "There is no such page.", "그런 페이지가 없습니다."),
    ("/lab/act", 405, "This address only takes what a form sends.", "양식에서 보낸 것만"),
    (f"/profiles/new?workspace={TOO_LONG}", 422, "Something is missing", "빠지거나 잘못 적힌"),
]


def ask(stage: Stage, path: str, **headers: str) -> httpx.Response:
    return stage.client.get(PREFIX + path, headers=headers)


@pytest.mark.parametrize("path, status, english, korean", PLACES)
def test_a_browser_is_told_by_a_page_with_the_way_back(
    stage: Stage, path: str, status: int, english: str, korean: str
) -> None:
    cookie = f"{COOKIE}=token-kim"
    for language, words in (("en", english), ("ko", korean)):
        answer = ask(stage, path, Cookie=cookie, Accept=BROWSER, **{"Accept-Language": language})
        assert answer.status_code == status
        assert answer.headers["content-type"].startswith("text/html")
        assert words in answer.text
        assert f'href="{PREFIX}/"' in answer.text
        assert ">kim</a>" in answer.text, "the page is whose it was"


def test_a_stranger_is_told_too_and_offered_the_login(stage: Stage) -> None:
    answer = ask(stage, "/no-such-page", Accept=BROWSER)
    assert answer.status_code == 404
    assert 'id="login"' in answer.text


@pytest.mark.parametrize("path", ["/no-such-page", "/api/v1/no-such-address"])
def test_a_program_gets_the_problem_as_json(stage: Stage, path: str) -> None:
    answer = ask(stage, path, Cookie=f"{COOKIE}=token-kim", Accept="application/json")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == MEDIA_TYPE


def test_the_api_answers_a_browser_as_any_program(stage: Stage) -> None:
    answer = ask(stage, "/api/v1/no-such-address", Accept=BROWSER)
    assert answer.headers["content-type"] == MEDIA_TYPE
