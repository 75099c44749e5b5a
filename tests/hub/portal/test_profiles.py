"""Profiles by page and by API: two clicks, whose they are, and what a start gets."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import httpx
import pytest

from hub.portal import home_view, profiles_view
from hub.portal.board import Picture
from hub.portal.portal import PREFIX
from hub.portal.shown import Shown
from tests.hub.html import Document
from tests.hub.portal.conftest import SCOPE, Stage
from tests.hub.portal.test_home import post
from tests.hub.portal.test_live import IMAGE
from tests.hub.portal.test_pages import page
from tests.hub.portal.test_workspaces_api import lab
from workspace_cli.core import labels, members, profiles
from workspace_cli.core.actors import Actor
from workspace_cli.core.errors import EngineUnreachableError
from workspace_cli.core.models import Image

__all__ = ["lab"]

KIM = Actor("kim")
ADMIN = Actor("root", admin=True)
OPTIONS = {"image": "labdock/base", "memory": "1g", "ports": "8888"}
TORCH = "labdock/pytorch:latest"


def put(stage: Stage, name: str, who: str = "kim", **body: Any) -> httpx.Response:
    return stage.call("PUT", f"profiles/{quote(name, safe='')}", who, json=body)


def choices(text: str) -> dict[str, bool]:
    """Return what the first page offers to start from, and which is chosen."""
    boxes = Document(text).all("input", name="profile", type="radio")
    return {one.attributes["value"] or "": "checked" in one.attributes for one in boxes}


# pages ---------------------------------------------------------------------
def test_a_new_member_starts_the_default_workspace_as_it_is_usual(stage: Stage) -> None:
    course = profiles.save(stage.portal.host, "Course", OPTIONS, ADMIN, lab=True)
    stage.portal.live.look_at_servers()
    text = page(stage, "/", "park")
    assert choices(text) == {"usual": True, course.id: False}
    assert Document(text).all("input", name="title") == []
    assert post(stage, "/workspaces/new", "park", profile="usual").status_code == 303
    ((what, token, name, options),) = stage.hub.servers
    assert (what, token, name) == ("start", "token-park", "park/default")
    assert options == {"image": stage.portal.host.catalogue.default}
    assert all(method == "GET" for method, _, _, _ in stage.hub.calls)


def test_a_second_one_needs_no_name(lab: Stage) -> None:
    own = profiles.save(lab.portal.host, "Paper figures", OPTIONS, KIM)
    assert choices(page(lab, "/", "kim")) == {"last": True, own.id: False, "usual": False}
    assert post(lab, "/workspaces/new", profile=own.id).status_code == 303
    path = "/users/kim/servers/paper-figures"
    assert ("PUT", path, {"display_name": "Paper figures"}, "token-kim") in lab.hub.calls
    assert lab.hub.servers == [("start", "token-kim", "kim/paper-figures", OPTIONS)]


@pytest.mark.parametrize("value, title", [("last", "base"), ("usual", "base")])
def test_what_has_no_name_is_called_by_its_image(lab: Stage, value: str, title: str) -> None:
    assert post(lab, "/workspaces/new", profile=value).status_code == 303
    assert lab.hub.servers[0][2] == f"kim/{title}"


def test_a_name_that_is_taken_gets_a_number(lab: Stage) -> None:
    picture = lab.portal.live.board.picture
    assert profiles_view.free_title(picture, "kim", "NLP") == "NLP 2"
    assert profiles_view.free_title(picture, "park", "NLP") == "NLP"
    assert profiles_view.free_title(picture, "kim", "Default") == "Default 2"
    assert profiles_view.free_title(picture, "kim", "논문") == "논문"


def test_the_last_choice_leaves_ports_of_the_host_to_the_other_one() -> None:
    options = {"image": IMAGE, "ports": "9210:8888,6006", "memory": "2g"}
    one = Shown(
        owner="kim", name="a", kind="hub", title="a", state="stopped", image=IMAGE, options=options
    )
    picture = Picture(workspaces={one.key: one})
    expected = {**options, "ports": "8888,6006"}
    assert home_view.last_choice(picture, "kim") == expected
    assert home_view.last_choice(picture, "park") == {}


def test_the_one_that_is_wanted_first_is_chosen_and_stands_first(lab: Stage) -> None:
    own = profiles.save(lab.portal.host, "Own", OPTIONS, KIM)
    assert post(lab, "/profiles/first", profile="Own", first="yes").status_code == 303
    assert next(iter(choices(page(lab, "/", "kim")).items())) == (own.id, True)
    assert post(lab, "/profiles/first", profile="Own", first="no").status_code == 303
    assert choices(page(lab, "/", "kim"))["last"]


@pytest.mark.parametrize("language, word", [("en", "image gone"), ("ko", "이미지 없음")])
def test_a_profile_whose_image_is_gone_says_so_and_is_not_chosen(
    lab: Stage, language: str, word: str
) -> None:
    host = lab.portal.host
    gone = profiles.save(host, "Old", {"image": "labdock/kim/old:v1"}, KIM)
    profiles.choose_first(host, "kim", gone.id)
    text = page(lab, "/", "kim", language)
    assert word in text
    assert not choices(text)[gone.id]
    listed = page(lab, "/profiles", "kim", language)
    assert "old:v1" in listed
    assert f'value="{gone.id}"' not in listed


def test_an_engine_that_does_not_answer_takes_no_profile_away(
    lab: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved = profiles.save(lab.portal.host, "Saved", {"image": "labdock/kim/old:v1"}, KIM)

    def silent(_reference: str) -> Image:
        raise EngineUnreachableError("The engine does not answer.")

    monkeypatch.setattr(lab.engine, "image", silent)
    text = page(lab, "/", "kim")
    assert saved.id in choices(text)
    assert "image gone" not in text


def test_nobody_is_taken_for_new_before_the_hub_was_heard() -> None:
    assert not profiles_view.needs_default(Picture(), "kim")
    assert profiles_view.needs_default(Picture(hub=True), "kim")


def test_a_portal_that_has_just_started_asks_whether_somebody_is_new(stage: Stage) -> None:
    stage.portal.live.board.hears_hub(False)
    assert post(stage, "/workspaces/new", "park", profile="usual").status_code == 303
    assert stage.hub.servers[0][2] == "park/default"


def test_many_profiles_are_unfolded(lab: Stage) -> None:
    for number in range(12):
        profiles.save(lab.portal.host, f"Number {number:02}", OPTIONS, KIM)
    text = page(lab, "/", "kim")
    assert "8 more" in text
    assert len(choices(text)) == 14


def test_names_are_written_as_text(lab: Stage) -> None:
    profiles.save(lab.portal.host, "<script>alert(1)", OPTIONS, KIM)
    for path in ("/", "/profiles", f"/profiles/change?profile={quote('<script>alert(1)')}"):
        text = page(lab, path, "kim")
        assert "&lt;script&gt;alert(1)" in text
        assert "<script>alert" not in text


def test_the_settings_of_a_workspace_fill_in_the_form(lab: Stage) -> None:
    lab.engine.add_image(IMAGE, labels={labels.SERVER: "1"})
    text = page(lab, "/profiles/new?workspace=default", "kim")
    document = Document(text)
    assert document.values()["image"] == "labdock/base"
    assert [one.text for one in document.all("option", selected="")] == ["2 GiB"]
    assert document.all("input", name="safe_mode") == document.all("input", name="lab") == []
    assert "workspace=default" in page(lab, "/", "kim")
    answer = lab.client.get(
        f"{PREFIX}/profiles/new?workspace=gone", headers={"Cookie": "labdock-portal=token-kim"}
    )
    assert answer.status_code == 404


def test_a_profile_is_saved_changed_and_deleted_on_pages(lab: Stage) -> None:
    host = lab.portal.host
    answer = post(lab, "/profiles/new", name="Mine", image="labdock/base", memory="2g")
    assert (answer.status_code, answer.headers["location"]) == (303, f"{PREFIX}/profiles")
    answer = post(lab, "/profiles/change", profile="mine", name="My own", image=TORCH, cpus="2")
    assert answer.status_code == 303
    (own,) = profiles.offered(host, "kim")
    assert (own.name, own.options) == ("My own", {"image": TORCH, "cpus": "2"})
    assert "My own" in page(lab, "/profiles", "kim")
    assert post(lab, "/profiles/delete", profile="My own").status_code == 303
    assert profiles.offered(host, "kim") == []


@pytest.mark.parametrize("path", ["/profiles/change", "/profiles/delete", "/profiles/first"])
def test_anothers_profile_is_not_found(lab: Stage, path: str) -> None:
    own = profiles.save(lab.portal.host, "Mine", OPTIONS, KIM)
    for who in ("park", "root"):
        fields = {"name": "Theirs", "image": IMAGE, "first": "yes"}
        assert post(lab, path, who, profile="Mine", **fields).status_code == 404
        assert post(lab, "/workspaces/new", who, profile=own.id).status_code == 422
    assert profiles.offered(lab.portal.host, "kim") == [own]
    assert lab.hub.servers == []


def test_a_form_of_another_site_changes_no_profile(lab: Stage) -> None:
    profiles.save(lab.portal.host, "Mine", OPTIONS, KIM)
    for path in ("new", "change", "delete", "first"):
        answer = post(lab, f"/profiles/{path}", profile="Mine", name="X", image=IMAGE, xsrf="0")
        assert answer.status_code == 403
    assert [one.name for one in profiles.offered(lab.portal.host, "kim")] == ["Mine"]


def test_admins_offer_profiles_on_the_page_and_members_do_not(lab: Stage) -> None:
    host = lab.portal.host
    assert Document(page(lab, "/profiles/new", "kim")).all("input", name="lab") == []
    assert post(lab, "/profiles/new", name="X", image=IMAGE, lab="yes").status_code == 403
    assert len(Document(page(lab, "/profiles/new", "root")).all("input", name="lab")) == 1
    saved = {"name": "Course", "image": IMAGE, "lab": "yes", "group": " nlp "}
    assert post(lab, "/profiles/new", "root", **saved).status_code == 303
    assert "Course" not in page(lab, "/profiles", "kim")
    members.remember(host, "kim", "member", ["nlp"])
    assert "group nlp" in page(lab, "/profiles", "kim")
    changed = {"profile": "lab:Course", "name": "Course 2", "image": IMAGE, "group": ""}
    assert post(lab, "/profiles/change", **changed).status_code == 404
    assert post(lab, "/profiles/change", "root", **changed).status_code == 303
    assert [one.name for one in profiles.offered(host, "park")] == ["Course 2"]


# API -----------------------------------------------------------------------
def test_profiles_are_kept_listed_and_deleted(lab: Stage) -> None:
    made = put(lab, "Paper figures", options={**OPTIONS, "ports": ["9210:8888"]})
    assert made.status_code == 200
    assert made.json() == {
        "name": "Paper figures",
        "reference": "Paper figures",
        "lab": False,
        "group": None,
        "options": OPTIONS,
        "first": False,
        "available": True,
    }
    assert lab.call("GET", "profiles").json() == {"items": [made.json()]}
    assert lab.call("GET", "profiles", "park").json() == {"items": []}
    assert lab.call("DELETE", "profiles/Paper%20figures", "park").status_code == 404
    assert lab.call("DELETE", "profiles/paper%20figures").status_code == 204
    assert lab.call("DELETE", "profiles/Paper%20figures").status_code == 404


def test_a_profile_is_chosen_first_by_the_api(lab: Stage) -> None:
    put(lab, "Own", options=OPTIONS)
    lab.call("PUT", "lab/profiles/Course", "root", json={"options": OPTIONS})
    for name in ("Own", "lab:Course"):
        assert lab.call("PUT", f"profiles/{name}/first").json()["reference"] == name
        rows = lab.call("GET", "profiles").json()["items"]
        assert [one["reference"] for one in rows if one["first"]] == [name]
    assert lab.call("DELETE", "profiles/Own/first").status_code == 204
    assert profiles.first(lab.portal.host, "kim") != ""
    assert lab.call("DELETE", "profiles/Course/first").status_code == 204
    assert profiles.first(lab.portal.host, "kim") == ""
    assert lab.call("PUT", "profiles/Own/first", "park").status_code == 404


@pytest.mark.parametrize(
    "name, body",
    [
        ("X", {"options": {"memory": "much"}}),
        ("X", {"options": {"privileged": True}}),
        ("X", {"options": {"wait": True}}),
        ("X", {"unknown": 1}),
        (".x", {}),
        ("lab:x", {}),
        ("n" * 80, {}),
    ],
)
def test_what_cannot_be_is_refused(lab: Stage, name: str, body: dict[str, Any]) -> None:
    answer = put(lab, name, **body)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"


def test_the_labs_profiles_are_the_admins(lab: Stage) -> None:
    body = {"options": OPTIONS, "group": "nlp"}
    assert lab.call("PUT", "lab/profiles/Course", json=body).status_code == 403
    made = lab.call("PUT", "lab/profiles/Course", "root", json=body)
    assert (made.json()["reference"], made.json()["group"]) == ("lab:Course", "nlp")
    assert lab.call("GET", "lab/profiles", "root").json()["items"] == [made.json()]
    assert lab.call("GET", "profiles", "kim").json()["items"] == []
    members.remember(lab.portal.host, "kim", "member", ["nlp"])
    assert [one["name"] for one in lab.call("GET", "profiles").json()["items"]] == ["Course"]
    assert lab.call("DELETE", "profiles/Course").status_code == 404
    assert lab.call("DELETE", "lab/profiles/Course", "root").status_code == 204


def test_a_start_takes_a_profile_and_what_is_said_beside_it(lab: Stage) -> None:
    put(lab, "Big", options=OPTIONS)
    body = {"profile": "big", "options": {"memory": "2g", "wait": True}}
    assert lab.call("POST", "workspaces/kim/nlp/start", json=body).status_code == 202
    options = {**OPTIONS, "memory": "2g", "wait": True}
    assert lab.hub.servers == [("start", "token-kim", "kim/nlp", options)]
    for who, reference in (("park", "big"), ("kim", "lab:big")):
        answer = lab.call(
            "POST", f"workspaces/{who}/default/start", who, json={"profile": reference}
        )
        assert answer.status_code == 404
    assert len(lab.hub.servers) == 1


def test_a_token_that_only_reads_keeps_nothing(lab: Stage) -> None:
    lab.hub.scopes["kim"] = [SCOPE]
    assert put(lab, "X").status_code == 403
    assert lab.call("DELETE", "profiles/X").status_code == 403
    assert lab.call("GET", "profiles").status_code == 200
