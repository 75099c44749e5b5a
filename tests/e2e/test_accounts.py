"""Accounts in a real browser, in both languages: signing up, logging in, losing a password."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect

from hub.second_factor import STEP, code_at
from hub.throttle import Throttle
from tests.e2e.words import Words
from tests.hub import accounts_hub
from tests.hub.accounts_hub import AccountsHub
from tests.hub.running_hub import ADMIN_PASSWORD
from workspace_cli.core.database import FILE, Database

pytestmark = pytest.mark.e2e

PASSWORD = "a good password"
EXPECTED_NOISE = "Failed to load resource: the server responded with a status of"
PAGES = (
    "signup",
    "reset",
    "account",
    "token",
    "people",
    "people/baek",
    "people/baek/leave",
    "groups",
)
BOTH = pytest.mark.parametrize(
    "locale, width", [("en-US", 1280), ("ko-KR", 360)], ids=["en-US", "ko-KR"]
)
TOO_OFTEN = {
    "en-US": r"Too many failed logins\. Try again in (\d+) seconds",
    "ko-KR": r"로그인에 여러 번 실패했습니다\. (\d+)초 뒤에",
}
Open = Callable[..., Page]


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AccountsHub]:
    root = tmp_path_factory.mktemp("accounts") / "root"
    root.mkdir()
    (root / "policy.toml").write_text('[accounts]\nsign_up = "approval"\n')
    with accounts_hub.running(root) as hub:
        yield hub


@pytest.fixture
def open_page(browser: Browser, contexts: list[BrowserContext], lab: AccountsHub) -> Iterator[Open]:
    """Open a page of the hub in a browser of its own."""
    complaints: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith(EXPECTED_NOISE):
            complaints.append(message.text)

    def open_it(path: str, locale: str = "en-US", width: int = 1280) -> Page:
        context = browser.new_context(locale=locale, viewport={"width": width, "height": 900})
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(30_000)
        page.on("console", note)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(f"{lab.url}/hub{path}")
        return page

    yield open_it
    assert complaints == [], "the browser complained, for example about the policy"


def fill(page: Page, **fields: str) -> None:
    """Fill the form and send it by keyboard."""
    for name, value in fields.items():
        page.fill(f"input[name={name}]", value)
    page.keyboard.press("Enter")


def log_in(page: Page, lab: AccountsHub, name: str, password: str = PASSWORD) -> None:
    page.goto(f"{lab.url}/hub/login")
    fill(page, username=name, password=password)


def as_member(
    open_page: Open,
    lab: AccountsHub,
    name: str,
    locale: str = "en-US",
    width: int = 1280,
    password: str = PASSWORD,
) -> Page:
    """Log somebody in, in a browser of their own."""
    page = open_page("/login", locale, width)
    log_in(page, lab, name, password)
    page.wait_for_url("**/hub/home")
    return page


def as_admin(open_page: Open, lab: AccountsHub, locale: str = "en-US", width: int = 1280) -> Page:
    """Log the admin in, in a browser of their own."""
    return as_member(open_page, lab, "admin", locale, width, ADMIN_PASSWORD)


def add(lab: AccountsHub, name: str) -> None:
    lab.api("POST", "/accounts", {"name": name, "password": PASSWORD})


def guess(lab: AccountsHub, name: str) -> None:
    """Note ten failed logins from elsewhere, a minute apart, the last of them now."""
    moment = time.time() - 9 * 60
    throttle = Throttle(Database(f"sqlite:///{lab.root / 'hub' / FILE}"), lambda: moment)
    for _ in range(10):
        assert throttle.attempt({"account": name}) == 0
        moment += 60


def own(name: str, locale: str) -> str:
    """Return a name for the round in one language."""
    return f"{name}{locale[:2]}"


def fits(page: Page) -> None:
    """Nothing on the page is wider than the screen."""
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


class Phone:
    """An authenticator app that shows no code twice."""

    def __init__(self, secret: str) -> None:
        self.secret = secret
        self.last = 0

    def code(self) -> str:
        step = int(time.time()) // STEP
        # A code of the next half minute is taken too; beyond it there is only waiting.
        while (wanted := max(self.last + 1, step)) > step + 1:
            time.sleep(1)
            step = int(time.time()) // STEP
        self.last = wanted
        return code_at(self.secret, wanted)


@pytest.mark.parametrize(
    "locale,name,waiting,width",
    [("en-US", "kim", "waits", 1280), ("ko-KR", "이영희", "승인", 375)],
    ids=["en-US", "ko-KR"],
)
def test_a_sign_up_is_approved_on_the_admins_page(
    open_page: Open, lab: AccountsHub, locale: str, name: str, waiting: str, width: int
) -> None:
    page = open_page("/login", locale, width)
    page.click("a[href$=signup]")
    fits(page)
    fill(page, username=name, password=PASSWORD, again=PASSWORD, about="<i>PhD</i>")
    expect(page.locator("section[data-state=pending]")).to_be_visible()
    log_in(page, lab, name)
    expect(page.locator("#login-error")).to_contain_text(waiting)

    admin = as_admin(open_page, lab, locale, width)
    admin.goto(f"{lab.url}/hub/people")
    fits(admin)
    row = admin.locator(f"#pending li[data-name='{name}']")
    expect(row).to_contain_text("<i>PhD</i>")
    row.locator("[data-action=approve]").click()
    expect(row).to_have_count(0)
    # The page shows at once what it would after a reload.
    expect(admin.locator("#accounts")).to_contain_text(name)
    expect(admin.locator("#pending-title")).to_have_count(0)

    log_in(page, lab, name)
    page.wait_for_url("**/hub/home")


@BOTH
def test_an_invitation_link_leads_to_an_account(
    open_page: Open, lab: AccountsHub, locale: str, width: int
) -> None:
    name = own("choi", locale)
    admin = as_admin(open_page, lab, locale, width)
    admin.goto(f"{lab.url}/hub/people")
    admin.fill("#invite-note", "for the class")
    admin.click("#invite [type=submit]")
    link = admin.locator("#told-secret")
    expect(link).to_contain_text("/hub/signup#")
    address = link.inner_text()
    expect(admin.locator("#invitations")).to_contain_text("for the class")

    page = open_page(address.removeprefix(f"{lab.url}/hub"), locale, width)
    expect(page.locator("#invitation_input")).to_have_value(address.partition("#")[2])
    assert "#" not in page.url, "the token is gone from the address"
    fits(page)
    fill(page, username=name, password=PASSWORD, again=PASSWORD)
    expect(page.locator("section[data-state=active]")).to_contain_text(
        Words(locale)("Your account is ready.")
    )
    log_in(page, lab, name)
    page.wait_for_url("**/hub/home")


@BOTH
def test_a_second_factor_from_setting_up_to_logging_in(
    open_page: Open, lab: AccountsHub, locale: str, width: int
) -> None:
    name, words = own("yoon", locale), Words(locale)
    add(lab, name)
    page = as_member(open_page, lab, name, locale, width)
    page.click("a.name")
    page.locator("form[action$=factor-begin] button").click()
    picture = page.locator(".qr img")
    expect(picture).to_be_visible()
    assert picture.evaluate("image => image.complete && image.naturalWidth > 100")
    page.click("summary")
    phone = Phone(page.locator("code.secret").inner_text())
    fill(page, code="000000")
    expect(page.locator("#form-error")).to_be_in_viewport()
    fill(page, code=phone.code())
    expect(page.locator("#recovery-codes li")).to_have_count(10)
    expect(page.locator("#recovery-codes")).to_be_in_viewport()
    recovery = page.locator("#recovery-codes li").first.inner_text()

    other = open_page("/login", locale, width)
    log_in(other, lab, name)
    expect(other.locator("[data-step=code]")).to_be_visible()
    fits(other)
    fill(other, code="000000")
    expect(other.locator("#login-error")).to_contain_text(words.of_core("The code is not right."))
    fill(other, code=recovery)
    other.wait_for_url("**/hub/home")

    # The phone is lost, and the codes too: an admin resets it.
    admin = as_admin(open_page, lab, locale, width)
    admin.goto(f"{lab.url}/hub/people/{name}")
    admin.locator("[data-action=reset-second-factor]").click()
    expect(admin.locator("[data-action=reset-second-factor]")).to_have_count(0)
    log_in(page, lab, name)
    page.wait_for_url("**/hub/home")


@BOTH
def test_a_forgotten_password_is_set_by_a_link(
    open_page: Open, lab: AccountsHub, locale: str, width: int
) -> None:
    name, words = own("jung", locale), Words(locale)
    add(lab, name)
    path = lab.api("POST", f"/accounts/{name}/reset-link")["path"]
    page = open_page(path.removeprefix("/hub"), locale, width)
    fits(page)
    fill(page, password="quite another one", again="another one again")
    expect(page.locator("#form-error")).to_contain_text(words.of_core("The two passwords differ."))
    page.goto(f"{lab.url}{path}")
    page.reload()
    fill(page, password="quite another one", again="quite another one")
    expect(page.locator("h1")).to_have_text(words("Your password is changed"))
    log_in(page, lab, name, "quite another one")
    page.wait_for_url("**/hub/home")


@BOTH
def test_a_temporary_password_is_changed_at_the_first_login(
    open_page: Open, lab: AccountsHub, locale: str, width: int
) -> None:
    name = own("han", locale)
    add(lab, name)
    given = lab.api("POST", f"/accounts/{name}/temporary-password")["password"]
    page = open_page("/login", locale, width)
    log_in(page, lab, name, given)
    expect(page.locator("[data-step=password]")).to_be_visible()
    fits(page)
    fill(page, password="one of my own", again="one of my own")
    page.wait_for_url("**/hub/home")


@BOTH
def test_one_browser_is_logged_out_from_another(
    open_page: Open, lab: AccountsHub, locale: str, width: int
) -> None:
    name = own("song", locale)
    add(lab, name)
    here = as_member(open_page, lab, name, locale)
    there = as_member(open_page, lab, name, locale, width)
    there.goto(f"{lab.url}/hub/account")
    fits(there)
    here.goto(f"{lab.url}/hub/account")
    expect(here.locator("#logins tbody tr")).to_have_count(2)
    here.locator("#logins button").click()
    expect(here.locator("#told")).to_be_visible()
    expect(here.locator("h1")).to_have_text(Words(locale)("My account"))
    expect(here.locator("#logins tbody tr")).to_have_count(1)
    there.goto(f"{lab.url}/hub/account")
    there.wait_for_url(re.compile("/hub/login"))


@BOTH
def test_a_password_is_changed_with_the_present_one(
    open_page: Open, lab: AccountsHub, locale: str, width: int
) -> None:
    name, words = own("lim", locale), Words(locale)
    add(lab, name)
    page = as_member(open_page, lab, name, locale, width)
    page.goto(f"{lab.url}/hub/account")
    new = {"password": "quite another one", "again": "quite another one"}
    fill(page, current="not it", **new)
    expect(page.locator("#form-error")).to_contain_text(
        words.of_core("The present password is not right.")
    )
    fill(page, current=PASSWORD, **new)
    expect(page.locator("#told")).to_have_text(
        words("Your password is changed. Every other browser was logged out.")
    )


@BOTH
def test_accounts_are_made_found_and_looked_after_on_pages(
    open_page: Open, lab: AccountsHub, locale: str, width: int
) -> None:
    name = own("nam", locale)
    admin = as_admin(open_page, lab, locale, width)
    admin.goto(f"{lab.url}/hub/people")
    admin.fill("#add-names", f"{name} {name}2")
    admin.keyboard.press("Enter")
    expect(admin.locator("#told-secret")).to_contain_text(f"{name}2")
    lines = admin.locator("#told-secret").inner_text().split("\n")
    assert [line.split()[0] for line in lines] == [name, f"{name}2"]
    page = open_page("/login", locale, width)
    log_in(page, lab, name, lines[0].split()[1])
    expect(page.locator("[data-step=password]")).to_be_visible()
    fits(page)

    admin.fill("#q", f"{name}2")
    admin.keyboard.press("Enter")
    expect(admin.locator("#accounts tbody tr")).to_have_count(1)
    admin.click(f"#accounts a[href$='/{name}2']")
    admin.wait_for_url(f"**/hub/people/{name}2")
    fits(admin)
    admin.select_option("#role", "instructor")
    admin.locator("#standing [type=submit]").click()
    expect(admin.locator("#told")).to_be_visible()
    expect(admin.locator("#role")).to_have_value("instructor")
    admin.locator("[data-action=reset-link]").click()
    expect(admin.locator("#told-secret")).to_contain_text("/hub/reset#")
    admin.locator("[data-form=disable]").click()
    expect(admin.locator("[data-form=enable]")).to_be_visible()


@BOTH
def test_a_group_is_made_and_filled(
    open_page: Open, lab: AccountsHub, locale: str, width: int
) -> None:
    name, group = own("gong", locale), own("nlp", locale)
    add(lab, name)
    admin = as_admin(open_page, lab, locale, width)
    admin.goto(f"{lab.url}/hub/groups")
    fits(admin)
    fill(admin, name=group)
    admin.wait_for_url(f"**/hub/groups/{group}?told=made")
    fill(admin, people=f"{name} nobody-at-all")
    expect(admin.locator("#form-error")).to_be_visible()
    fill(admin, people=name)
    row = admin.locator(f"#people li[data-name='{name}']")
    expect(row).to_be_visible()
    fits(admin)
    row.locator("button").click()
    expect(row).to_have_count(0)


@BOTH
def test_a_member_leaves_after_a_look_at_what_goes(
    open_page: Open, lab: AccountsHub, locale: str, width: int
) -> None:
    name = own("pyo", locale)
    add(lab, name)
    lab.api("POST", f"/users/{name}/server")
    admin = as_admin(open_page, lab, locale, width)
    admin.goto(f"{lab.url}/hub/people/{name}/leave")
    expect(admin.locator("#goes")).to_contain_text("default")
    fits(admin)
    admin.check("[name=fate][value=goes]")
    fill(admin, confirm=name)
    expect(admin.locator("#departure[data-over=yes]")).to_be_visible()
    expect(admin.locator("#departure .note.good")).to_be_visible()
    archives = [one.name for one in (lab.root / "archive").iterdir()]
    assert [one for one in archives if one.startswith(name) and one.endswith(".tar.zst")]
    done = admin.locator("#done").inner_text()
    assert ("removed the account" in done) is (locale == "en-US"), "in the reader's language"
    page = open_page("/login", locale, width)
    log_in(page, lab, name)
    expect(page.locator("#login-error")).to_be_visible()


@BOTH
def test_a_token_may_do_what_was_ticked_until_it_is_revoked(
    open_page: Open, lab: AccountsHub, locale: str, width: int
) -> None:
    name = own("tak", locale)
    add(lab, name)
    page = as_member(open_page, lab, name, locale, width)
    page.goto(f"{lab.url}/hub/token")
    page.fill("#token-note", "nightly script")
    page.check("[name=extent][value=some]")
    page.click("#request-token [type=submit]")
    expect(page.locator("#messages .note")).to_be_visible()
    page.locator("[name=scopes]").first.focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(page.locator("#token-area")).to_be_visible()
    expect(page.locator("#tokens")).to_contain_text("nightly script")
    token = page.locator("#token-result").inner_text()

    def asked(path: str) -> int:
        headers = {"Authorization": f"token {token}"}
        return httpx.get(f"{lab.url}/hub/api/{path}", headers=headers, timeout=30).status_code

    assert asked(f"users/{name}") == 200
    assert asked(f"users/{name}/tokens") in (403, 404), "that was not ticked"
    page.reload()
    row = page.locator("tr[data-token-id]", has_text="nightly script")
    row.locator("summary").click()
    told = row.locator("li").first
    expect(told).to_contain_text("Read" if locale == "en-US" else "읽기")
    fits(page)
    row.locator("[data-action=revoke]").press("Enter")
    expect(row).to_have_count(0)
    assert asked(f"users/{name}") in (401, 403)


@BOTH
def test_who_fails_too_often_is_told_to_wait_and_an_admin_lets_them_in(
    open_page: Open, lab: AccountsHub, locale: str, width: int
) -> None:
    name = own("ryu", locale)
    add(lab, name)
    page = open_page("/login", locale, width)
    told = page.locator("#login-error")
    log_in(page, lab, name, "not the password")
    expect(told).to_be_visible()
    guess(lab, name)
    log_in(page, lab, name)
    expect(told).to_have_text(re.compile(TOO_OFTEN[locale]))
    fits(page)

    admin = as_admin(open_page, lab, locale, width)
    admin.goto(f"{lab.url}/hub/people/{name}")
    admin.locator("[data-action=unlock]").click()
    expect(admin.locator("[data-action=unlock]")).to_have_count(0)
    log_in(page, lab, name)
    page.wait_for_url("**/hub/home")


@BOTH
def test_an_invitation_that_is_used_up_makes_no_account(
    open_page: Open, lab: AccountsHub, locale: str, width: int
) -> None:
    path = lab.api("POST", "/invitations", {"uses": 1})["path"].removeprefix("/hub")
    for name, marker in (("mun", "section[data-state=active]"), ("min", "#form-error")):
        page = open_page(path, locale, width)
        fill(page, username=own(name, locale), password=PASSWORD, again=PASSWORD)
        expect(page.locator(marker)).to_be_visible()
        fits(page)


def test_every_page_fits_a_phone_and_a_desk(
    open_page: Open, lab: AccountsHub, tmp_path: Path
) -> None:
    """Every page of accounts, both languages, wide and narrow, fits and has one heading."""
    add(lab, "baek")
    for locale, width in (("en-US", 1280), ("ko-KR", 375)):
        page = as_admin(open_page, lab, locale, width)
        for path in PAGES:
            page.goto(f"{lab.url}/hub/{path}")
            expect(page.locator("h1")).to_have_count(1)
            fits(page)
            picture = tmp_path / f"{path.replace('/', '-')}-{locale}.png"
            page.screenshot(path=picture, full_page=True)
            assert picture.stat().st_size > 5000
