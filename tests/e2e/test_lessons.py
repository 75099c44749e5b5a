"""Five whole lessons, walked as a learner walks them: in JupyterLab, with panel and notebook."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.e2e import lab
from tests.e2e.conftest import REPOSITORY, Account, Stack, log_in
from tests.e2e.test_member import start_workspace

pytestmark = pytest.mark.e2e

SOLUTIONS = REPOSITORY / "lessons/solutions"
GRADED = 120_000
"""Milliseconds until the portal has graded; it has two cores for everything."""
RUN = 120_000
WORDS = {
    "en": {"lessons": "Lessons", "hint": "Hint 1 of 3", "verified": "{0} of {0} answers verified"},
    "ko": {"lessons": "수업", "hint": "힌트 1/3", "verified": "답안 {0}개 중 {0}개가 검증"},
}
LOCALES = {"en": "en-US", "ko": "ko-KR"}


@pytest.fixture(scope="module")
def kim(stack: Stack) -> Account:
    return stack.add_member("kim")


@pytest.fixture(scope="module")
def labs(stack: Stack, browser: Browser, kim: Account) -> Iterator[dict[str, Page]]:
    """Kim's JupyterLab in an English browser and in a Korean one, on one workspace."""
    opened: list[BrowserContext] = []
    pages = {lang: log_in(browser, opened, stack, kim, LOCALES[lang]) for lang in WORDS}
    start_workspace(pages["en"], stack, "kim", "labdock/pytorch", "2")
    for page in pages.values():
        lab.open_lab(page, f"{stack.url}/user/kim/lab?reset")
    yield pages
    for context in opened:
        context.close()


class Walk:
    """One learner in one lesson."""

    def __init__(self, page: Page, lang: str, lesson: str) -> None:
        self.page = page
        self.words = WORDS[lang]
        self.lesson = lesson
        self.panel = page.locator("#labdock-lessons")
        self.row = self.panel.locator(f"[data-lesson={lesson}]")
        self.cells: list[dict[str, Any]] = []

    def show_panel(self) -> None:
        """Open the panel by its tile, where it is not open."""
        if not self.panel.is_visible():
            self.page.locator(".jp-LauncherCard", has_text=self.words["lessons"]).first.click()
        package = self.panel.locator("details", has=self.page.locator(self._selector))
        expect(package).to_have_count(1, timeout=30_000)
        if not self.row.is_visible():
            package.locator("summary").click()

    @property
    def _selector(self) -> str:
        return f"[data-lesson={self.lesson}]"

    def open(self) -> None:
        """Open the lesson from the panel and wait for its notebook and kernel."""
        self.show_panel()
        if not self.button("open").is_visible():
            self.row.locator(".labdock-lessons-head").click()
        with self.page.expect_response(re.compile(r"/labdock/lessons/[^/]+/open")) as answer:
            self.button("open").click()
        path = answer.value.json()["path"]
        expect(self.notebook).to_be_visible(timeout=60_000)
        expect(
            self.page.locator(".lm-TabBar-tab.lm-mod-current", has_text=Path(path).name)
        ).to_have_count(1)
        idle = ".jp-Notebook-ExecutionIndicator[data-status=idle]:visible"
        expect(self.page.locator(idle)).to_have_count(1, timeout=60_000)
        contents = f"{self.page.url.partition('/lab')[0]}/api/contents/{path}"
        self.cells = self.page.request.get(contents).json()["content"]["cells"]

    @property
    def notebook(self) -> Locator:
        return self.page.locator(".jp-NotebookPanel:not(.lm-mod-hidden)")

    @property
    def active(self) -> Locator:
        return self.notebook.locator(".jp-Cell.jp-mod-active")

    def button(self, verb: str) -> Locator:
        return self.row.locator(f":scope > div > div > [data-verb={verb}]")

    def exercise(self, name: str) -> Locator:
        return self.row.locator(f"[data-exercise={name}]")

    def number_of(self, tag: str) -> int:
        """Which cell carries the tag."""
        return next(
            number
            for number, cell in enumerate(self.cells)
            if tag in cell["metadata"].get("tags", ())
        )

    def go_to(self, number: int) -> None:
        """Make a cell the active one by the keyboard: what is out of sight is not in the page."""
        self.notebook.locator(".jp-WindowedPanel-outer").first.focus()
        self.page.keyboard.press("Escape")
        distance = number - self.place()
        for _ in range(abs(distance)):
            self.page.keyboard.press("ArrowDown" if distance > 0 else "ArrowUp")
        expect(self.status).to_contain_text(f"Cell {number + 1}/")

    @property
    def status(self) -> Locator:
        return self.page.locator("#jp-main-statusbar")

    def place(self) -> int:
        """Number of the active cell, as the status bar tells it."""
        found = re.search(r"Cell (\d+)/", self.status.inner_text())
        assert found, self.status.inner_text()
        return int(found[1]) - 1

    def run_cell(self, number: int, source: str | None = None) -> str:
        """Run a cell, with another text where one is given, and return what it says."""
        self.go_to(number)
        if source is not None:
            self.page.keyboard.press("Enter")
            self.page.keyboard.press("Control+a")
            self.page.keyboard.insert_text(source)
        self.page.keyboard.press("Control+Enter")
        expect(self.active.locator(".jp-InputPrompt")).to_have_text(lab.FINISHED, timeout=RUN)
        outputs = self.active.locator(".jp-OutputArea-output")
        return "\n".join(outputs.all_inner_texts())

    def run_everything(self) -> None:
        """Run all cells from the menu, to the last one's end."""
        self.run_until_answered()
        self.page.locator(".lm-MenuBar-itemLabel", has_text=re.compile("^Run$")).click()
        self.page.locator(".lm-Menu-itemLabel", has_text=re.compile("^Run All Cells$")).click()
        last = max(n for n, cell in enumerate(self.cells) if cell["cell_type"] == "code")
        self.go_to(last)
        expect(self.active.locator(".jp-InputPrompt")).to_have_text(lab.FINISHED, timeout=RUN)

    def run_until_answered(self) -> None:
        """Run the first cell, again where a busy machine's page has lost its kernel."""
        for _ in range(5):
            self.go_to(0)
            self.page.keyboard.press("Control+Enter")
            try:
                expect(self.active.locator(".jp-InputPrompt")).to_have_text(
                    lab.FINISHED, timeout=20_000
                )
            except AssertionError:
                continue
            return
        raise AssertionError("no kernel answered")

    def answer(self, name: str, source: str) -> str:
        """Write an answer into its cell, run it and its check; what the check says."""
        number = self.number_of(f"ex:{name}")
        self.run_cell(number, f"%%exercise {name}\n{source}")
        return self.run_cell(number + 1)


def errors_in(walk: Walk) -> list[str]:
    """Tracebacks that stand in the notebook, wherever they are."""
    walk.page.keyboard.press("Escape")
    walk.page.keyboard.press("Control+s")
    name = f"{walk.lesson}/{walk.lesson}"
    folder = walk.page.url.partition("/lab")[0] + "/api/contents/lessons"
    lang = "ko" if walk.words is WORDS["ko"] else "en"
    cells = walk.page.request.get(f"{folder}/{name}.{lang}.ipynb").json()["content"]["cells"]
    outputs = [output for cell in cells for output in cell.get("outputs", ())]
    return [str(one["traceback"]) for one in outputs if one["output_type"] == "error"]


def verified_by_the_lab(stack: Stack) -> set[str]:
    """The lessons that count, as the portal tells: a panel only shows what it was told."""
    lessons = stack.api(stack.token("kim"), "GET", "lessons/progress").json()["lessons"]
    return {one["lesson"] for one in lessons if one["verified"]}


@pytest.mark.parametrize(
    "lesson, lang, folder",
    [
        ("a1-netpath", "en", "workspace/a1_netpath"),
        ("c2-mse", "en", "learning/c2_mse"),
        ("b1-tensor", "ko", "data/b1_tensor"),
        ("d2-chain", "en", "backprop/d2_chain"),
        ("h1-vector", "ko", "mathematics/h1_vector"),
    ],
)
def test_a_lesson_is_opened_worked_through_and_verified(
    stack: Stack, labs: dict[str, Page], lesson: str, lang: str, folder: str
) -> None:
    walk = Walk(labs[lang], lang, lesson)
    walk.open()
    assert walk.row.get_attribute("data-state") in ("new", "begun")
    exercises = [
        tag.removeprefix("ex:")
        for cell in walk.cells
        for tag in cell["metadata"].get("tags", ())
        if tag.startswith("ex:")
    ]
    first = exercises[0]

    walk.run_everything()
    expect(walk.exercise(first)).to_have_attribute("data-state", "failed", timeout=30_000)

    wrong = min((SOLUTIONS / folder / first).glob("mutant_*.py"))
    source = wrong.read_text(encoding="utf-8")
    assert walk.answer(first, source).startswith(f"✗ {first}: ")

    walk.exercise(first).locator("[data-verb=hint]").click()
    hinted = walk.exercise(first).locator(".labdock-lessons-said")
    expect(hinted).to_contain_text(walk.words["hint"], timeout=30_000)

    for name in exercises:
        right = (SOLUTIONS / folder / name / "reference.py").read_text(encoding="utf-8")
        assert walk.answer(name, right).startswith(f"✓ {name}: "), name
        expect(walk.exercise(name)).to_have_attribute("data-state", "passed", timeout=30_000)
    assert errors_in(walk) == []
    expect(walk.row).to_have_attribute("data-state", "done", timeout=30_000)

    walk.button("submit").click()
    said = walk.row.locator(":scope > div > .labdock-lessons-said")
    expect(said).to_contain_text(walk.words["verified"].format(len(exercises)), timeout=GRADED)
    expect(walk.row).to_have_attribute("data-state", "verified", timeout=30_000)
    assert lesson in verified_by_the_lab(stack)
