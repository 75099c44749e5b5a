"""The real stack, brought up by the real command, and a real browser in front of it."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Generator, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

REPOSITORY = Path(__file__).parents[2]
WORKSPACE = Path(sys.executable).parent / "workspace"
PORTAL = "/services/portal"
ROOT_PREFIX = "labdock-e2e-"
ROOT_PARENT = Path("/var/tmp")
CHROMIUM = Path(__file__).with_name("chromium.py")
CHROMIUM_FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@dataclass(frozen=True)
class Account:
    """Somebody who can log in."""

    name: str
    password: str


@dataclass(frozen=True)
class Stack:
    """A running Labdock of the tests' own."""

    url: str
    environ: dict[str, str]
    admin: Account

    def workspace(
        self, *arguments: str, check: bool = True, stdin: str | None = None, timeout: float = 300
    ) -> subprocess.CompletedProcess[str]:
        """Run the admin's command line."""
        done = subprocess.run(
            [str(WORKSPACE), *arguments],
            env=self.environ,
            cwd=REPOSITORY,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=timeout,
        )
        if check and done.returncode:
            pytest.fail(f"workspace {' '.join(arguments)}: {done.returncode}\n{done.stderr}")
        return done

    def json(self, *arguments: str) -> Any:
        """Run a listing and read its JSON."""
        return json.loads(self.workspace(*arguments, "--json").stdout)

    def token(self, member: str = "") -> str:
        """Return a fresh API token of a member, by default the admin's."""
        return self.workspace("token", *(("--user", member) if member else ())).stdout.strip()

    def api(
        self,
        token: str,
        method: str,
        path: str,
        body: object = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        """Call the portal's API through the proxy."""
        return httpx.request(
            method,
            f"{self.url}{PORTAL}/api/v1/{path}",
            json=body,
            headers={"Authorization": f"Bearer {token}", **(headers or {})},
            timeout=60,
        )

    def add_member(self, name: str) -> Account:
        """Make an account with a random password."""
        account = Account(name, secrets.token_urlsafe(12))
        self.workspace("users", "add", name, "--password-stdin", stdin=account.password + "\n")
        return account


def docker(*arguments: str, check: bool = True) -> str:
    done = subprocess.run(["docker", *arguments], capture_output=True, text=True, timeout=300)
    if check and done.returncode:
        raise RuntimeError(f"docker {' '.join(arguments)}: {done.stderr}")
    return done.stdout.strip()


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    """A stack for one module of tests alone: the engine has room for one at a time."""
    with running_stack() as built:
        yield built


@contextmanager
def running_stack(**settings: str) -> Iterator[Stack]:
    """Bring a stack up in a data root of its own, and remove it all at the end.

    The shared one makes way for it.
    """
    SHARED.down()
    with brought_up(**settings) as built:
        yield built


@contextmanager
def brought_up(**settings: str) -> Iterator[Stack]:
    """Bring a stack up where none is, and remove it all at the end."""
    remove_what_an_interrupted_run_left()
    if docker("ps", "-aq", "--filter", "label=labdock.stack"):
        pytest.fail("A Labdock stack is on this engine. `make down` it before the browser tests.")
    root = Path(tempfile.mkdtemp(prefix=ROOT_PREFIX, dir=ROOT_PARENT))
    built = make_stack(root, **settings)
    try:
        # Building the images from nothing is part of it on a fresh machine.
        built.workspace("up", timeout=3000)
        yield built
    finally:
        built.workspace("uninstall", "--yes", "--keep-images", check=False)
        shutil.rmtree(root, ignore_errors=True)


class SharedStack:
    """The stack of the modules that ask for no settings of their own."""

    def __init__(self) -> None:
        self._ends = ExitStack()
        self._stack: Stack | None = None

    def up(self) -> Stack:
        """Return it; the first who asks brings it up."""
        if self._stack is None:
            self._stack = self._ends.enter_context(brought_up())
        return self._stack

    def down(self) -> None:
        """Remove it, where it is up."""
        self._stack = None
        self._ends.close()


SHARED = SharedStack()


@pytest.fixture(scope="module")
def shared_stack() -> Stack:
    """The stack that modules share: they name members whom no other module names."""
    return SHARED.up()


@pytest.fixture(scope="session", autouse=True)
def end_of_sharing() -> Iterator[None]:
    """Remove the shared stack at the end."""
    yield
    SHARED.down()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the modules that share the stack behind the others, so that it comes up once."""
    sharing = {item.path for item in items if "shared_stack" in getattr(item, "fixturenames", ())}
    items.sort(key=lambda item: item.path in sharing)


def make_stack(root: Path, **settings: str) -> Stack:
    """Return a stack of this data root, on a port that is free now; it is not up yet.

    ``{port}`` in WORKSPACE_URL stands for that port.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    admin = Account("admin", secrets.token_urlsafe(12))
    kept = {name: value for name, value in os.environ.items() if not name.startswith("WORKSPACE_")}
    environ = {
        **kept,
        "WORKSPACE_ROOT": str(root),
        "WORKSPACE_PORT": str(port),
        "WORKSPACE_ADMIN_PASSWORD": admin.password,
        "WORKSPACE_PORT_RANGE": "19200-19299",
        **settings,
    }
    if "WORKSPACE_URL" in settings:
        environ["WORKSPACE_URL"] = settings["WORKSPACE_URL"].format(port=port)
    scheme = "https" if "WORKSPACE_TLS_CERT" in settings else "http"
    url = environ.get("WORKSPACE_URL", f"{scheme}://127.0.0.1:{port}")
    return Stack(url, environ, admin)


def remove_what_an_interrupted_run_left() -> None:
    for root in ROOT_PARENT.glob(f"{ROOT_PREFIX}*"):
        make_stack(root).workspace("uninstall", "--yes", "--keep-images", check=False)
        shutil.rmtree(root, ignore_errors=True)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    # A page on a busy machine takes longer than Playwright's 5 s.
    expect.set_options(timeout=30_000)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def contexts(browser: Browser) -> Iterator[list[BrowserContext]]:
    """Contexts that a test opens, closed at its end."""
    opened: list[BrowserContext] = []
    yield opened
    for context in opened:
        context.close()


def log_in(
    browser: Browser,
    contexts: list[BrowserContext],
    stack: Stack,
    account: Account,
    locale: str = "en-US",
) -> Page:
    """Open a browser of one's own and log in by the form."""
    context = browser.new_context(
        locale=locale,
        viewport={"width": 1280, "height": 900},
        # The tests' own certificate is signed by nobody.
        ignore_https_errors=stack.url.startswith("https"),
    )
    contexts.append(context)
    page = context.new_page()
    page.set_default_timeout(30_000)
    page.goto(f"{stack.url}/hub/login")
    page.fill("input[name=username]", account.name)
    page.fill("input[name=password]", account.password)
    page.click("form [type=submit]")
    page.wait_for_url("**/hub/home")
    return page


def keep_picture(page: Page, name: str) -> None:
    """Keep a picture for people to look at, where they want some."""
    if folder := os.environ.get("LABDOCK_PICTURES"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, Any, Any]:
    """Show the logs of hub and workspaces beside a failure: they are gone with the stack."""
    report = yield
    if report.failed and {"stack", "hub"} & set(getattr(item, "fixturenames", ())):
        for name in docker("ps", "-a", "--format", "{{.Names}}").split():
            if name.startswith("labdock-"):
                log = subprocess.run(
                    ["docker", "logs", "--tail", "60", name],
                    stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT,
                    text=True,
                )
                report.sections.append((f"log of {name}", log.stdout))
    return report
