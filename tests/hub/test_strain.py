"""The hub where somebody tries it, two act at once, or what it stands on gives way."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy.exc import OperationalError

from hub.accounts import AccountStore
from hub.departures import Departures
from hub.machine import Machine
from hub.outside import OpenIdConnect, person_of
from hub.port_proxy import OpenConnections
from hub.retention_loop import RetentionRound
from tests.hub.running_hub import RunningHub, add_images, running_hub
from tests.hub.test_disk import Lab
from tests.hub.test_disk import lab as disk_lab
from tests.hub.test_retention_loop import SEOUL, Clock, clock, left
from tests.hub.test_retention_loop import host as night_host
from tests.hub.test_sign_up import invite, shown_error, sign_up
from tests.hub.visitor import PASSWORD, is_in, log_in, visitor
from workspace_cli.core import disk_measure, members, notices, port_shares, profiles
from workspace_cli.core.actors import Actor
from workspace_cli.core.errors import ConflictError, EngineUnreachableError
from workspace_cli.core.fake_engine import FakeEngine
from workspace_cli.core.host import Host
from workspace_cli.core.leaving import Fate
from workspace_cli.core.offboarding import Belongings

__all__ = ["clock", "disk_lab", "night_host"]
pytestmark = pytest.mark.filterwarnings("default")


def broken(*_: object, **__: object) -> Any:
    raise OperationalError("SELECT", {}, Exception("database is locked"))


async def soon(check: Callable[[], object]) -> None:
    for _ in range(1000):
        if check():
            return
        await asyncio.sleep(0.01)
    raise AssertionError(f"{check} did not hold")


# who learns what --------------------------------------------------------------------------------
@pytest.mark.asyncio
async def test_an_invitation_that_was_made_up_tells_nobody_which_names_there_are(
    hub: RunningHub,
) -> None:
    await hub.add("kim")
    async with visitor(hub) as browser:
        told = {
            shown_error(await sign_up(browser, name, invitation="made-up"))
            for name in ("kim", "nobody-here", "root", "a/b")
        }
    assert len(told) == 1
    assert "invitation" in told.pop()


@pytest.mark.asyncio
async def test_an_invitation_is_not_used_up_by_a_name_that_is_taken(hub: RunningHub) -> None:
    await hub.add("kim")
    token = str((await invite(hub, uses=1))["token"])
    async with visitor(hub) as browser:
        assert (await sign_up(browser, "kim", invitation=token)).status_code == 409
        assert (await sign_up(browser, "lee", invitation=token)).status_code == 200
        assert (await sign_up(browser, "park", invitation=token)).status_code == 404


def test_two_at_an_outside_login_are_never_one_here() -> None:
    provider = OpenIdConnect(
        title="O", client_id="c", client_secret_file=Path("s"),
        authorize_url="https://o/a", token_url="https://o/t", userinfo_url="https://o/u",
    )  # fmt: skip
    subjects = ("s" * 254 + "1", "s" * 254 + "2")
    found = [
        person_of(provider, {"sub": one, "preferred_username": "kim"}).identity for one in subjects
    ]
    assert found[0] != found[1]
    assert max(map(len, found)) <= 255
    short = person_of(provider, {"sub": "u-1", "preferred_username": "kim"}).identity
    assert short == "oidc:u-1"


# what another site or another member's page can do ------------------------------------------------
@pytest.mark.asyncio
@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Dest": "document"},
        {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Dest": "image"},
        {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Dest": "iframe"},
        {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Dest": "empty"},
    ],
)
async def test_no_other_page_logs_anybody_out(hub: RunningHub, headers: dict[str, str]) -> None:
    await hub.add("kim")
    async with hub.browser("kim") as browser:
        await browser.client.get("/logout", headers=headers)
        assert await is_in(browser)
        own = {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Dest": "document"}
        await browser.client.get("/logout", headers=own)
        assert not await is_in(browser)


@pytest.mark.asyncio
async def test_a_members_host_plants_nobody_a_login_under_way(tmp_path: Path) -> None:
    engine = FakeEngine()
    add_images(engine)
    settings = {"url": "https://lab.example.org", "subdomains": True}
    async with running_hub(tmp_path / "root", engine, **settings) as hub:
        body = {"name": "kim", "password": PASSWORD, "temporary": True}
        assert (await hub.api("POST", "/accounts", body)).status_code == 201
        jar: dict[str, str] = {}

        async def send(method: str, path: str, **more: Any) -> httpx.Response:
            # No jar of the client's: these cookies are for TLS, and the host has another name.
            cookies = "; ".join(f"{name}={value}" for name, value in jar.items())
            async with httpx.AsyncClient() as client:
                answer = await client.request(
                    method, f"{hub.url}/hub{path}", headers={"Cookie": cookies}, **more
                )
            for row in answer.headers.get_list("set-cookie"):
                for name, morsel in SimpleCookie(row).items():
                    jar[name] = morsel.coded_value
            return answer

        await send("GET", "/login")
        token = next(value for name, value in jar.items() if name.endswith("_xsrf"))
        form = {"username": "kim", "password": PASSWORD, "_xsrf": token}
        begun = await send("POST", "/login", data=form)
        assert begun.status_code == 302, begun.text
        assert begun.headers["Location"].endswith("/login/step")
        (name,) = (one for one in jar if "login-step" in one)
        shown = await send("GET", "/login/step")
        assert shown.status_code == 200
        # What a page on another host of the domain can set is a cookie of the plain name.
        jar["labdock-login-step"] = jar.pop(name)
        planted = await send("GET", "/login/step")
        assert planted.status_code == 302
        assert planted.headers["Location"].endswith("/hub/login")


# what an account leaves ---------------------------------------------------------------------------
@pytest.mark.asyncio
async def test_whoever_gets_a_name_next_inherits_nothing(hub: RunningHub) -> None:
    for name in ("kim", "lee"):
        await hub.add(name)
    host = hub.app.machine.host
    members.remember(host, "lee", "instructor", ["vision"])
    profiles.save(host, "My own", {"image": "labdock/base"}, Actor("lee"))
    notices.tell(host.database, "lee", "default", "gpu_lost", {}, now=host.clock())
    port_shares.share(host, "kim", "default", 6006, "lee")
    assert (await hub.api("DELETE", "/accounts/LEE")).status_code == 204
    await hub.add("lee")
    found = members.member(host, "lee")
    assert (found.role, found.groups) == ("member", frozenset())
    assert profiles.count(host, "lee") == 0
    assert notices.open_notices(host.database, now=host.clock(), owner="lee") == []
    assert port_shares.shares(host, with_member="lee") == []


@pytest.mark.asyncio
async def test_who_is_taken_out_of_a_group_at_the_hubs_api_is_out_for_everybody_who_decides(
    hub: RunningHub,
) -> None:
    await hub.add("kim")
    host = hub.app.machine.host
    assert (await hub.api("POST", "/groups/vision", {})).status_code == 201
    body = {"users": ["kim"]}
    assert (await hub.api("POST", "/groups/vision/users", body)).status_code == 200
    await hub.app.follow_members()
    assert members.member(host, "kim").groups == {"vision"}
    assert (await hub.api("DELETE", "/groups/vision/users", body)).status_code == 200
    await hub.app.follow_members()
    assert members.member(host, "kim").groups == frozenset()


@pytest.mark.asyncio
async def test_another_password_ends_a_link_for_a_new_one(hub: RunningHub) -> None:
    for number, (method, path, body) in enumerate(
        [
            ("POST", "/accounts/{}/temporary-password", {}),
            ("PATCH", "/accounts/{}", {"password": "quite another one"}),
        ]
    ):
        name = f"member{number}"
        await hub.add(name)
        link = (await hub.api("POST", f"/accounts/{name}/reset-link", {})).json()
        assert (await hub.api(method, path.format(name), body)).status_code == 200
        async with visitor(hub) as browser:
            await browser.get("/reset")
            form = {"token": link["token"], "password": PASSWORD, "again": PASSWORD}
            assert (await browser.post("/reset", form)).status_code == 404
            assert (await log_in(browser, name)).status_code == 403


# two at once --------------------------------------------------------------------------------------
def test_two_admins_never_take_the_last_rights_from_each_other(tmp_path: Path) -> None:
    store = AccountStore(f"sqlite:///{tmp_path / 'accounts.sqlite'}")
    store.migrate()
    for name in ("admin", "root"):
        store.add(name, PASSWORD, admin=True)
    both, look = threading.Barrier(2, timeout=1), store.all

    def all_at_once() -> Any:
        found = look()
        with suppress(threading.BrokenBarrierError):
            both.wait()
        return found

    store.all = all_at_once  # type: ignore[method-assign]
    refused: list[ConflictError] = []

    def demote(name: str) -> None:
        try:
            store.set_admin(name, False)
        except ConflictError as exc:
            refused.append(exc)

    threads = [threading.Thread(target=demote, args=(name,)) for name in ("admin", "root")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(one.admin for one in look()) == 1
    assert len(refused) == 1
    store.close()


@pytest.mark.asyncio
async def test_a_home_is_measured_once_however_many_ask(
    disk_lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk_lab.fill(100)
    counted, end, measure = [], threading.Event(), disk_measure.measure

    def slowly(host: Host, owner: str) -> Any:
        counted.append(owner)
        end.wait(10)
        return measure(host, owner)

    monkeypatch.setattr(disk_measure, "measure", slowly)
    asked = [asyncio.create_task(disk_lab.watch.measure("kim")) for _ in range(5)]
    await soon(lambda: counted)
    asked[0].cancel()
    await asyncio.sleep(0.05)
    end.set()
    found = await asyncio.gather(*asked[1:])
    assert counted == ["kim"]
    assert {one.owner for one in found} == {"kim"}
    await disk_lab.watch.measure("kim")
    assert counted == ["kim", "kim"]


# what gives way -----------------------------------------------------------------------------------
@pytest.mark.asyncio
async def test_open_connections_are_watched_on_when_a_look_fails(
    hub: RunningHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.port_proxy.LOOK_SECONDS", 0.02)
    await hub.add("lee")
    host, closed, looks = hub.app.machine.host, [], []
    watched = OpenConnections(hub.app.machine, hub.app.accounts)
    active = port_shares.active

    def once_broken(*place: Any) -> bool:
        looks.append(place)
        return bool(broken()) if len(looks) == 1 else active(*place)

    monkeypatch.setattr(port_shares, "active", once_broken)
    made = port_shares.share(host, "kim", "default", 6006, "lee")
    watched.add(("kim", "default", 6006, "lee"), lambda: closed.append(True))
    await soon(lambda: len(looks) > 2)
    assert not closed
    port_shares.withdraw(host, made.id, "kim")
    await soon(lambda: closed)


@pytest.mark.asyncio
async def test_whose_account_is_disabled_keeps_no_connection(
    hub: RunningHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.port_proxy.LOOK_SECONDS", 0.02)
    await hub.add("lee")
    closed: list[bool] = []
    watched = OpenConnections(hub.app.machine, hub.app.accounts)
    port_shares.share(hub.app.machine.host, "kim", "default", 6006, "lee")
    watched.add(("kim", "default", 6006, "lee"), lambda: closed.append(True))
    await asyncio.sleep(0.1)
    assert not closed
    await hub.api("PATCH", "/accounts/lee", {"state": "disabled"})
    await soon(lambda: closed)


@pytest.mark.asyncio
async def test_a_night_in_which_the_engine_was_away_is_made_up_for(
    night_host: Host, clock: Clock
) -> None:
    assert isinstance(night_host.engine, FakeEngine)
    clock.now = datetime(2026, 11, 21, 4, 10, tzinfo=SEOUL)
    rounds = RetentionRound(Machine(night_host), logging.getLogger(__name__))
    night_host.engine.fail_on("images", EngineUnreachableError("The engine is away.", "Wait."))
    with pytest.raises(EngineUnreachableError):
        await rounds.look()
    await rounds.look()
    assert left(night_host) == ["labdock/kim/vision:v2"]


@pytest.mark.asyncio
async def test_a_departure_that_cannot_even_begin_says_so(hub: RunningHub) -> None:
    hub.settings.api_token.rename(hub.settings.api_token.with_suffix(".away"))
    departures = Departures(hub.app.register)
    found = Belongings(
        owner="kim", home=None, workspaces=(), environments=(), ports_shared=0, reservations=()
    )
    departures.begin(f"{hub.url}/hub/api", found, Fate(), Actor("admin", admin=True))
    await soon(lambda: (one := departures.of("kim")) is not None and one.over)
    assert departures.of("kim").failed  # type: ignore[union-attr]
