"""The overview in the real stack: cards that change by themselves, and buttons that work."""

from __future__ import annotations

import json
from datetime import datetime

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from tests.e2e.conftest import Account, Stack, docker, keep_picture, log_in
from tests.e2e.words import IN_BOTH_LANGUAGES, Words
from tests.support import eventually

pytestmark = [pytest.mark.e2e, pytest.mark.engine, pytest.mark.timeout(600)]

CONTAINER = "labdock-hyun--default"
SECONDS = 120.0
SOON = 5.0
"""Seconds within which a card follows, beside all else that the machine may be doing."""
NOTE_CHANGES = """() => {
  window.stayed = true;
  window.changes = {};
  new MutationObserver(() => {
    for (const card of document.querySelectorAll("[data-name]")) {
      window.changes[card.dataset.state] ??= Date.now();
    }
  }).observe(document.body, {childList: true, subtree: true, attributes: true});
}"""


@pytest.fixture(scope="module")
def stack(shared_stack: Stack) -> Stack:
    return shared_stack


@pytest.fixture(scope="module")
def hyun(stack: Stack) -> Account:
    return stack.add_member("hyun")


@pytest.fixture(scope="module")
def token(stack: Stack, hyun: Account) -> str:
    return stack.token(hyun.name)


def state(stack: Stack, token: str) -> str:
    answer = stack.api(token, "GET", "workspaces/hyun/default")
    return str(answer.json().get("state"))


def test_a_workspace_is_made_and_started_by_the_api(stack: Stack, token: str) -> None:
    body = {"options": {"image": "labdock/base:latest", "memory": "1g"}}
    answer = stack.api(token, "POST", "workspaces/hyun/default/start", body)
    assert answer.status_code == 202, answer.text
    eventually(lambda: state(stack, token) == "running", SECONDS)


def test_an_open_page_follows_a_stop_from_outside(
    stack: Stack, hyun: Account, browser: Browser, contexts: list[BrowserContext]
) -> None:
    page = log_in(browser, contexts, stack, hyun)
    page.goto(f"{stack.url}/services/portal/")
    expect(page.locator("[data-name=default]")).to_have_attribute("data-state", "running")
    keep_picture(page, "overview-en")
    page.evaluate(NOTE_CHANGES)
    docker("stop", CONTAINER)
    expect(page.locator("[data-name=default]")).to_have_attribute("data-state", "stopped")
    assert page.evaluate("window.stayed") is True
    ended = json.loads(docker("inspect", CONTAINER))[0]["State"]["FinishedAt"]
    at = datetime.fromisoformat(ended[:26] + "+00:00").timestamp()
    took = page.evaluate("window.changes.stopped") / 1000 - at
    print(f"the page followed after {took:.2f} s")
    assert took < SOON


def test_the_buttons_start_and_stop_in_korean(
    stack: Stack,
    hyun: Account,
    token: str,
    browser: Browser,
    contexts: list[BrowserContext],
) -> None:
    # The hub looks every few seconds whether what it started is still there.
    eventually(lambda: stack.api(token, "GET", "health").status_code == 200, SECONDS)
    page = log_in(browser, contexts, stack, hyun, "ko-KR")
    page.goto(f"{stack.url}/services/portal/")
    expect(page.locator("h1")).to_have_text("한눈에 보기")
    own = page.locator("[data-name=default]")
    expect(own).to_have_attribute("data-state", "stopped")
    own.locator("[data-action=start]").click()
    expect(own).to_have_attribute("data-state", "running", timeout=SECONDS * 1000)
    keep_picture(page, "overview-ko")
    page.set_viewport_size({"width": 390, "height": 844})
    keep_picture(page, "overview-phone-ko")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    own.locator("[data-action=stop]").click()
    expect(own).to_have_attribute("data-state", "stopped", timeout=SECONDS * 1000)


def test_a_page_of_the_portal_asks_no_other_host_and_breaks_no_rule(
    stack: Stack, hyun: Account, browser: Browser, contexts: list[BrowserContext]
) -> None:
    page = log_in(browser, contexts, stack, hyun)
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda one: asked.append(one.url))
    page.on("console", lambda one: said.append(one.text) if one.type == "error" else None)
    page.goto(f"{stack.url}/services/portal/")
    expect(page.locator("h1")).to_have_text("Overview")
    assert asked
    assert all(url.startswith(stack.url) for url in asked)
    assert said == []


@IN_BOTH_LANGUAGES
def test_an_admin_stops_what_is_ticked(
    stack: Stack,
    token: str,
    browser: Browser,
    contexts: list[BrowserContext],
    locale: str,
) -> None:
    stack.api(token, "POST", "workspaces/hyun/default/start")
    eventually(lambda: state(stack, token) == "running", SECONDS)
    page = log_in(browser, contexts, stack, stack.admin, locale)
    page.goto(f"{stack.url}/services/portal/lab")
    expect(page.locator("h1")).to_have_text(Words(locale)("Everybody's workspaces"))
    row = page.locator("[data-reference='hyun/default']")
    keep_picture(page, f"lab-{locale[:2]}")
    row.locator("input[type=checkbox]").check()
    page.locator("#chosen button[value=stop]").click()
    eventually(lambda: state(stack, token) == "stopped", SECONDS)
    expect(row.locator(".state.stopped")).to_be_visible()
    for name in ("machine", "announcements", "audit"):
        page.goto(f"{stack.url}/services/portal/lab/{name}")
        expect(page.locator("h1")).to_be_visible()
        keep_picture(page, f"lab-{name}-{locale[:2]}")
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{stack.url}/services/portal/lab")
    keep_picture(page, f"lab-phone-{locale[:2]}")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
