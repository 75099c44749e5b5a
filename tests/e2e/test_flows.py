"""What a member does between login and JupyterLab, once in English and once in Korean."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from hub import notice_texts
from tests.e2e.conftest import PORTAL, Account, Stack, docker, log_in
from tests.e2e.words import IN_BOTH_LANGUAGES, LOCALES, Words
from tests.support import eventually
from workspace_cli.core import disk, naming, notices
from workspace_cli.core.host import open_host
from workspace_cli.core.settings import load_settings

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]

SECONDS = 120.0
LONG = SECONDS * 1000
"""Milliseconds until a workspace has started, was saved or was made anew, on a busy machine."""
MEMBERS = {"en-US": "hana", "ko-KR": "duri"}
OPTIONS = {"image": "labdock/base:latest", "memory": "1g"}


@pytest.fixture(scope="module")
def stack(shared_stack: Stack) -> Stack:
    return shared_stack


@dataclass(frozen=True)
class Reader:
    """A member with a workspace that runs, and a browser in their language."""

    stack: Stack
    account: Account
    locale: str
    page: Page
    say: Words

    @property
    def container(self) -> str:
        """The container of the default workspace."""
        return naming.container_name(self.account.name, naming.DEFAULT_WORKSPACE)

    def open(self, path: str) -> None:
        """Open a page of the hub or the portal."""
        self.page.goto(f"{self.stack.url}{path}")

    def button(self, message: str, within: Locator | None = None) -> Locator:
        """The button or link that says so."""
        there = within or self.page
        name = self.say(message)
        return there.get_by_role("button", name=name, exact=True).or_(
            there.get_by_role("link", name=name, exact=True)
        )

    def card(self, name: str = naming.DEFAULT_WORKSPACE) -> Locator:
        """The card of a workspace on the overview."""
        return self.page.locator(f"#workspaces [data-name={name}]")


@pytest.fixture(scope="module", params=LOCALES)
def reader(request: pytest.FixtureRequest, stack: Stack, browser: Browser) -> Iterator[Reader]:
    locale = str(request.param)
    account = stack.add_member(MEMBERS[locale])
    forget_environments(account.name)
    token = stack.token(account.name)
    server = f"{stack.url}/hub/api/users/{account.name}/server"
    headers = {"Authorization": f"token {token}"}
    answer = httpx.post(server, json=OPTIONS, headers=headers, timeout=SECONDS)
    assert answer.status_code in (201, 202), answer.text
    opened: list[BrowserContext] = []
    page = log_in(browser, opened, stack, account, locale)
    found = Reader(stack, account, locale, page, Words(locale))
    found.open(f"{PORTAL}/")
    expect(found.card()).to_have_attribute("data-state", "running", timeout=LONG)
    yield found
    opened[0].close()
    stack.workspace("rm", "--force", f"{account.name}/default", check=False)
    forget_environments(account.name)


def forget_environments(owner: str) -> None:
    """Remove what a member saved: environments outlive a stack."""
    for name in docker(
        "images", "--format", "{{.Repository}}:{{.Tag}}", f"labdock/{owner}/*"
    ).split():
        docker("rmi", "--force", name, check=False)


@IN_BOTH_LANGUAGES
def test_the_browsers_language_greets_and_who_fails_to_log_in_is_told(
    stack: Stack, browser: Browser, contexts: list[BrowserContext], locale: str
) -> None:
    say = Words(locale)
    contexts.append(browser.new_context(locale=locale))
    page = contexts[-1].new_page()
    page.goto(f"{stack.url}/hub/login")
    expect(page.locator("html")).to_have_attribute("lang", say.language)
    expect(page.get_by_role("heading", level=1)).to_have_text(say("Log in"))
    page.get_by_label(say("Name"), exact=True).fill("nobody-of-that-name")
    page.get_by_label(say("Password"), exact=True).fill("not a password")
    page.get_by_role("button", name=say("Log in"), exact=True).click()
    expect(page.get_by_role("alert")).to_have_text(say.of_core("Invalid username or password"))
    # The other language is one click away, before the login and kept after it.
    other = next(one for one in LOCALES if one != locale)
    page.locator(f".who a[lang={other[:2]}]").click()
    expect(page.locator("html")).to_have_attribute("lang", other[:2])
    expect(page.get_by_role("heading", level=1)).to_have_text(Words(other)("Log in"))


@IN_BOTH_LANGUAGES
def test_logging_out_ends_it_on_every_page(
    stack: Stack, browser: Browser, contexts: list[BrowserContext], locale: str
) -> None:
    account, say = stack.add_member(f"leaving-{locale[:2]}"), Words(locale)
    page = log_in(browser, contexts, stack, account, locale)
    page.goto(f"{stack.url}{PORTAL}/")
    expect(page.get_by_role("heading", level=1)).to_have_text(say("Overview"))
    page.get_by_role("link", name=say("Log out")).click()
    for path in (f"{PORTAL}/", "/hub/home"):
        page.goto(f"{stack.url}{path}")
        expect(page.get_by_role("heading", level=1)).to_have_text(say("Log in"))


def test_the_language_is_switched_in_the_middle_of_work(reader: Reader) -> None:
    other = next(one for one in LOCALES if one != reader.locale)
    reader.open(f"{PORTAL}/environments")
    for locale in (other, reader.locale):
        reader.page.locator(f".who a[lang={locale[:2]}]").click()
        heading = reader.page.get_by_role("heading", level=1)
        expect(heading).to_have_text(Words(locale)("Environments"))
        assert reader.page.url.endswith(f"{PORTAL}/environments")


def test_a_card_tells_what_a_workspace_is_and_steers_it(reader: Reader) -> None:
    reader.open(f"{PORTAL}/")
    card, state = reader.card(), reader.card().locator(".state")
    expect(card.get_by_role("heading")).to_have_text(reader.say("Default workspace"))
    expect(state).to_have_text(reader.say("Running"))
    expect(card.locator("dl")).to_contain_text(reader.say("Memory"))
    expect(card.locator("dl")).to_contain_text("1 GiB")
    reader.button("Open", card).click()
    reader.page.wait_for_url(f"**/user/{reader.account.name}/**")
    reader.open(f"{PORTAL}/")
    reader.button("Stop", card).click()
    expect(state).to_have_text(reader.say("Stopped"), timeout=LONG)
    reader.button("Start", card).click()
    expect(state).to_have_text(reader.say("Running"), timeout=LONG)
    begun = docker("inspect", "-f", "{{.State.StartedAt}}", reader.container)
    reader.button("Restart", card).click()
    again = ("inspect", "-f", "{{.State.StartedAt}}", reader.container)
    eventually(lambda: docker(*again, check=False) not in ("", begun), SECONDS)
    expect(state).to_have_text(reader.say("Running"), timeout=LONG)


def test_another_workspace_is_two_clicks_away_and_says_how_it_ended(reader: Reader) -> None:
    reader.open(f"{PORTAL}/")
    reader.page.get_by_label(reader.say("Name of the new workspace")).fill("<b>Figures</b>")
    reader.button("Start", reader.page.locator("section.add")).click()
    card = reader.page.locator("#workspaces article", has_text="<b>Figures</b>")
    expect(card.locator(".state")).to_have_text(reader.say("Running"), timeout=LONG)
    name = str(card.get_attribute("data-name"))
    container = naming.container_name(reader.account.name, name)
    docker("update", "--restart", "no", container)
    docker("kill", "--signal", "QUIT", container)
    expect(card.locator(".state")).to_have_text(reader.say("Ended by itself"), timeout=LONG)
    expect(card.locator(".reason")).not_to_be_empty()
    card.get_by_text(reader.say("The end of its log")).click()
    expect(card.locator("pre.output")).to_contain_text("Ready on port")
    reader.open("/hub/home")
    row = reader.page.locator(f"[data-server={name}]")
    reader.button("Delete", row).click(timeout=LONG)
    reader.button("Delete", reader.page.get_by_role("dialog")).click()
    expect(row).to_have_count(0, timeout=LONG)


def test_an_environment_is_saved_shared_started_from_and_deleted(reader: Reader) -> None:
    page, saved = reader.page, f"labdock/{reader.account.name}/paper:v1"
    docker("exec", "-u", "0", reader.container, "touch", "/opt/marker")
    reader.open(f"{PORTAL}/")
    reader.button("Save environment", reader.card()).click()
    expect(page.get_by_role("heading", name=reader.say("What has changed"))).to_be_visible()
    page.fill("#name", "paper:v1")
    page.fill("#note", "<i>for</i> the paper")
    reader.button("Save").click()
    told = page.get_by_text(reader.say("Saved as %(name)s.", name=saved))
    expect(told).to_be_visible(timeout=LONG)

    reader.open(f"{PORTAL}/environments")
    row = page.locator(f"[data-reference='{saved}']")
    expect(row).to_contain_text("<i>for</i> the paper")
    expect(row).to_contain_text(reader.say("saved by you"))
    reader.button("Share …", row).click()
    page.get_by_label(reader.say("Whom?")).select_option(label=reader.say("the whole lab"))
    reader.button("Share").click()
    grant = page.locator("li", has_text=reader.say("the whole lab"))
    reader.button("Withdraw", grant).click()
    expect(grant).to_have_count(0)

    start_from(reader, saved)
    reader.open(f"{PORTAL}/environments")
    reader.button("Delete", row).click()
    in_use = reader.say("It is in use, and cannot be deleted: %(names)s", names="").strip()
    expect(page.get_by_text(in_use)).to_be_visible()
    start_from(reader, "labdock/base:latest")
    reader.open(f"{PORTAL}/environments")
    reader.button("Delete", row).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(
        reader.say("Delete this environment?")
    )
    reader.button("Delete").click()
    expect(row).to_have_count(0)


def start_from(reader: Reader, reference: str) -> None:
    """Let the default workspace run from an environment, and nothing of it be saved first."""
    page = reader.page
    reader.open(f"{PORTAL}/environments")
    row = page.locator(f"[data-reference='{reference}']")
    reader.button("Start from it", row).click()
    page.get_by_label(reader.say("First save what is in it now")).uncheck()
    reader.button("Start from it").click()
    told = reader.say("The workspace runs from %(name)s now.", name=reference)
    expect(page.get_by_text(told)).to_be_visible(timeout=LONG)


def test_the_disk_is_measured_and_shown(reader: Reader) -> None:
    write = "head -c 3145728 /dev/urandom > /workspace/big && sync /workspace/big"
    docker("exec", reader.container, "bash", "-ec", write)
    reader.stack.workspace("disk", reader.account.name)
    settings = load_settings(environ=reader.stack.environ, env_file=None)
    measured = disk.read(settings, reader.account.name)
    assert measured is not None
    # What was measured within the last half minute stands.
    disk.write(settings, replace(measured, measured=measured.measured - 60))
    reader.open("/hub/home")
    section = reader.page.locator("#disk")
    expect(section.get_by_role("heading")).to_have_text(reader.say("My disk"))
    with reader.page.expect_navigation():
        reader.button("Measure again", section).click()
    section.locator("summary").click()
    expect(section).to_contain_text(reader.say("Files in /workspace"))
    expect(section).to_contain_text(re.compile(r"3(\.\d)? MiB"))


def test_a_notice_is_read_and_put_away(reader: Reader) -> None:
    settings = load_settings(environ=reader.stack.environ, env_file=None)
    host = open_host(settings)
    told = notices.tell(
        host.database,
        reader.account.name,
        naming.DEFAULT_WORKSPACE,
        "idle_stopped",
        {},
        now=host.clock(),
    )
    host.database.close()
    reader.open(f"{PORTAL}/")
    words = notice_texts.in_language(told, reader.say.language, settings.timezone)
    notice = reader.page.locator("#notices .note", has_text=words)
    reader.button("Got it", notice).click()
    expect(notice).to_have_count(0)
