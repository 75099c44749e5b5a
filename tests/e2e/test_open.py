"""Links that open a notebook: from the link in a mail to the notebook in JupyterLab."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.e2e.conftest import Account, Stack, docker, keep_picture, log_in
from tests.e2e.lab import wait_for_lab
from tests.e2e.test_looks import faults_of
from tests.support import eventually
from workspace_cli.core import naming

pytestmark = [pytest.mark.e2e, pytest.mark.engine, pytest.mark.timeout(600)]

MEMBER = "openkim"
GIT = "labdock-test-git"
URL = f"http://{GIT}:8700/lab/course"
NOTEBOOK = "과제/one.ipynb"
POLICY = f'[open]\nallow = ["http://{GIT}:8700/lab/*", "http://no-such-host.invalid/*"]\n'
SERVER = Path(__file__).parents[1] / "git_server.py"
SECONDS = 120.0
CELL: dict[str, object] = {
    "cell_type": "code",
    "id": "first",
    "metadata": {},
    "execution_count": None,
    "outputs": [],
    "source": "print('from the lab')",
}
KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}
CONTENT = json.dumps(
    {"nbformat": 4, "nbformat_minor": 5, "metadata": {"kernelspec": KERNEL}, "cells": [CELL]}
)
SEED = f"""
mkdir -p /tmp/git/lab /tmp/seed/과제 && cd /tmp/seed && git init -q -b main .
git config user.name lab && git config user.email lab@example.org
printf '%s' "$CONTENT" > {NOTEBOOK} && printf 'one\\ntwo\\n' > notes.txt
git add . && git commit -qm 1 && git clone -q --bare . /tmp/git/lab/course.git
git remote add up /tmp/git/lab/course.git && git push -qu up main
"""


@pytest.fixture(scope="module")
def stack(shared_stack: Stack) -> Iterator[Stack]:
    """The shared stack, with a list of repositories."""
    policy = Path(shared_stack.environ["WORKSPACE_ROOT"]) / "policy.toml"
    assert not policy.exists()
    policy.write_text(POLICY, encoding="utf-8")
    yield shared_stack
    policy.unlink()


@dataclass(frozen=True)
class Hosted:
    """A member whose workspaces reach a git server, and the member's own token."""

    account: Account
    token: str


@pytest.fixture(scope="module")
def kim(stack: Stack) -> Iterator[Hosted]:
    """A member whose workspace has run once, and stands; a git server is on its network."""
    account = stack.add_member(MEMBER)
    token = stack.token(MEMBER)
    found = Hosted(account, token)
    server(stack, found, "POST", {"image": "labdock/base", "memory": "1g"})
    eventually(lambda: "running" in states(stack), SECONDS)
    docker(
        *("run", "--detach", "--name", GIT, "--network", naming.network_name(MEMBER)),
        *("--env", f"CONTENT={CONTENT}", "--volume", f"{SERVER}:/git_server.py:ro"),
        *("--entrypoint", "bash", "--no-healthcheck", "labdock/base", "-ec"),
        f"{SEED}\nexec python3 /git_server.py /tmp/git 8700",
    )
    try:
        server(stack, found, "DELETE")
        eventually(lambda: "running" not in states(stack), SECONDS)
        # The portal reads a copy of the policy that the hub makes every now and then.
        eventually(lambda: "not on the lab's list" in refusal(stack, found), SECONDS)
        yield found
    finally:
        docker("rm", "--force", "--volumes", GIT, check=False)


def server(stack: Stack, who: Hosted, method: str, body: object = None) -> None:
    url = f"{stack.url}/hub/api/users/{MEMBER}/server"
    headers = {"Authorization": f"token {who.token}"}
    answer = httpx.request(method, url, json=body, headers=headers, timeout=SECONDS)
    assert answer.status_code in (201, 202, 204), answer.text


def refusal(stack: Stack, who: Hosted) -> str:
    """What the portal says of a repository that is on no list."""
    body = {"repository": "http://other.invalid/course"}
    return str(stack.api(who.token, "POST", "openings", body).json()["detail"])


def states(stack: Stack) -> list[str]:
    rows = stack.json("ls", "-a")
    return [row["state"] for row in rows if row["owner"] == MEMBER]


def link(stack: Stack, **fields: str) -> str:
    return f"{stack.url}/open?{urlencode({'repo': URL, **fields})}"


def expect_notebook(page: Page) -> None:
    """See the notebook that the link named, in JupyterLab."""
    page.wait_for_url(re.compile(rf"/user/{MEMBER}/lab"), timeout=SECONDS * 1000)
    wait_for_lab(page)
    cell = page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-CodeCell").first
    expect(cell).to_contain_text("from the lab", timeout=60_000)


def home(script: str) -> str:
    command = ("labdock-enter", "bash", "-ec", script)
    return docker("exec", naming.container_name(MEMBER, "default"), *command)


def test_a_link_leads_through_the_login_to_the_notebook(
    stack: Stack, kim: Hosted, browser: Browser, contexts: list[BrowserContext]
) -> None:
    context = browser.new_context(locale="en-US", viewport={"width": 1280, "height": 900})
    contexts.append(context)
    page = context.new_page()
    said: list[str] = []
    page.goto(link(stack, path=NOTEBOOK))
    page.fill("input[name=username]", kim.account.name)
    page.fill("input[name=password]", kim.account.password)
    page.click("form [type=submit]")
    expect(page.locator("h1")).to_have_text("Open a repository in your workspace?")
    expect(page.locator("main")).to_contain_text("/workspace/course")
    assert "running" not in states(stack)
    keep_picture(page, "open-en")
    page.on("console", lambda one: said.append(one.text) if one.type == "error" else None)
    page.click("#open")
    expect(page.locator("h1")).to_have_text(re.compile("Opening a repository|opened"))
    keep_picture(page, "opening-en")
    expect_notebook(page)
    assert not [text for text in said if "Content Security Policy" in text]
    assert home("git -C /workspace/course config remote.origin.url") == URL
    assert home("stat -c %U /workspace/course/notes.txt") == "member"


def test_what_was_changed_is_there_at_the_second_opening_in_korean(
    stack: Stack, kim: Hosted, browser: Browser, contexts: list[BrowserContext]
) -> None:
    home("cd /workspace/course && sed -i s/two/mine/ notes.txt")
    change = "cd /tmp/seed && sed -i s/two/theirs/ notes.txt && echo new > later.txt && git add -A"
    docker("exec", GIT, "bash", "-ec", f"{change} && git commit -qm 2 && git push -q up")
    page = log_in(browser, contexts, stack, kim.account, "ko-KR")
    page.goto(link(stack, path=NOTEBOOK, branch="main"))
    expect(page.locator("h1")).to_have_text("이 저장소를 내 작업 공간에서 열까요?")
    keep_picture(page, "open-ko")
    page.click("#open")
    expect_notebook(page)
    assert home("cat /workspace/course/notes.txt").split() == ["one", "mine"]
    assert home("cat /workspace/course/later.txt") == "new"


def test_what_is_not_on_the_list_is_not_opened(
    stack: Stack, kim: Hosted, browser: Browser, contexts: list[BrowserContext]
) -> None:
    page = log_in(browser, contexts, stack, kim.account)
    answer = page.goto(link(stack, repo=f"http://{GIT}:8700/evil/course"))
    assert answer is not None
    assert answer.status == 403
    expect(page.locator(".note.bad")).to_contain_text("not on the lab's list")
    expect(page.locator("#open")).to_have_count(0)
    keep_picture(page, "open-refused-en")
    # Nor by an address inside the workspace: it holds a number that nobody has confirmed.
    page.goto(f"{stack.url}/user/{MEMBER}/labdock/opening/{'0' * 32}?lang=en")
    expect(page.locator("#step")).to_contain_text("not confirmed by you")
    expect(page.locator("h1")).to_have_text("The repository could not be opened")
    forged = f"fetch('/user/{MEMBER}/labdock/open/{'0' * 32}', {{method: 'POST'}})"
    assert page.evaluate(f"{forged}.then((answer) => answer.status)") == 403


@pytest.mark.parametrize(
    "language, fields, words",
    [
        ("en-US", {"repo": "http://no-such-host.invalid/course"}, "cannot be reached"),
        ("ko-KR", {"repo": "http://no-such-host.invalid/course"}, "연결할 수 없습니다"),
        ("ko-KR", {"branch": "none"}, "그런 이름의 브랜치나 태그가 없습니다"),
        ("en-US", {"path": "none.ipynb"}, "holds no none.ipynb"),
    ],
)
def test_a_failure_is_told_in_words(
    stack: Stack,
    kim: Hosted,
    browser: Browser,
    contexts: list[BrowserContext],
    language: str,
    fields: dict[str, str],
    words: str,
) -> None:
    page = log_in(browser, contexts, stack, kim.account, language)
    page.goto(link(stack, **fields))
    page.click("#open")
    page.wait_for_url("**/labdock/opening/*", timeout=SECONDS * 1000)
    expect(page.locator("#step")).to_contain_text(words, timeout=60_000)
    keep_picture(page, f"open-failed-{language}-{next(iter(fields))}")


def test_a_link_is_made_on_a_page(
    stack: Stack, kim: Hosted, browser: Browser, contexts: list[BrowserContext]
) -> None:
    page = log_in(browser, contexts, stack, kim.account, "ko-KR")
    page.goto(f"{stack.url}/open")
    page.fill("#repo", URL)
    page.fill("#path", NOTEBOOK)
    page.click("form.card [type=submit]")
    made = page.input_value("#address")
    assert made == f"{stack.url}/open?repo={URL}&path=%EA%B3%BC%EC%A0%9C/one.ipynb"
    assert page.input_value("#markdown") == f"[Labdock에서 열기]({made})"
    keep_picture(page, "open-link-ko")
    page.goto(made)
    expect(page.locator("#open")).to_be_visible()


@pytest.mark.parametrize(
    "language, width, scheme", [("ko-KR", 360, "dark"), ("en-US", 1280, "light")]
)
def test_the_pages_can_be_read_by_everybody(
    stack: Stack,
    kim: Hosted,
    browser: Browser,
    contexts: list[BrowserContext],
    language: str,
    width: int,
    scheme: str,
) -> None:
    # Confirmed for a workspace that does not run, the page of the wait stays.
    body = {"repository": "http://no-such-host.invalid/course", "workspace": "default"}
    opened = stack.api(kim.token, "POST", "openings", body).json()
    page = log_in(browser, contexts, stack, kim.account, language)
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    # What the page before still fetches is none of theirs.
    page.goto("about:blank")
    query = urlencode({"repo": URL, "path": NOTEBOOK})
    paths = (f"/services/portal/open?{query}", f"/services/portal/open/link?{query}")
    faults = [f"{path}: {one}" for path in paths for one in faults_of(page, stack.url, path)]
    keep_picture(page, f"open-link-{width}")
    page.goto(f"{stack.url}/user/{MEMBER}/labdock/opening/{opened['id']}")
    expect(page.locator("#ways")).to_be_visible(timeout=60_000)
    keep_picture(page, f"open-failed-{width}")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    faults += [one["id"] for one in Axe().run(page).response["violations"]]
    server(stack, kim, "DELETE")
    eventually(lambda: "running" not in states(stack), SECONDS)
    faults += faults_of(page, stack.url, opened["page"])
    keep_picture(page, f"opening-stopped-{width}")
    assert not faults, "\n".join(faults)
