"""The rows of how GPUs were used, over both databases."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.hub.postgresql import PostgreSQL
from workspace_cli.core import gpu_history_rows as rows
from workspace_cli.core.database import FILE, Database, database_url
from workspace_cli.core.gpu_history import HOUR, MINUTE, Sample
from workspace_cli.core.settings import Settings

NOW = 1_800_000_000
DAY = 86400
LOOK = Sample(
    gpu="GPU-1",
    position=0,
    model="H100",
    memory=80,
    utilisation=40.0,
    used=8,
    idle_below=5.0,
    holders=(("kim/nlp", "kim"),),
)


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """Return each kind of database, with our tables."""
    url = None
    if request.param == "postgresql":
        server: PostgreSQL = request.getfixturevalue("postgresql")
        url = server.new_database()
    settings = Settings(root=tmp_path, database_url=url)
    settings.hub_dir.mkdir()
    made = Database(database_url(settings, FILE))
    made.migrate()
    yield made
    made.close()


def write(database: Database, now: float, *samples: Sample) -> None:
    with database.begin() as connection:
        rows.write(connection, now, samples)


def fold_old(database: Database, now: float) -> None:
    with database.begin() as connection:
        rows.fold_old(connection, now)


def count(database: Database, table: str) -> int:
    with database.connect() as connection:
        return int(connection.execute(text(f"SELECT COUNT(*) FROM {table}")).scalar())


def test_a_minute_is_written_once_however_many_look(database: Database) -> None:
    write(database, NOW, LOOK)
    write(database, NOW + 30, replace(LOOK, utilisation=90.0))
    write(database, NOW + MINUTE, replace(LOOK, utilisation=None, used=None, holders=()))
    with database.connect() as connection:
        found = rows.read(connection, NOW, NOW + HOUR, MINUTE)
        (whole,) = rows.read(connection, NOW, NOW + HOUR, HOUR)
        (line,) = rows.read_line(connection, NOW, NOW + HOUR, HOUR)
        (seen,) = rows.seen(connection, NOW)
    assert [(one.minutes, one.mean, one.held) for one in found] == [(1, 40.0, 1), (1, None, 0)]
    assert (whole.minutes, whole.measured, whole.mean, whole.held, whole.used) == (2, 1, 40, 1, 8)
    assert (line.minutes, line.waiting_max) == (2, 0)
    assert (seen.model, seen.memory) == ("H100", 80)


def test_two_portals_write_at_once_and_a_minute_counts_once(database: Database) -> None:
    looks = [replace(LOOK, gpu=f"GPU-{number}") for number in range(8)]

    def portal(order: int) -> None:
        for minute in range(10):
            write(database, NOW + minute * MINUTE, *looks[::order])

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(portal, (1, -1)))
    assert count(database, "labdock_gpu_minute") == 80
    assert count(database, "labdock_line_minute") == 10


def test_old_minutes_become_hours_without_losing_any(database: Database) -> None:
    for minute in range(0, 180, 3):
        write(database, NOW + minute * MINUTE, replace(LOOK, utilisation=float(minute % 60)))
    with database.connect() as connection:
        before = rows.read(connection, NOW, NOW + DAY, HOUR)
        line = rows.read_line(connection, NOW, NOW + DAY, HOUR)
    # Of three hours two are old enough.
    fold_old(database, NOW + 2 * HOUR + rows.MINUTES_KEPT)
    assert count(database, "labdock_gpu_minute") == 20
    assert count(database, "labdock_gpu_hour") == 2
    with database.connect() as connection:
        assert rows.read(connection, NOW, NOW + DAY, HOUR) == before
        assert rows.read_line(connection, NOW, NOW + DAY, HOUR) == line
    assert before[0].holdings[0].idle == 2


def test_folding_again_changes_nothing_and_late_minutes_are_added(database: Database) -> None:
    write(database, NOW, LOOK)
    later = NOW + HOUR + rows.MINUTES_KEPT
    fold_old(database, later)
    fold_old(database, later)
    late = replace(LOOK, utilisation=2.0, holders=(("kim/nlp", "kim"), ("notes", "")))
    write(database, NOW + MINUTE, late)
    fold_old(database, later)
    with database.connect() as connection:
        (hour,) = rows.read(connection, NOW, NOW + HOUR, HOUR)
        (line,) = rows.read_line(connection, NOW, NOW + HOUR, HOUR)
    assert (hour.minutes, hour.mean, hour.highest, hour.held) == (2, 21.0, 40.0, 2)
    assert [(one.holder, one.minutes, one.idle) for one in hour.holdings] == [
        ("kim/nlp", 2, 1),
        ("notes", 1, 1),
    ]
    assert line.minutes == 2


def test_two_portals_fold_at_once_and_nothing_counts_twice(database: Database) -> None:
    for minute in range(60):
        write(database, NOW + minute * MINUTE, LOOK)
    later = NOW + HOUR + rows.MINUTES_KEPT
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda _: fold_old(database, later), range(2)))
    with database.connect() as connection:
        (hour,) = rows.read(connection, NOW, NOW + HOUR, HOUR)
    assert (hour.minutes, hour.holdings[0].minutes) == (60, 60)


def test_what_fails_on_the_way_is_as_if_it_had_not_begun(database: Database) -> None:
    write(database, NOW, LOOK)
    with database.connect() as connection:
        rows.fold_old(connection, NOW + HOUR + rows.MINUTES_KEPT)
        connection.rollback()
    assert count(database, "labdock_gpu_minute") == 1
    assert count(database, "labdock_gpu_hour") == 0


def test_hours_go_when_they_are_ninety_days_old(database: Database) -> None:
    write(database, NOW, LOOK)
    fold_old(database, NOW + 3 * DAY)
    fold_old(database, NOW + rows.HOURS_KEPT - HOUR)
    assert count(database, "labdock_gpu_hour") == 1
    fold_old(database, NOW + rows.HOURS_KEPT + HOUR)
    tables = ("gpu_minute", "gpu_hour", "gpu_holding", "line_minute", "line_hour", "gpu_seen")
    assert {count(database, f"labdock_{name}") for name in tables} == {0}
