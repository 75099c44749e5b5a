"""Accounts, groups, invitations, logins and tokens by the API: the hub decides, we pass on."""

from __future__ import annotations

from typing import Any

import pytest

from tests.hub.portal.conftest import SCOPE, Stage
from tests.hub.portal.hub_answers import AT, INVITATION, account, token
from workspace_cli.core.errors import ConflictError, NotAllowedError


@pytest.fixture
def lab(stage: Stage) -> Stage:
    """A lab of which the hub knows who waits, who is locked out, and who is in a group."""
    answers = stage.hub.answers
    answers["GET", "/accounts"] = [
        account("root"), account("park"), account("kim"), account("new", "pending"),
    ]  # fmt: skip
    answers["GET", "/logins"] = {
        "waiting": [
            {"kind": "account", "subject": "park", "seconds": 60},
            {"kind": "address", "subject": "kim", "seconds": 60},
        ],
        "second_factors": ["kim"],
    }
    answers["GET", "/users?include_stopped_servers=true&limit=200&offset=0"] = [
        {"name": "kim", "groups": ["vision", "nlp"]}
    ]
    return stage


def names(answer: Any, key: str = "name") -> list[str]:
    assert answer.status_code == 200, answer.text
    return [one[key] for one in answer.json()["items"]]


def test_people_are_listed_with_what_the_lab_knows_of_them(lab: Stage) -> None:
    rows = {one["name"]: one for one in lab.call("GET", "people", "root").json()["items"]}
    assert list(rows) == ["kim", "new", "park", "root"]
    assert (rows["kim"]["groups"], rows["kim"]["second_factor"]) == (["nlp", "vision"], True)
    assert [name for name, one in rows.items() if one["locked"]] == ["park"]
    assert lab.call("GET", "people/new", "root").json() == rows["new"]
    assert lab.call("GET", "people/nobody", "root").status_code == 404


def test_people_are_searched_and_come_in_pages(lab: Stage) -> None:
    assert names(lab.call("GET", "people?state=pending", "root")) == ["new"]
    assert names(lab.call("GET", "people?q=VIS+kim", "root")) == ["kim"]
    first = lab.call("GET", "people?limit=3", "root").json()
    assert (first["total"], first["next"]) == (4, "park")
    assert names(lab.call("GET", "people?limit=3&after=park", "root")) == ["root"]


def test_what_is_done_with_an_account_is_asked_of_the_hub_with_the_admins_token(
    lab: Stage,
) -> None:
    lab.hub.answers["POST", "/accounts/new/approve"] = {"name": "new", "state": "active"}
    answer = lab.call("POST", "people/new/approve", "root")
    assert answer.json() == {"name": "new", "state": "active", "link": None, "password": None}
    assert ("POST", "/accounts/new/approve", {}, "token-root") in lab.hub.calls
    lab.hub.answers["POST", "/accounts/kim/approve"] = ConflictError("Does not wait.", "Look.")
    refused = lab.call("POST", "people/kim/approve", "root")
    assert (refused.status_code, refused.json()["detail"]) == (409, "Does not wait. Look.")
    assert lab.call("POST", "people/kim/reset-link", "root").json()["link"] == "/hub/reset#x"
    assert lab.call("POST", "people/kim/promote", "root").status_code == 422
    assert lab.call("PATCH", "people/park", "root", json={"state": "disabled"}).status_code == 200
    assert ("PATCH", "/accounts/park", {"state": "disabled"}, "token-root") in lab.hub.calls
    assert lab.call("DELETE", "people/park", "root").status_code == 204


def test_an_account_that_is_made_has_a_password_that_is_told_once(lab: Stage) -> None:
    answer = lab.call("POST", "people", "root", json={"name": "new"})
    assert (answer.status_code, answer.json()["password"]) == (201, "made-for-new")
    assert answer.headers["location"].endswith("/people/new")
    assert (
        lab.call("POST", "people", "root", json={"name": "x", "rights": "all"}).status_code == 422
    )


def test_a_departure_is_looked_at_before_it_begins(lab: Stage) -> None:
    assert lab.call("GET", "people/kim/departure", "root").json()["state"] == "stays"
    body = {"files": "hand-over", "heir": "lee", "archive": True}
    answer = lab.call("POST", "people/kim/departure", "root", json=body)
    assert (answer.status_code, answer.json()["state"]) == (202, "leaving")
    assert ("POST", "/accounts/kim/departure", body, "token-root") in lab.hub.calls
    assert lab.call("POST", "people/kim/departure", "root", json={"files": "x"}).status_code == 422


def test_a_token_with_one_scope_does_what_that_scope_is_for(lab: Stage) -> None:
    lab.hub.scopes["root"] = [SCOPE, "admin:users"]
    assert lab.call("GET", "people", "root").status_code == 200
    for path in ("groups", "account/tokens", "account/sessions"):
        refused = lab.call("GET", path, "root")
        assert refused.status_code == 403
    # A member with that scope, whatever the hub was told, is no admin.
    lab.hub.scopes["kim"] = [SCOPE, "admin:users", "admin:groups"]
    for path in ("people", "groups", "invitations"):
        assert lab.call("GET", path, "kim").status_code == 403
    assert not any(with_token == "token-kim" for _, _, _, with_token in lab.hub.calls)


def test_what_the_hub_refuses_is_refused_in_its_words(lab: Stage) -> None:
    lab.hub.answers["GET", "/invitations"] = NotAllowedError("Not with this token.", "")
    refused = lab.call("GET", "invitations", "root")
    assert (refused.status_code, refused.json()["detail"]) == (403, "Not with this token.")
    assert refused.headers["content-type"] == "application/problem+json"


def test_an_invitations_link_is_told_when_it_is_made_and_never_again(lab: Stage) -> None:
    made = lab.call("POST", "invitations", "root", json={"uses": 3, "groups": ["nlp"]})
    assert (made.status_code, made.json()["link"]) == (201, "/hub/signup#t")
    body = {"uses": 3, "seconds": 604800, "groups": ["nlp"], "note": ""}
    assert ("POST", "/invitations", body, "token-root") in lab.hub.calls
    lab.hub.answers["GET", "/invitations"] = [{**INVITATION, "token": "t", "path": "/hub/x"}]
    listed = lab.call("GET", "invitations", "root")
    assert listed.json()["items"] == [INVITATION]
    assert lab.call("DELETE", f"invitations/{INVITATION['id']}", "root").status_code == 204
    assert lab.call("DELETE", "invitations/..%2Faccounts", "root").status_code == 404
    assert lab.call("POST", "invitations", "root", json={"uses": 0}).status_code == 422


def test_groups_are_made_and_filled(lab: Stage) -> None:
    lab.hub.answers["GET", "/groups?limit=200&offset=0"] = [
        {"name": "nlp", "users": ["park", "kim"]},
        {"name": "instructors", "users": []},
    ]
    assert names(lab.call("GET", "groups", "root")) == ["instructors", "nlp"]
    assert lab.call("PUT", "groups/nlp", "root").json()["members"] == ["kim", "park"]
    assert lab.call("PUT", "groups/new", "root").json() == {"name": "new", "members": []}
    assert lab.call("PUT", "groups/nlp/members/lee", "root").status_code == 200
    assert ("POST", "/groups/nlp/users", {"users": ["lee"]}, "token-root") in lab.hub.calls
    assert lab.call("DELETE", "groups/nlp/members/lee", "root").status_code == 200
    assert lab.call("PUT", "groups/nlp/members/nobody", "root").status_code == 404
    assert lab.call("PUT", "groups/a%2Fb", "root").status_code in (404, 422)
    assert lab.call("DELETE", "groups/nlp", "root").status_code == 204


def test_more_groups_than_the_hub_tells_at_once_are_all_there(lab: Stage) -> None:
    rows = [{"name": f"g{number:03}", "users": []} for number in range(203)]
    for offset in (0, 200):
        path = f"/groups?limit=200&offset={offset}"
        lab.hub.answers["GET", path] = rows[offset : offset + 200]
    first = lab.call("GET", "groups?limit=200", "root").json()
    assert (len(first["items"]), first["next"]) == (200, "g199")
    assert names(lab.call("GET", "groups?after=g199", "root")) == ["g200", "g201", "g202"]


def test_everybody_sees_and_ends_their_own_logins(lab: Stage) -> None:
    row = {"id": "ab12", "created": AT, "seen": AT, "address": "::1", "agent": "Firefox"}
    lab.hub.answers["GET", "/accounts/kim/sessions"] = [row]
    assert lab.call("GET", "account/sessions").json() == {"items": [row], "next": None}
    assert lab.call("DELETE", "account/sessions/ab12").status_code == 204
    assert ("DELETE", "/accounts/kim/sessions", {"id": "ab12"}, "token-kim") in lab.hub.calls
    assert lab.call("GET", "people/kim/sessions", "park").status_code == 403
    assert lab.call("GET", "people/kim/sessions", "root").json()["items"] == [row]


def test_everybody_makes_lists_and_revokes_their_own_tokens(lab: Stage) -> None:
    lab.hub.answers["GET", "/users/kim/tokens"] = {"api_tokens": [token("a1"), token("a2")]}
    first = lab.call("GET", "account/tokens?limit=1").json()
    assert ([one["id"] for one in first["items"]], first["next"]) == (["a1"], "a1")
    body = {"note": "ci", "seconds": 3600, "scopes": ["read:metrics", SCOPE]}
    made = lab.call("POST", "account/tokens", json=body)
    assert (made.status_code, made.json()["token"]) == (201, "made")
    asked = {"note": "ci", "expires_in": 3600, "scopes": ["read:metrics", SCOPE]}
    assert ("POST", "/users/kim/tokens", asked, "token-kim") in lab.hub.calls
    assert lab.call("DELETE", "account/tokens/a1").status_code == 204
    assert lab.call("DELETE", "account/tokens/a.b").status_code == 404


def test_a_workspaces_own_token_makes_no_other_and_ends_no_login(lab: Stage) -> None:
    lab.hub.scopes["kim"] = [SCOPE, "access:servers!server=kim/", "users:activity!user=kim"]
    shown = lab.call("GET", "account").json()
    assert (shown["name"], shown["role"]) == ("kim", "member")
    for method, path in (
        ("GET", "account/tokens"),
        ("POST", "account/tokens"),
        ("DELETE", "account/tokens/a1"),
        ("GET", "account/sessions"),
        ("DELETE", "account/sessions/ab12"),
    ):
        json: object = {} if method == "POST" else None
        assert lab.call(method, path, json=json).status_code == 403
    assert not any(with_token == "token-kim" for _, _, _, with_token in lab.hub.calls)
