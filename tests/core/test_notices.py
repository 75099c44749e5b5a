"""Notices are kept once a kind, shown until they end, and dismissed by their owner alone."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from workspace_cli.core import notices
from workspace_cli.core.database import Database


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{tmp_path}/labdock.sqlite")
    yield database
    database.close()


def kinds(database: Database, now: float, **whose: str) -> list[str]:
    return [notice.kind for notice in notices.open_notices(database, now=now, **whose)]


def test_telling_again_brings_the_open_notice_up_to_date(database: Database) -> None:
    one = notices.tell(database, "kim", "default", "lease_ending", {"ends": 5}, now=1)
    two = notices.tell(database, "kim", "default", "lease_ending", {"ends": 9}, now=2)
    assert one.id == two.id
    (only,) = notices.open_notices(database, now=3)
    assert only.values == {"ends": 9}


def test_a_notice_is_shown_until_it_ends(database: Database) -> None:
    notices.tell(database, "kim", "default", "idle_warning", {}, now=1, ends=10)
    assert kinds(database, 9) == ["idle_warning"]
    assert kinds(database, 11) == []


def test_a_member_sees_and_dismisses_their_own_alone(database: Database) -> None:
    mine = notices.tell(database, "kim", "default", "out_of_memory", {}, now=1)
    notices.tell(database, "lee", "paper", "gpu_lost", {}, now=2)
    assert kinds(database, 3, owner="kim") == ["out_of_memory"]
    assert kinds(database, 3, owner="kim", workspace="paper") == []
    assert not notices.dismiss(database, mine.id, "lee", now=4)
    assert notices.dismiss(database, mine.id, "kim", now=4)
    assert not notices.dismiss(database, mine.id, "kim", now=5)
    assert kinds(database, 6) == ["gpu_lost"]


def test_what_is_no_longer_so_is_withdrawn(database: Database) -> None:
    notices.tell(database, "kim", "default", "idle_warning", {}, now=1)
    notices.tell(database, "kim", "default", "lease_ending", {}, now=1)
    notices.withdraw(database, "kim", "default", "idle_warning", now=2)
    assert kinds(database, 3) == ["lease_ending"]


def test_old_ones_are_forgotten(database: Database) -> None:
    notices.tell(database, "kim", "default", "gpu_lost", {}, now=1, ends=5)
    notices.forget(database, now=10)
    with database.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM labdock_notice").scalar() == 0
