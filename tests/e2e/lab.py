"""Driving JupyterLab as a person does: launcher, cells, terminal."""

from __future__ import annotations

import re

from playwright.sync_api import Error, Page, expect

CELL_TIMEOUT = 240_000
FINISHED = re.compile(r"\[\d+\]:?")


def open_lab(page: Page, url: str) -> None:
    """Open a workspace's JupyterLab and wait until it can be used.

    On a very busy machine the browser has given up on one of the page's many files, which
    JupyterLab tells in a dialog; a person reloads then, once.
    """
    page.goto(url)
    wait_for_lab(page)
    if page.locator("dialog.jp-Dialog").count():
        page.reload()
        wait_for_lab(page)


def wait_for_lab(page: Page) -> None:
    """Wait until JupyterLab's splash screen has made way for its panels."""
    expect(page.locator("#jupyterlab-splash")).to_have_count(0, timeout=60_000)
    expect(page.locator(".jp-LabShell")).to_be_visible(timeout=60_000)


def new_notebook(page: Page) -> None:
    """Open a new notebook from the launcher and wait for its kernel."""
    launch(page, ".jp-LauncherCard[data-category=Notebook]")
    expect(visible_cells(page)).to_have_count(1, timeout=60_000)
    expect(page.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]:visible")).to_have_count(
        1, timeout=60_000
    )
    run_until_answered(page)


def launch(page: Page, tile: str, words: str = "") -> None:
    """Click a tile of the launcher.

    What JupyterLab restores of its last layout may put itself in the launcher's place meanwhile.
    """
    found = page.locator(tile, has_text=words).first
    for _ in range(5):
        if not found.is_visible():
            page.keyboard.press("Control+Shift+L")
        try:
            found.click(timeout=12_000)
        except Error:
            continue
        return
    raise AssertionError(f"no tile {tile} {words}")


def run_until_answered(page: Page) -> None:
    """Run a first cell, again where nothing answers, and leave an empty one below it.

    On a busy machine JupyterLab's page may ask for a notebook's kernel twice and drop the first
    one, with the cell that was sent to it.
    """
    first = visible_cells(page).first
    first.locator(".cm-content").click()
    page.keyboard.insert_text("'ready'")
    for _ in range(5):
        page.keyboard.press("Control+Enter")
        try:
            expect(first.locator(".jp-InputPrompt")).to_have_text(FINISHED, timeout=10_000)
        except AssertionError:
            continue
        page.keyboard.press("Shift+Enter")
        expect(visible_cells(page)).to_have_count(2)
        return
    raise AssertionError("no kernel answered")


def visible_cells(page: Page):  # type: ignore[no-untyped-def]
    """Return the code cells of the notebook in front."""
    return page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-CodeCell")


def start_cell(page: Page, source: str):  # type: ignore[no-untyped-def]
    """Write into the last cell, run it and return it; its output comes when it comes."""
    cells = visible_cells(page)
    index = cells.count() - 1
    cells.nth(index).locator(".cm-content").click()
    page.keyboard.insert_text(source)
    page.keyboard.press("Shift+Enter")
    return cells.nth(index)


def run_cell(page: Page, source: str, timeout: float = CELL_TIMEOUT) -> str:
    """Run a cell to its end and return its output."""
    cell = start_cell(page, source)
    expect(cell.locator(".jp-InputPrompt")).to_have_text(FINISHED, timeout=timeout)
    return str(cell.locator(".jp-OutputArea").first.inner_text())


def save_notebook(page: Page) -> None:
    """Save the notebook in front."""
    page.keyboard.press("Escape")
    page.keyboard.press("Control+s")
