"""Two of the seeds with which the models' figures are measured; the bench takes eight."""

import pytest
from lessons.registry import Lesson

from tests.lessons.bands import BANDS, Measured, measure
from tests.lessons.catalogue import LESSONS, marked

SEEDS = (1, 2)
WITH_BANDS = [
    marked(lesson, seed)
    for lesson in LESSONS
    for seed in SEEDS
    if any(band.lesson == lesson.id for band in BANDS)
]


@pytest.mark.parametrize("lesson, seed", WITH_BANDS)
def test_the_figures_stay_within_their_bounds(lesson: Lesson, seed: int) -> None:
    assert [one for one in measure(lesson, seed) if not one.kept] == []


def test_every_band_names_a_demo_of_a_lesson() -> None:
    lessons = {lesson.id: lesson for lesson in LESSONS}
    for band in BANDS:
        assert band.function in lessons[band.lesson].demo, band


def test_every_lesson_that_trains_has_a_band() -> None:
    trained = {lesson.id for lesson in LESSONS if lesson.trains}
    assert trained - {band.lesson for band in BANDS} <= WITHOUT_CHANCE


def test_a_figure_outside_its_bounds_is_not_kept() -> None:
    inside, below, above, missing = (
        Measured("x", "f.a", 0, value, least=0.5, most=0.9)
        for value in (0.9, 0.4999, 0.91, float("nan"))
    )
    assert inside.kept
    assert [one.kept for one in (below, above, missing)] == [False] * 3


# Their training starts from zeros on data that are always the same: the ledger holds their figures.
WITHOUT_CHANCE = {"c5-gd", "e1-logistic", "e2-bce"}
