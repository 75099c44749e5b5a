"""How looks at GPUs are folded: nothing is lost, nothing counted twice, a gap stays a gap."""

from __future__ import annotations

import random
from typing import Any

from workspace_cli.core.gpu_history import (
    HOUR,
    MINUTE,
    Holding,
    LineSlot,
    Sample,
    Slot,
    add_holdings,
    fold,
    fold_line,
)

GIB = 2**30
KIM, LEE = ("kim/nlp", "kim"), ("lee/vit", "lee")


def slot(
    begins: int,
    use: float | None = 50.0,
    *holders: tuple[str, str],
    gpu: str = "GPU-1",
    used: int | None = GIB,
) -> Slot:
    """Return a minute's look."""
    told = use is not None
    return Slot(
        begins=begins,
        gpu=gpu,
        minutes=1,
        held=1 if holders else 0,
        measured=int(told),
        utilisation_sum=use or 0.0,
        utilisation_max=use or 0.0,
        used_measured=int(used is not None),
        used_sum=float(used or 0),
        holdings=tuple(
            Holding(
                holder=holder,
                owner=owner,
                minutes=1,
                measured=int(told),
                idle=int(use is not None and use < 5),
                utilisation_sum=use or 0.0,
            )
            for holder, owner in holders
        ),
    )


def test_minutes_become_an_hour_with_mean_and_maximum() -> None:
    (hour,) = fold([slot(MINUTE * minute, float(minute), KIM) for minute in range(60)], HOUR)
    assert (hour.begins, hour.minutes, hour.held) == (0, 60, 60)
    assert (hour.mean, hour.highest, hour.used) == (29.5, 59.0, GIB)
    (holding,) = hour.holdings
    assert (holding.minutes, holding.idle, holding.utilisation_sum) == (60, 5, 59 * 30)


def test_gpus_and_hours_are_kept_apart() -> None:
    found = fold([slot(3599, gpu="b"), slot(3600, gpu="b"), slot(0, gpu="a")], HOUR)
    assert [(one.begins, one.gpu, one.minutes) for one in found] == [
        (0, "a", 1),
        (0, "b", 1),
        (3600, "b", 1),
    ]


def test_an_hour_that_nobody_looked_at_is_a_gap() -> None:
    assert [one.begins for one in fold([slot(0), slot(2 * HOUR)], HOUR)] == [0, 2 * HOUR]


def test_what_the_driver_did_not_tell_is_no_zero() -> None:
    (hour,) = fold([slot(0, None, KIM, used=None), slot(60, 80.0, KIM, used=None)], HOUR)
    assert (hour.minutes, hour.measured, hour.mean, hour.used) == (2, 1, 80.0, None)
    (hour,) = fold([slot(0, None)], HOUR)
    assert (hour.mean, hour.highest) == (None, None)


def test_holders_of_a_shared_gpu_each_count() -> None:
    (hour,) = fold([slot(0, 40.0, KIM, LEE), slot(60, 20.0, LEE)], HOUR)
    assert hour.held == 2
    assert [(one.holder, one.minutes, one.utilisation_sum) for one in hour.holdings] == [
        ("lee/vit", 2, 60.0),
        ("kim/nlp", 1, 40.0),
    ]


def test_folding_in_steps_is_folding_at_once() -> None:
    chance = random.Random(4)
    looks = [
        slot(
            MINUTE * minute,
            chance.choice([None, 0.0, 3.0, 64.0, 100.0]),
            *chance.choice([(), (KIM,), (KIM, LEE)]),
            gpu=chance.choice(["a", "b"]),
        )
        for minute in range(600)
    ]
    once = fold(looks, 4 * HOUR)
    assert fold(fold(looks, HOUR), 4 * HOUR) == once
    assert sum(one.minutes for one in once) == 600
    chance.shuffle(looks)
    assert fold(looks, 4 * HOUR) == once


def test_a_container_of_nobody_and_a_workspace_of_its_name_are_two() -> None:
    both = add_holdings(slot(0, 1.0, ("x", ""), ("x", "kim")).holdings)
    assert [(one.holder, one.owner) for one in both] == [("x", ""), ("x", "kim")]


def test_the_line_is_folded_to_its_mean_and_its_longest() -> None:
    slots = [
        LineSlot(begins=MINUTE * minute, minutes=1, waiting_sum=minute, waiting_max=minute)
        for minute in (0, 1, 2, 60)
    ]
    first, second = fold_line(slots, HOUR)
    assert (first.mean, first.waiting_max, first.minutes) == (1.0, 2, 3)
    assert (second.begins, second.mean) == (HOUR, 60.0)


def test_a_look_is_read_from_what_the_hub_tells() -> None:
    model: dict[str, Any] = {
        "id": "MIG-1",
        "index": 3,
        "slice": 1,
        "model": "H100",
        "memory": 80,
        "used": None,
        "utilisation": None,
        "holders": [
            {"name": "kim/nlp", "owner": "kim"},
            {"name": "x" * 300, "owner": None},
        ],
        "idle_below": 10,
    }
    found = Sample.of(model)
    assert (found.gpu, found.model, found.idle_below) == ("MIG-1", "H100 (1)", 10.0)
    assert found.holders == (("kim/nlp", "kim"), ("x" * 255, ""))
