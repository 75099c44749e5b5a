"""What an admin does to many workspaces and to images, in the real stack and both languages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.e2e.conftest import PORTAL, Account, Stack, docker, log_in
from tests.e2e.words import IN_BOTH_LANGUAGES, Words
from tests.support import eventually

pytestmark = [pytest.mark.e2e, pytest.mark.engine, pytest.mark.timeout(600)]

SECONDS = 120.0
MEMBERS = ("minji", "dahye")
BOTH = [f"{name}/default" for name in MEMBERS]
SAVED = [f"labdock/minji/figures:v{number}" for number in (1, 2, 3)]


@pytest.fixture(scope="module")
def stack(shared_stack: Stack) -> Stack:
    return shared_stack


@pytest.fixture(scope="module")
def accounts(stack: Stack) -> Iterator[list[Account]]:
    """Two members with a workspace each that runs; one has saved three environments."""
    docker("rmi", "-f", *SAVED, check=False)
    found = [stack.add_member(name) for name in MEMBERS]
    for name in MEMBERS:
        token = stack.token(name)
        path = f"workspaces/{name}/default/start"
        body = {"options": {"image": "labdock/base", "memory": "1g"}}
        assert stack.api(token, "POST", path, body).status_code == 202
    admin = stack.token()
    eventually(lambda: states(stack, admin) == {"running"}, SECONDS)
    for reference in SAVED:
        stack.workspace("commit", "minji/default", reference.removeprefix("labdock/minji/"))
    yield found
    docker("rmi", "-f", *SAVED, check=False)


@pytest.fixture(scope="module")
def token(stack: Stack, accounts: list[Account]) -> str:
    return stack.token()


def states(stack: Stack, token: str) -> set[str]:
    found = [stack.api(token, "GET", f"workspaces/{name}").json() for name in BOTH]
    return {str(one.get("state")) for one in found}


def tick_both(page: Page, stack: Stack) -> None:
    page.goto(f"{stack.url}{PORTAL}/lab?q=default")
    for reference in BOTH:
        page.get_by_role("checkbox", name=reference).check()


def shown(page: Page) -> list[str]:
    found = page.locator("tr[data-reference]").all()
    return [str(one.get_attribute("data-reference")) for one in found]


@IN_BOTH_LANGUAGES
def test_an_admin_finds_ticks_and_acts_on_several_at_once(
    stack: Stack,
    token: str,
    browser: Browser,
    contexts: list[BrowserContext],
    locale: str,
) -> None:
    say = Words(locale)
    page = log_in(browser, contexts, stack, stack.admin, locale)
    page.goto(f"{stack.url}{PORTAL}/lab")
    expect(page.locator("h1")).to_have_text(say("Everybody's workspaces"))
    page.get_by_label(say("Search"), exact=True).first.fill("DAHYE default")
    page.get_by_role("button", name=say("Search")).click()
    page.wait_for_url("**q=DAHYE**")
    assert shown(page) == ["dahye/default"]
    page.goto(f"{stack.url}{PORTAL}/lab?q=default&image=labdock/base&sort=name")
    page.get_by_role("link", name=say("Workspace"), exact=False).filter(has_text="▲").click()
    page.wait_for_url("**sort=-name**")
    found = [one for one in shown(page) if one in BOTH]
    assert found == sorted(BOTH, reverse=True)
    page.get_by_label(say("Owner")).select_option("minji")
    page.get_by_role("button", name=say("Search")).click()
    page.wait_for_url("**owner=minji**")
    page.get_by_label(say("Tick all on this page")).check()
    assert page.locator("input[name=workspace]:not(:checked)").count() == 0

    tick_both(page, stack)
    page.locator("button[value=stop]").click()
    expect(page.locator(".note.good")).to_contain_text("2")
    eventually(lambda: states(stack, token) == {"stopped"}, SECONDS)
    for reference in BOTH:
        row = page.locator(f"[data-reference='{reference}']")
        expect(row.locator(".state.stopped")).to_be_visible()
    tick_both(page, stack)
    page.locator("button[value=restart]").click()
    expect(page.locator(".note.good")).to_contain_text("2")
    eventually(lambda: states(stack, token) == {"running"}, SECONDS)


@IN_BOTH_LANGUAGES
def test_an_admin_tells_owners_and_is_asked_before_removing(
    stack: Stack,
    accounts: list[Account],
    browser: Browser,
    contexts: list[BrowserContext],
    locale: str,
) -> None:
    say = Words(locale)
    page = log_in(browser, contexts, stack, stack.admin, locale)
    tick_both(page, stack)
    page.locator("button[value=remove]").click()
    expect(page.locator("h1")).to_have_text(say("Remove these workspaces?"))
    expect(page.locator("main")).to_contain_text("minji/default")
    assert page.locator("main button.danger").count() == 0  # a default workspace stays
    page.get_by_role("link", name=say("Keep them")).click()
    tick_both(page, stack)
    page.locator("button[value=tell]").click()
    expect(page.locator("h1")).to_have_text(say("Tell the owners"))
    page.get_by_label(say("Message")).fill(f"The <b>disk</b> is full ({locale}).")
    page.get_by_role("button", name=say("Send")).click()
    expect(page.locator(".note.good")).to_be_visible()
    owner = log_in(browser, contexts, stack, accounts[1], locale)
    owner.goto(f"{stack.url}{PORTAL}/")
    told = owner.locator("#notices .told", has_text=f"The <b>disk</b> is full ({locale}).")
    expect(told).to_contain_text(stack.admin.name)


@IN_BOTH_LANGUAGES
def test_an_admin_pins_prunes_and_reads_who_did_what(
    stack: Stack,
    accounts: list[Account],
    browser: Browser,
    contexts: list[BrowserContext],
    locale: str,
) -> None:
    say = Words(locale)
    page = log_in(browser, contexts, stack, stack.admin, locale)
    page.goto(f"{stack.url}{PORTAL}/lab/images")
    expect(page.locator("h1")).to_have_text(say("Images and disk"))
    expect(page.locator("svg.disk-bar").first).to_be_visible()
    expect(page.locator("tr[data-image='labdock/hub:latest']")).to_be_visible()
    page.get_by_label(say("Search"), exact=True).first.fill("minji figures")
    page.get_by_role("button", name=say("Search")).click()
    page.wait_for_url("**q=minji**")
    left = SAVED if locale.startswith("en") else SAVED[1:]
    expect(page.locator("tr[data-image]")).to_have_count(len(left))
    page.get_by_role("link", name=left[-1]).click()
    page.get_by_label(say("Note (optional)")).fill("the one in the paper")
    page.get_by_role("button", name=say("Pin"), exact=True).click()
    expect(page.locator("main")).to_contain_text("the one in the paper")

    pinned = page.url

    page.goto(f"{stack.url}{PORTAL}/lab/images/prune?keep_last={len(left) - 1}&owner=minji")
    expect(page.locator("h1")).to_have_text(say("Remove old environments"))
    expect(page.locator("#going tr[data-image]")).to_have_count(1)
    expect(page.locator(f"#going tr[data-image='{left[0]}']")).to_be_visible()
    page.get_by_role("button", name=say("Remove them for good")).click()
    expect(page.locator("main ul.card")).to_contain_text(left[0])
    assert docker("images", "-q", left[0]) == ""

    page.goto(pinned)
    page.get_by_role("button", name=say("Unpin")).click()
    expect(page.get_by_label(say("Note (optional)"))).to_be_visible()

    page.goto(f"{stack.url}{PORTAL}/lab/audit")
    expect(page.locator("h1")).to_have_text(say("Who did what"))
    expect(page.locator("tr", has_text="prune").filter(has_text=left[0])).to_have_count(1)
    expect(page.locator("tr", has_text="the one in the paper").first).to_be_visible()


def test_a_limit_that_is_written_down_is_soon_on_the_members_page(
    stack: Stack, accounts: list[Account], browser: Browser, contexts: list[BrowserContext]
) -> None:
    policy = Path(stack.environ["WORKSPACE_ROOT"]) / "policy.toml"
    assert not policy.exists()
    page = log_in(browser, contexts, stack, accounts[0])

    def quota() -> str:
        page.goto(f"{stack.url}{PORTAL}/environments")
        return page.locator("#quota").inner_text()

    try:
        policy.write_text("[roles.member]\nenvironments = 97\n")
        eventually(lambda: "of 97 environments" in quota(), SECONDS)
    finally:
        policy.unlink()
    eventually(lambda: "97" not in quota(), SECONDS)
