"""The simulated month is what it says: everybody gets GPUs, nobody runs into another."""

from __future__ import annotations

import pytest

from tests.bench.lab_month import DAY, DAYS, MEMBERS, Outcome, brokered, month, table, unbrokered


@pytest.fixture(scope="module")
def found() -> list[Outcome]:
    runs = month(1)
    return [brokered(runs, backfill=True), brokered(runs, backfill=False), unbrokered(runs, 1)]


def test_a_month_is_the_same_each_time_and_has_everybody_in_it() -> None:
    runs = month(1)
    assert runs == month(1) != month(2)
    assert len({run.owner for run in runs}) == MEMBERS
    assert all(0 <= run.at < DAYS * DAY and run.work > 0 for run in runs)


def test_the_broker_does_every_run_and_ends_none(found: list[Outcome]) -> None:
    for one in found[:2]:
        assert one.done == len(month(1))
        assert (one.conflicts, one.lost) == (0, 0.0)
        assert 0 < one.use <= 1
        assert min(one.waits) >= 0


def test_without_a_broker_people_run_into_each_other(found: list[Outcome]) -> None:
    labdock, _, none = found
    assert none.conflicts > 0
    assert none.lost > 0
    assert none.use < labdock.use


def test_backfill_shortens_the_wait(found: list[Outcome]) -> None:
    labdock, plain, _ = found
    assert labdock.wait(0.5) < plain.wait(0.5)
    assert labdock.use >= plain.use


def test_the_table_has_a_row_a_way(found: list[Outcome]) -> None:
    rows = table(found).splitlines()
    assert [row.split(" | ")[0].strip("| ") for row in rows[2:]] == [one.way for one in found]
