"""Signing up, invitations and links for new passwords, over a running hub."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from hub.throttle import FREE
from tests.hub.html import Document
from tests.hub.running_hub import Browser, RunningHub
from tests.hub.visitor import PASSWORD, is_in, log_in, set_policy, visitor
from workspace_cli.core import audit, folders

pytestmark = [pytest.mark.asyncio, pytest.mark.filterwarnings("default")]


async def sign_up(browser: Browser, name: str, **fields: str) -> httpx.Response:
    """Send the form."""
    await browser.get("/signup")
    form = {"username": name, "password": PASSWORD, "again": PASSWORD, **fields}
    return await browser.post("/signup", form)


async def invite(hub: RunningHub, **fields: object) -> dict[str, object]:
    answer = await hub.api("POST", "/invitations", fields)
    assert answer.status_code == 201, answer.text
    made: dict[str, object] = answer.json()
    return made


def shown_error(answer: httpx.Response) -> str:
    return Document(answer.text).one("p", id="form-error").text


async def test_without_a_setting_nobody_signs_up_and_the_login_offers_nothing(
    hub: RunningHub,
) -> None:
    async with visitor(hub) as browser:
        assert "signup" not in (await browser.get("/login")).text
        answer = await sign_up(browser, "kim")
        assert answer.status_code == 403
        assert "by invitation" in shown_error(answer)
    assert (await hub.api("GET", "/accounts/kim")).status_code == 404


async def test_a_sign_up_waits_until_an_admin_approves(hub: RunningHub) -> None:
    set_policy(hub, '[accounts]\nsign_up = "approval"\n')
    async with visitor(hub) as browser:
        assert "signup" in (await browser.get("/login")).text
        answer = await sign_up(browser, "Kim", about="<b>PhD</b> student")
        assert answer.status_code == 200
        assert Document(answer.text).all("section", data_state="pending")
        for _ in range(2):
            waiting = await log_in(browser, "kim")
            assert waiting.status_code == 403
            assert "approval" in waiting.text
        wrong = await log_in(browser, "kim", "not the password")
        assert "approval" not in wrong.text, "only who knows the password is told"
        assert not await is_in(browser)

        (row,) = [one for one in (await hub.api("GET", "/accounts")).json() if not one["admin"]]
        assert (row["name"], row["state"], row["about"]) == ("kim", "pending", "<b>PhD</b> student")
        assert (await hub.api("POST", "/accounts/kim/approve")).status_code == 200
        assert (await hub.api("POST", "/accounts/kim/approve")).status_code == 409
        assert (await log_in(browser, "kim")).status_code == 302
        assert await is_in(browser)
    actions = [(row.action, row.subject) for row in audit.entries(hub.app.machine.host)]
    assert ("account-approve", "kim") in actions
    assert ("account-sign-up", "kim") in actions


async def test_who_is_denied_is_gone_and_only_who_waits_can_be(hub: RunningHub) -> None:
    set_policy(hub, '[accounts]\nsign_up = "approval"\n')
    async with visitor(hub) as browser:
        await sign_up(browser, "kim")
        assert (await hub.api("POST", "/accounts/kim/deny")).status_code == 200
        assert (await hub.api("GET", "/accounts/kim")).status_code == 404
        assert (await log_in(browser, "kim")).status_code == 403
        await hub.add("lee")
        assert (await hub.api("POST", "/accounts/lee/deny")).status_code == 409
        assert (await hub.api("GET", "/accounts/lee")).status_code == 200


async def test_nobody_takes_a_name_that_is_or_was_somebodys(hub: RunningHub) -> None:
    set_policy(hub, '[accounts]\nsign_up = "open"\nreserved = ["dean"]\n')
    await hub.add("lee")
    folders.home(hub.settings, "gone").mkdir(parents=True)
    said = set()
    async with visitor(hub) as browser:
        for name in ("admin", "Admin", "root", "dean", "lee", "gone"):
            answer = await sign_up(browser, name)
            assert answer.status_code == 409, name
            said.add(shown_error(answer).replace(name.lower(), "NAME"))
        assert len(said) == 1, "nothing tells a reserved name from a taken one"
        # A Cyrillic а, and what is no name at all.
        for name in ("\u0430dmin", "a", "a" * 33, "a b", "../x", "-kim"):
            assert (await sign_up(browser, name)).status_code == 422, name
    assert (await hub.log_in("lee", PASSWORD)).status_code == 302


async def test_an_open_lab_lets_people_in_at_once(hub: RunningHub) -> None:
    set_policy(hub, '[accounts]\nsign_up = "open"\n')
    async with visitor(hub) as browser:
        for fields in ({"again": "another one"}, {"password": "short", "again": "short"}):
            answer = await sign_up(browser, "김철수", **fields)
            assert answer.status_code == 422
            assert shown_error(answer)
        assert (await sign_up(browser, "김철수")).status_code == 200
        assert (await log_in(browser, "김철수")).status_code == 302
        assert (await hub.api("GET", "/users/김철수")).json()["admin"] is False


async def test_signing_up_needs_the_forms_own_token_and_is_slowed_down(hub: RunningHub) -> None:
    set_policy(hub, '[accounts]\nsign_up = "open"\n')
    async with visitor(hub) as browser:
        form = {"username": "kim", "password": PASSWORD, "again": PASSWORD}
        assert (await browser.client.post("/signup", data=form)).status_code == 403
        codes = [(await sign_up(browser, "a")).status_code for _ in range(FREE["sign-up"] + 2)]
    assert codes[:-2] == [422] * FREE["sign-up"]
    assert 429 in codes[-2:]


async def test_an_invitation_makes_as_many_accounts_as_it_says(hub: RunningHub) -> None:
    made = await invite(hub, uses=2, groups=["instructors", "vision"], note="for the class")
    token = str(made["token"])
    assert str(made["path"]).endswith(f"/hub/signup#{token}"), "in a fragment, which nobody logs"
    assert token not in (await hub.api("GET", "/invitations")).text
    async with visitor(hub) as browser:
        taken = await sign_up(browser, "admin", invitation=token)
        assert taken.status_code == 409
        (row,) = (await hub.api("GET", "/invitations")).json()
        assert row["uses_left"] == 2, "what fails uses nothing up"
        assert (await sign_up(browser, "kim", invitation=token)).status_code == 200
        assert (await sign_up(browser, "lee", invitation=token)).status_code == 200
        late = await sign_up(browser, "choi", invitation=token)
        assert late.status_code == 404
        assert "no longer good" in shown_error(late)
        assert (await sign_up(browser, "choi", invitation="made up")).status_code == 404
    user = (await hub.api("GET", "/users/kim")).json()
    assert sorted(user["groups"]) == ["instructors", "vision"]
    assert user["admin"] is False
    assert (await hub.log_in("lee", PASSWORD)).status_code == 302
    assert (await hub.api("GET", "/invitations")).json() == []


async def test_many_at_once_use_an_invitation_no_more_often_than_it_says(hub: RunningHub) -> None:
    token = str((await invite(hub, uses=1))["token"])

    async def one(name: str) -> int:
        async with visitor(hub) as browser:
            return (await sign_up(browser, name, invitation=token)).status_code

    codes = await asyncio.gather(*(one(f"user-{number}") for number in range(5)))
    assert sorted(codes) == [200, 404, 404, 404, 404]


async def test_an_invitation_ends_by_time_and_by_hand(hub: RunningHub) -> None:
    made = await invite(hub)
    assert (await hub.api("DELETE", f"/invitations/{made['id']}")).status_code == 204
    assert (await hub.api("DELETE", f"/invitations/{made['id']}")).status_code == 404
    old = await invite(hub, seconds=3600)
    register = hub.app.register
    now = register.invitations._clock()
    register.invitations._clock = lambda: now + 3601
    async with visitor(hub) as browser:
        for token in (made["token"], old["token"]):
            answer = await sign_up(browser, "kim", invitation=str(token))
            assert answer.status_code == 404
    for bad in ({"uses": 0}, {"uses": True}, {"seconds": 1}, {"groups": "x"}, {"groups": ["../x"]}):
        assert (await hub.api("POST", "/invitations", bad)).status_code == 422, bad


async def test_a_link_sets_a_password_once(hub: RunningHub) -> None:
    await hub.add("kim")
    async with hub.browser("kim") as before, visitor(hub) as browser:
        made = (await hub.api("POST", "/accounts/kim/reset-link")).json()
        await browser.get("/reset")

        async def reset(token: str, password: str = "quite another one") -> int:
            form = {"token": token, "password": password, "again": password}
            return (await browser.post("/reset", form)).status_code

        assert await reset("made up") == 404
        assert await reset(made["token"], "short") == 422, "and the link is still good"
        assert await reset(made["token"]) == 200
        assert await reset(made["token"]) == 404
        assert not await is_in(before), "who was logged in no longer is"
        assert (await log_in(browser, "kim")).status_code == 403
        assert (await log_in(browser, "kim", "quite another one")).status_code == 302

        first = (await hub.api("POST", "/accounts/kim/reset-link")).json()["token"]
        second = (await hub.api("POST", "/accounts/kim/reset-link")).json()["token"]
        await browser.get("/reset")
        assert await reset(first) == 404, "a newer link ends the older one"
        assert await reset(second) == 200


async def test_these_are_the_admins_alone(hub: RunningHub) -> None:
    await hub.add("kim")
    made = (await hub.api("POST", "/users/kim/tokens", {"note": "kim's own"})).json()["token"]
    for method, path in (
        ("GET", "/invitations"),
        ("POST", "/invitations"),
        ("DELETE", "/invitations/abc"),
        ("GET", "/logins"),
        *(("POST", f"/accounts/kim/{action}") for action in ("approve", "deny", "unlock")),
        ("POST", "/accounts/kim/reset-link"),
        ("POST", "/accounts/kim/temporary-password"),
        ("POST", "/accounts/kim/reset-second-factor"),
        ("POST", "/accounts/admin/end-sessions"),
        ("GET", "/accounts/admin/sessions"),
        ("DELETE", "/accounts/admin/sessions"),
    ):
        for token in (made, "nobody's"):
            answer = await hub.api(method, path, {}, token=token)
            assert answer.status_code in (403, 404), (method, path, answer.status_code)
    own = await hub.api("GET", "/accounts/kim/sessions", token=made)
    assert own.status_code == 200, "one's own logins are one's own"
    async with hub.browser("kim") as browser:
        assert (await browser.get("/people")).status_code in (403, 404)
