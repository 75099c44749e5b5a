"""Reservations, own logins and departures, as the portal asks the hub for them."""

from __future__ import annotations

import asyncio

import pytest

from hub.configuration import PORTAL_SCOPE
from hub.portal.callers import READING
from tests.hub.running_hub import RunningHub
from workspace_cli.core.reservations import Reservation
from workspace_cli.core.values import Gpus, parse_gpus

pytestmark = [pytest.mark.asyncio, pytest.mark.filterwarnings("default")]


async def token_of(hub: RunningHub, name: str, scopes: list[str] | None = None) -> str:
    body = {"note": "test"} if scopes is None else {"note": "test", "scopes": scopes}
    made = await hub.api("POST", f"/users/{name}/tokens", body)
    assert made.status_code == 201, made.text
    return str(made.json()["token"])


async def test_an_admin_reserves_lists_and_withdraws(
    hub: RunningHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Gpus] = []

    def reserve(host: object, wanted: Gpus, **how: object) -> Reservation:
        asked.append(wanted)
        return Reservation(id="1f2e3d4c", gpus=("GPU-1",), **how)  # type: ignore[arg-type]

    body = {"gpus": "2", "group": "nlp", "begins": 1.9e9, "ends": 1.9e9 + 60}
    nothing_free = await hub.api("POST", "/reservations", body)
    assert nothing_free.status_code == 409, "there is no GPU here"
    monkeypatch.setattr("workspace_cli.core.reservations.reserve", reserve)
    token = await token_of(hub, "admin")
    made = await hub.api("POST", "/reservations", body, token)
    assert made.status_code == 201
    assert (made.json()["gpus"], made.json()["made_by"]) == (["GPU-1"], "admin")
    assert asked == [parse_gpus("2")]
    assert (await hub.api("GET", "/reservations", token=token)).json() == []
    assert (await hub.api("DELETE", "/reservations/1f2e3d4c", token=token)).status_code == 404


SENSELESS: tuple[dict[str, object], ...] = (
    {"gpus": "2", "group": "nlp"},
    {"gpus": 2, "group": "nlp", "ends": 1.9e9},
    {"gpus": "two", "group": "nlp", "ends": 1.9e9},
    {"gpus": "2", "group": "nlp", "ends": True},
    {"gpus": "2", "group": "nlp", "ends": 1.0},
    {"gpus": "2", "group": "nlp", "ends": 1.9e9, "more": 1},
)


async def test_what_makes_no_sense_and_who_is_no_admin_is_refused(hub: RunningHub) -> None:
    for body in SENSELESS:
        answer = await hub.api("POST", "/reservations", body)
        assert answer.status_code == 422, body
        assert answer.json()["message"]
    await hub.add("kim")
    token = await token_of(hub, "kim")
    for method, path in (
        ("GET", "/reservations"),
        ("POST", "/reservations"),
        ("DELETE", "/reservations/1f2e3d4c"),
    ):
        assert (await hub.api(method, path, None, token)).status_code == 403


async def test_members_see_and_end_their_own_logins_and_nobody_elses(hub: RunningHub) -> None:
    for name in ("kim", "park"):
        await hub.add(name)
        assert (await hub.log_in(name, "a good password")).status_code == 302
        hub.client.cookies.clear()
    token = await token_of(hub, "kim")
    (row,) = (await hub.api("GET", "/accounts/kim/sessions", token=token)).json()
    (other,) = (await hub.api("GET", "/accounts/park/sessions")).json()
    refused = await hub.api("GET", "/accounts/park/sessions", token=token)
    assert refused.status_code == 403
    body = {"id": other["id"]}
    refused = await hub.api("DELETE", "/accounts/park/sessions", body, token)
    assert refused.status_code == 403
    # Another one's login is none of one's own.
    assert (await hub.api("DELETE", "/accounts/kim/sessions", body, token)).status_code == 404
    limited = await token_of(hub, "kim", ["read:users!user", "servers!user"])
    assert (await hub.api("GET", "/accounts/kim/sessions", token=limited)).status_code == 403
    body = {"id": row["id"]}
    assert (await hub.api("DELETE", "/accounts/kim/sessions", body, token)).status_code == 204
    assert (await hub.api("GET", "/accounts/kim/sessions", token=token)).json() == []
    assert len((await hub.api("GET", "/accounts/park/sessions")).json()) == 1


async def test_an_admin_lets_a_member_leave(hub: RunningHub) -> None:
    await hub.add("kim")
    path, token = "/accounts/kim/departure", await token_of(hub, "admin")
    assert (await hub.api("GET", path, token=token)).json()["state"] == "stays"
    for body in ({"files": "burn"}, {"files": "hand-over"}, {"heir": "admin"}, {"more": 1}):
        assert (await hub.api("POST", path, body, token)).status_code == 422
    own = await hub.api("POST", "/accounts/admin/departure", {}, token)
    assert own.status_code == 409
    kims = await token_of(hub, "kim")
    assert (await hub.api("GET", path, token=kims)).status_code == 403
    begun = await hub.api("POST", path, {"files": "delete"}, token)
    assert (begun.status_code, begun.json()["name"]) == (202, "kim")

    async def left() -> bool:
        return bool((await hub.api("GET", path, token=token)).json()["state"] == "left")

    for _ in range(600):
        if await left():
            break
        await asyncio.sleep(0.1)
    assert await left(), (await hub.api("GET", path, token=token)).json()
    assert "removed the account" in (await hub.api("GET", path, token=token)).json()["done"]
    assert (await hub.api("GET", "/accounts/kim")).status_code == 404


async def scopes_of(hub: RunningHub, token: str) -> set[str]:
    return set((await hub.api("GET", "/user", token=token)).json()["scopes"])


async def test_the_hub_tells_of_tokens_what_the_portal_asks_for(hub: RunningHub) -> None:
    await hub.add("kim")
    kims = await scopes_of(hub, await token_of(hub, "kim"))
    assert {"servers!user=kim", "access:servers!user=kim", "tokens!user=kim"} <= kims
    assert PORTAL_SCOPE in kims
    admins = await scopes_of(hub, await token_of(hub, "admin"))
    wanted = {"admin:users", "admin:groups", "admin:servers", "servers", "tokens", "read:metrics"}
    assert wanted <= admins
    few = [PORTAL_SCOPE, "read:users!user"]
    reading = await scopes_of(hub, await token_of(hub, "kim", few))
    assert all(one.startswith(READING) for one in reading), reading
    accounts = [PORTAL_SCOPE, "admin:users"]
    limited = await scopes_of(hub, await token_of(hub, "admin", accounts))
    assert "admin:users" in limited
    assert not {"admin:servers", "admin:groups", "servers", "tokens"} & limited


async def test_prometheus_reads_the_hub_with_a_token_for_that_alone(hub: RunningHub) -> None:
    await hub.add("kim")
    few = await token_of(hub, "admin", [PORTAL_SCOPE, "read:metrics"])
    for token, expected in ((few, 200), (await token_of(hub, "kim"), 403)):
        headers = {"Authorization": f"Bearer {token}"}
        answer = await hub.client.get(f"{hub.url}/hub/metrics", headers=headers)
        assert answer.status_code == expected
