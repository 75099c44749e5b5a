"""Slows down guessing of passwords, per address and per account.

A few failures cost nothing; each further one doubles the wait, up to a
quarter of an hour.  A failure is forgotten after an hour without another.  An
account's waits are counted by name whether the account exists or not, so the
answer says nothing about that.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

FREE_FOR_ACCOUNT = 5
FREE_FOR_ADDRESS = 20
"""A lab behind one router shares an address, so an address gets more."""
LONGEST_WAIT = 900.0
FORGOTTEN_AFTER = 3600.0
MOST_ENTRIES = 20_000
"""Bound on memory: beyond it the oldest entries go."""


@dataclass
class _Failures:
    count: int
    last: float


class Throttle:
    """Counts failed logins and says how long the next attempt must wait.

    Call ``attempt`` before a password is looked at and ``succeeded`` after a
    right one: an attempt under way counts as failed, so that many at once
    gain nothing.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._failures: OrderedDict[tuple[str, str], _Failures] = OrderedDict()
        self._lock = threading.Lock()

    def attempt(self, address: str, account: str) -> float:
        """Count an attempt and return 0, or return the seconds left to wait and count nothing."""
        keys = self._keys(address, account)
        with self._lock:
            wait = max(self._wait(key, free) for key, free in keys.items())
            if wait <= 0:
                for key in keys:
                    self._count(key)
            return max(wait, 0.0)

    def succeeded(self, address: str, account: str) -> None:
        """Forget the account's failures, and this attempt of the address.

        The address keeps its others, or a member's own logins would clear the
        way for guessing at somebody else's password.
        """
        with self._lock:
            self._failures.pop(("account", account), None)
            failures = self._failures.get(("address", address))
            if failures:
                failures.count -= 1

    @staticmethod
    def _keys(address: str, account: str) -> dict[tuple[str, str], int]:
        return {("address", address): FREE_FOR_ADDRESS, ("account", account): FREE_FOR_ACCOUNT}

    def _wait(self, key: tuple[str, str], free: int) -> float:
        failures = self._failures.get(key)
        if failures is None:
            return 0.0
        passed = self._clock() - failures.last
        if passed > FORGOTTEN_AFTER:
            del self._failures[key]
            return 0.0
        over = failures.count - free
        return min(2.0 ** min(over, 30), LONGEST_WAIT) - passed if over >= 0 else 0.0

    def _count(self, key: tuple[str, str]) -> None:
        failures = self._failures.setdefault(key, _Failures(0, 0.0))
        failures.count += 1
        failures.last = self._clock()
        self._failures.move_to_end(key)
        while len(self._failures) > MOST_ENTRIES:
            self._failures.popitem(last=False)
