"""A browser's way from a page to the hub's login and back."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from hub.portal.access import COOKIE
from hub.portal.portal import PREFIX
from hub.portal.sign_in import CALLBACK, MOST_AT_ONCE, START, STATE, own_page
from tests.hub.portal.conftest import Stage


def begin(stage: Stage, page: str = f"{PREFIX}/lessons?x=1") -> str:
    """Open a page as nobody; return the state that the hub is told."""
    answer = stage.client.get(page)
    assert answer.status_code == 302
    asked = parse_qs(urlsplit(answer.headers["location"]).query)
    assert asked["client_id"] == ["service-portal"]
    assert asked["redirect_uri"] == [CALLBACK]
    return asked["state"][0]


def finish(stage: Stage, **query: str) -> httpx.Response:
    return stage.client.get(CALLBACK, params=query)


def test_a_login_ends_at_the_page_that_was_asked_for(stage: Stage) -> None:
    state = begin(stage)
    answer = finish(stage, code="code-kim", state=state)
    assert (answer.status_code, answer.headers["location"]) == (302, f"{PREFIX}/lessons?x=1")
    cookie = next(
        one for one in answer.headers.get_list("set-cookie") if one.startswith(f"{COOKIE}=")
    )
    assert "HttpOnly" in cookie
    assert "samesite=lax" in cookie.lower()
    assert f"Path={PREFIX}/" in cookie
    page = stage.client.get(f"{PREFIX}/lessons")
    assert page.status_code == 200
    assert "kim" in page.text


@pytest.mark.parametrize("query", [{"code": "code-kim"}, {"code": "code-kim", "state": "guess"}])
def test_a_login_that_this_browser_did_not_begin_is_refused(
    stage: Stage, query: dict[str, str]
) -> None:
    begin(stage)
    answer = finish(stage, **query)
    assert answer.status_code == 401
    assert f"{COOKIE}=" not in str(answer.headers.get_list("set-cookie"))


def test_two_pages_that_are_opened_at_once_both_come_to_their_own(stage: Stage) -> None:
    first, second = begin(stage, f"{PREFIX}/lessons"), begin(stage, f"{PREFIX}/environments")
    for state, page in ((first, "lessons"), (second, "environments")):
        answer = finish(stage, code="code-kim", state=state)
        assert (answer.status_code, answer.headers["location"]) == (302, f"{PREFIX}/{page}")
    assert finish(stage, code="code-kim", state=first).status_code == 401, "each is good once"


def test_logins_that_are_begun_and_left_do_not_pile_up(stage: Stage) -> None:
    for number in range(MOST_AT_ONCE + 5):
        begin(stage, f"{PREFIX}/lessons?x={number}")
    assert sum(name.startswith(STATE) for name in stage.client.cookies) <= MOST_AT_ONCE


def test_a_code_that_the_hub_does_not_know_logs_nobody_in(stage: Stage) -> None:
    answer = finish(stage, code="stolen", state=begin(stage))
    assert answer.status_code == 401
    assert answer.headers["content-type"].startswith("text/html")


@pytest.mark.parametrize(
    "path", ["//evil.example", "https://evil.example", "/hub/logout", f"{PREFIX}/\\x", "", "/\n"]
)
def test_a_login_leads_to_no_other_place(path: str) -> None:
    assert own_page(path) == START


def test_whoever_logged_out_at_the_hub_logs_in_again(stage: Stage) -> None:
    finish(stage, code="code-kim", state=begin(stage))
    stage.hub.revoked.add("token-kim")
    assert stage.client.get(f"{PREFIX}/lessons").status_code == 302
