"""How often a wrong password may be tried."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

WINDOW = 60.0
PER_ADDRESS = 10
IN_ALL = 60


class Throttle:
    """Counts failures in the last minute, by address and in all.

    Only wrong tries count and only tries are refused: whoever is logged in stays so.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._failures: deque[tuple[float, str]] = deque(maxlen=IN_ALL)

    def failed(self, address: str) -> None:
        """Remember a wrong try."""
        self._failures.append((self._clock(), address))

    def wait(self, address: str) -> float:
        """Seconds until `address` may try again; 0 where it may now."""
        now = self._clock()
        while self._failures and self._failures[0][0] <= now - WINDOW:
            self._failures.popleft()
        mine = [when for when, who in self._failures if who == address]
        if len(mine) >= PER_ADDRESS:
            return mine[-PER_ADDRESS] + WINDOW - now
        if len(self._failures) >= IN_ALL:
            return self._failures[0][0] + WINDOW - now
        return 0.0
