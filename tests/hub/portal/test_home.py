"""The member's first page: what it shows, and what its buttons ask of the hub."""

from __future__ import annotations

from urllib.parse import quote

import httpx
import pytest

from hub.portal.access import COOKIE
from hub.portal.home_view import short_name
from hub.portal.portal import PREFIX
from tests.hub.portal.conftest import PASSWORD, Stage, all_scopes
from tests.hub.portal.test_live import make, server
from tests.hub.portal.test_pages import page
from tests.hub.portal.test_workspaces_api import lab
from workspace_cli.core import notices
from workspace_cli.core.errors import InvalidOptionError, StartFailedError

__all__ = ["lab"]


def post(
    stage: Stage, path: str, who: str = "kim", xsrf: str = "", **fields: str
) -> httpx.Response:
    token = f"token-{who}"
    form = {"_xsrf": xsrf or stage.portal.xsrf.token(token), **fields}
    return stage.client.post(PREFIX + path, data=form, headers={"Cookie": f"{COOKIE}={token}"})


@pytest.mark.parametrize(
    "language, words",
    [
        ("en", ("Overview", "Default workspace", "Running", "Stopped", "H100", "2 GiB")),
        ("ko", ("한눈에 보기", "기본 작업 공간", "실행 중", "중지됨", "H100", "2 GiB")),
    ],
)
def test_a_member_sees_their_own_cards(lab: Stage, language: str, words: tuple[str, ...]) -> None:
    text = page(lab, "/", "kim", language)
    assert all(word in text for word in words), text
    assert 'data-name="nlp"' in text
    assert "park/default" not in text
    assert "/user/kim/proxy/6006/" in text


def test_what_ended_by_itself_is_told_with_the_end_of_its_log(lab: Stage) -> None:
    name = make(lab.engine, "kim", "study", kind="standalone")
    lab.engine.made(name).output.append((lab.engine.clock(), b"Traceback: <b>no such file</b>\n"))
    lab.engine.end(name, 1)
    lab.portal.live.look()
    text = page(lab, "/", "kim")
    assert "It ended by itself with exit code 1." in text
    assert "&lt;b&gt;no such file" in text
    assert "스스로 끝났습니다" in page(lab, "/", "kim", "ko")


def test_buttons_act_with_the_browsers_own_token_and_come_back(lab: Stage) -> None:
    answer = post(lab, "/workspaces/kim/nlp/start")
    assert (answer.status_code, answer.headers["location"]) == (303, f"{PREFIX}/")
    assert post(lab, "/workspaces/kim/default/stop").status_code == 303
    # It has GPUs, and stands in line where none is free.
    options = {**server()["user_options"], "wait": True}
    assert lab.hub.servers == [
        ("start", "token-kim", "kim/nlp", options),
        ("stop", "token-kim", "kim/default", {}),
    ]


def test_a_form_of_another_site_does_nothing(lab: Stage) -> None:
    assert post(lab, "/workspaces/kim/default/stop", xsrf="0" * 64).status_code == 403
    refused = post(lab, "/workspaces/park/default/stop")
    assert refused.status_code == 404
    # Whoever is logged in is so on this page as well.
    assert 'id="logout"' in refused.text
    assert 'id="login"' not in refused.text
    assert lab.hub.servers == []


def test_a_form_sends_nobody_to_another_site(lab: Stage) -> None:
    answer = post(lab, "/workspaces/kim/default/stop", back="//evil.example/")
    assert answer.headers["location"] == f"{PREFIX}/"


def test_a_new_one_starts_with_the_last_choice(lab: Stage) -> None:
    assert post(lab, "/workspaces/new", title="  Paper  figures ").status_code == 303
    path = "/users/kim/servers/paper-figures"
    assert ("PUT", path, {"display_name": "Paper figures"}, "token-kim") in lab.hub.calls
    ((what, token, name, options),) = lab.hub.servers
    assert (what, token, name) == ("start", "token-kim", "kim/paper-figures")
    assert options == {**server()["user_options"], "wait": True}


def test_a_member_with_a_korean_name_starts_another_one(
    lab: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    lab.portal.accounts.add("김민지", PASSWORD)
    model = {"kind": "user", "name": "김민지", "scopes": all_scopes("김민지")}
    monkeypatch.setattr(lab.hub, "whose", lambda _token: model)
    assert (
        post(lab, "/workspaces/new", "minji", title="Figures", profile="usual").status_code == 303
    )
    path = f"/users/{quote('김민지')}/servers/figures"
    assert ("PUT", path, {"display_name": "Figures"}, "token-minji") in lab.hub.calls
    assert [name for _, _, name, _ in lab.hub.servers] == ["김민지/figures"]


def test_a_start_that_fails_says_why_on_the_page(
    lab: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Failing:
        def start_server(self, *_arguments: object) -> None:
            raise StartFailedError("The disk is full.", "Make room.")

    monkeypatch.setattr(lab.portal.acting, "_servers", lambda _token: Failing())
    assert post(lab, "/workspaces/kim/nlp/start").status_code == 500
    assert "The disk is full. Make room." in page(lab, "/", "kim")


def test_a_notice_is_shown_and_closed(lab: Stage) -> None:
    host = lab.portal.host
    told = notices.tell(host.database, "kim", "default", "lease_ended", {}, now=host.clock())
    assert told.id in page(lab, "/", "kim")
    assert post(lab, f"/notices/{told.id}/dismiss", "park").status_code == 404
    assert post(lab, f"/notices/{told.id}/dismiss").status_code == 303
    assert told.id not in page(lab, "/", "kim")


@pytest.mark.parametrize(
    "title, begins",
    [
        ("Paper figures", "paper-figures"),
        ("논문 그림", "w-"),
        ("2nd try!", "nd-try-"),
        ("a" * 40, "aaaaaaaaaaaaaa-"),
    ],
)
def test_any_title_has_a_short_name(title: str, begins: str) -> None:
    assert short_name(title).startswith(begins)


def test_nobody_makes_a_second_default() -> None:
    with pytest.raises(InvalidOptionError):
        short_name("Default")
