from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from hub import throttle as module
from hub.throttle import FORGOTTEN_AFTER, FREE, LONGEST_WAIT, Throttle, login_keys
from workspace_cli.core.database import Database


class Clock:
    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{tmp_path / 'labdock.sqlite'}")
    yield database
    database.close()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def throttle(database: Database, clock: Clock) -> Throttle:
    return Throttle(database, clock)


def attempt(
    throttle: Throttle,
    account: str = "kim",
    address: str = "10.0.0.1",
    device: str | None = None,
) -> float:
    return throttle.attempt(login_keys(address, account, device))


def fail(throttle: Throttle, times: int, account: str = "kim", address: str = "10.0.0.1") -> None:
    for _ in range(times):
        assert attempt(throttle, account, address) == 0


def test_the_first_failures_cost_no_wait(throttle: Throttle) -> None:
    fail(throttle, FREE["account"])
    assert attempt(throttle) > 0


def test_the_wait_doubles_and_ends_at_a_quarter_of_an_hour(
    throttle: Throttle, clock: Clock
) -> None:
    fail(throttle, FREE["account"])
    waits = []
    for number in range(14):
        wait = attempt(throttle, address=f"10.0.1.{number}")
        waits.append(wait)
        clock.now += wait
        assert attempt(throttle, address=f"10.0.1.{number}") == 0
    assert waits[:4] == [1, 2, 4, 8]
    assert waits[-1] == LONGEST_WAIT


def test_an_attempt_during_the_wait_does_not_lengthen_it(throttle: Throttle, clock: Clock) -> None:
    fail(throttle, FREE["account"])
    first = attempt(throttle)
    clock.now += first / 2
    assert attempt(throttle) == first / 2


def test_one_address_may_not_try_many_accounts(throttle: Throttle) -> None:
    for number in range(FREE["address"]):
        assert attempt(throttle, f"user-{number}") == 0
    assert attempt(throttle, "one-more") > 0
    assert attempt(throttle, "one-more", "10.0.0.2") == 0


def test_many_addresses_may_not_try_one_account(throttle: Throttle) -> None:
    for number in range(FREE["account"]):
        assert attempt(throttle, address=f"10.0.0.{number}") == 0
    assert attempt(throttle, address="10.9.9.9") > 0


def test_a_stranger_who_fails_keeps_a_known_browser_from_nothing(throttle: Throttle) -> None:
    fail(throttle, FREE["account"])
    assert attempt(throttle) > 0
    assert attempt(throttle, device="known") == 0
    throttle.succeeded(login_keys("10.0.0.1", "kim", "known"))
    assert attempt(throttle) > 0, "the stranger still waits"


def test_a_known_browser_does_not_guess_for_ever(throttle: Throttle) -> None:
    for _ in range(FREE["device"]):
        assert attempt(throttle, device="known") == 0
    assert attempt(throttle, device="known") > 0
    assert attempt(throttle, device="another") == 0


def test_a_right_password_clears_the_account_but_not_the_address(throttle: Throttle) -> None:
    fail(throttle, FREE["account"])
    throttle.succeeded(login_keys("10.0.0.1", "kim"))
    fail(throttle, FREE["account"])
    for number in range(FREE["address"] - 2 * FREE["account"] + 1):
        assert attempt(throttle, f"user-{number}") == 0
    assert attempt(throttle, "own-account") > 0


def test_failures_are_forgotten_after_an_hour(throttle: Throttle, clock: Clock) -> None:
    fail(throttle, FREE["account"])
    clock.now += FORGOTTEN_AFTER + 1
    fail(throttle, FREE["account"])


def test_a_restart_forgets_nothing(database: Database, throttle: Throttle, clock: Clock) -> None:
    fail(throttle, FREE["account"])
    assert attempt(Throttle(database, clock)) > 0


def test_an_admin_sees_who_waits_and_unlocks(throttle: Throttle, clock: Clock) -> None:
    fail(throttle, FREE["account"])
    (row,) = throttle.waiting()
    assert (row.kind, row.subject, row.failures) == ("account", "kim", FREE["account"])
    assert throttle.forget("account", "kim") is True
    assert throttle.forget("account", "kim") is False
    assert throttle.waiting() == []
    assert attempt(throttle) == 0


def test_a_clock_that_was_set_back_locks_nobody_out_for_long(
    throttle: Throttle, clock: Clock
) -> None:
    fail(throttle, FREE["account"])
    clock.now -= 10 * 86400
    assert attempt(throttle) <= LONGEST_WAIT


def test_names_of_an_attacker_do_not_fill_the_table(
    throttle: Throttle, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_ENTRIES", 30)
    for number in range(100):
        clock.now += 1
        attempt(throttle, f"{number}", f"10.0.0.{number}")
    with throttle._database.connect() as connection:
        rows = connection.exec_driver_sql("SELECT subject FROM labdock_login_failure").fetchall()
    assert len(rows) <= 32
    assert ("99",) in rows, "the latest are kept"
