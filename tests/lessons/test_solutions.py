"""References pass, wrong solutions fail for the right reason, stubs fail."""

import pytest
from lessons.i18n import LANGUAGES
from lessons.judge import judge
from lessons.registry import Lesson
from lessons.source import read_cells, stubs

from tests.lessons.catalogue import EVERY_EXERCISE, LESSONS, check_of, marked, mutants, reference

SEEDS = (1, 20_261_121)
EVERY_MUTANT = [
    marked(lesson, exercise, mutant.file.stem)
    for lesson in LESSONS
    for exercise in lesson.exercises
    for mutant in mutants(lesson, exercise)
]


@pytest.mark.parametrize("lesson, exercise", EVERY_EXERCISE)
def test_the_reference_passes_on_fresh_inputs(lesson: Lesson, exercise: str) -> None:
    check = check_of(lesson, exercise)
    for seed in SEEDS:
        verdict = judge(check, reference(lesson, exercise), seed)
        assert verdict.ok, f"seed {seed}: {verdict.kind} {verdict.values}"


@pytest.mark.parametrize("lesson, exercise, name", EVERY_MUTANT)
def test_a_wrong_solution_fails_with_its_kind(lesson: Lesson, exercise: str, name: str) -> None:
    mutant = next(one for one in mutants(lesson, exercise) if one.file.stem == name)
    check = check_of(lesson, exercise)
    for seed in SEEDS:
        verdict = judge(check, mutant.source, seed)
        assert (verdict.ok, verdict.kind) == (False, mutant.kind), f"{seed}: {verdict.values}"


@pytest.mark.parametrize("lesson, exercise", EVERY_EXERCISE)
def test_the_stub_is_not_implemented(lesson: Lesson, exercise: str) -> None:
    for lang in LANGUAGES:
        stub = stubs(read_cells(lesson.folder / "lesson.py"), lang)[exercise]
        verdict = judge(check_of(lesson, exercise), stub, 1)
        assert verdict.kind == "not_implemented", f"{verdict.kind} {verdict.values}"
