"""The member's pages in a real browser, on a hub whose servers are no containers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect

from tests.e2e.words import IN_BOTH_LANGUAGES, Words
from tests.hub import pages_hub

pytestmark = pytest.mark.e2e

EXPECTED_NOISE = "Failed to load resource: the server responded with a status of"
"""What Chromium logs for every page whose status is an error's, as it should be."""
Visit = Callable[..., Page]


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with pages_hub.running(tmp_path_factory.mktemp("hub"), step=0.4) as address:
        yield address


@pytest.fixture
def visit(browser: Browser, contexts: list[BrowserContext], url: str) -> Iterator[Visit]:
    complaints: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith(EXPECTED_NOISE):
            complaints.append(message.text)

    def log_in(
        name: str,
        locale: str = "en-US",
        width: int = 1280,
        scheme: str = "light",
        password: str = pages_hub.PASSWORD,
    ) -> Page:
        context = browser.new_context(
            locale=locale,
            viewport={"width": width, "height": 800},
            color_scheme=scheme,  # type: ignore[arg-type]
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.on("console", note)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(f"{url}/hub/login")
        page.fill("input[name=username]", name)
        page.fill("input[name=password]", password)
        page.click("form [type=submit]")
        page.wait_for_url("**/hub/home")
        return page

    yield log_in
    assert complaints == [], "the browser complained, for example about the policy"


def set_up(page: Page, **fields: str) -> None:
    """Fill the spawn form that is open and send it."""
    for name, value in fields.items():
        if name == "memory":
            page.select_option("select[name=memory]", value)
        elif name == "image":
            page.check(f"input[name=image][value='{value}']", force=True)
        else:
            page.fill(f"input[name={name}]", value)
    page.click("form [type=submit]")


def test_from_login_to_a_running_workspace_and_back(visit: Visit, url: str) -> None:
    page = visit("kim")
    page.click("[data-action=setup]")
    set_up(page, image="labdock/pytorch", cpus="2", memory="4g")
    page.wait_for_url(re.compile(r"/user/kim/"))
    expect(page).to_have_title("JupyterLab")

    page.goto(f"{url}/hub/home")
    first = page.locator(".workspace")
    expect(first.locator(".state")).to_have_text("Running")
    expect(first).to_contain_text("PyTorch (CPU)")
    expect(first).to_contain_text("4 GiB")

    page.click("[data-action=stop]")
    expect(first.locator(".state")).to_have_text("Stopped")
    page.click("[data-action=start]")
    page.wait_for_url(re.compile(r"/user/kim/"))

    page.goto(f"{url}/hub/home")
    page.click("[data-action=restart]")
    page.wait_for_url(re.compile(r"/spawn-pending/kim|/user/kim/"))


def test_another_image_is_not_sent_without_a_tick(visit: Visit, url: str) -> None:
    page = visit("choi")
    page.click("[data-action=setup]")
    set_up(page, image="labdock/base")
    page.wait_for_url(re.compile(r"/user/choi/"))
    page.goto(f"{url}/hub/home")
    page.click("[data-action=stop]")
    page.click("[data-action=change]")
    warning = page.locator("#replace")
    expect(warning).to_be_hidden()

    page.check("input[name=image][value='labdock/pytorch']", force=True)
    expect(warning).to_be_visible()
    expect(warning).to_contain_text("labdock/base")
    page.click("form [type=submit]")
    assert "/hub/spawn/" in page.url, "the browser itself asks for the tick first"
    page.check("input[name=image][value='labdock/base']", force=True)
    expect(warning).to_be_hidden()
    page.check("input[name=image][value='labdock/pytorch']", force=True)
    expect(page.locator("input[name=replace_image]")).not_to_be_checked()
    # Unless somebody says otherwise, what is there is saved before it goes.
    expect(page.locator("input[name=save_first]")).to_be_checked()

    page.check("input[name=replace_image]")
    page.click("form [type=submit]")
    page.wait_for_url(re.compile(r"/user/choi/"))


def test_a_start_can_be_cancelled(visit: Visit, url: str) -> None:
    page = visit("yoon")
    page.goto(f"{url}/hub/spawn/yoon/slow")
    set_up(page)
    page.click("#cancel")
    page.wait_for_url("**/hub/home")
    expect(page.locator(".workspace[data-server=slow] .state")).to_have_text(
        re.compile("Stopped|Did not start|Not set up yet")
    )


@IN_BOTH_LANGUAGES
def test_a_failed_start_says_why_and_how_to_go_on(visit: Visit, locale: str) -> None:
    name, say = f"jung-{locale[:2]}", Words(locale)
    page = visit(name, locale)
    page.click("[data-action=setup]")
    set_up(page, memory="1g")
    expect(page.locator("h1")).to_have_text(say("The workspace did not start"))
    expect(page.locator("#step")).to_contain_text("<out of memory>")
    expect(page.locator("#log")).to_contain_text(say.of_core("Creating the container"))
    expect(page.locator("#cancel")).to_be_hidden()
    page.click("#again")
    page.wait_for_url(f"**/hub/spawn/{name}")
    expect(page.locator("select[name=memory]")).to_have_value("1g")


def test_after_a_failed_start_safe_mode_is_one_click_away(visit: Visit, url: str) -> None:
    page = visit("seok")
    page.click("[data-action=setup]")
    set_up(page, memory="1g")
    expect(page.locator("#safe-again")).to_be_visible()
    page.goto(f"{url}/hub/home")
    expect(page.locator("[data-action=start-safely]")).to_have_text("Start in safe mode")
    page.get_by_role("link", name="What went wrong?").click()
    page.click("#safe-again")
    page.wait_for_url(re.compile("/hub/spawn/seok.*#safe$"))
    box = page.get_by_role("checkbox", name="Start in safe mode")
    expect(box).to_be_visible()
    expect(box).to_be_checked()
    page.goto(f"{url}/hub/spawn/seok")
    expect(page.locator("input[name=safe_mode]")).not_to_be_checked()


@pytest.mark.parametrize(
    "name,server",
    [
        ("Paper figures", "paper-figures"),
        ("논문 그림", r"w-[0-9a-z]{6}"),
        ("2024 <b>data</b>", r"b-data-b-[0-9a-z]{6}"),
        ("café", "cafe"),
        ("a" * 60, r"a{14}-[0-9a-z]{6}"),
    ],
)
def test_a_workspace_can_have_any_name_and_be_deleted(
    visit: Visit, url: str, name: str, server: str
) -> None:
    page = visit("namer")
    page.fill("#new-name", name)
    page.click("[data-action=add]")
    page.wait_for_url(re.compile(rf"/hub/spawn/namer/{server}$"))
    expect(page.locator("h1")).to_contain_text(name)

    page.goto(f"{url}/hub/home")
    made = page.locator(".workspace:not([data-server=''])")
    expect(made.locator("h2")).to_have_text(name)
    made.locator("[data-action=delete]").click()
    expect(page.locator("dialog")).to_contain_text(name)
    page.keyboard.press("Escape")
    expect(made).to_have_count(1)
    made.locator("[data-action=delete]").click()
    page.click("dialog button[value=delete]")
    expect(made).to_have_count(0)


def test_names_that_cannot_be_are_refused_in_words(visit: Visit, url: str) -> None:
    page = visit("names", locale="ko-KR")
    page.fill("#new-name", "default")
    page.click("[data-action=add]")
    expect(page.locator("#messages")).to_contain_text("첫 작업 공간의 이름")
    page.fill("#new-name", "one")
    page.click("[data-action=add]")
    page.wait_for_url("**/hub/spawn/names/one")
    page.goto(f"{url}/hub/home")
    page.fill("#new-name", "One")
    page.keyboard.press("Enter")
    expect(page.locator("#messages")).to_contain_text("이미 있습니다")


def test_the_home_page_follows_what_happens_elsewhere(visit: Visit, url: str) -> None:
    page = visit("twice")
    page.goto(f"{url}/hub/spawn/twice/slow")
    set_up(page)
    expect(page.locator("#log")).to_contain_text("Creating the container")
    page.goto(f"{url}/hub/home")
    state = page.locator(".workspace[data-server=slow] .state")
    expect(state).to_have_text("Starting")
    expect(state).to_have_text("Running", timeout=20_000)


@IN_BOTH_LANGUAGES
def test_a_token_is_shown_once_and_can_be_revoked(visit: Visit, url: str, locale: str) -> None:
    name, say = f"teller-{locale[:2]}", Words(locale)
    page = visit(name, locale)
    page.goto(f"{url}/hub/token")
    page.get_by_label(say("What is it for?")).fill("backup <script>")
    page.get_by_role("button", name=say("Make a token")).click()
    expect(page.locator("#token-result")).to_have_text(re.compile(r"^[0-9a-f]{32}$"))
    token = page.locator("#token-result").inner_text()
    assert whose(url, token) == name

    page.reload()
    row = page.locator("tr[data-token-id]", has_text="backup <script>")
    expect(row).to_have_count(1)
    row.get_by_role("button", name=say("Revoke")).click()
    expect(row).to_have_count(0)
    assert whose(url, token) is None


def whose(url: str, token: str) -> str | None:
    """Return the user in whose name a token speaks, None where it has no voice."""
    answer = httpx.get(f"{url}/hub/api/user", headers={"Authorization": f"Bearer {token}"})
    return str(answer.json()["name"]) if answer.is_success else None


@pytest.mark.parametrize("locale", ["en-US", "ko-KR"])
def test_pages_fit_a_phone(visit: Visit, url: str, locale: str) -> None:
    page = visit("phone-with-a-rather-long-user-name-1234567890", locale, width=360)
    page.fill("#new-name", "x" * 60)
    for path in ("/hub/home", "/hub/spawn", "/hub/token", "/hub/nothing", "/hub/login"):
        page.goto(url + path)
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= 360, f"{path} is {width} pixels wide"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_from_its_ground(visit: Visit, url: str, scheme: str) -> None:
    page = visit(f"eyes-{scheme}", scheme=scheme)
    for path in ("/hub/home", "/hub/spawn", "/hub/token", "/hub/login?next=x"):
        page.goto(url + path)
        assert page.evaluate(FAINTEST) >= 4.5, f"WCAG AA asks for 4.5 ({path})"


FAINTEST = """
() => {
  const numbers = (color) => color.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b]
    .map((part) => part / 255)
    .map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
    .reduce((sum, part, place) => sum + part * [0.2126, 0.7152, 0.0722][place], 0);
  const ground = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const found = numbers(getComputedStyle(at).backgroundColor);
      if (found[3] === undefined || found[3] > 0) return found;
    }
    return [255, 255, 255];
  };
  let worst = 21;
  for (const element of document.querySelectorAll("body *")) {
    const own = [...element.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
    if (!own || !element.checkVisibility() || element.closest(".unseen, .skip, noscript")) continue;
    const [one, other] = [numbers(getComputedStyle(element).color), ground(element)].map(light);
    const contrast = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
    if (contrast < worst) worst = contrast;
  }
  return worst;
}
"""


def test_the_proxys_error_page_speaks_the_readers_language(visit: Visit, url: str) -> None:
    page = visit("reader", locale="ko-KR")
    # The proxy asks without cookie or language, and hands on what it gets.
    fetched = httpx.get(f"{url}/hub/error/503").text
    assert "The workspace does not answer" in fetched
    page.route("**/user/reader/lab", lambda route: route.fulfill(status=503, body=fetched))
    page.goto(f"{url}/user/reader/lab")
    expect(page.locator("h1")).to_have_text("작업 공간이 응답하지 않습니다")
    expect(page.locator("html")).to_have_attribute("lang", "ko")
    expect(page.locator(".who .name")).to_have_text("reader")


def test_everything_can_be_done_with_the_keyboard(visit: Visit) -> None:
    page = visit("keys")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.locator("[data-action=setup]")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url("**/hub/spawn/keys")
    page.locator("input[name=image]").first.focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator("input[name=image]").nth(1)).to_be_checked()
    page.keyboard.press("Tab")
    page.keyboard.type("1")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/user/keys/|/spawn-pending/keys"))
