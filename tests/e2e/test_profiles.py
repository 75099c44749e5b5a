"""Starting in two clicks: a new member's first workspace, and more of them from profiles."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from tests.e2e.conftest import PORTAL, Account, Stack, docker, keep_picture, log_in
from tests.e2e.words import IN_BOTH_LANGUAGES, Words

pytestmark = [pytest.mark.e2e, pytest.mark.engine, pytest.mark.timeout(600)]

UP = 180_000.0
"""Milliseconds that a start may take beside all else that the machine does."""


@pytest.fixture(scope="module")
def stack(shared_stack: Stack) -> Stack:
    return shared_stack


def new_member(stack: Stack, name: str, locale: str) -> Account:
    """Make an account that no other test knows."""
    return stack.add_member(f"{name}{locale[:2]}")


def memory_of(container: str) -> int:
    """Return the bytes that a container may use."""
    return int(json.loads(docker("inspect", container))[0]["HostConfig"]["Memory"])


@IN_BOTH_LANGUAGES
def test_a_new_member_needs_two_clicks_and_keeps_what_was_good(
    stack: Stack, browser: Browser, contexts: list[BrowserContext], locale: str
) -> None:
    said, who = Words(locale), new_member(stack, "twoclicks", locale)
    page = log_in(browser, contexts, stack, who, locale)
    page.get_by_role("link", name=said("Overview"), exact=True).click()
    start = page.locator("#start")
    expect(start.get_by_label(said("The lab's usual"))).to_be_checked()
    keep_picture(page, f"first-{locale[:2]}")
    start.get_by_role("button", name=said("Start")).click()
    default = page.locator("[data-name=default]")
    expect(default).to_have_attribute("data-state", "running", timeout=UP)

    # From its card to a profile with other settings.
    default.get_by_role("link", name=said("Save these settings as a profile …")).click()
    page.get_by_label(said("Name"), exact=True).fill("Small")
    page.get_by_label(said("Memory"), exact=True).select_option("1g")
    keep_picture(page, f"profile-{locale[:2]}")
    page.get_by_role("button", name=said("Save"), exact=True).click()
    small = page.locator("[data-profile=Small]")
    expect(small).to_contain_text("1 GiB")
    small.get_by_role("button", name=said("Choose it first")).click()
    expect(small).to_contain_text(said("chosen first"))
    keep_picture(page, f"profiles-{locale[:2]}")

    # A second workspace of it, with no name to think of.
    page.goto(f"{stack.url}{PORTAL}/")
    expect(page.get_by_label("Small")).to_be_checked()
    page.locator("#start").get_by_role("button", name=said("Start")).click()
    expect(page.locator("[data-name=small]")).to_have_attribute("data-state", "running", timeout=UP)
    keep_picture(page, f"overview-{locale[:2]}")
    page.set_viewport_size({"width": 390, "height": 844})
    keep_picture(page, f"overview-phone-{locale[:2]}")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert memory_of(f"labdock-{who.name}--small") == 2**30
    for name in ("default", "small"):
        page.locator(f"[data-name={name}] [data-action=stop]").click()
        expect(page.locator(f"[data-name={name}]")).to_have_attribute(
            "data-state", "stopped", timeout=UP
        )


@IN_BOTH_LANGUAGES
def test_the_spawn_page_is_filled_in_from_a_profile_and_keeps_another(
    stack: Stack, browser: Browser, contexts: list[BrowserContext], locale: str
) -> None:
    said, who = Words(locale), new_member(stack, "fillsin", locale)
    token = stack.token(who.name)
    options = {"image": "labdock/base", "memory": "1536m", "ports": "8888"}
    stack.api(token, "PUT", "profiles/Odd%20size", {"options": options}).raise_for_status()
    page = log_in(browser, contexts, stack, who, locale)
    page.goto(f"{stack.url}/hub/spawn/{who.name}#profile=Odd%20size")
    expect(page.locator("#memory")).to_have_value("1536m")
    expect(page.locator("#ports")).to_have_value("8888")
    page.locator("#profile").select_option("")
    page.locator("#profile").select_option("Odd size")
    expect(page.locator("input[name=image][value='labdock/base']")).to_be_checked()
    page.locator("#ports").fill("")
    page.get_by_label(said("As a profile with this name")).fill("No <b>ports")
    keep_picture(page, f"spawn-{locale[:2]}")
    page.get_by_role("button", name=said("Start")).click()
    page.wait_for_url("**/user/**", timeout=UP)
    page.goto(f"{stack.url}{PORTAL}/profiles")
    made = page.locator("article", has_text="No <b>ports")
    expect(made).to_contain_text("1.5 GiB")
    expect(made).not_to_contain_text("8888")
    made.get_by_role("button", name=said("Delete"), exact=True).click()
    expect(made).to_have_count(0)
    expect(page.locator("article")).to_have_count(1)
    assert memory_of(f"labdock-{who.name}--default") == 1536 * 2**20
    page.goto(f"{stack.url}{PORTAL}/")
    page.locator("[data-name=default] [data-action=stop]").click()
    expect(page.locator("[data-name=default]")).to_have_attribute(
        "data-state", "stopped", timeout=UP
    )
