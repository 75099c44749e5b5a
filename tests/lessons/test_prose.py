"""Prose as a notebook shows it: emphasis that is one, and Korean spelling beside formulas."""

import ast
import re
import unicodedata

import pytest
from lessons.i18n import LANGUAGES
from lessons.registry import Lesson
from lessons.source import Cell, read_cells

from tests.lessons.catalogue import LESSONS, reference

EACH = [pytest.param(lesson, id=lesson.id) for lesson in LESSONS]
HANGUL = re.compile(r"[가-힣]")
FORMULA = re.compile(r"\$\$.*?\$\$|\$[^$\n]*(?:\n[^$\n]+)?\$", re.DOTALL)
FENCE = re.compile(r"^```.*?^```$", re.DOTALL | re.MULTILINE)
CODE = re.compile(r"`[^`]*`")
ITEM = re.compile(r"^\s*(?:[*-]|\d+\.) ", re.MULTILINE)
PLAIN_QUESTION = re.compile(r"(?:까|[는은인운]가)\??(?::|$)")
PARTICLE = re.compile(
    r"\$ (?:은|는|가|을|를|와|과|의|에|에서|로|으로|도|이면|이고|입니다)(?![가-힣])"
)


def prose(lesson: Lesson) -> list[Cell]:
    return [one for one in read_cells(lesson.folder / "lesson.py") if one.kind == "markdown"]


def blocks(text: str) -> list[str]:
    """Paragraphs and list items; a formula is one mark, as a notebook takes it out first."""
    text = FORMULA.sub("@", FENCE.sub("", text))
    return [block for block in re.split(r"\n\s*\n", ITEM.sub("\n\n", CODE.sub("`", text))) if block]


def broken_emphasis(block: str) -> list[str]:
    """Asterisks that neither open nor close, by the flanking rule of CommonMark 0.31.

    https://spec.commonmark.org/0.31.2/#emphasis-and-strong-emphasis
    """
    broken: list[str] = []
    open_runs: list[str] = []
    for run in re.finditer(r"(?<!\\)\*+", block):
        before, after = block[: run.start()][-1:] or " ", block[run.end() :][:1] or " "
        if flanks(after, before) and open_runs and open_runs[-1] == run.group():
            open_runs.pop()
        elif flanks(before, after):
            open_runs.append(run.group())
        else:
            broken.append(block[max(0, run.start() - 20) : run.end() + 10])
    return broken + [f"{block[:40]}…"] * len(open_runs)


def flanks(outside: str, inside: str) -> bool:
    """Whether a run of asterisks between these two leans on the one inside."""
    if inside.isspace():
        return False
    return not is_mark(inside) or outside.isspace() or is_mark(outside)


def is_mark(character: str) -> bool:
    return unicodedata.category(character)[0] in "PS"


@pytest.mark.parametrize(
    "block, broken",
    [
        ("**굵게** 씁니다", False),
        ("**층(레이어)** 으로", False),
        ("*그릇*을 봅니다", False),
        ('**"비트를 쓴다"**고 합니다', True),
        ("**`--ipc=host`**로 띄웁니다", True),
        ("**never closed", True),
    ],
)
def test_emphasis_before_a_particle_needs_a_letter_at_its_end(block: str, broken: bool) -> None:
    assert bool(broken_emphasis(block)) is broken


@pytest.mark.parametrize("lesson", EACH)
def test_emphasis_is_emphasis_in_a_notebook(lesson: Lesson) -> None:
    for cell in prose(lesson):
        for block in blocks(cell.text):
            assert broken_emphasis(block) == [], f"line {cell.line}"


@pytest.mark.parametrize("lesson", EACH)
def test_a_particle_stands_next_to_its_formula(lesson: Lesson) -> None:
    for cell in prose(lesson):
        assert PARTICLE.findall(cell.text) == [], f"line {cell.line}"


@pytest.mark.parametrize("lesson", EACH)
def test_a_heading_that_asks_does_so_politely(lesson: Lesson) -> None:
    for cell in prose(lesson):
        for heading in re.findall(r"^#+ (.*)$", FENCE.sub("", cell.text), re.MULTILINE):
            assert not PLAIN_QUESTION.search(heading), f"line {cell.line}: {heading}"


@pytest.mark.parametrize("lesson", EACH)
def test_a_label_with_a_formula_holds_no_korean(lesson: Lesson) -> None:
    """Matplotlib draws all of such a label with the font of formulas, which has no Hangul."""
    for key, text in lesson.strings("ko").items():
        if key.startswith("demo.") and text.count("$") >= 2:
            assert not HANGUL.search(text), key


@pytest.mark.parametrize("lesson", EACH)
def test_no_hint_holds_the_line_that_is_asked_for(lesson: Lesson) -> None:
    for name in lesson.exercises:
        answers = returned(reference(lesson, name))
        for lang in LANGUAGES:
            strings = lesson.strings(lang)
            for number in (1, 2, 3):
                hint = bare(strings[f"hint.{name}.{number}"])
                assert [one for one in answers if one in hint] == [], f"{lang} {name}.{number}"


def returned(source: str) -> set[str]:
    """What a solution returns, where that is more than a name or a call of one thing."""
    values = [node.value for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Return)]
    return {bare(ast.unparse(one)) for one in values if one and names_in(one) >= 4}


def names_in(value: ast.expr) -> int:
    return sum(isinstance(node, ast.Name | ast.Constant) for node in ast.walk(value))


def bare(text: str) -> str:
    return re.sub(r"[\s`]", "", text)
