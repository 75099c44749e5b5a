"""Who gets a GPU, for how long, and who opens whose port: on the real stack, in a browser."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.e2e import lab
from tests.e2e.conftest import Account, Stack, docker, log_in, running_stack
from tests.e2e.words import IN_BOTH_LANGUAGES, Words
from tests.stand_in_nvml.cdi import write_specification
from tests.support import eventually

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]

CDI_FOLDER = Path("/var/run/cdi")
UUIDS = (
    "GPU-00000000-e2e0-4000-8000-000000000000",
    "GPU-00000000-e2e0-4000-8000-000000000001",
)
SOON = 60_000
"""Milliseconds until something that the hub does by the clock is seen, on a busy machine."""
POLICY = """
[roles.member]
gpus = 2
gpu_time = "2h"
extend_time = "9h"
extensions = 9

[lease]
warn = "{warn}"
"""
BOARD = 8501
PROGRAM = Path(__file__).parent / "programs" / "board.py"

Login = Callable[..., Page]


@pytest.fixture(scope="module")
def stand_ins() -> Iterator[None]:
    """Give the engine two GPUs that are none; what a run that was killed left is replaced."""
    made = [folder for folder in (CDI_FOLDER, *CDI_FOLDER.parents) if not folder.exists()]
    specification = write_specification(CDI_FOLDER, UUIDS, "labdock-tests.json")
    yield
    specification.unlink()
    for folder in made:
        folder.rmdir()


@pytest.fixture(scope="module")
def stack(stand_ins: None) -> Iterator[Stack]:
    """A stack whose members may have both GPUs for two hours."""
    with running_stack() as built:
        set_policy(built, warn="5m")
        yield built


def set_policy(stack: Stack, warn: str) -> None:
    """Write the lab's policy; the hub reads it anew."""
    file = Path(stack.environ["WORKSPACE_ROOT"]) / "policy.toml"
    fresh = file.with_suffix(".new")
    fresh.write_text(POLICY.format(warn=warn), encoding="utf-8")
    fresh.replace(file)


@pytest.fixture(scope="module")
def lee(stack: Stack) -> Account:
    return stack.add_member("lee")


@pytest.fixture(scope="module")
def park(stack: Stack) -> Account:
    return stack.add_member("park")


@pytest.fixture(scope="module")
def choi(stack: Stack) -> Account:
    return stack.add_member("choi")


@pytest.fixture
def login(browser: Browser, contexts: list[BrowserContext], stack: Stack) -> Login:
    def log_in_as(account: Account, locale: str = "ko-KR") -> Page:
        return log_in(browser, contexts, stack, account, locale)

    return log_in_as


def fits(page: Page, name: str) -> None:
    """Check that a page is as wide as a phone and as a desk, and leaves nothing to the side."""
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, f"{name} is {wide} pixels wide on a screen of {width}"


def ask_for_gpu(page: Page, stack: Stack) -> None:
    """Ask for a small workspace with one GPU by the form."""
    page.goto(f"{stack.url}/hub/spawn/lee")
    fits(page, "the form")
    page.locator("input[name=image][value='labdock/base']").check(force=True)
    page.fill("input[name=cpus]", "1")
    page.select_option("select[name=memory]", "1g")
    page.fill("input[name=gpus]", "1")
    page.locator("details", has=page.locator("#ports")).evaluate("one => { one.open = true }")
    page.fill("input[name=ports]", str(BOARD))
    page.click("form [type=submit]")


def state(stack: Stack, owner: str, name: str) -> str:
    rows = [r for r in stack.json("ls", "-a") if (r["owner"], r["name"]) == (owner, name)]
    return str(rows[0]["state"]) if rows else "none"


@pytest.fixture(scope="module")
def taken(stack: Stack, park: Account) -> Iterator[str]:
    """Let a workspace of park's hold both GPUs."""
    stack.workspace("run", "long", "--owner", "park", "--image", "labdock/base", "--gpus", "2")
    yield "park/long"
    stack.workspace("rm", "--force", "park/long", check=False)


@IN_BOTH_LANGUAGES
def test_a_member_waits_in_line_and_leaves_it(
    stack: Stack, lee: Account, taken: str, login: Login, locale: str
) -> None:
    page, say = login(lee, locale), Words(locale)
    ask_for_gpu(page, stack)
    expect(page.locator("#place")).to_have_text(say("You are next."), timeout=SOON)
    expect(page.locator("#estimate")).to_have_text(re.compile(r"\d{4}.*\d\d:\d\d"))
    page.click("#held summary")
    expect(page.locator("#holders li")).to_have_count(2)
    expect(page.locator("#holders")).to_contain_text(taken)
    fits(page, "the waiting page")

    page.goto(f"{stack.url}/services/portal/")
    card = page.locator("[data-name=default]")
    expect(card.locator(".state")).to_have_text(say("In line for a GPU"), timeout=SOON)
    expect(card).to_contain_text(say("Place in line"))
    fits(page, "the overview of who waits")
    card.get_by_role("button", name=say("Leave the line")).click()
    expect(card).to_have_attribute("data-state", re.compile("new|stopped|failed"), timeout=SOON)


def test_who_waits_gets_a_gpu_by_itself(
    stack: Stack, lee: Account, taken: str, login: Login
) -> None:
    page = login(lee)
    ask_for_gpu(page, stack)
    expect(page.locator("#place")).to_have_text("다음 차례입니다.", timeout=SOON)
    page.goto(f"{stack.url}/hub/home")
    expect(page.locator(".workspace .state")).to_have_text("GPU 대기 중")
    page.click("[data-action=place]")
    expect(page.locator("#place")).to_have_text("다음 차례입니다.")
    stack.workspace("stop", taken)
    page.wait_for_url(re.compile(r"/user/lee/"), timeout=2 * SOON)
    (row,) = [row for row in stack.json("ls") if row["owner"] == "lee"]
    assert len(row["gpus"]) == 1
    number = UUIDS.index(row["gpus"][0])
    seen = docker("exec", "labdock-lee--default", "sh", "-c", "ls -d /dev/nvidia*")
    assert seen == f"/dev/nvidia{number}"


def test_a_lease_that_ends_soon_is_told_and_extended_with_one_click(
    stack: Stack, lee: Account, login: Login
) -> None:
    assert state(stack, "lee", "default") == "running"
    page = login(lee)
    before = page.locator(".workspace time").first.get_attribute("datetime")
    set_policy(stack, warn="3h")
    notice = page.locator("[data-kind=lease_ending]")
    expect(notice).to_contain_text("“기본 작업 공간”의 GPU 사용 시간", timeout=SOON)
    fits(page, "the page of workspaces with a notice")

    page.goto(f"{stack.url}/user/lee/lab")
    lab.wait_for_lab(page)
    toast = page.locator(".Toastify__toast", has_text="GPU")
    expect(toast).to_be_visible(timeout=SOON)
    toast.get_by_role("button", name="연장하기").click()
    expect(page.locator(".Toastify__toast--success")).to_contain_text("GPU", timeout=SOON)

    page.goto(f"{stack.url}/hub/home")
    expect(notice).to_have_count(0)
    after = page.locator(".workspace time").first.get_attribute("datetime")
    assert before is not None
    assert after is not None
    assert after > before
    page.click(".workspace [data-action=extend]")
    expect(page.locator("#messages .good")).to_contain_text("GPU")
    last = page.locator(".workspace time").first
    expect(last).not_to_have_attribute("datetime", after)
    set_policy(stack, warn="5m")

    def greeting() -> str:
        return docker("exec", "labdock-lee--default", "labdock-enter", "bash", "-lic", "true")

    eventually(lambda: "메모리 1 GiB · GPU-00000000, 20" in greeting(), timeout=SOON / 1000)


def test_who_runs_out_of_memory_reads_why(stack: Stack, lee: Account, login: Login) -> None:
    page = login(lee)
    page.goto(f"{stack.url}/user/lee/lab")
    lab.wait_for_lab(page)
    lab.new_notebook(page)
    output = lab.run_cell(page, '!python -c "x = bytearray(3 << 30)"; echo ended $?')
    assert "ended 137" in output
    toast = page.locator(".Toastify__toast", has_text="1 GiB")
    expect(toast).to_contain_text("메모리", timeout=SOON)

    page.goto(f"{stack.url}/hub/home")
    notice = page.locator("[data-kind=out_of_memory]")
    expect(notice).to_contain_text("메모리")
    expect(notice).to_contain_text("1 GiB")
    fits(page, "the page of workspaces after memory ran out")
    notice.locator("button").click()
    expect(notice).to_have_count(0)
    page.reload()
    expect(notice).to_have_count(0)


@pytest.fixture(scope="module")
def board(stack: Stack, lee: Account) -> str:
    """Start the program in lee's workspace; returns what the pages call its port."""
    container = "labdock-lee--default"
    docker("cp", str(PROGRAM), f"{container}:/tmp/board.py")
    python = "/opt/labdock/bin/python"
    docker("exec", "-d", container, "labdock-enter", python, "-I", "/tmp/board.py", str(BOARD))
    return f"default:{BOARD}"


@IN_BOTH_LANGUAGES
def test_the_overview_shows_gpu_time_and_ports(
    stack: Stack, lee: Account, board: str, login: Login, locale: str
) -> None:
    page, say = login(lee, locale), Words(locale)
    page.goto(f"{stack.url}/services/portal/")
    card = page.locator("[data-name=default]")
    expect(card.locator("dt", has_text=re.compile(f"^{say('GPU')}$"))).to_be_visible()
    expect(card.get_by_role("meter", name=say("GPU use"))).to_be_visible()
    until = card.locator("dt", has_text=say("GPU until")).locator("xpath=following-sibling::dd[1]")
    before = until.locator("time").get_attribute("datetime")
    card.get_by_role("button", name=say("Extend")).click()
    expect(until.locator("time")).not_to_have_attribute("datetime", str(before))
    table = page.locator("#gpus")
    expect(table.get_by_role("heading")).to_have_text(say("The lab's GPUs"))
    expect(table).to_contain_text("lee/default")
    fits(page, "the overview of who holds a GPU")
    card.get_by_role("link", name=str(BOARD)).click()
    expect(page).to_have_url(f"{stack.url}/user/lee/proxy/{BOARD}/")
    expect(page.locator("#said")).to_have_text("board heard hello")


@IN_BOTH_LANGUAGES
def test_an_admin_sees_who_held_which_gpu_over_time(
    locale: str, stack: Stack, login: Login
) -> None:
    page, words = login(stack.admin, locale), Words(locale)
    page.goto(f"{stack.url}/services/portal/lab/gpus?window=6h")
    expect(page.get_by_role("heading", level=1)).to_have_text(words("GPUs over time"))
    # The portal looks once a minute; the page brings itself up to date.
    holder = page.locator("#holders tbody tr", has_text="lee/default")
    expect(holder).to_be_visible(timeout=3 * SOON)
    held = page.locator("#history [id^=gpu-]", has_text="lee/default")
    expect(held).to_have_count(1)
    expect(held.get_by_role("img").first).to_be_visible()
    held.locator("summary").click()
    expect(held.locator("table.figures tbody tr").last).to_contain_text("lee/default")
    fits(page, "the charts")


def test_a_port_is_opened_by_its_owner_and_by_whom_it_is_shared_with(
    stack: Stack,
    lee: Account,
    park: Account,
    choi: Account,
    board: str,
    login: Login,
    contexts: list[BrowserContext],
) -> None:
    owner = login(lee)
    ports = owner.locator("#ports")
    with contexts[-1].expect_page() as opened:
        ports.get_by_role("link", name=board).click(timeout=SOON)
    own = opened.value
    expect(own).to_have_url(f"{stack.url}/user/lee/proxy/{BOARD}/")
    expect(own.locator("#said")).to_have_text("board heard hello")
    expect(own.locator("#read")).to_have_text("loss 0.25, cookies []")

    ports.locator("[name=place]").select_option(board)
    ports.locator("[name=with]").fill("nobody-here")
    ports.locator("[type=submit]").click()
    expect(owner.locator("#messages")).to_contain_text("nobody-here")
    ports.locator("[name=with]").fill("park")
    ports.locator("[type=submit]").click()
    shared = ports.locator("li", has_text="park")
    expect(shared).to_be_visible()
    fits(owner, "the page of workspaces with ports")

    page = login(park, "en-US")
    with contexts[-1].expect_page() as opened:
        page.locator("#ports a", has_text=f"lee/{board}").click(timeout=SOON)
    visited = opened.value
    expect(visited.locator("#said")).to_have_text("board heard hello")
    expect(visited.locator("#read")).to_have_text("loss 0.25, cookies []")
    expect(visited.locator("#cookies")).to_have_text("SecurityError")
    fits(page, "the page of workspaces with a shared port")

    third = login(choi, "en-US")
    shared_at = f"{stack.url}/hub/shared/lee/default/{BOARD}/"
    for address in (shared_at, visited.url, f"{stack.url}/user/lee/proxy/{BOARD}/"):
        answer = third.goto(address)
        assert answer is not None
        assert answer.status in (403, 404), address

    shared.get_by_role("button").click()
    expect(shared).to_have_count(0)
    expect(visited.locator("#said")).to_have_text("closed", timeout=SOON)
    answer = visited.goto(shared_at)
    assert answer is not None
    assert answer.status == 404
    expect(visited.locator("main")).not_to_contain_text("Board")
