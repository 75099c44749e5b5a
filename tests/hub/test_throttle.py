from __future__ import annotations

from hub.throttle import (
    FORGOTTEN_AFTER,
    FREE_FOR_ACCOUNT,
    FREE_FOR_ADDRESS,
    LONGEST_WAIT,
    MOST_ENTRIES,
    Throttle,
)


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def fail(throttle: Throttle, times: int, address: str = "10.0.0.1", account: str = "kim") -> None:
    for _ in range(times):
        assert throttle.attempt(address, account) == 0


def test_the_first_failures_cost_no_wait() -> None:
    throttle = Throttle(Clock())
    fail(throttle, FREE_FOR_ACCOUNT)
    assert throttle.attempt("10.0.0.1", "kim") > 0


def test_the_wait_doubles_and_ends_at_a_quarter_of_an_hour() -> None:
    clock = Clock()
    throttle = Throttle(clock)
    fail(throttle, FREE_FOR_ACCOUNT)
    waits = []
    for number in range(14):
        wait = throttle.attempt(f"10.0.1.{number}", "kim")
        waits.append(wait)
        clock.now += wait
        assert throttle.attempt(f"10.0.1.{number}", "kim") == 0
    assert waits[:4] == [1, 2, 4, 8]
    assert waits[-1] == LONGEST_WAIT


def test_an_attempt_during_the_wait_does_not_lengthen_it() -> None:
    clock = Clock()
    throttle = Throttle(clock)
    fail(throttle, FREE_FOR_ACCOUNT + 1 - 1)
    first = throttle.attempt("10.0.0.1", "kim")
    clock.now += first / 2
    assert throttle.attempt("10.0.0.1", "kim") == first / 2


def test_one_address_may_not_try_many_accounts() -> None:
    throttle = Throttle(Clock())
    for number in range(FREE_FOR_ADDRESS):
        assert throttle.attempt("10.0.0.1", f"user-{number}") == 0
    assert throttle.attempt("10.0.0.1", "one-more") > 0
    assert throttle.attempt("10.0.0.2", "one-more") == 0


def test_many_addresses_may_not_try_one_account() -> None:
    throttle = Throttle(Clock())
    for number in range(FREE_FOR_ACCOUNT):
        assert throttle.attempt(f"10.0.0.{number}", "kim") == 0
    assert throttle.attempt("10.9.9.9", "kim") > 0


def test_a_right_password_clears_the_account_but_not_the_address() -> None:
    throttle = Throttle(Clock())
    fail(throttle, FREE_FOR_ACCOUNT - 1)
    fail(throttle, 1)
    throttle.succeeded("10.0.0.1", "kim")
    fail(throttle, FREE_FOR_ACCOUNT)

    throttle = Throttle(Clock())
    for number in range(FREE_FOR_ADDRESS):
        assert throttle.attempt("10.0.0.1", f"user-{number}") == 0
        if number == 3:
            throttle.succeeded("10.0.0.1", "user-3")
    assert throttle.attempt("10.0.0.1", "own-account") == 0
    assert throttle.attempt("10.0.0.1", "own-account") > 0


def test_failures_are_forgotten_after_an_hour() -> None:
    clock = Clock()
    throttle = Throttle(clock)
    fail(throttle, FREE_FOR_ACCOUNT)
    clock.now += FORGOTTEN_AFTER + 1
    fail(throttle, FREE_FOR_ACCOUNT)


def test_names_of_an_attacker_do_not_fill_the_memory() -> None:
    throttle = Throttle(Clock())
    for number in range(MOST_ENTRIES):
        throttle.attempt(f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}", f"{number}")
    assert len(throttle._failures) == MOST_ENTRIES
