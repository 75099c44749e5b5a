"""Makes a notebook out of a lesson: the same bytes from the same source, in any process."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from lessons.demo_source import read_demo
from lessons.i18n import Lang, message
from lessons.registry import Lesson
from lessons.source import Cell, cells_in, read_cells

KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}


def build_notebook(lesson: Lesson, lang: Lang, answers: Mapping[str, str] | None = None) -> str:
    """The lesson as the text of an .ipynb without outputs.

    `answers` holds sources that stand in the exercises' cells instead of the stubs: a learner's
    own, where the notebook is made after the answers.
    """
    cells = _NotebookCells()
    cells.code(f"%load_ext lessons.notebook\n%lesson {lesson.id} {lang}", ["setup"])
    demo = read_demo((lesson.folder / "demo.py").read_text(encoding="utf-8"))
    shown: set[str] = set()
    if demo.imports and lesson.demo:
        cells.code(demo.imports, ["imports"])
    for cell in cells_in(read_cells(lesson.folder / "lesson.py"), lang):
        function, exercise = cell.tagged("demo"), cell.tagged("ex")
        if function is not None:
            cells.code(_demo_cell(cell, function, demo.shown_for(function, shown)), cell.tags)
        elif exercise is not None:
            source = (answers or {}).get(exercise, cell.text).strip("\n")
            cells.code(f"%%exercise {exercise}\n{source}", cell.tags)
            cells.code(f"%check {exercise}", [f"check:{exercise}"])
            cells.code(_hint_cell(exercise, lang), [f"hint:{exercise}"])
        else:
            cells.add(cell.kind, cell.text, cell.tags)
    return _dump(cells.cells, lesson, lang)


def _demo_cell(cell: Cell, function: str, source: str) -> str:
    # The semicolon keeps the returned figures from being printed below the picture.
    parts = [cell.text.strip("\n"), source, f"{function}(ctx);"]
    return "\n\n\n".join(part for part in parts if part)


def _hint_cell(exercise: str, lang: Lang) -> str:
    return f"# {message(lang, 'notebook_hint')}\n# %hint {exercise}"


class _NotebookCells:
    def __init__(self) -> None:
        self.cells: list[dict[str, Any]] = []

    def code(self, source: str, tags: tuple[str, ...] | list[str] = ()) -> None:
        self.add("code", source, tags)

    def add(self, kind: str, source: str, tags: tuple[str, ...] | list[str] = ()) -> None:
        # jupytext and nbformat draw ids at random; two builds must not differ.
        digest = hashlib.sha256(source.encode()).hexdigest()[:8]
        cell: dict[str, Any] = {"cell_type": kind, "id": f"{digest}-{len(self.cells)}"}
        if kind == "code":
            cell |= {"execution_count": None, "outputs": []}
        cell["metadata"] = {"tags": list(tags)} if tags else {}
        cell["source"] = source.splitlines(keepends=True)
        self.cells.append(cell)


def _dump(cells: list[dict[str, Any]], lesson: Lesson, lang: Lang) -> str:
    notebook = {
        "cells": cells,
        "metadata": {
            "kernelspec": KERNEL,
            "language_info": {"name": "python"},
            "labdock": {"lesson": lesson.id, "lang": lang, "package": lesson.package.id},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
