"""The lessons teach every line of the course notes, give every figure, and mend every mistake."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.lessons.catalogue import LESSONS, ROOT

HASHED = re.compile(r"(\d+):([0-9a-f]{8})")
IDS = {lesson.id for lesson in LESSONS}


def read(name: str) -> dict[str, Any]:
    return tomllib.loads((ROOT / "lessons" / name).read_text(encoding="utf-8"))


def span(lines: str) -> range:
    first, _, last = lines.partition("-")
    return range(int(first), int(last or first) + 1)


NOTES = {
    note: {int(number) for number, _ in HASHED.findall(text)}
    for note, text in read("notes-lines.toml").items()
}
COVERAGE = read("coverage.toml")
LEDGER = read("ledger.toml")["row"]
MISTAKES = read("errata-index.toml")["mistake"]
ERRATA = [
    {**erratum, "lesson": lesson.id}
    for lesson in LESSONS
    for erratum in tomllib.loads((lesson.folder / "errata.toml").read_text(encoding="utf-8")).get(
        "erratum", []
    )
]


def test_the_notes_have_the_lines_that_they_had() -> None:
    counts = {note: len(lines) for note, lines in NOTES.items()}
    assert counts == {"000": 145, "001": 273, "002": 107, "003": 305, "004": 73}


@pytest.mark.parametrize("note", sorted(NOTES))
def test_every_line_is_taught_or_left_out_for_a_reason(note: str) -> None:
    taught = {
        line
        for row in COVERAGE["teaches"]
        if row["note"] == note and IDS.intersection(row["lessons"])
        for line in span(row["lines"])
    }
    skipped = {
        line for row in COVERAGE["skip"] if row["note"] == note for line in span(row["lines"])
    }
    assert sorted(NOTES[note] - taught - skipped) == []


def test_what_is_taught_is_taught_by_lessons_that_exist() -> None:
    named = {lesson for row in COVERAGE["teaches"] for lesson in row["lessons"]}
    assert named - IDS == set()
    assert IDS - named == set(), "a lesson that teaches nothing of the notes"


def test_what_is_left_out_has_a_reason_and_is_little() -> None:
    assert all(len(row["reason"]) > 5 for row in COVERAGE["skip"])
    skipped = [
        line
        for row in COVERAGE["skip"]
        for line in span(row["lines"])
        if line in NOTES[row["note"]]
    ]
    assert len(skipped) < 0.07 * sum(map(len, NOTES.values()))


@pytest.mark.parametrize("row", LEDGER, ids=lambda row: row["id"])
def test_a_ledger_row_is_a_figure_of_a_demo(row: dict[str, Any]) -> None:
    lesson = next((one for one in LESSONS if one.id == row["lesson"]), None)
    assert lesson is not None, row["lesson"]
    if "fact" in row:
        assert row["fact"]
        return
    function, _, name = row["key"].partition(".")
    assert function in lesson.demo
    assert name


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake["at"])
def test_a_mistake_of_the_notes_is_worked_out_in_an_exercise(mistake: dict[str, str]) -> None:
    assert [one for one in ERRATA if overlap(one["at"], mistake["at"])], mistake["lesson"]


@pytest.mark.parametrize("erratum", ERRATA, ids=lambda one: f"{one['lesson']}-{one['at']}")
def test_an_erratum_is_about_lines_of_the_notes(erratum: dict[str, str]) -> None:
    note, lines = erratum["at"].split(":")
    assert 1 <= span(lines)[0] <= span(lines)[-1] <= max(NOTES[note])


def overlap(one: str, other: str) -> bool:
    (note, lines), (other_note, other_lines) = one.split(":"), other.split(":")
    both = set(span(lines)) & set(span(other_lines))
    return note == other_note and bool(both)


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.id)
def test_no_lesson_speaks_of_where_it_comes_from(lesson: Any) -> None:
    for file in sorted(Path(lesson.folder).glob("*")):
        if file.suffix in {".py", ".toml"} and file.name != "errata.toml":
            text = file.read_text(encoding="utf-8").lower()
            found = re.search(r"curriculum|\bseed(s|ed)? (say|note|:)|00[0-4]:\d|\bai slop\b", text)
            assert found is None, f"{file.name}: {found}"
