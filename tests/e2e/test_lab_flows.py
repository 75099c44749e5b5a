"""What an admin looks at all day, once in English and once in Korean."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.e2e.conftest import Account, Stack, log_in
from tests.e2e.words import LOCALES, Words
from tests.support import eventually
from workspace_cli.core import announcements
from workspace_cli.core.host import open_host
from workspace_cli.core.settings import load_settings

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]

LAB = "/services/portal/lab"
MEMBER = "sora"
SECONDS = 60.0
ENGLISH, KOREAN = "The <b>disk</b> is full on Friday.", "금요일에 <b>디스크</b>가 가득 찹니다."


@pytest.fixture(scope="module")
def stack(shared_stack: Stack) -> Stack:
    return shared_stack


@pytest.fixture(scope="module")
def member(stack: Stack) -> Iterator[Account]:
    """A member with two workspaces, one of them stopped."""
    account = stack.add_member(MEMBER)
    for name in ("alpha", "beta"):
        stack.workspace("run", name, "--owner", MEMBER, "--image", "labdock/base")
    stack.workspace("stop", f"{MEMBER}/beta")
    yield account
    stack.workspace("rm", "--force", f"{MEMBER}/alpha", f"{MEMBER}/beta", check=False)


@dataclass(frozen=True)
class Desk:
    """An admin's browser and a member's, both in one language."""

    stack: Stack
    page: Page
    of_member: Page
    say: Words

    def open(self, path: str) -> None:
        """Open one of the admins' pages by its tab."""
        self.page.goto(f"{self.stack.url}{LAB}{path}")

    def told(self, text: str) -> None:
        """Wait until the member's overview tells something at the top."""
        self.of_member.goto(f"{self.stack.url}/services/portal/")
        expect(self.of_member.locator("body > .note", has_text=text)).to_be_visible()

    def no_longer_told(self, text: str) -> bool:
        """Tell whether it is gone from the member's overview."""
        self.of_member.goto(f"{self.stack.url}/services/portal/")
        return self.of_member.locator("body > .note", has_text=text).count() == 0


@pytest.fixture(scope="module", params=LOCALES)
def desk(
    request: pytest.FixtureRequest, stack: Stack, member: Account, browser: Browser
) -> Iterator[Desk]:
    locale = str(request.param)
    opened: list[BrowserContext] = []
    pages = [log_in(browser, opened, stack, one, locale) for one in (stack.admin, member)]
    yield Desk(stack, pages[0], pages[1], Words(locale))
    for context in opened:
        context.close()


def rows(page: Page) -> list[str]:
    """Return the workspaces that the table lists, from top to bottom."""
    found = page.locator("tr[data-reference]")
    return [
        str(name) for name in found.evaluate_all("all => all.map(one => one.dataset.reference)")
    ]


def test_everybodys_workspaces_are_searched_and_sorted(desk: Desk) -> None:
    desk.page.get_by_role("link", name=desk.say("The lab"), exact=True).click()
    expect(desk.page.get_by_role("heading", level=1)).to_have_text(
        desk.say("Everybody's workspaces")
    )
    desk.page.get_by_role("searchbox").fill(MEMBER)
    desk.page.get_by_role("button", name=desk.say("Search"), exact=True).click()
    expect(desk.page).to_have_url(re.compile(f"[?&]q={MEMBER}(&|$)"))
    # Another test may have had the member try to start the default one.
    found = rows(desk.page)
    assert {f"{MEMBER}/alpha", f"{MEMBER}/beta"} <= set(found)
    assert all(one.startswith(f"{MEMBER}/") for one in found)
    assert found == sorted(found)
    expect(desk.page.locator("#count")).to_contain_text(str(len(found)))
    column = desk.page.get_by_role("columnheader", name=desk.say("Workspace"))
    expect(column).to_have_attribute("aria-sort", "ascending")
    column.get_by_role("link").click()
    expect(column).to_have_attribute("aria-sort", "descending")
    assert rows(desk.page) == found[::-1]
    stopped = desk.page.locator(f"[data-reference='{MEMBER}/beta'] .state")
    expect(stopped).to_have_text(desk.say("Stopped"))


def test_the_machine_shows_gpus_line_and_reservations(desk: Desk) -> None:
    desk.open("/machine")
    for heading in ("GPUs", "Waiting for GPUs", "Reservations"):
        expect(desk.page.get_by_role("heading", name=desk.say(heading), exact=True)).to_be_visible()
    expect(desk.page.locator("#gpus")).to_contain_text(desk.say("This machine has no GPU."))
    expect(desk.page.locator("#line")).to_contain_text(desk.say("Nobody waits."))


def test_an_announcement_is_told_to_everybody_until_it_is_withdrawn(desk: Desk) -> None:
    desk.open("/announcements")
    desk.page.fill("#text", ENGLISH)
    desk.page.fill("#korean", KOREAN)
    desk.page.fill("#hours", "2")
    desk.page.get_by_role("button", name=desk.say("Tell it")).click()
    card = desk.page.locator("section.card", has_text=ENGLISH)
    expect(card).to_be_visible()
    seen = KOREAN if desk.say.language == "ko" else ENGLISH
    desk.told(seen)
    card.get_by_role("button", name=desk.say("Take it down")).click()
    expect(card).to_have_count(0)
    assert desk.no_longer_told(seen)


def test_an_announcement_ends_by_itself(desk: Desk) -> None:
    host = open_host(load_settings(environ=desk.stack.environ, env_file=None))
    text = f"Soon over ({desk.say.language})"
    announcements.announce(host, text, ends=host.clock() + 15, made_by="admin")
    host.database.close()
    desk.told(text)
    eventually(lambda: desk.no_longer_told(text), SECONDS)


def test_during_maintenance_a_member_starts_nothing_and_reads_why(desk: Desk) -> None:
    desk.open("/announcements")
    desk.page.fill("#text", ENGLISH)
    desk.page.get_by_role("checkbox").check()
    desk.page.get_by_role("button", name=desk.say("Tell it")).click()
    card = desk.page.locator("section.card", has_text=desk.say("Maintenance"))
    withdraw = card.get_by_role("button", name=desk.say("Take it down"))
    expect(withdraw).to_be_visible()
    try:
        desk.told(desk.say("Maintenance: nothing can be started now."))
        desk.of_member.goto(f"{desk.stack.url}/hub/spawn/{MEMBER}")
        desk.of_member.locator("input[name=image][value='labdock/base']").check(force=True)
        desk.of_member.click("#spawn_form [type=submit]")
        refused = desk.say.of_core("The lab is under maintenance, and nothing can be started.")
        expect(desk.of_member.locator("main")).to_contain_text(refused)
    finally:
        withdraw.click()
        expect(withdraw).to_have_count(0)
    desk.of_member.goto(f"{desk.stack.url}/services/portal/")
    expect(desk.of_member.locator("body > .note")).to_have_count(0)


def test_who_did_what_is_read_the_newest_first(desk: Desk) -> None:
    text = f"Written down ({desk.say.language})"
    desk.open("/announcements")
    desk.page.fill("#text", text)
    desk.page.get_by_role("button", name=desk.say("Tell it")).click()
    desk.page.locator("section.card", has_text=text).get_by_role("button").click()
    desk.page.get_by_role("link", name=desk.say("Who did what")).click()
    expect(desk.page.get_by_role("heading", level=1)).to_have_text(desk.say("Who did what"))
    told = desk.page.get_by_role("row").filter(has_text=text)
    expect(told).to_contain_text("announce")
    expect(told).to_contain_text(desk.stack.admin.name)
    first = desk.page.locator("tbody tr").first
    expect(first).to_contain_text("withdraw-announcement")
