"""Checks of a2-image: two containers against two plain copies, and counted bytes."""

from __future__ import annotations

import datetime
from typing import Any

from lessons.grading import Learner, check, close, expect, fail

PATHS = [f"/{folder}/{name}" for folder in ("etc", "opt", "home") for name in "abc"]


@check("layers")
def layers(learner: Learner) -> None:
    """Random reads, writes and removals of two containers, against a full copy for each."""
    learner.function("lookup")([{}, {}], "/etc/a")
    mark = learner.value("WHITEOUT")
    dice = learner.random
    for _ in range(15):
        image: list[dict[str, str]] = [
            {path: f"{path} {depth}" for path in dice.sample(PATHS, 5)} for depth in range(3)
        ]
        whole: dict[str, str] = {}
        for sheet in image:
            whole |= sheet
        original = [dict(sheet) for sheet in image]
        own: list[dict[str, str]] = [{}, {}]
        copies = [dict(whole), dict(whole)]
        for turn in range(30):
            who = dice.randrange(2)
            stack = [*image, own[who]]
            _act(learner, dice, stack, copies[who], f"new {turn}")
            _untouched(image, original)
            _compare(learner, [*image, own[who]], copies[who], mark)
        expect(len(own[0]) <= len(PATHS) and len(own[1]) <= len(PATHS), "copies_everything")


def _act(learner: Learner, dice: Any, stack: list[Any], copy: dict[str, str], text: str) -> None:
    """Do one random thing in the learner's container and in the plain copy."""
    if dice.random() < 0.5:
        path = dice.choice(PATHS)
        learner.function("write")(stack, path, text)
        copy[path] = text
    elif copy:
        path = dice.choice(sorted(copy))
        learner.function("delete")(stack, path)
        del copy[path]
    expect(len(stack) == 4, "adds_layers")


def _untouched(image: list[dict[str, str]], original: list[dict[str, str]]) -> None:
    """The image must be what it was."""
    for now, before in zip(image, original, strict=True):
        if len(now) < len(before):
            fail("deletes_in_image")
        expect(now == before, "writes_into_image")


def _compare(learner: Learner, stack: list[Any], copy: dict[str, str], mark: str) -> None:
    """Every path must read as in the plain copy."""
    for path in PATHS:
        got, truth = learner.function("lookup")(stack, path), copy.get(path)
        if got == truth:
            continue
        if got == mark:
            fail("whiteout_shown")
        if truth is None:
            fail("comes_back")
        if got in [sheet.get(path) for sheet in stack[:-1]]:
            fail("wrong_layer")
        fail("wrong_value")


@check("copy_up")
def copy_up(learner: Learner) -> None:
    """Random logs, counted another way: the appended bytes, plus each touched file once."""
    learn, dice = learner.function("copy_up"), learner.random
    expect(learn({"/a": 7}, []) == 0, "untouched_counted")
    for _ in range(30):
        image = {path: dice.randrange(10**6, 10**9) for path in dice.sample(PATHS, 5)}
        appends = [(dice.choice(PATHS), dice.randrange(1, 100)) for _ in range(20)]
        appended = sum(size for _, size in appends)
        touched = {path for path, _ in appends}
        truth = appended + sum(image[path] for path in touched & set(image))
        close(
            learn(dict(image), list(appends)),
            truth,
            rtol=0,
            mistakes={
                "no_overhead": appended,
                "copies_every_time": appended + sum(image.get(path, 0) for path, _ in appends),
                "untouched_counted": appended + sum(image.values()),
                "only_copies": truth - appended,
            },
        )


@check("claim")
def claim(learner: Learner) -> None:
    """Rates against the standard library's calendar; releases on, before and after the day."""
    rate, dice = learner.function("per_second"), learner.random
    for _ in range(10):
        weekly = dice.uniform(1e3, 1e10)
        truth = weekly / datetime.timedelta(weeks=1).total_seconds()
        close(
            rate(weekly),
            truth,
            rtol=1e-9,
            mistakes={
                "per_minute": truth * 60,
                "per_day": truth * 7,
                "working_days": truth * 7 / 5,
            },
        )
    for _ in range(20):
        _releases(learner, dice)


def _releases(learner: Learner, dice: Any) -> None:
    """One random calendar, with one tool released on the very day."""
    start = datetime.date(2005, 1, 1).toordinal()
    ordinals = {f"tool{dice.randrange(10**6)}": start + dice.randrange(5000) for _ in range(8)}
    day = start + 2500
    ordinals["today"] = day
    dates = {name: datetime.date.fromordinal(number) for name, number in ordinals.items()}
    releases = {name: (date.year, date.month, date.day) for name, date in dates.items()}
    when = datetime.date.fromordinal(day)
    got = learner.function("available")((when.year, when.month, when.day), releases)
    truth = sorted(name for name, number in ordinals.items() if number - day <= 0)
    expect(isinstance(got, list), "wrong_type")
    if got == truth:
        return
    if set(truth) - set(got) == {"today"}:
        fail("misses_the_day")
    if sorted(got) == truth:
        fail("unsorted")
    if set(got) & {name for name, number in ordinals.items() if number > day}:
        fail("from_the_future")
    fail("wrong_value")
