"""Each lesson holds together: its files, its texts in both languages, its solutions."""

import ast
import re
import string
import tomllib
from pathlib import Path

import pytest
from lessons.builder import build_notebook
from lessons.grading import GENERIC_KINDS
from lessons.i18n import LANGUAGES
from lessons.registry import Lesson
from lessons.source import Cell, cells_in, read_cells, stubs

from tests.lessons.catalogue import EVERY_EXERCISE, LESSONS, mutants, reference, solutions_of

# These need no torch, so they are not marked as the lessons themselves are.
EACH = [pytest.param(lesson, id=lesson.id) for lesson in LESSONS]
EXERCISES = [
    pytest.param(lesson, name, id=f"{lesson.id}-{name}")
    for lesson in LESSONS
    for name in lesson.exercises
]
HANGUL = re.compile(r"[가-힣]")
LATIN_WORD = re.compile(r"[A-Za-z]{2,}")
CODE = re.compile(r"`[^`]*`|\$[^$]*\$|\{[^}]*\}|https?://\S+")


def pairs(lesson: Lesson) -> list[tuple[Cell, Cell]]:
    cells = [cell for cell in read_cells(lesson.folder / "lesson.py") if cell.lang]
    return list(zip(cells[::2], cells[1::2], strict=True))


@pytest.mark.parametrize("lesson", EACH)
def test_the_id_names_package_number_and_folder(lesson: Lesson) -> None:
    assert lesson.id.startswith(f"{lesson.package.letter}{lesson.number}-")
    assert lesson.folder.name == lesson.id.replace("-", "_")
    assert 5 <= lesson.minutes <= 180


@pytest.mark.parametrize("lesson", EACH)
def test_every_prose_cell_stands_in_english_and_then_in_korean(lesson: Lesson) -> None:
    for english, korean in pairs(lesson):
        assert (english.lang, korean.lang) == ("en", "ko"), f"line {english.line}"
        assert (english.kind, english.tags) == (korean.kind, korean.tags), f"line {english.line}"
    for cell in read_cells(lesson.folder / "lesson.py"):
        assert cell.lang or cell.kind == "code", f"line {cell.line}: prose without a language"


@pytest.mark.parametrize("lesson", EACH)
def test_the_cells_use_every_demo_and_exercise_once(lesson: Lesson) -> None:
    for lang in LANGUAGES:
        cells = cells_in(read_cells(lesson.folder / "lesson.py"), lang)
        demos = [cell.tagged("demo") for cell in cells if cell.tagged("demo")]
        exercises = [cell.tagged("ex") for cell in cells if cell.tagged("ex")]
        assert demos == list(lesson.demo)
        assert exercises == list(lesson.exercises)


@pytest.mark.parametrize("lesson", EACH)
def test_translated_stubs_are_the_same_code(lesson: Lesson) -> None:
    english, korean = (stubs(read_cells(lesson.folder / "lesson.py"), lang) for lang in LANGUAGES)
    for name in lesson.exercises:
        assert without_words(english[name]) == without_words(korean[name]), name


def without_words(source: str) -> str:
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and node.body:
            first = node.body[0].value if isinstance(node.body[0], ast.Expr) else None
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                node.body.pop(0)
    return ast.dump(tree)


@pytest.mark.parametrize("lesson", EACH)
def test_both_languages_have_the_same_texts_with_the_same_blanks(lesson: Lesson) -> None:
    english, korean = (lesson.strings(lang) for lang in LANGUAGES)
    assert english.keys() == korean.keys()
    for key, text in english.items():
        assert blanks(text) == blanks(korean[key]), key
        assert text.strip(), key
        assert korean[key].strip(), key


def blanks(text: str) -> set[str]:
    return {name.partition(".")[0] for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("lesson", EACH)
def test_korean_texts_are_korean_and_english_ones_are_not(lesson: Lesson) -> None:
    for key, text in lesson.strings("ko").items():
        words = CODE.sub(" ", text)
        # A label that is nothing but code or a name is the same in every language.
        if key.startswith("demo.") and not HANGUL.search(words):
            assert len(LATIN_WORD.findall(words)) <= 3, f"{key} is not Korean: {text}"
            continue
        hangul = len(HANGUL.findall(words))
        latin = sum(map(len, LATIN_WORD.findall(words)))
        assert hangul >= 0.3 * (hangul + latin), f"{key}: {text}"
    for key, text in lesson.strings("en").items():
        share = len(HANGUL.findall(text)) / max(1, len(text))
        assert share < 0.3, f"{key} is Korean: {text}"


@pytest.mark.parametrize("lesson", EACH)
def test_korean_prose_is_korean_and_as_full_as_the_english(lesson: Lesson) -> None:
    for english, korean in pairs(lesson):
        if english.kind != "markdown":
            continue
        words = CODE.sub(" ", re.sub(r"\$\$.*?\$\$|```.*?```", " ", korean.text, flags=re.DOTALL))
        hangul = len(HANGUL.findall(words))
        latin = sum(map(len, LATIN_WORD.findall(words)))
        assert hangul >= 0.5 * (hangul + latin), f"line {korean.line}"


@pytest.mark.parametrize("lesson", EACH)
def test_the_texts_that_the_runner_shows_are_there(lesson: Lesson) -> None:
    strings = lesson.strings("en")
    wanted = ["title", "summary", "question"]
    wanted += [f"hint.{name}.{n}" for name in lesson.exercises for n in (1, 2, 3)]
    assert [key for key in wanted if key not in strings] == []
    for name in lesson.exercises:
        kinds = {mutant.kind for mutant in mutants(lesson, name)} - set(GENERIC_KINDS)
        assert {f"mistake.{name}.{kind}" for kind in kinds} <= strings.keys()


@pytest.mark.parametrize("lesson", EACH)
def test_every_kind_that_a_check_names_has_a_text(lesson: Lesson) -> None:
    strings = lesson.strings("en")
    texts = {key.split(".", 2)[2] for key in strings if key.startswith("mistake.")}
    assert named_kinds(lesson.folder / "checks.py") - set(GENERIC_KINDS) <= texts


def named_kinds(file: Path) -> set[str]:
    """The kinds that stand as plain text in calls of fail, expect and close."""
    kinds: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
            continue
        given: list[ast.expr | None] = []
        if node.func.id == "fail":
            given = list(node.args[:1])
        elif node.func.id == "expect":
            given = list(node.args[1:2])
        elif node.func.id == "close":
            tables = [one.value for one in node.keywords if one.arg == "mistakes"]
            given = [key for one in tables if isinstance(one, ast.Dict) for key in one.keys]
        for one in given:
            if isinstance(one, ast.Constant) and isinstance(one.value, str):
                kinds.add(one.value)
    return kinds


@pytest.mark.parametrize("lesson, exercise", EXERCISES)
def test_an_exercise_has_a_reference_and_three_wrong_solutions(
    lesson: Lesson, exercise: str
) -> None:
    assert reference(lesson, exercise)
    assert len(mutants(lesson, exercise)) >= 3


@pytest.mark.parametrize("lesson", EACH)
def test_solutions_hold_nothing_but_the_lessons_exercises(lesson: Lesson) -> None:
    folders = {file.parent.name for file in solutions_of(lesson).rglob("*.py")}
    assert folders == set(lesson.exercises)


@pytest.mark.parametrize("lesson", EACH)
def test_errata_point_at_exercises_of_the_lesson(lesson: Lesson) -> None:
    table = tomllib.loads((lesson.folder / "errata.toml").read_text(encoding="utf-8"))
    for erratum in table.get("erratum", []):
        assert re.fullmatch(r"00[0-4]:\d+(-\d+)?", erratum["at"]), erratum
        assert erratum["exercise"] in lesson.exercises, erratum


@pytest.mark.parametrize("lesson", EACH)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_notebook_is_built_with_a_check_after_each_exercise(lesson: Lesson, lang: str) -> None:
    text = build_notebook(lesson, "en" if lang == "en" else "ko")
    for name in lesson.exercises:
        assert text.index(f"%%exercise {name}\\n") < text.index(f'"%check {name}"')
    for line in text.splitlines():
        assert len(line) < 20_000


def test_there_are_exercises_to_check() -> None:
    assert len(EVERY_EXERCISE) == len(EXERCISES) >= 1
