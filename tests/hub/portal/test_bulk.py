"""One thing done to many workspaces, by the admins' page and by the API."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from hub.portal.access import COOKIE
from hub.portal.portal import PREFIX
from tests.hub.portal.conftest import SCOPE, Stage
from tests.hub.portal.test_live import make
from tests.hub.portal.test_pages import page
from tests.hub.portal.test_workspaces_api import lab
from workspace_cli.core import audit, notices

__all__ = ["lab"]

EXTEND = ("POST", "/leases/kim/default/extend")


def send(lab: Stage, path: str = "/lab/act", who: str = "root", **fields: Any) -> httpx.Response:
    token = f"token-{who}"
    form = {"_xsrf": lab.portal.xsrf.token(token), **fields}
    headers = {"Cookie": f"{COOKIE}={token}"}
    return lab.client.post(PREFIX + path, data=form, headers=headers)


def trail(lab: Stage) -> set[tuple[str, str, str]]:
    return {(one.actor, one.action, one.subject) for one in audit.entries(lab.portal.host)}


def done(lab: Stage) -> list[tuple[str, str]]:
    return sorted((what, which) for what, _, which, _ in lab.hub.servers)


@pytest.mark.parametrize(
    "action, expected",
    [
        ("stop", [("stop", "kim/default"), ("stop", "park/default")]),
        ("start", [("start", "kim/nlp")]),
        (
            "restart",
            [
                *(("start", f"kim/{name}") for name in ("default", "nlp")),
                *(("start", "park/default"), ("stop", "kim/default"), ("stop", "park/default")),
            ],
        ),
    ],
)
def test_what_is_ticked_is_done_and_what_is_done_is_recorded(
    lab: Stage, action: str, expected: list[tuple[str, str]]
) -> None:
    ticked = ["kim/default", "park/default", "kim/nlp"]
    answer = send(lab, do=action, workspace=ticked, back=f"{PREFIX}/lab?owner=kim")
    assert answer.status_code == 303
    assert answer.headers["location"] == f"{PREFIX}/lab?owner=kim&done={action}&count=3"
    assert done(lab) == expected
    assert {token for _, token, _, _ in lab.hub.servers} == {"token-root"}
    assert trail(lab) == {("root", action, reference) for _, reference in expected}


def test_the_list_says_what_was_done_in_both_languages(lab: Stage) -> None:
    assert "3 workspaces are being stopped." in page(lab, "/lab?done=stop&count=3", "root")
    assert "작업 공간 3개를 중지하고 있습니다." in page(lab, "/lab?done=stop&count=3", "root", "ko")
    assert 'class="note good"' not in page(lab, "/lab?done=%3Cb%3E&count=3", "root")


@pytest.mark.parametrize("language, word", [("en", "Not all of it worked"), ("ko", "일부는")])
def test_what_one_refuses_is_told_and_the_others_go_on(
    lab: Stage, language: str, word: str
) -> None:
    make(lab.engine, "kim", "study", kind="standalone")
    lab.portal.live.look()
    token = "token-root"
    form = {
        "_xsrf": lab.portal.xsrf.token(token),
        "do": "stop",
        "workspace": ["kim/study", "kim/gone", "park/default"],
    }
    headers = {"Cookie": f"{COOKIE}={token}", "Accept-Language": language}
    answer = lab.client.post(f"{PREFIX}/lab/act", data=form, headers=headers)
    assert answer.status_code == 200
    assert word in answer.text
    assert all(f'data-reference="{name}"' in answer.text for name in form["workspace"])
    assert done(lab) == [("stop", "park/default")]
    refused = {one.subject for one in audit.entries(lab.portal.host) if "refused" in one.detail}
    assert refused == {"kim/study", "kim/gone"}


def test_what_was_never_set_up_is_not_started(lab: Stage) -> None:
    lab.hub.answers["GET", "/users/kim?include_stopped_servers=true"]["servers"]["nlp"][
        "user_options"
    ] = {}
    lab.portal.live.look()
    assert "nobody has chosen anything" in send(lab, do="start", workspace="kim/nlp").text
    assert done(lab) == []


def test_a_lease_is_extended_by_the_hub(lab: Stage) -> None:
    lab.hub.answers[EXTEND] = {"message": "until tomorrow"}
    assert send(lab, do="extend", workspace="kim/default").status_code == 303
    assert [call[:2] for call in lab.hub.calls if call[0] == "POST"] == [EXTEND]


def test_a_removal_is_asked_about_first(lab: Stage) -> None:
    asked = send(lab, do="remove", workspace=["kim/nlp", "kim/default", "kim/gone"])
    assert asked.status_code == 303
    assert done(lab) == []
    address = asked.headers["location"].removeprefix(PREFIX)
    text = page(lab, address, "root")
    assert "1 workspace goes" in text
    assert 'name="workspace" value="kim/nlp"' in text
    assert 'name="workspace" value="kim/default"' not in text
    assert "default workspace stays" in text
    assert "_xsrf" not in address
    assert send(lab, "/lab/remove", workspace="kim/nlp").status_code == 303
    assert done(lab) == [("stop", "kim/nlp")]
    assert ("root", "remove", "kim/nlp") in trail(lab)


@pytest.mark.parametrize("what", ["remove", "tell"])
def test_a_page_about_nothing_leads_back(lab: Stage, what: str) -> None:
    for query in ("", "?chosen=kim/gone", "?chosen=nonsense&back=//evil.example"):
        answer = lab.client.get(
            f"{PREFIX}/lab/{what}{query}", headers={"Cookie": f"{COOKIE}=token-root"}
        )
        assert answer.status_code == 302
        assert answer.headers["location"].startswith(f"{PREFIX}/")


def test_owners_read_what_an_admin_tells_them_in_their_language(lab: Stage) -> None:
    asked = send(lab, do="tell", workspace=["kim/default", "park/default"])
    assert "park/default" in page(lab, asked.headers["location"].removeprefix(PREFIX), "root")
    text = "Please  clean up <b>now</b>, 100 % full\n%(by)s"
    told = send(lab, "/lab/tell", workspace=["kim/default", "park/default"], text=text)
    assert told.headers["location"] == f"{PREFIX}/lab?done=tell&count=2"
    shown = page(lab, "/", "kim")
    assert "root, who runs the lab, about “Default workspace”" in shown
    assert "Please clean up &lt;b&gt;now&lt;/b&gt;, 100 % full %(by)s" in shown
    assert "연구실 관리자 root 님이" in page(lab, "/", "park", "ko")
    assert {("root", "tell", "kim/default"), ("root", "tell", "park/default")} <= trail(lab)
    send(lab, "/lab/tell", workspace="kim/default", text="Thank you")
    (notice,) = notices.open_notices(lab.portal.host.database, now=lab.clock.now, owner="kim")
    assert notice.values["text"] == "Thank you"


@pytest.mark.parametrize("text", ["", "  \n ", "x" * 501])
def test_a_message_of_no_or_too_many_words_is_refused(lab: Stage, text: str) -> None:
    assert send(lab, "/lab/tell", workspace="kim/default", text=text).status_code == 422
    assert notices.open_notices(lab.portal.host.database, now=lab.clock.now) == []


def test_a_member_and_an_admins_limited_login_do_nothing_to_anybody(lab: Stage) -> None:
    lab.hub.scopes["root"] = [SCOPE]
    for who in ("kim", "root"):
        for path in ("/lab/act", "/lab/remove", "/lab/tell"):
            answer = send(lab, path, who, do="stop", workspace="park/default", text="hello")
            assert answer.status_code == 403
    assert done(lab) == []


def test_nothing_ticked_does_nothing(lab: Stage) -> None:
    assert send(lab).status_code == 422
    assert send(lab, do="explode", workspace="kim/default").status_code == 422
    assert send(lab, do="stop", workspace="kim/\0gone").status_code == 200
    assert trail(lab) == {("root", "stop", "kim/gone")}
    assert send(lab, workspace=[f"kim/{number}" for number in range(201)]).status_code == 422


# the API ----------------------------------------------------------------------------------------
def ask(lab: Stage, who: str, action: str, *workspaces: str) -> httpx.Response:
    body = {"action": action, "workspaces": workspaces}
    return lab.call("POST", "workspaces-actions", who, json=body)


def test_the_api_tells_what_became_of_each_in_the_order_of_their_names(lab: Stage) -> None:
    answer = ask(lab, "root", "stop", "park/default", "kim/gone", "kim/default")
    assert answer.status_code == 200
    items = answer.json()["items"]
    assert [(one["workspace"], one["ok"], one["status"]) for one in items] == [
        ("park/default", True, 202),
        ("kim/gone", False, 404),
        ("kim/default", True, 202),
    ]
    assert "There is no such workspace" in items[1]["detail"]
    assert done(lab) == [("stop", "kim/default"), ("stop", "park/default")]


def test_a_member_reaches_their_own_by_the_api_and_nobody_elses(lab: Stage) -> None:
    items = ask(lab, "kim", "stop", "kim/default", "park/default").json()["items"]
    assert [one["status"] for one in items] == [202, 404]
    assert done(lab) == [("stop", "kim/default")]
    assert trail(lab) == set()  # nobody else's business, and nothing to fill the trail with


@pytest.mark.parametrize(
    "body",
    [
        {"action": "stop", "workspaces": []},
        {"action": "tell", "workspaces": ["kim/default"]},
        {"action": "stop", "workspaces": ["default"]},
        {"action": "stop", "workspaces": ["kim/default"] * 201},
        {"action": "stop"},
    ],
)
def test_a_list_that_makes_no_sense_is_refused(lab: Stage, body: dict[str, Any]) -> None:
    assert lab.call("POST", "workspaces-actions", "root", json=body).status_code == 422
    assert done(lab) == []
