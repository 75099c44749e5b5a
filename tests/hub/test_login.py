"""Logging in: second factors, passwords that must be changed, sessions, slowed-down guessing."""

from __future__ import annotations

import re
import time

import httpx
import pytest

from hub.account_page import browser_name
from hub.second_factor import STEP, code_at
from tests.hub.html import Document
from tests.hub.running_hub import ADMIN_PASSWORD, Browser, RunningHub
from tests.hub.visitor import PASSWORD, is_in, log_in, set_policy, visitor

pytestmark = [pytest.mark.asyncio, pytest.mark.filterwarnings("default")]


class Phone:
    """An authenticator app whose time the test moves on."""

    def __init__(self, hub: RunningHub) -> None:
        self.now = time.time()
        self.secret = ""
        hub.app.register.factors._clock = lambda: self.now

    def code(self) -> str:
        """The next code; none is shown twice."""
        self.now += STEP
        return code_at(self.secret, int(self.now) // STEP)


def secret_on(page: httpx.Response) -> str:
    return next(
        element.text
        for element in Document(page.text).all("code")
        if element.attributes.get("class") == "secret"
    )


def codes_on(page: httpx.Response) -> list[str]:
    found = re.findall(r"<code>([a-z0-9-]{14})</code>", page.text)
    assert len(found) == 10
    return found


async def enrol(browser: Browser, phone: Phone) -> list[str]:
    """Set up a second factor on the page of the account; return the recovery codes."""
    await browser.get("/account")
    page = await browser.post("/account/factor-begin", {})
    phone.secret = secret_on(page)
    wrong = await browser.post("/account/factor-confirm", {"code": "abc"})
    assert wrong.status_code == 422
    assert secret_on(wrong) == phone.secret, "a wrong code shows the same picture again"
    return codes_on(await browser.post("/account/factor-confirm", {"code": phone.code()}))


async def test_a_second_factor_is_asked_for_after_the_password(hub: RunningHub) -> None:
    await hub.add("kim")
    phone = Phone(hub)
    async with hub.browser("kim") as browser:
        recovery = await enrol(browser, phone)
    async with visitor(hub) as browser:
        step = await log_in(browser, "kim")
        assert step.headers["location"] == "/hub/login/step"
        assert not await is_in(browser)
        page = await browser.get("/login/step")
        assert Document(page.text).all("section", data_step="code")
        assert phone.secret not in page.text
        wrong = await browser.post("/login/step", {"code": "000000"})
        assert wrong.status_code == 422
        code = phone.code()
        assert (await browser.post("/login/step", {"code": code})).headers["location"] == (
            "/hub/home"
        )
        assert await is_in(browser)
    async with visitor(hub) as browser:
        await log_in(browser, "kim")
        await browser.get("/login/step")
        assert (await browser.post("/login/step", {"code": code})).status_code == 422, "used"
        assert (await browser.post("/login/step", {"code": recovery[0]})).status_code == 302
        assert await is_in(browser)
    async with visitor(hub) as browser:
        await log_in(browser, "kim")
        await browser.get("/login/step")
        assert (await browser.post("/login/step", {"code": recovery[0]})).status_code == 422


async def test_no_way_leads_around_the_second_factor(hub: RunningHub) -> None:
    await hub.add("kim")
    phone = Phone(hub)
    async with hub.browser("kim") as browser:
        await enrol(browser, phone)
    # A token by name and password, as JupyterHub gives it.
    body = {"auth": {"username": "kim", "password": PASSWORD}}
    answer = await hub.client.post(f"{hub.url}/hub/api/users/kim/tokens", json=body)
    assert answer.status_code == 403
    async with visitor(hub) as browser:
        # Nobody on the way, somebody else on the way, a cookie made up.
        assert (await browser.get("/login/step")).headers["location"] == "/hub/login"
        browser.client.cookies.set("labdock-login-step", '{"name": "kim"}', path="/hub/")
        assert (await browser.get("/login/step")).headers["location"] == "/hub/login"
        assert not await is_in(browser)
    async with visitor(hub) as browser:
        await log_in(browser, "kim")
        await browser.get("/login/step")
        # A new password ends what was begun with the old one.
        await hub.api("PATCH", "/accounts/kim", {"password": "quite another one"})
        answer = await browser.post("/login/step", {"code": phone.code()})
        assert answer.headers["location"] == "/hub/login"
        assert not await is_in(browser)


async def test_codes_are_not_guessed_at_will(hub: RunningHub) -> None:
    await hub.add("kim")
    phone = Phone(hub)
    async with hub.browser("kim") as browser:
        await enrol(browser, phone)
    async with visitor(hub) as browser:
        await log_in(browser, "kim")
        await browser.get("/login/step")
        codes = [(await browser.post("/login/step", {"code": "abc"})).status_code for _ in range(7)]
    assert codes[:5] == [422] * 5
    assert 429 in codes[5:]
    assert (await hub.api("POST", "/accounts/kim/unlock")).json()["locked"] is True


async def test_a_role_that_needs_a_factor_sets_it_up_at_the_login(hub: RunningHub) -> None:
    set_policy(hub, '[accounts]\nsecond_factor = ["admin"]\n')
    phone = Phone(hub)
    async with visitor(hub) as browser:
        await log_in(browser, "admin", ADMIN_PASSWORD)
        page = await browser.get("/login/step")
        phone.secret = secret_on(page)
        shown = await browser.post("/login/step", {"code": phone.code()})
        codes_on(shown)
        assert not await is_in(browser)
        assert (await browser.get("/login/step")).headers["location"] == "/hub/home"
        assert await is_in(browser)
        await browser.get("/account")
        off = await browser.post("/account/factor-off", {"code": phone.code()})
        assert off.status_code == 422, "the role needs it"
    await hub.add("kim")
    assert (await hub.log_in("kim", PASSWORD)).headers["location"] == "/hub/home"
    (await hub.api("POST", "/accounts/admin/reset-second-factor")).raise_for_status()
    async with visitor(hub) as browser:
        await log_in(browser, "admin", ADMIN_PASSWORD)
        assert secret_on(await browser.get("/login/step")) != phone.secret


async def test_a_factor_is_turned_off_with_a_code_of_it(hub: RunningHub) -> None:
    await hub.add("kim")
    phone = Phone(hub)
    async with hub.browser("kim") as browser:
        await enrol(browser, phone)
        await browser.get("/account")
        assert (await browser.post("/account/factor-off", {"code": "abc"})).status_code == 422
        assert (await browser.post("/account/factor-off", {"code": phone.code()})).status_code == (
            302
        )
    assert (await hub.log_in("kim", PASSWORD)).headers["location"] == "/hub/home"


async def test_a_temporary_password_only_serves_to_choose_another(hub: RunningHub) -> None:
    await hub.add("kim")
    given = (await hub.api("POST", "/accounts/kim/temporary-password")).json()["password"]
    async with visitor(hub) as browser:
        assert (await log_in(browser, "kim")).status_code == 403
        assert (await log_in(browser, "kim", given)).headers["location"] == "/hub/login/step"
        assert not await is_in(browser)
        await browser.get("/login/step")
        for password, again in ((given, given), ("one good enough", "other"), ("short", "short")):
            answer = await browser.post("/login/step", {"password": password, "again": again})
            assert answer.status_code == 422, password
        own = {"password": "one of my own", "again": "one of my own"}
        assert (await browser.post("/login/step", own)).headers["location"] == "/hub/home"
        assert await is_in(browser)
    assert (await hub.log_in("kim", given)).status_code == 403
    assert (await hub.log_in("kim", "one of my own")).headers["location"] == "/hub/home"


async def test_a_member_changes_the_password_and_other_browsers_end(hub: RunningHub) -> None:
    await hub.add("kim")
    async with hub.browser("kim") as here, hub.browser("kim") as there:
        await here.get("/account")
        new = {"password": "quite another one", "again": "quite another one"}
        wrong = await here.post("/account/password", {"current": "not it at all", **new})
        assert wrong.status_code == 422
        assert await is_in(there)
        answer = await here.post("/account/password", {"current": PASSWORD, **new})
        assert answer.status_code == 302
        page = await here.get("/account?told=password")
        Document(page.text).one("p", id="told")
        assert len(Document(page.text).all("tbody")) == 1
        assert not await is_in(there)
        assert "this one" in (await here.get("/account")).text
        # And its forms still work.
        assert (await here.post("/account/factor-begin", {})).status_code == 200


async def test_logins_are_listed_and_ended_one_by_one(hub: RunningHub) -> None:
    await hub.add("kim")
    async with hub.browser("kim") as here, hub.browser("kim") as there, hub.browser("kim") as more:
        listed = (await hub.api("GET", "/accounts/kim/sessions")).json()
        assert len(listed) == 3
        ids = re.findall(r'name="id" value="([0-9a-f]+)"', (await here.get("/account")).text)
        assert len(ids) == 2, "all but this one"
        assert (await here.post("/account/session", {"id": ids[0]})).status_code == 302
        states = [await is_in(browser) for browser in (here, there, more)]
        assert states[0] is True
        assert sorted(states[1:]) == [False, True]
        assert (await here.post("/account/sessions", {})).status_code == 302
        assert [await is_in(browser) for browser in (here, there, more)] == [True, False, False]


async def test_an_ended_login_does_not_come_back_with_another_session_id(hub: RunningHub) -> None:
    await hub.add("kim")
    await hub.add("lee")
    async with hub.browser("kim") as stolen, hub.browser("kim") as mine, hub.browser("lee") as lee:
        (session,) = [
            row
            for row in hub.app.register.sessions.all("kim")
            if row.session == (stolen.client.cookies["jupyterhub-session-id"])
        ]
        await mine.get("/account")
        await mine.post("/account/session", {"id": session.id})
        assert not await is_in(stolen)
        for cookie in (lee.client.cookies["jupyterhub-session-id"], "made-up"):
            await log_in(stolen, "nobody", "x")
            stolen.client.cookies.delete("jupyterhub-session-id")
            stolen.client.cookies.set("jupyterhub-session-id", cookie, path="/")
            assert not await is_in(stolen)
        # Lee ends none of kim's.
        (other,) = hub.app.register.sessions.all("kim")
        await lee.get("/account")
        await lee.post("/account/session", {"id": other.id})
        assert await is_in(mine)


async def test_a_login_never_takes_over_a_session_id_that_somebody_planted(
    hub: RunningHub,
) -> None:
    await hub.add("kim")
    async with visitor(hub) as browser:
        browser.client.cookies.set("jupyterhub-session-id", "planted", path="/")
        await log_in(browser, "kim")
        assert await is_in(browser)
    assert [row.session for row in hub.app.register.sessions.all("kim")] != ["planted"]


async def test_logging_out_ends_the_session_and_an_admin_ends_them_all(hub: RunningHub) -> None:
    await hub.add("kim")
    async with hub.browser("kim") as one, hub.browser("kim") as other:
        await one.get("/logout")
        assert not await is_in(one)
        assert await is_in(other)
        (row,) = (await hub.api("GET", "/accounts/kim/sessions")).json()
        gone = await hub.api("DELETE", "/accounts/kim/sessions", {"id": "0"})
        assert gone.status_code == 404
        done = await hub.api("DELETE", "/accounts/kim/sessions", {"id": row["id"]})
        assert done.status_code == 204
        assert not await is_in(other)
    async with hub.browser("kim") as one:
        await hub.api("POST", "/accounts/kim/end-sessions")
        assert not await is_in(one)


async def test_guessing_is_slowed_down_alike_for_every_name(hub: RunningHub) -> None:
    await hub.add("kim")
    async with hub.browser("kim") as known:
        said = {}
        for name in ("kim", "nobody"):
            async with visitor(hub) as stranger:
                answers = [await log_in(stranger, name, "wrong") for _ in range(6)]
            said[name] = [
                (answer.status_code, Document(answer.text).one("p", id="login-error").text)
                for answer in answers
            ]
            assert [status for status, _ in said[name]] == [403] * 5 + [429]
        assert said["kim"] == said["nobody"]
        waiting = (await hub.api("GET", "/logins")).json()["waiting"]
        assert {row["subject"] for row in waiting} <= {"kim", "nobody"}
        # The member's own browser is counted apart.
        await known.get("/logout")
        assert (await log_in(known, "kim")).status_code == 302
    async with visitor(hub) as stranger:
        assert (await hub.api("POST", "/accounts/kim/unlock")).json()["locked"] is True
        assert (await log_in(stranger, "kim")).status_code == 302


@pytest.mark.parametrize(
    "agent,name",
    [
        (
            "Mozilla/5.0 (Windows NT 10.0; rv:128.0) Gecko/20100101 Firefox/128.0",
            "Firefox, Windows",
        ),
        ("Mozilla/5.0 (X11) Chrome/126 Safari/537 Edg/126", "Edge"),
        ("something else", "something else"),
        ("", ""),
    ],
)
async def test_a_browser_is_told_by_its_name(agent: str, name: str) -> None:
    assert browser_name(agent) == name
