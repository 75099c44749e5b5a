"""What is made of looks at GPUs: steps, bands of holders, who held idle ones, and the charts."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest

from hub.portal import charts
from hub.portal.charts import PER_CENT, Bar, Chart
from hub.portal.gpu_history_view import (
    MOST_SPANS,
    WINDOWS,
    Span,
    Window,
    history,
    holders,
    lanes,
    spans,
)
from tests.core.test_gpu_history import KIM, LEE, slot
from workspace_cli.core.gpu_history import HOUR, MINUTE
from workspace_cli.core.gpu_history_rows import DAY, Seen

GPU = Seen(gpu="GPU-1", position=0, model="H100", memory=80)
SHORT = Window(HOUR, 5 * MINUTE, MINUTE)
BEGIN = 10 * HOUR


def at(hour: float, day: int = 3) -> float:
    return datetime(2026, 11, day, tzinfo=UTC).timestamp() + hour * HOUR


def test_a_band_says_who_had_it_from_when_to_when() -> None:
    looks = [slot(MINUTE * m, 50, KIM if m < 10 else LEE) for m in range(20)]
    assert spans(looks, MINUTE) == [
        Span("kim/nlp", "kim", 0, 600),
        Span("lee/vit", "lee", 600, 1200),
    ]


def test_a_late_look_does_not_break_a_band_and_a_gap_does() -> None:
    looks = [slot(MINUTE * m, 50, KIM) for m in (0, 1, 3, 4, 9, 10)]
    assert [(one.begins // 60, one.ends // 60) for one in spans(looks, MINUTE)] == [(0, 5), (9, 11)]


def test_holders_of_a_shared_gpu_have_a_row_each() -> None:
    looks = [slot(0, 50, KIM), slot(60, 50, KIM, LEE), slot(120, 50, LEE)]
    assert [[one.holder for one in row] for row in lanes(spans(looks, MINUTE))] == [
        ["kim/nlp"],
        ["lee/vit"],
    ]
    after = [Span("a", "", 0, 60), Span("b", "", 60, 120)]
    assert lanes(after) == [after]


def test_who_left_the_most_idle_is_first() -> None:
    busy = [slot(MINUTE * m, 90, LEE, gpu="a") for m in range(120)]
    idle = [slot(MINUTE * m, 3, KIM, gpu=gpu) for m in range(60) for gpu in "bc"]
    first, second = holders([*busy, *idle])
    assert (first.total.holder, first.gpus, first.hours, first.mean) == ("kim/nlp", 2, 2.0, 3.0)
    assert (first.idle, first.idle_hours) == (1.0, 2.0)
    assert (second.total.holder, second.idle, second.hours) == ("lee/vit", 0.0, 2.0)


def test_what_was_not_told_is_neither_idle_nor_busy() -> None:
    (one,) = holders([slot(0, None, KIM)])
    assert (one.mean, one.idle, one.hours) == (None, None, 1 / 60)


def test_a_window_shows_steps_the_lab_and_its_gaps() -> None:
    looks = [
        slot(BEGIN + MINUTE * m, use, KIM, gpu=gpu)
        for m in (*range(10), *range(30, 35))
        for gpu, use in (("GPU-1", 80.0), ("GPU-2", 20.0))
    ]
    found = history(SHORT, BEGIN, looks, [], [GPU])
    (line,) = found.gpus
    assert [(one.begins - BEGIN) // 60 for one in line.steps] == [0, 5, 30]
    assert line.whole is not None
    assert (line.whole.mean, line.holders, line.name) == (80.0, ("kim/nlp",), "GPU 0 · H100")
    # A GPU that is in the machine no more is in no chart of its own.
    assert [one.mean for one in found.lab] == [80.0] * 3
    assert history(SHORT, BEGIN, [], [], [GPU]).whole is None


def test_a_band_of_very_many_keeps_the_longest() -> None:
    looks = [slot(MINUTE * m, 1, (f"kim/{m}", "kim")) for m in range(100)]
    looks += [slot(MINUTE * m, 1, LEE) for m in range(100, 200)]
    (line,) = history(Window(DAY, HOUR, MINUTE), 0, looks, [], [GPU]).gpus
    assert (len(line.spans), line.left_out) == (MOST_SPANS, 101 - MOST_SPANS)
    assert line.spans[-1].holder == "lee/vit"


@pytest.mark.parametrize("window", WINDOWS.values(), ids=WINDOWS)
def test_a_window_ends_with_the_step_that_now_is_in(window: Window) -> None:
    begin, end = window.bounds(at(10.3))
    assert end - window.step <= at(10.3) < end
    assert begin == end - window.seconds


@pytest.mark.parametrize(
    "position, model, name", [(0, "", "GPU 0"), (None, "H100", "GPU · H100"), (None, "", "GPU")]
)
def test_a_gpu_is_called_by_what_is_known_of_it(
    position: int | None, model: str, name: str
) -> None:
    seen = Seen(gpu="GPU-1", position=position, model=model, memory=None)
    (line,) = history(SHORT, BEGIN, [], [], [seen]).gpus
    assert line.name == name


# charts ---------------------------------------------------------------------------------------
def chart(begin: float, seconds: int, zone: str = "Asia/Seoul", language: str = "en") -> Chart:
    return Chart(int(begin), int(begin) + seconds, HOUR, zone, language)


def test_a_curve_is_broken_where_nobody_looked() -> None:
    points: Any = [(BEGIN, 50.0), (BEGIN + HOUR, 100.0), (BEGIN + 2 * HOUR, None)]
    points += [(BEGIN + 3 * HOUR, 0.0)]
    drawn = str(chart(BEGIN, 4 * HOUR).draw(PER_CENT, points))
    assert 'class="mean" d="M0 100V100H250V0H500M750 200V200H1000"' in drawn
    assert 'class="area" d="M0 200V100H250V0H500V200ZM750 200V200H1000V200Z"' in drawn


def test_what_is_more_than_the_scale_stays_inside() -> None:
    drawn = str(chart(BEGIN, HOUR).draw(PER_CENT, [(BEGIN, 250.0)]))
    assert 'd="M0 0V0H1000"' in drawn


def test_names_are_shown_as_text() -> None:
    bar = Bar(BEGIN, BEGIN + HOUR, "<script>", '"><b>x', 1)
    drawn = str(chart(BEGIN, HOUR).draw(PER_CENT, [], band=[[bar]]))
    assert "&lt;script&gt;" in drawn
    assert "<b>" not in drawn


@pytest.mark.parametrize(
    "seconds, zone, language, expected",
    [
        (6 * HOUR, "Asia/Seoul", "en", ["09:00", "10:00", "11:00", "12:00", "13:00", "14:00"]),
        (6 * HOUR, "Asia/Kolkata", "en", ["06:00", "07:00", "08:00", "09:00", "10:00", "11:00"]),
        (DAY, "UTC", "en", ["00:00", "04:00", "08:00", "12:00", "16:00", "20:00"]),
        (2 * DAY, "UTC", "ko", ["11. 3.", "11. 4."]),
        (2 * DAY, "Asia/Seoul", "en", ["11/4", "11/5"]),
        (11 * DAY, "UTC", "en", ["11/3", "11/8", "11/13"]),
    ],
)
def test_the_axis_has_round_moments_of_the_labs_clock(
    seconds: int, zone: str, language: str, expected: list[str]
) -> None:
    assert [words for _, words in chart(at(0), seconds, zone, language).ticks()] == expected


def test_the_axis_is_right_in_the_night_when_clocks_are_put_back() -> None:
    begin = datetime(2026, 10, 24, 22, tzinfo=UTC).timestamp()  # midnight in Berlin
    words = [one for _, one in chart(begin, DAY, "Europe/Berlin").ticks()]
    assert words == ["00:00", "04:00", "08:00", "12:00", "16:00", "20:00"]


@pytest.mark.parametrize("most, end", [(0, 2), (2, 2), (3, 4), (5, 10), (37, 40), (180, 200)])
def test_a_scale_of_counts_ends_at_a_round_number(most: int, end: int) -> None:
    assert charts.count_scale(most).end == end


def test_a_chart_has_no_style_and_no_script_of_its_own() -> None:
    drawn = str(chart(BEGIN, DAY).draw(PER_CENT, [(BEGIN, 1.0)], [("peak", [(BEGIN, 2.0)])]))
    assert not re.search(r"style=|<script|on\w+=|href", drawn)
