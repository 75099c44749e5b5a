"""Links that open a repository: who is asked, what is started, what the workspace is told."""

from __future__ import annotations

import html
import re
from collections.abc import Callable

import httpx
import pytest
from sqlalchemy import text as sql

from hub.portal.access import COOKIE
from hub.portal.openings import KEPT_SECONDS
from hub.portal.portal import API, PREFIX, Portal
from tests.hub.portal.conftest import FakeHub, Stage, serving
from tests.hub.portal.test_home import post
from tests.hub.portal.test_live import server
from tests.hub.portal.test_pages import page
from tests.hub.portal.test_workspaces_api import lab

__all__ = ["lab"]

COURSE = "https://github.com/our-lab/course"
LINK = f"/open?repo={COURSE}&path=notebooks/one.ipynb&branch=main"
POLICY = '[open]\nallow = ["https://github.com/our-lab/*"]\n'


@pytest.fixture
def listed(lab: Stage) -> Stage:
    """A lab that has a list."""
    lab.portal.host.settings.policy_file.write_text(POLICY, encoding="utf-8")
    return lab


def confirmed(stage: Stage, who: str = "kim", **fields: str) -> str:
    """Press the button of the page; the number of what was confirmed."""
    token = f"token-{who}"
    form = {"_xsrf": stage.portal.xsrf.token(token), "repo": COURSE, **fields}
    headers = {"Cookie": f"{COOKIE}={token}"}
    answer = stage.client.post(f"{PREFIX}/open", data=form, headers=headers)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"].removeprefix(f"{PREFIX}/open/")


def kept(stage: Stage) -> int:
    """How much of what was confirmed is remembered."""
    with stage.portal.host.database.connect() as connection:
        return int(connection.execute(sql("SELECT COUNT(*) FROM labdock_opening")).scalar())


def get(stage: Stage, path: str, who: str = "kim") -> httpx.Response:
    return stage.client.get(PREFIX + path, headers={"Cookie": f"{COOKIE}=token-{who}"})


@pytest.mark.parametrize(
    "language, words",
    [
        ("en", ("Open a repository in your workspace?", "Branch or tag", "Running")),
        ("ko", ("이 저장소를 내 작업 공간에서 열까요?", "브랜치나 태그", "실행 중")),
    ],
)
def test_a_link_asks_and_does_nothing(listed: Stage, language: str, words: tuple[str, ...]) -> None:
    text = page(listed, LINK, "kim", language)
    assert all(word in text for word in words), text
    assert "/workspace/course" in text
    assert '<option value="default" selected>' in text
    assert (listed.hub.servers, kept(listed)) == ([], 0)


def test_who_is_not_logged_in_comes_back_to_the_link(listed: Stage) -> None:
    answer = listed.client.get(PREFIX + LINK)
    assert answer.headers["location"].startswith("/hub/api/oauth2/authorize?")
    query = httpx.URL(answer.headers["location"]).params
    back = listed.client.get(
        f"{PREFIX}/oauth_callback", params={"code": "code-kim", "state": query["state"]}
    )
    assert back.headers["location"] == PREFIX + LINK
    listed.client.cookies.clear()


def test_a_form_of_another_site_opens_nothing(listed: Stage) -> None:
    assert post(listed, "/open", xsrf="0" * 64, repo=COURSE).status_code == 403
    assert kept(listed) == 0


def test_a_repository_beside_the_list_is_refused_everywhere(listed: Stage) -> None:
    other = "https://github.com/evil/course"
    shown = get(listed, f"/open?repo={other}")
    assert shown.status_code == 403
    assert "not on the lab's list" in html.unescape(shown.text)
    assert 'id="open"' not in shown.text
    assert post(listed, "/open", repo=other).status_code == 403
    assert listed.call("POST", "openings", json={"repository": other}).status_code == 403
    assert listed.hub.servers == []


def test_without_a_list_nothing_is_opened(lab: Stage) -> None:
    shown = get(lab, LINK)
    assert shown.status_code == 403
    assert "switched off" in shown.text
    assert post(lab, "/open", repo=COURSE).status_code == 403


@pytest.mark.parametrize(
    "query",
    [
        "repo=file:///etc/passwd",
        "repo=https://kim:pw@github.com/our-lab/course",
        f"repo={COURSE}&branch=--upload-pack=x",
        f"repo={COURSE}&path=../../etc/passwd",
    ],
)
def test_a_malformed_link_is_told_in_words(listed: Stage, query: str) -> None:
    answer = get(listed, f"/open?{query}")
    assert answer.status_code == 422
    assert "This is not" in html.unescape(answer.text)


def test_a_link_puts_no_markup_into_a_page(listed: Stage) -> None:
    path = "<script>alert(1)</script>.ipynb"
    for text in (
        get(listed, f"/open?repo={COURSE}&path={path}").text,
        get(listed, f"/open/link?repo={COURSE}&path={path}").text,
        get(listed, f'/open/link?repo="><script>alert(1)</script>&path={path}').text,
        get(listed, f"/open/{confirmed(listed, path=path)}").text,
    ):
        assert "<script>alert" not in text


def test_what_runs_is_not_started_and_the_browser_goes_on(listed: Stage) -> None:
    number = confirmed(listed, path="a.ipynb")
    assert listed.hub.servers == []
    text = page(listed, f"/open/{number}", "kim", "ko")
    (go,) = re.findall(r'data-go href="([^"]+)"', text)
    assert html.unescape(go) == f"/user/kim/labdock/opening/{number}?lang=ko"


def test_what_does_not_run_is_started_and_waited_for(listed: Stage) -> None:
    number = confirmed(listed, workspace="nlp")
    ((what, token, name, options),) = listed.hub.servers
    assert (what, token, name) == ("start", "token-kim", "kim/nlp")
    # It stands in line where no GPU is free.
    assert options == {**server()["user_options"], "wait": True}
    text = page(listed, f"/open/{number}", "kim")
    assert "data-go" not in text
    assert f'name="back" value="{PREFIX}/open/{number}"' in text


def test_a_member_who_has_none_gets_the_default_one(listed: Stage) -> None:
    number = confirmed(listed, "lee")
    assert listed.hub.servers == [("start", "token-lee", "lee/default", {})]
    assert "Your workspace does not run." in page(listed, f"/open/{number}", "lee")


def test_nothing_is_opened_in_anothers_workspace(listed: Stage) -> None:
    assert post(listed, "/open", "park", repo=COURSE, workspace="nlp").status_code == 404
    body = {"repository": COURSE, "workspace": "nlp"}
    assert listed.call("POST", "openings", "root", json=body).status_code == 404


def test_the_workspace_is_told_what_its_owner_has_confirmed(listed: Stage) -> None:
    number = confirmed(listed, path="a/과제 1.ipynb", branch="v1")
    found = listed.call("GET", f"openings/{number}").json()
    assert found["repository"] == COURSE
    assert (found["folder"], found["branch"], found["path"]) == ("course", "v1", "a/과제 1.ipynb")
    for other in ("park", "root"):
        assert listed.call("GET", f"openings/{number}", other).status_code == 404
        assert get(listed, f"/open/{number}", other).status_code == 404


def test_a_portal_that_was_started_anew_goes_on_with_it(
    listed: Stage, portal_of: Callable[[FakeHub], Portal]
) -> None:
    number = confirmed(listed, path="a.ipynb")
    with serving(portal_of(FakeHub())) as address:
        headers = {"Authorization": "Bearer token-kim"}
        found = httpx.get(f"{address}{API}/openings/{number}", headers=headers)
        assert (found.status_code, found.json()["path"]) == (200, "a.ipynb")
        cookie = {"Cookie": f"{COOKIE}=token-kim"}
        shown = httpx.get(f"{address}{PREFIX}/open/{number}", headers=cookie)
        assert (shown.status_code, COURSE in shown.text) == (200, True)
        other = {"Authorization": "Bearer token-park"}
        assert httpx.get(f"{address}{API}/openings/{number}", headers=other).status_code == 404


def test_what_left_the_list_meanwhile_is_not_told(listed: Stage) -> None:
    number = confirmed(listed)
    listed.portal.host.settings.policy_file.write_text("", encoding="utf-8")
    answer = listed.call("GET", f"openings/{number}", headers={"Accept-Language": "ko"})
    assert answer.status_code == 403
    assert "링크로 저장소를 열지 않습니다" in answer.json()["detail"]


def test_a_confirmation_ends_after_an_hour(listed: Stage) -> None:
    number = confirmed(listed)
    listed.clock.now += KEPT_SECONDS + 1
    assert listed.call("GET", f"openings/{number}").status_code == 404


def test_a_program_opens_by_the_api(listed: Stage) -> None:
    body = {"repository": f"{COURSE}.git", "path": "a.ipynb", "workspace": "default"}
    answer = listed.call("POST", "openings", json=body)
    assert answer.status_code == 201
    found = answer.json()
    assert found["page"] == f"{PREFIX}/open/{found['id']}"
    assert answer.headers["location"].endswith(f"/openings/{found['id']}")


def test_a_link_is_made_for_readmes(listed: Stage) -> None:
    text = page(listed, f"/open/link?repo={COURSE}.git&path=/notebooks/one 1.ipynb", "kim")
    made = re.findall(r'value="([^"]*)" readonly', text)
    link = f"{listed.client.base_url}/open?repo={COURSE}.git&path=notebooks/one+1.ipynb"
    assert [html.unescape(one) for one in made] == [link, f"[Open in Labdock]({link})"]
    assert "not on the lab" not in text
    away = page(listed, "/open/link?repo=https://github.com/other/x", "kim")
    assert "not on the lab's list yet" in html.unescape(away)
    wrong = get(listed, "/open/link?repo=ftp://x/y")
    assert wrong.status_code == 422
    assert "This is not the address of a repository." in wrong.text
