"""The pages about environments: what they show, what they send, and only from this login."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from hub.portal.access import COOKIE
from hub.portal.portal import PREFIX
from tests.hub.portal.conftest import BASE, Make, Stage
from tests.support import eventually


def get(stage: Stage, path: str, who: str = "kim", language: str = "en") -> httpx.Response:
    headers = {"Cookie": f"{COOKIE}=token-{who}", "Accept-Language": language}
    return stage.client.get(PREFIX + path, headers=headers)


def send(stage: Stage, path: str, who: str = "kim", **fields: Any) -> httpx.Response:
    token = f"token-{who}"
    body = {"_xsrf": stage.portal.xsrf.token(token), **fields}
    return stage.client.post(PREFIX + path, headers={"Cookie": f"{COOKIE}={token}"}, data=body)


def saved(stage: Stage, **fields: Any) -> str:
    """Save a workspace by its page and return the page of the operation, once it has ended."""
    answer = send(stage, "/workspaces/kim/study/save", **fields)
    assert answer.status_code == 303, answer.text
    page = answer.headers["location"].removeprefix(PREFIX)
    eventually(lambda: "data-operation" not in get(stage, page).text, 30)
    return str(page)


@pytest.mark.parametrize(
    "language, words",
    [
        ("en", ("Save environment", "Not saved", "/workspace")),
        ("ko", ("환경 저장", "저장되지 않는")),
    ],
)
def test_the_page_before_a_save_says_what_it_keeps(
    stage: Stage, make: Make, language: str, words: tuple[str, ...]
) -> None:
    make()
    answer = get(stage, "/workspaces/kim/study/save", language=language)
    assert answer.status_code == 200
    assert all(word in answer.text for word in words)
    assert "<script" not in answer.text


def test_a_name_that_is_no_utf8_is_shown_and_a_secret_in_it_left_out(
    stage: Stage, make: Make
) -> None:
    make()
    made = stage.engine.made("labdock-kim--study")
    odd = "/home/member/caf\udce9/.netrc"
    made.write(odd, b"machine git.example login kim password hush")
    text = get(stage, "/workspaces/kim/study/save").text
    assert "caf\\xe9/.netrc" in text
    page = saved(stage, seen=odd.replace("\udce9", "\\xe9"), name="odd:v1")
    assert "Saved as" in get(stage, page).text


@pytest.mark.parametrize("language, word", [("en", "Saved as"), ("ko", "저장했습니다")])
def test_a_save_ends_with_its_name_and_the_list_has_it(
    stage: Stage, make: Make, language: str, word: str
) -> None:
    make()
    page = saved(stage, name="vision:v1", note="<b>figlet</b>")
    text = get(stage, page, language=language).text
    assert word in text
    assert "labdock/kim/vision:v1" in text
    assert "<b>figlet" not in text
    listed = get(stage, "/environments", language=language).text
    assert "labdock/kim/vision:v1" in listed
    assert listed.index(BASE) < listed.index("labdock/kim/vision:v1")
    assert "depth-1" in listed
    assert "labdock/kim/vision:v1" not in get(stage, "/environments", "park").text


def test_a_page_of_an_operation_works_without_scripts(stage: Stage, make: Make) -> None:
    make()
    stage.portal.operations.stop()
    answer = send(stage, "/workspaces/kim/study/save")
    page = answer.headers["location"].removeprefix(PREFIX)
    text = get(stage, page).text
    assert '<noscript><meta http-equiv="refresh"' in text
    again = get(stage, "/workspaces/kim/study/save")
    assert again.headers["location"].endswith(page)
    assert get(stage, page, "park").status_code == 404


def test_a_failed_save_says_why(stage: Stage, make: Make) -> None:
    make()
    saved(stage, name="vision:v1")
    stage.clock.now += 1
    text = get(stage, saved(stage, name="vision:v1"), language="ko").text
    assert "이미 있습니다" in text


def test_a_form_from_elsewhere_does_nothing(stage: Stage, make: Make) -> None:
    make()
    saved(stage, name="vision:v1")
    fields = {"reference": "labdock/kim/vision:v1", "_xsrf": "guessed"}
    assert send(stage, "/environments/delete", **fields).status_code == 403
    assert "labdock/kim/vision:v1" in get(stage, "/environments").text


def test_deleting_is_asked_first_and_refused_while_in_use(stage: Stage, make: Make) -> None:
    make()
    saved(stage, name="vision:v1")
    query = f"?reference={quote('labdock/kim/vision:v1')}"
    assert "Delete this environment?" in get(stage, f"/environments/delete{query}").text
    done = send(stage, "/environments/delete", reference="labdock/kim/vision:v1")
    assert done.status_code == 303
    assert "labdock/kim/vision:v1" not in get(stage, "/environments").text


def test_sharing_and_withdrawing_by_the_page(stage: Stage, make: Make) -> None:
    make()
    saved(stage, name="vision:v1")
    fields = {"reference": "labdock/kim/vision:v1", "kind": "member", "name": "park"}
    assert send(stage, "/environments/share", **fields).status_code == 303
    assert "labdock/kim/vision:v1" in get(stage, "/environments", "park").text
    shown = get(stage, f"/environments/share?reference={quote('labdock/kim/vision:v1')}").text
    assert "park" in shown
    assert send(stage, "/environments/share", do="withdraw", **fields).status_code == 303
    assert "labdock/kim/vision:v1" not in get(stage, "/environments", "park").text


def test_starting_from_one_makes_a_workspace_anew_or_leads_to_the_form(
    stage: Stage, make: Make
) -> None:
    make()
    page = get(stage, f"/environments/use?reference={quote(BASE)}").text
    assert re.findall(r'name="workspace" value="(\w+)"', page) == ["study", "default"]
    first = send(stage, "/environments/use", reference=BASE, workspace="default")
    assert first.headers["location"] == f"/hub/spawn/kim#image={quote(BASE, safe='')}"
    stage.clock.now += 1
    answer = send(stage, "/environments/use", reference=BASE, workspace="study")
    assert "/operations/" in answer.headers["location"]
    eventually(lambda: bool(stage.hub.servers) and stage.hub.servers[-1][0] == "start", 30)
    assert stage.hub.servers[-1][1:3] == ("token-kim", "kim/study")


def test_somebody_elses_pages_are_not_there(stage: Stage, make: Make) -> None:
    make("park", "work")
    assert get(stage, "/workspaces/park/work/save").status_code == 404
    assert send(stage, "/workspaces/park/work/save").status_code == 404
