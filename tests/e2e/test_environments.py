"""Saving what one installed, from the browser and from inside, and starting from it again."""

from __future__ import annotations

import json
import os
import re
import secrets
import subprocess
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.e2e import lab
from tests.e2e.conftest import WORKSPACE, Account, Stack, docker, log_in
from tests.support import eventually
from workspace_cli.core import folders, naming
from workspace_cli.core.settings import load_settings

pytestmark = [pytest.mark.e2e, pytest.mark.engine, pytest.mark.timeout(900)]

NAME = f"kim{secrets.token_hex(3)}"
"""Images outlive a stack of the tests: nobody may have saved under this name before."""
SAVED = f"labdock/{NAME}/vision:v1"
SECONDS = 180.0
PAGE = 180_000
TOKEN = "ghp_" + "Abc123Def4" * 4
HOME = "/home/member"


@dataclass
class Kim:
    """A member with a workspace that runs, and what is known of it on the host."""

    stack: Stack
    account: Account
    token: str
    home: Path

    def container(self, workspace: str = "default") -> str:
        return naming.container_name(NAME, workspace)

    def execute(self, *command: str, workspace: str = "default") -> str:
        """Run a command in a container of theirs."""
        return docker("exec", self.container(workspace), *command)

    def start(self, server: str = "", **options: object) -> None:
        """Start a workspace by the hub's API and wait until it is ready."""
        path = f"servers/{server}" if server else "server"
        url = f"{self.stack.url}/hub/api/users/{NAME}"
        headers = {"Authorization": f"token {self.token}"}
        answer = httpx.post(f"{url}/{path}", json=options, headers=headers, timeout=120)
        assert answer.status_code in (201, 202), answer.text

        def ready() -> bool:
            servers = httpx.get(url, headers=headers, timeout=60).json()["servers"]
            return bool(servers.get(server, {}).get("ready"))

        eventually(ready, SECONDS)


@pytest.fixture(scope="module")
def stack(shared_stack: Stack) -> Stack:
    return shared_stack


@pytest.fixture(scope="module")
def kim(stack: Stack) -> Iterator[Kim]:
    account = stack.add_member(NAME)
    token = stack.token(NAME)
    settings = load_settings(environ=stack.environ, env_file=None)
    found = Kim(stack, account, token, folders.home(settings, NAME))
    found.start(image="labdock/base")
    make_wheel(found.home)
    yield found
    for workspace in ("default", "second"):
        docker("rm", "--force", found.container(workspace), check=False)
    saved = docker("images", "--format", "{{.Repository}}:{{.Tag}}", f"labdock/{NAME}/*").split()
    docker("rmi", *saved, check=False)


def make_wheel(folder: Path) -> None:
    """Put a package into the member's files, as small as one can be."""
    info = "tinyenv-1.0.dist-info"
    with zipfile.ZipFile(folder / "tinyenv-1.0-py3-none-any.whl", "w") as wheel:
        wheel.writestr("tinyenv.py", "ANSWER = 42\n")
        wheel.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: tinyenv\nVersion: 1.0\n")
        wheel.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        wheel.writestr(f"{info}/RECORD", "")


def in_terminal(page: Page, kim: Kim, command: str) -> str:
    """Type a command into a new terminal of JupyterLab and return what it printed."""
    name = f"out-{os.urandom(4).hex()}"
    lab.launch(page, ".jp-LauncherCard[data-category=Other]", "Terminal")
    terminal = page.locator(".jp-Terminal:not(.lm-mod-hidden)").last
    expect(terminal.locator(".xterm-screen")).to_be_visible(timeout=60_000)
    terminal.locator(".xterm-screen").click()
    page.wait_for_timeout(1500)
    page.keyboard.type(f"( {command} ) > /workspace/{name} 2>&1; echo $? > /workspace/{name}.rc\n")
    eventually((kim.home / f"{name}.rc").exists, SECONDS)
    printed = (kim.home / name).read_text(encoding="utf-8")
    assert (kim.home / f"{name}.rc").read_text().strip() == "0", printed
    return printed


def keep(page: Page, name: str) -> None:
    """Keep screenshots, wide and narrow, where LABDOCK_SHOTS names a folder."""
    folder = os.environ.get("LABDOCK_SHOTS")
    if not folder:
        return
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 900})
        page.screenshot(path=str(Path(folder) / f"{name}-{width}.png"), full_page=True)
    page.set_viewport_size({"width": 1280, "height": 900})


def test_what_was_installed_is_saved_with_a_button_and_comes_back(
    kim: Kim, browser: Browser, contexts: list[BrowserContext]
) -> None:
    page = log_in(browser, contexts, kim.stack, kim.account)
    lab.open_lab(page, f"{kim.stack.url}/user/{NAME}/lab")
    in_terminal(
        page,
        kim,
        "pip install --no-index /workspace/tinyenv-1.0-py3-none-any.whl && sudo touch /opt/marker"
        f" && echo GITHUB_TOKEN={TOKEN} > {HOME}/.env && echo KEPT_TOKEN={TOKEN} > {HOME}/app.env",
    )
    with page.expect_popup() as opened:
        lab.launch(page, ".jp-LauncherCard", "Save environment")
    before = opened.value
    before.set_default_timeout(PAGE)
    expect(before.get_by_role("heading", level=1)).to_contain_text(f"{NAME}/default", timeout=PAGE)
    expect(before.get_by_text("tinyenv")).to_be_visible()
    suspect = before.locator(f"input[name=suspect][value='{HOME}/.env']")
    expect(suspect).to_be_checked()
    before.locator(f"input[name=suspect][value='{HOME}/app.env']").uncheck()
    assert TOKEN not in before.content()
    keep(before, "save-en")
    before.fill("#name", "vision:v1")
    before.fill("#note", "tinyenv for the course")
    before.get_by_role("button", name="Save", exact=True).click()
    expect(before.get_by_text(f"Saved as {SAVED}.")).to_be_visible(timeout=PAGE)
    keep(before, "saved-en")
    before.get_by_role("link", name="Start from it").click()
    before.get_by_role("radio", name=re.compile("Default workspace")).check()
    keep(before, "use-en")
    before.get_by_role("button", name="Start from it").click()
    expect(before.get_by_text(f"The workspace runs from {SAVED} now.")).to_be_visible(timeout=PAGE)
    keep(before, "rolled-back-en")
    assert kim.execute("/opt/env/bin/python", "-c", "import tinyenv; print(tinyenv.ANSWER)") == "42"
    there = kim.execute("ls", "-A", HOME, "/opt").split()
    assert {"marker", "app.env"} <= set(there)
    assert ".env" not in there


def test_the_spawn_page_has_the_environment_chosen(
    kim: Kim, browser: Browser, contexts: list[BrowserContext]
) -> None:
    page = log_in(browser, contexts, kim.stack, kim.account, "ko-KR")
    page.goto(f"{kim.stack.url}/services/portal/environments")
    expect(page.get_by_role("heading", level=1)).to_have_text("환경")
    expect(page.locator(f"[data-reference='{SAVED}']")).to_contain_text("tinyenv for the course")
    keep(page, "environments-ko")
    page.goto(f"{kim.stack.url}/hub/spawn/{NAME}/second#image={quote(SAVED, safe='')}")
    expect(page.locator(f"input[name=image][value='{SAVED}']")).to_be_checked()
    page.click("form [type=submit]")
    page.wait_for_url(f"**/user/{NAME}/second/lab**", timeout=PAGE)
    assert "tinyenv" in kim.execute("/opt/env/bin/pip", "list", workspace="second")


def test_the_card_of_a_workspace_leads_to_the_page_that_saves_it(
    kim: Kim, browser: Browser, contexts: list[BrowserContext]
) -> None:
    page = log_in(browser, contexts, kim.stack, kim.account, "ko-KR")
    page.locator("[data-server=''] [data-action=save]").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(f"환경 저장: {NAME}/default")
    keep(page, "save-ko")


def test_workspace_commit_saves_the_workspace_that_one_is_in(
    kim: Kim, browser: Browser, contexts: list[BrowserContext]
) -> None:
    page = log_in(browser, contexts, kim.stack, kim.account)
    lab.open_lab(page, f"{kim.stack.url}/user/{NAME}/lab")
    printed = in_terminal(page, kim, "workspace commit -m inside && workspace images -q")
    assert re.search(rf"saved +labdock/{NAME}/default:\d{{8}}-\d{{6}}", printed), printed
    assert SAVED in printed
    told = in_terminal(page, kim, "workspace show && workspace history vision:v1")
    assert f"{NAME}/default" in told
    refused = in_terminal(page, kim, "workspace up; test $? = 5 && echo as it should")
    assert "as it should" in refused


def test_from_another_computer_a_login_is_enough(kim: Kim, tmp_path: Path) -> None:
    environ = {
        **{name: value for name, value in os.environ.items() if "WORKSPACE" not in name},
        "XDG_CONFIG_HOME": str(tmp_path),
        "WORKSPACE_ROOT": str(tmp_path / "no-lab-here"),
    }

    def laptop(*argv: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        command = [str(WORKSPACE), *argv]
        return subprocess.run(
            command, env=environ, input=stdin, cwd=tmp_path, capture_output=True, text=True
        )

    told = laptop("login", kim.stack.url, "--token-stdin", stdin=kim.token)
    assert told.stdout == f"{NAME} at {kim.stack.url}\n", told.stderr
    saved = laptop("commit", "default", "laptop:v1", "--json")
    assert json.loads(saved.stdout)["reference"] == f"labdock/{NAME}/laptop:v1", saved.stderr
    assert f"labdock/{NAME}/laptop:v1" in laptop("images", "-q").stdout
    assert laptop("gpus", "--json").returncode == 0
    assert laptop("rmi", "-f", "laptop:v1").returncode == 0
    assert laptop("doctor").returncode == 5
    # A token that was made for this stack is not left for another.
    assert laptop("logout").returncode == 0
