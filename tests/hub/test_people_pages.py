"""The admins' pages about members: finding them, their roles and groups, and their leaving."""

from __future__ import annotations

import asyncio
import stat
from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio

from tests.hub.html import Document
from tests.hub.running_hub import ADMIN_PASSWORD, Browser, RunningHub
from tests.hub.visitor import is_in, log_in, set_policy, visitor
from workspace_cli.core import audit, members
from workspace_cli.core.host import Host

pytestmark = [pytest.mark.asyncio, pytest.mark.filterwarnings("default")]


@pytest_asyncio.fixture
async def admin(hub: RunningHub) -> AsyncIterator[Browser]:
    """The admin's browser."""
    async with visitor(hub) as browser:
        assert (await log_in(browser, "admin", ADMIN_PASSWORD)).status_code == 302
        yield browser


def read(answer: httpx.Response) -> Document:
    assert answer.status_code == 200, answer.text
    return Document(answer.text)


async def send(browser: Browser, path: str, **form: str) -> Document:
    """Send a form that works, and read the page that it leads to."""
    answer = await browser.post(path, form)
    assert answer.status_code == 302, answer.text
    return read(await browser.get(answer.headers["Location"].partition("/hub")[2]))


def host_of(hub: RunningHub) -> Host:
    return hub.app.machine.host


def told(hub: RunningHub) -> list[tuple[str, str, str]]:
    """What the audit trail says, the newest first: what was done, to whom, and more of it."""
    rows = audit.entries(host_of(hub))
    # The accounts that a test begins with were made by the command line.
    return [(r.action, r.subject, r.detail) for r in rows if r.action != "account-make"]


async def test_many_members_are_paged_and_found_by_name_group_or_role(
    hub: RunningHub, admin: Browser
) -> None:
    for number in range(120):
        # Without the cost of a hundred password hashes.
        hub.app.accounts.add(f"member{number:03}", None)
    await send(admin, "/groups", name="vision")
    await send(admin, "/groups/vision/add", people="member007, Member008")

    first = read(await admin.get("/people"))
    names = [row.attributes["data-name"] for row in first.all("tr") if row.attributes]
    assert names == ["admin", *(f"member{number:03}" for number in range(49))]
    following = first.one("a", rel="next").attributes["href"]
    second = read(await admin.get(following.removeprefix("/hub")))
    assert second.all("tr", data_name="member049")
    assert second.all("a", rel="prev")

    async def found(words: str) -> list[str]:
        page = read(await admin.get(f"/people?q={words}"))
        return [row.attributes["data-name"] for row in page.all("tr") if row.attributes]

    assert await found("vision") == ["member007", "member008"]
    assert await found("VISION+008") == ["member008"]
    assert await found("admin") == ["admin"]
    assert await found("nobody-of-that-name") == []


async def test_a_role_holds_at_once_everywhere(hub: RunningHub, admin: Browser) -> None:
    await hub.add("kim")
    async with hub.browser("kim") as kim:
        assert (await kim.get("/people")).status_code == 403
        page = await send(admin, "/people/kim/standing", role="admin")
        assert page.one("p", id="told").text
        assert (await kim.get("/people")).status_code == 200
        await send(admin, "/people/kim/standing", role="instructor")
        assert (await kim.get("/people")).status_code == 403
    assert members.member(host_of(hub), "kim").role == "instructor"
    listed = (await hub.api("GET", "/groups/instructors")).json()
    assert listed["users"] == ["kim"]
    await send(admin, "/people/kim/standing", role="member")
    assert members.member(host_of(hub), "kim").role == "member"
    assert told(hub) == [
        ("account-change", "kim", "role member instead of instructor"),
        ("account-change", "kim", "role instructor instead of admin"),
        ("account-change", "kim", "role admin instead of member"),
    ]


async def test_groups_are_ticked_for_a_member_and_their_limits_told_in_words(
    hub: RunningHub, admin: Browser
) -> None:
    await hub.add("kim")
    set_policy(hub, '[groups.vision]\ngpus = 7\ngpu_time = "36h"\n')
    await send(admin, "/groups", name="vision")
    page = await send(admin, "/people/kim/standing", role="member", group="vision")
    assert "checked" in page.one("input", name="group").attributes
    (limits,) = [one.text for one in page.all("ul") if one.attributes.get("class") == "limits"]
    assert "7 GPUs at once" in limits
    assert "36 hours" in limits
    assert members.member(host_of(hub), "kim").groups == {"vision"}
    overview = read(await admin.get("/groups"))
    assert "1 member" in overview.one("li", data_name="vision").text

    await send(admin, "/groups/vision/remove", member="kim")
    assert members.member(host_of(hub), "kim").groups == frozenset()


async def test_the_audit_trail_says_once_what_changed_and_nothing_where_nothing_did(
    hub: RunningHub, admin: Browser
) -> None:
    await hub.add("kim")
    for group in ("vision", "nlp"):
        await send(admin, "/groups", name=group)
    before = told(hub)

    def new() -> list[tuple[str, str, str]]:
        return told(hub)[: -len(before)]

    await send(admin, "/people/kim/standing", role="member")
    await send(admin, "/people/kim/enable")
    await send(admin, "/groups/vision/remove", member="kim")
    await send(admin, "/groups/vision/remove", member="nobody-here")
    assert (await hub.api("POST", "/accounts/kim/unlock")).json()["locked"] is False
    assert new() == []
    assert (await hub.api("GET", "/users/nobody-here")).status_code == 404

    for _ in range(2):
        await send(admin, "/people/kim/standing", role="instructor", group="vision")
    await send(admin, "/groups/vision/add", people="kim")
    moved = ("account-change", "kim", "role instructor instead of member; into vision")
    assert new() == [moved]
    await send(admin, "/people/kim/standing", role="instructor", group="nlp")
    assert new()[0] == ("account-change", "kim", "into nlp; out of vision")
    for _ in range(2):
        await send(admin, "/people/kim/disable")
    await send(admin, "/groups/vision/add", people="kim admin")
    await send(admin, "/groups/vision/add", people="kim admin")
    assert [row[:2] for row in new()[:-2]] == [
        ("account-join-group", "vision"),
        ("account-disable", "kim"),
    ]


async def test_an_unknown_group_changes_no_role_either(hub: RunningHub, admin: Browser) -> None:
    await hub.add("kim")
    form = {"role": "admin", "group": "no-such-group"}
    assert (await admin.post("/people/kim/standing", form)).status_code == 404
    assert not hub.app.accounts.get("kim").admin
    assert told(hub) == []


async def test_a_deleted_group_is_gone_from_its_members(hub: RunningHub, admin: Browser) -> None:
    await hub.add("kim")
    await send(admin, "/groups", name="vision")
    await send(admin, "/groups/vision/add", people="kim")
    assert members.member(host_of(hub), "kim").groups == {"vision"}
    page = await send(admin, "/groups/vision/delete")
    assert page.one("p", id="told").text
    assert members.member(host_of(hub), "kim").groups == frozenset()
    assert (await admin.get("/groups/vision")).status_code == 404


REFUSED: list[tuple[str, dict[str, str], int]] = [
    ("/groups", {"name": "a group/.."}, 422),
    ("/groups", {"name": ""}, 422),
    ("/groups", {"name": "there"}, 409),
    ("/groups/there/add", {"people": "kim stranger"}, 404),
    ("/groups/there/add", {"people": " , "}, 422),
    ("/people/kim/standing", {"role": "king"}, 422),
    ("/people/kim/standing", {"role": "member", "group": "elsewhere"}, 404),
    ("/people/admin/standing", {"role": "member"}, 409),
    ("/people/admin/disable", {}, 409),
    ("/people/admin/leave", {"confirm": "admin"}, 409),
    ("/people/kim/leave", {"confirm": "kin"}, 422),
    ("/people/kim/leave", {"confirm": "kim", "fate": "burnt"}, 422),
    ("/people/kim/leave", {"confirm": "kim", "fate": "handed"}, 422),
    ("/people/kim/leave", {"confirm": "kim", "fate": "handed", "heir": "stranger"}, 404),
    ("/people/kim/leave", {"confirm": "kim", "fate": "handed", "heir": "kim"}, 409),
]


async def test_what_cannot_be_done_is_refused_in_words_and_changes_nothing(
    hub: RunningHub, admin: Browser
) -> None:
    await hub.add("kim")
    await send(admin, "/groups", name="there")
    for path, form, status in REFUSED:
        answer = await admin.post(path, form)
        assert answer.status_code == status, (path, form)
        assert Document(answer.text).one("p", id="form-error").text
        assert (await hub.api("GET", "/groups/there")).json()["users"] == []
        assert hub.app.accounts.get("kim").active
        assert hub.app.accounts.get("admin").admin


async def test_members_neither_see_nor_change_any_of_it(hub: RunningHub) -> None:
    await hub.add("kim")
    await hub.add("lee")
    gets = ("/people", "/people/lee", "/people/lee/leave", "/groups", "/groups/vision")
    posts = ("/people/lee/standing", "/people/lee/disable", "/people/lee/leave", "/groups")
    async with hub.browser("kim") as kim, visitor(hub) as stranger:
        await stranger.get("/login")
        for path in gets:
            assert (await kim.get(path)).status_code == 403, path
            assert (await stranger.get(path)).status_code == 302, path
        for path in posts:
            form = {"role": "admin", "name": "x", "confirm": "lee"}
            assert (await kim.post(path, form)).status_code == 403, path
            assert (await stranger.post(path, form)).status_code in (302, 403), path
            assert (await kim.client.post(path, data=form)).status_code == 403, "no token"
    assert hub.app.accounts.get("lee").active


async def test_a_disabled_account_is_out_and_comes_back(hub: RunningHub, admin: Browser) -> None:
    await hub.add("kim")
    async with hub.browser("kim") as kim:
        await send(admin, "/people/kim/disable")
        assert not await is_in(kim)
    assert (await hub.log_in("kim", "a good password")).status_code == 403
    await send(admin, "/people/kim/enable")
    assert (await hub.log_in("kim", "a good password")).status_code == 302


async def test_accounts_made_on_the_page_choose_a_password_of_their_own(hub: RunningHub) -> None:
    made = (await hub.api("POST", "/accounts", {"name": "kim", "temporary": True})).json()
    assert hub.app.accounts.get("kim").must_change
    async with visitor(hub) as kim:
        step = await log_in(kim, "kim", made["password"])
        assert step.headers["Location"].endswith("/login/step")


async def leaves(admin: Browser, path: str) -> Document:
    """Watch a member leave until it is over."""
    for _ in range(300):
        page = read(await admin.get(path))
        if page.one("section", id="departure").attributes["data-over"] == "yes":
            return page
        await asyncio.sleep(0.1)
    raise AssertionError("it does not end")


async def test_a_member_leaves_and_the_home_is_archived_and_handed_over(
    hub: RunningHub, admin: Browser
) -> None:
    await hub.add("kim")
    await hub.add("lee")
    assert (await hub.api("POST", "/users/kim/server")).status_code == 201
    home = hub.settings.homes / "kim"
    (home / "thesis.txt").write_text("all of it")

    preview = read(await admin.get("/people/kim/leave"))
    assert "default" in preview.one("ul", id="goes").text
    assert str(home) in preview.one("fieldset").text
    assert hub.state("kim") == "running", "looking changes nothing"

    form = {"confirm": "Kim", "fate": "handed", "heir": "lee", "archive": "1"}
    await send(admin, "/people/kim/leave", **form)
    page = await leaves(admin, "/people/kim/leave")
    assert page.all("p", role="alert") == [], page.source
    assert (hub.settings.homes / "lee" / "from-kim" / "thesis.txt").read_text() == "all of it"
    assert not home.exists()
    assert hub.state("kim") is None
    assert hub.app.accounts.find("kim") is None
    assert (await hub.api("GET", "/users/kim")).status_code == 404
    (archive,) = (hub.settings.root / "archive").glob("kim-*.tar.zst")
    assert stat.S_IMODE(archive.stat().st_mode) == 0o600
    assert str(archive) in page.one("ol", id="done").text
    entry = next(row for row in audit.entries(host_of(hub), 9) if "offboard" in row.action)
    assert (entry.actor, entry.subject) == ("admin", "kim")
    assert (await admin.get("/people/kim")).status_code == 404


async def test_a_departure_that_failed_says_why_and_is_begun_again(
    hub: RunningHub, admin: Browser
) -> None:
    await hub.add("kim")
    assert (await hub.api("POST", "/users/kim/server")).status_code == 201
    # Where the archives go is no folder.
    (hub.settings.root / "archive").write_text("")
    await send(admin, "/people/kim/leave", confirm="kim", fate="goes", archive="1")
    page = await leaves(admin, "/people/kim/leave")
    assert page.one("p", role="alert").text
    assert (hub.settings.homes / "kim").exists(), "nothing is deleted that was not saved"

    (hub.settings.root / "archive").unlink()
    await send(admin, "/people/kim/leave", again="1")
    await send(admin, "/people/kim/leave", confirm="kim", fate="goes", archive="1")
    page = await leaves(admin, "/people/kim/leave")
    assert page.all("p", role="alert") == [], page.source
    assert not (hub.settings.homes / "kim").exists()
    assert hub.app.accounts.find("kim") is None


async def test_an_old_bookmark_of_the_administration_leads_to_the_members(admin: Browser) -> None:
    page = read(await admin.get("/admin"))
    assert page.one("meta", http_equiv="refresh").attributes["content"] == "0; url=/hub/people"
