"""What a member starts from: shared with a group, taken back, replaced, broken and left again."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.e2e.conftest import Account, Stack, docker, log_in
from tests.e2e.words import IN_BOTH_LANGUAGES, Words

pytestmark = pytest.mark.e2e

VISION = "labdock/areum/vision:v1"
MARK = "/opt/env/vision-was-here"
Login = Callable[..., Page]


@pytest.fixture(scope="module")
def stack(shared_stack: Stack) -> Stack:
    return shared_stack


@pytest.fixture(scope="module", autouse=True)
def no_environments(stack: Stack) -> Iterator[None]:
    """Remove what these members save: environments outlive a stack."""
    remove_environments()
    yield
    stack.workspace("rm", "--force", "areum/default", "bora/default", check=False)
    remove_environments()


def remove_environments() -> None:
    for owner in ("areum", "bora"):
        for name in docker("images", "-q", f"labdock/{owner}/*").split():
            docker("rmi", "-f", name, check=False)


@pytest.fixture(scope="module")
def areum(stack: Stack) -> Account:
    return stack.add_member("areum")


@pytest.fixture(scope="module")
def bora(stack: Stack) -> Account:
    account = stack.add_member("bora")
    stack.workspace("users", "join", "bora", "nlp")
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
def vision(stack: Stack, areum: Account, browser: Browser) -> str:
    """An environment that areum has saved of a workspace of the browser's."""
    opened: list[BrowserContext] = []
    page = log_in(browser, opened, stack, areum)
    choose(page, stack, "areum", "labdock/base")
    send(page, "areum")
    inside(stack, "areum/default", f"echo yes > {MARK}")
    stack.workspace("commit", "areum/default", "vision:v1", "-m", "with what vision needs")
    opened[0].close()
    return VISION


def test_what_is_shared_with_a_group_is_started_from_until_it_is_taken_back(
    stack: Stack, bora: Account, vision: str, login: Login
) -> None:
    page = login(bora)
    page.goto(f"{stack.url}/hub/spawn/bora")
    assert vision not in offered(page)

    stack.workspace("share", vision, "--with", "group:nlp")
    for locale, words in (("ko-KR", "areum 님이 공유함"), ("en-US", "shared by areum")):
        page = login(bora, locale)
        page.goto(f"{stack.url}/hub/spawn/bora")
        expect(page.locator(".choices")).to_contain_text(words)
        expect(page.locator(".choices")).to_contain_text("with what vision needs")
        pictures(page, "shared")
    choose(page, stack, "bora", vision)
    send(page, "bora")
    assert inside(stack, "bora/default", f"cat {MARK}") == "yes\n"

    ended = stack.workspace("share", vision, "--withdraw")
    assert "bora/default still stand" in ended.stderr
    stack.workspace("restart", "bora/default")
    assert inside(stack, "bora/default", f"cat {MARK}") == "yes\n"


def test_another_image_saves_what_was_there_and_it_can_be_chosen_again(
    stack: Stack, bora: Account, vision: str, login: Login
) -> None:
    stack.workspace("stop", "bora/default")
    page = login(bora, "ko-KR")
    page.goto(f"{stack.url}/hub/spawn/bora")
    assert offered(page)[0] == vision, "what a workspace stands on stays chosen"
    expect(page.locator(".choices")).to_contain_text("이제 고를 수 없는 이미지")
    choose(page, stack, "bora", "labdock/base")
    expect(page.locator("#replace")).to_be_visible()
    pictures(page, "replace")
    expect(page.locator("input[name=save_first]")).to_be_checked()
    page.check("input[name=replace_image]")
    send(page, "bora")
    assert "yes" not in inside(stack, "bora/default", f"cat {MARK} 2>/dev/null || true")

    stack.workspace("stop", "bora/default")
    page = login(bora)
    page.goto(f"{stack.url}/hub/spawn/bora")
    (saved,) = [name for name in offered(page) if ":before-rollback-" in name]
    pictures(page, "own")
    choose(page, stack, "bora", saved)
    page.uncheck("input[name=save_first]")
    page.check("input[name=replace_image]")
    send(page, "bora")
    assert inside(stack, "bora/default", f"cat {MARK}") == "yes\n"


@pytest.fixture(scope="module")
def broken(stack: Stack, areum: Account, vision: str) -> str:
    """Break areum's workspace so that it starts no more; returns what it came up from last."""
    # As root, as somebody might who follows an answer from the internet.
    docker("exec", "-u", "0", "labdock-areum--default", "mv", "/opt/labdock", "/opt/gone")
    stack.workspace("stop", "areum/default")
    failed = stack.workspace("start", "areum/default", check=False)
    assert failed.returncode
    assert f"workspace rollback areum/default {vision}" in failed.stderr
    return vision


def start_in_vain(page: Page, stack: Stack) -> Locator:
    """Start the broken workspace by the form; returns what the page offers then."""
    choose(page, stack, "areum", "labdock/base")
    page.click("#spawn_form [type=submit]")
    back = page.locator("#way-back")
    expect(back).to_be_visible(timeout=120_000)
    return back


@IN_BOTH_LANGUAGES
def test_a_start_that_fails_shows_the_way_back(
    stack: Stack, areum: Account, broken: str, login: Login, locale: str
) -> None:
    page, say = login(areum, locale), Words(locale)
    back = start_in_vain(page, stack)
    expect(back).to_contain_text(broken)
    expect(back.get_by_role("button")).to_have_text(say("Go back and start"))
    pictures(page, "way-back")


def test_the_way_back_is_one_click(stack: Stack, areum: Account, broken: str, login: Login) -> None:
    page = login(areum, "ko-KR")
    start_in_vain(page, stack).locator("[type=submit]").click()
    page.wait_for_url(re.compile(r"/user/areum/"), timeout=120_000)
    assert inside(stack, "areum/default", f"cat {MARK}") == "yes\n"
    names = [row["reference"] for row in stack.json("images", "--owner", "areum")]
    assert [name for name in names if ":not-started-" in name]
