"""How every page looks to whoever cannot see well, has a phone, or reads at night.

The portal's pages are taken from its routes, so that a new one cannot be forgotten.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, Request, Response

from hub.portal.app import ROUTERS
from hub.portal.portal import PREFIX
from tests.e2e.conftest import Account, Stack, docker, log_in
from tests.support import eventually

pytestmark = pytest.mark.e2e

MEMBER = "kimlooks"
ENVIRONMENT = f"labdock/{MEMBER}/default:first"
LARGEST = 300_000
"""Bytes of a page with everything that it loads."""
PHONE, DESK = 390, 1280
IN_PATHS = {"name": "default", "owner": MEMBER}
"""What stands for the names in a route's path."""
PROFILE = "Paper figures"
IN_QUERIES = {
    "reference": ENVIRONMENT,
    "repo": "https://github.com/our-lab/course",
    "profile": PROFILE,
    "chosen": f"{MEMBER}/default",
}
NOT_PAGES = {
    f"{PREFIX}/oauth_callback",
    f"{PREFIX}/operations/{{operation_id}}",
    f"{PREFIX}/open/{{opening_id}}",
}
"""Routes that a browser passes through on its way, or that live for a moment."""
HUB_PAGES = (
    *("/hub/home", f"/hub/spawn/{MEMBER}/second", "/hub/token", "/hub/account", "/hub/people"),
    *("/hub/groups", f"/hub/people/{MEMBER}", f"/hub/people/{MEMBER}/leave"),
    "/hub/no-such-page",
)
BEFORE_LOGIN = ("/hub/login", "/hub/signup", "/hub/reset")


def portal_pages() -> Iterator[str]:
    """Yield the address of every page of the portal."""
    for prefix, router in ROUTERS:
        for route in router.routes if prefix == PREFIX else ():
            path = prefix + str(getattr(route, "path", ""))
            if "GET" not in getattr(route, "methods", ()) or path in NOT_PAGES:
                continue
            asked = {one.name for one in route.dependant.query_params}  # type: ignore[attr-defined]
            query = urlencode({name: IN_QUERIES[name] for name in asked & set(IN_QUERIES)})
            yield path.format(**IN_PATHS) + (f"?{query}" if query else "")


PAGES = (*HUB_PAGES, *portal_pages())


@pytest.fixture(scope="module")
def member(stack: Stack) -> Iterator[Account]:
    """A member with a workspace that runs and an environment that was saved from it."""
    # A stack goes without the environments that were saved in it.
    docker("rmi", "-f", ENVIRONMENT, check=False)
    account = stack.add_member(MEMBER)
    token = stack.token(MEMBER)
    answer = httpx.post(
        f"{stack.url}/hub/api/users/{MEMBER}/server",
        json={"image": "labdock/base"},
        headers={"Authorization": f"token {token}"},
        timeout=120,
    )
    assert answer.status_code in (201, 202), answer.text
    eventually(lambda: stack.json("ls") != [], 120)
    stack.workspace("commit", f"{MEMBER}/default", "default:first", "-m", "what I installed")
    for name in (MEMBER, stack.admin.name):
        keep_profile(stack, name)
    yield account
    docker("rmi", "-f", ENVIRONMENT, check=False)


def keep_profile(stack: Stack, name: str) -> None:
    """Let somebody have a profile."""
    body = {"options": {"image": "labdock/base", "memory": "1g", "ports": "6006"}}
    answer = stack.api(stack.token(name), "PUT", f"profiles/{quote(PROFILE)}", body)
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize(
    "language, width, scheme", [("ko-KR", PHONE, "dark"), ("en-US", DESK, "light")]
)
def test_every_page_can_be_read_by_everybody(
    stack: Stack,
    member: Account,
    browser: Browser,
    contexts: list[BrowserContext],
    language: str,
    width: int,
    scheme: Any,
) -> None:
    stranger = browser.new_context(locale=language)
    contexts.append(stranger)
    readers: list[tuple[Page, tuple[str, ...]]] = [(stranger.new_page(), BEFORE_LOGIN)]
    for account in (member, stack.admin):
        readers.append((log_in(browser, contexts, stack, account, locale=language), PAGES))
    faults: list[str] = []
    for page, paths in readers:
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme=scheme)
        for path in paths:
            faults += [f"{path}: {one}" for one in faults_of(page, stack.url, path)]
    assert not faults, "\n".join(faults)


def faults_of(page: Page, url: str, path: str) -> Iterator[str]:
    """Yield what is wrong with a page, in words."""
    asked: list[Request] = []
    answered: list[Response] = []

    def ask(request: Request) -> None:
        asked.append(request)

    def answer(response: Response) -> None:
        answered.append(response)

    page.on("request", ask)
    page.on("response", answer)
    page.goto(url + path, wait_until="load")
    page.remove_listener("request", ask)
    page.remove_listener("response", answer)
    others = {urlsplit(one.url).netloc for one in asked if one.url.startswith("http")}
    if others - {urlsplit(url).netloc}:
        yield f"asks other hosts: {others}"
    loaded = sum(size(one) for one in answered)
    if loaded > LARGEST:
        yield f"loads {loaded} bytes"
    wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    if wide > 0:
        yield f"is {wide} pixels wider than the window"
    for one in Axe().run(page).response["violations"]:
        if one["impact"] in ("serious", "critical"):
            where = "; ".join(node["html"][:120] for node in one["nodes"][:3])
            yield f"axe {one['id']} ({one['impact']}): {where}"


def size(answer: Response) -> int:
    """Return the bytes of an answer that has an end: events go on and on."""
    endless = "event-stream" in answer.headers.get("content-type", "")
    return 0 if endless or not answer.ok else len(answer.body())
