"""Reads lesson.py: py:percent cells with a language and tags, the one source of a lesson."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from lessons.errors import BrokenLessonError
from lessons.i18n import Lang

MARKER = re.compile(r"^# %%(?P<rest>.*)$")
OPTION = re.compile(r'(?P<key>\w+)=(?P<value>"[^"]*"|\[[^\]]*\])')


@dataclass(frozen=True)
class Cell:
    """One cell as its author wrote it, without the marker line and the # of prose."""

    kind: str
    text: str
    line: int
    lang: str | None = None
    tags: tuple[str, ...] = ()

    def tagged(self, prefix: str) -> str | None:
        """What follows `prefix:` in the cell's tags, else None."""
        for tag in self.tags:
            if tag.startswith(f"{prefix}:"):
                return tag.partition(":")[2]
        return None


def read_cells(file: Path) -> list[Cell]:
    """Every cell of a lesson.py, both languages, in order."""
    return list(parse_cells(file.read_text(encoding="utf-8"), str(file)))


def cells_in(cells: list[Cell], lang: Lang) -> list[Cell]:
    """The cells that a reader of this language sees."""
    return [cell for cell in cells if cell.lang in (None, lang)]


def parse_cells(text: str, name: str = "lesson.py") -> Iterator[Cell]:
    """The cells of a py:percent text; what stands before the first marker is left out."""
    header: tuple[int, str] | None = None
    body: list[str] = []
    for number, line in enumerate(text.splitlines(), start=1):
        marker = MARKER.match(line)
        if marker is None:
            body.append(line)
            continue
        if header is not None:
            yield _cell(header, body, name)
        header, body = (number, marker["rest"]), []
    if header is not None:
        yield _cell(header, body, name)


def _cell(header: tuple[int, str], body: list[str], name: str) -> Cell:
    number, rest = header
    kind = "markdown" if rest.strip().startswith("[markdown]") else "code"
    rest = rest.replace("[markdown]", "", 1)
    try:
        options = {found["key"]: json.loads(found["value"]) for found in OPTION.finditer(rest)}
    except json.JSONDecodeError as problem:
        raise BrokenLessonError("broken_cell", file=name, line=number, why=problem) from problem
    if OPTION.sub("", rest).strip():
        raise BrokenLessonError("broken_cell", file=name, line=number, why=rest.strip())
    text = "\n".join(_prose(body) if kind == "markdown" else body).strip("\n")
    tags = tuple(options.get("tags", ()))
    return Cell(kind, text, number, options.get("lang"), tags)


def _prose(body: list[str]) -> list[str]:
    return [re.sub(r"^# ?", "", line) for line in body]


def stubs(cells: list[Cell], lang: Lang) -> dict[str, str]:
    """The text of each exercise's stub, by the exercise's name."""
    found: dict[str, str] = {}
    for cell in cells_in(cells, lang):
        exercise = cell.tagged("ex")
        if exercise is not None:
            found[exercise] = cell.text + "\n"
    return found
