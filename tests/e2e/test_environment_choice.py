"""What a member starts from: shared with a group, taken back, replaced, broken and left again."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.e2e.conftest import Account, Stack, docker, log_in

pytestmark = pytest.mark.e2e

VISION = "labdock/minji/vision:v1"
MARK = "/opt/env/vision-was-here"
Login = Callable[..., Page]


@pytest.fixture(scope="module", autouse=True)
def no_environments(stack: Stack) -> Iterator[None]:
    """Remove what these members save: environments outlive a stack."""
    remove_environments()
    yield
    stack.workspace("down", check=False)
    remove_environments()


def remove_environments() -> None:
    for owner in ("minji", "jisoo"):
        for name in docker("images", "-q", f"labdock/{owner}/*").split():
            docker("rmi", "-f", name, check=False)


@pytest.fixture(scope="module")
def minji(stack: Stack) -> Account:
    return stack.add_member("minji")


@pytest.fixture(scope="module")
def jisoo(stack: Stack) -> Account:
    account = stack.add_member("jisoo")
    stack.workspace("users", "join", "jisoo", "nlp")
    return account


@pytest.fixture
def login(browser: Browser, contexts: list[BrowserContext], stack: Stack) -> Login:
    def enter(account: Account, locale: str = "en-US") -> Page:
        return log_in(browser, contexts, stack, account, locale)

    return enter


def choose(page: Page, stack: Stack, owner: str, image: str) -> None:
    """Open the spawn form and choose an image."""
    page.goto(f"{stack.url}/hub/spawn/{owner}")
    page.locator(f"input[name=image][value='{image}']").check(force=True)


def send(page: Page, owner: str) -> None:
    """Send the form and wait for the workspace."""
    page.click("#spawn_form [type=submit]")
    page.wait_for_url(re.compile(rf"/user/{owner}/"), timeout=120_000)


def offered(page: Page) -> list[str]:
    found = page.locator("input[name=image]").evaluate_all("all => all.map(one => one.value)")
    return [str(value) for value in found]


def pictures(page: Page, name: str) -> None:
    """Keep pictures, wide and narrow, where LABDOCK_SHOTS names a folder."""
    folder = os.environ.get("LABDOCK_SHOTS")
    for width in (1280, 390) if folder else ():
        page.set_viewport_size({"width": width, "height": 900})
        shot = Path(str(folder)) / f"{name}-{page.evaluate('document.documentElement.lang')}"
        page.screenshot(path=f"{shot}-{width}.png", full_page=True)
    page.set_viewport_size({"width": 1280, "height": 900})


def inside(stack: Stack, workspace: str, command: str) -> str:
    return stack.workspace("exec", workspace, "--", "sh", "-c", command).stdout


@pytest.fixture(scope="module")
def vision(stack: Stack, minji: Account, browser: Browser) -> str:
    """An environment that minji has saved of a workspace of the browser's."""
    opened: list[BrowserContext] = []
    page = log_in(browser, opened, stack, minji)
    choose(page, stack, "minji", "labdock/base")
    send(page, "minji")
    inside(stack, "minji/default", f"echo yes > {MARK}")
    stack.workspace("commit", "minji/default", "vision:v1", "-m", "with what vision needs")
    opened[0].close()
    return VISION


def test_what_is_shared_with_a_group_is_started_from_until_it_is_taken_back(
    stack: Stack, jisoo: Account, vision: str, login: Login
) -> None:
    page = login(jisoo)
    page.goto(f"{stack.url}/hub/spawn/jisoo")
    assert vision not in offered(page)

    stack.workspace("share", vision, "--with", "group:nlp")
    for locale, words in (("ko-KR", "minji 님이 공유함"), ("en-US", "shared by minji")):
        page = login(jisoo, locale)
        page.goto(f"{stack.url}/hub/spawn/jisoo")
        expect(page.locator(".choices")).to_contain_text(words)
        expect(page.locator(".choices")).to_contain_text("with what vision needs")
        pictures(page, "shared")
    choose(page, stack, "jisoo", vision)
    send(page, "jisoo")
    assert inside(stack, "jisoo/default", f"cat {MARK}") == "yes\n"

    ended = stack.workspace("share", vision, "--withdraw")
    assert "jisoo/default still stand" in ended.stderr
    stack.workspace("restart", "jisoo/default")
    assert inside(stack, "jisoo/default", f"cat {MARK}") == "yes\n"


def test_another_image_saves_what_was_there_and_it_can_be_chosen_again(
    stack: Stack, jisoo: Account, vision: str, login: Login
) -> None:
    stack.workspace("stop", "jisoo/default")
    page = login(jisoo, "ko-KR")
    page.goto(f"{stack.url}/hub/spawn/jisoo")
    assert offered(page)[0] == vision, "what a workspace stands on stays chosen"
    expect(page.locator(".choices")).to_contain_text("이제 고를 수 없는 이미지")
    choose(page, stack, "jisoo", "labdock/base")
    expect(page.locator("#replace")).to_be_visible()
    pictures(page, "replace")
    expect(page.locator("input[name=save_first]")).to_be_checked()
    page.check("input[name=replace_image]")
    send(page, "jisoo")
    assert "yes" not in inside(stack, "jisoo/default", f"cat {MARK} 2>/dev/null || true")

    stack.workspace("stop", "jisoo/default")
    page = login(jisoo)
    page.goto(f"{stack.url}/hub/spawn/jisoo")
    (saved,) = [name for name in offered(page) if ":before-rollback-" in name]
    pictures(page, "own")
    choose(page, stack, "jisoo", saved)
    page.uncheck("input[name=save_first]")
    page.check("input[name=replace_image]")
    send(page, "jisoo")
    assert inside(stack, "jisoo/default", f"cat {MARK}") == "yes\n"


def test_a_start_that_fails_leads_back_with_one_click(
    stack: Stack, minji: Account, vision: str, login: Login
) -> None:
    # As root, as somebody might who follows an answer from the internet.
    docker("exec", "-u", "0", "labdock-minji--default", "mv", "/opt/labdock", "/opt/gone")
    stack.workspace("stop", "minji/default")
    failed = stack.workspace("start", "minji/default", check=False)
    assert failed.returncode
    assert f"workspace rollback minji/default {vision}" in failed.stderr

    page = login(minji, "ko-KR")
    choose(page, stack, "minji", "labdock/base")
    page.click("#spawn_form [type=submit]")
    back = page.locator("#way-back")
    expect(back).to_be_visible(timeout=120_000)
    expect(back).to_contain_text(vision)
    pictures(page, "way-back")
    back.locator("[type=submit]").click()
    page.wait_for_url(re.compile(r"/user/minji/"), timeout=120_000)
    assert inside(stack, "minji/default", f"cat {MARK}") == "yes\n"
    names = [row["reference"] for row in stack.json("images", "--owner", "minji")]
    assert [name for name in names if ":not-started-" in name]
