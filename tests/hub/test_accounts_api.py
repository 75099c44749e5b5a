"""``/hub/api/accounts``, as `workspace users` calls it."""

from __future__ import annotations

import pytest

from tests.hub.running_hub import ADMIN_PASSWORD, RunningHub
from workspace_cli.core import audit

pytestmark = [pytest.mark.asyncio, pytest.mark.filterwarnings("default")]


async def test_accounts_are_made_listed_and_removed(hub: RunningHub) -> None:
    made = await hub.api("POST", "/accounts", {"name": "김철수", "password": "a good password"})
    assert made.status_code == 201
    assert made.json()["name"] == "김철수"
    assert "password" not in made.json(), "one that was given is not told again"
    listed = (await hub.api("GET", "/accounts")).json()
    assert [(row["name"], row["admin"]) for row in listed] == [("admin", True), ("김철수", False)]
    assert (await hub.api("GET", "/accounts/김철수")).json()["state"] == "active"
    assert (await hub.log_in("김철수", "a good password")).status_code == 302

    assert (await hub.api("DELETE", "/accounts/김철수")).status_code == 204
    assert (await hub.api("GET", "/accounts/김철수")).status_code == 404
    assert (await hub.api("GET", "/users/김철수")).status_code == 404
    assert (await hub.log_in("김철수", "a good password")).status_code == 403


async def test_what_is_done_with_accounts_is_in_the_audit_trail(hub: RunningHub) -> None:
    await hub.api("POST", "/accounts", {"name": "Kim", "password": "a good password"})
    await hub.api("PATCH", "/accounts/kim", {"password": "quite another one", "admin": True})
    await hub.api("PATCH", "/accounts/kim", {"admin": True, "state": "active"})
    await hub.api("PATCH", "/accounts/kim", {"state": "disabled", "admin": False})
    await hub.api("DELETE", "/accounts/kim")
    refused = await hub.api("DELETE", "/accounts/admin")
    assert refused.status_code == 409
    entries = audit.entries(hub.app.machine.host)
    told = [(one.actor, one.action, one.subject, one.detail) for one in reversed(entries)]
    assert told == [
        ("labdock-cli", "account-make", "kim", ""),
        ("labdock-cli", "account-change", "kim", "another password; an admin's"),
        (
            *("labdock-cli", "account-change", "kim"),
            "disabled instead of active; no admin's any more",
        ),
        ("labdock-cli", "account-remove", "kim", ""),
    ]
    assert "quite another one" not in str(told)


async def test_a_password_is_made_where_none_is_given(hub: RunningHub) -> None:
    made = (await hub.api("POST", "/accounts", {"name": "kim"})).json()
    assert (await hub.log_in("kim", made["password"])).status_code == 302
    other = (await hub.api("PATCH", "/accounts/kim", {"password": None})).json()
    assert (await hub.log_in("kim", made["password"])).status_code == 403
    assert (await hub.log_in("kim", other["password"])).status_code == 302


async def test_another_password_ends_the_sessions_of_the_old_one(hub: RunningHub) -> None:
    await hub.add("kim")
    cookies = (await hub.log_in("kim", "a good password")).cookies
    home = f"{hub.url}/hub/home"
    assert (await hub.client.get(home, cookies=cookies)).status_code == 200
    hub.client.cookies.clear()
    await hub.api("PATCH", "/accounts/kim", {"password": "quite another one"})
    assert (await hub.client.get(home, cookies=cookies)).status_code == 302


BAD_BODIES: list[object] = [
    {},
    {"name": ""},
    {"name": 7},
    {"name": "a/b"},
    {"name": ".."},
    {"name": "kim", "password": "short"},
    {"name": "kim", "password": 12345678},
    {"name": "kim", "admin": "yes"},
    {"name": "kim", "state": "asleep"},
    {"name": "kim", "state": ["active"]},
    {"name": "kim", "root": True},
    ["kim"],
    "kim",
]


async def test_bad_bodies_are_refused_in_words(hub: RunningHub) -> None:
    taken = {"name": "Admin", "password": "a good password"}
    for body, status in [*((body, 422) for body in BAD_BODIES), (taken, 409)]:
        answer = await hub.api("POST", "/accounts", body)
        assert answer.status_code == status, (body, answer.text)
        assert answer.json()["message"], body
        assert answer.json()["remedy"], body
        if isinstance(body, dict):
            change = {name: value for name, value in body.items() if name != "name"}
            patched = await hub.api("PATCH", "/accounts/admin", change)
            assert patched.status_code in (200, 409, 422), (change, patched.text)
    assert len((await hub.api("GET", "/accounts")).json()) == 1


async def test_a_body_that_is_no_json_is_refused(hub: RunningHub) -> None:
    headers = {"Authorization": f"token {hub.settings.api_token.read_text()}"}
    url = f"{hub.url}/hub/api/accounts"
    answer = await hub.client.post(url, content=b"{", headers=headers)
    assert answer.status_code == 422


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
async def test_an_unknown_account_is_not_found(hub: RunningHub, method: str) -> None:
    body = {"password": "a good password"} if method == "PATCH" else None
    assert (await hub.api(method, "/accounts/nobody", body)).status_code == 404


async def test_the_last_admin_stays(hub: RunningHub) -> None:
    assert (await hub.api("DELETE", "/accounts/admin")).status_code == 409
    assert (await hub.api("PATCH", "/accounts/admin", {"state": "disabled"})).status_code == 409
    assert (await hub.api("PATCH", "/accounts/admin", {"admin": False})).status_code == 409
    assert (await hub.api("DELETE", "/users/admin")).status_code == 409
    assert (await hub.log_in("admin", ADMIN_PASSWORD)).status_code == 302


async def test_only_admins_get_in(hub: RunningHub) -> None:
    await hub.add("kim")
    token = (await hub.api("POST", "/users/kim/tokens", {})).json()["token"]
    for method, path in (("GET", ""), ("POST", ""), ("DELETE", "/admin"), ("PATCH", "/kim")):
        answer = await hub.api(method, f"/accounts{path}", {"name": "x"}, token=token)
        assert answer.status_code == 403, (method, path)
    nobody = await hub.client.get(f"{hub.url}/hub/api/accounts")
    assert nobody.status_code == 403

    admins = (await hub.api("POST", "/users/admin/tokens", {})).json()["token"]
    assert (await hub.api("GET", "/accounts", token=admins)).status_code == 200


async def test_rights_follow_the_account_at_once(hub: RunningHub) -> None:
    await hub.add("kim")
    await hub.api("PATCH", "/accounts/kim", {"admin": True})
    assert "admin" in (await hub.api("GET", "/users/kim")).json()["roles"]
    await hub.api("PATCH", "/accounts/kim", {"admin": False})
    assert "admin" not in (await hub.api("GET", "/users/kim")).json()["roles"]


async def test_removing_an_account_stops_and_removes_its_workspaces_but_not_its_home(
    hub: RunningHub,
) -> None:
    await hub.add("kim")
    for path in ("/server", "/servers/paper"):
        assert (await hub.api("POST", f"/users/kim{path}")).status_code == 201
    await hub.api("DELETE", "/users/kim/servers/paper")
    (home,) = hub.settings.homes.glob("kim")
    assert (await hub.api("DELETE", "/accounts/kim")).status_code == 204
    assert hub.state("kim") is None
    assert hub.state("kim", "paper") is None
    assert home.is_dir()
    assert "/user/kim/" not in hub.app.proxy.routes


async def test_removing_an_account_in_the_middle_of_a_start(hub: RunningHub) -> None:
    await hub.add("kim")
    start = await hub.begin_start("kim")
    assert (await hub.api("DELETE", "/accounts/kim")).status_code == 204
    await start
    assert hub.state("kim") is None
    assert (await hub.api("GET", "/users/kim")).status_code == 404


async def test_the_hubs_own_removal_of_a_user_removes_the_account(hub: RunningHub) -> None:
    await hub.add("kim")
    assert (await hub.api("DELETE", "/users/kim")).status_code == 204
    assert (await hub.api("GET", "/accounts/kim")).status_code == 404
