"""Logins that come at once: who is held back only by others under way waits for how they end.

An attempt counts as failed until its password is found right (``throttle.py``), or many at
once would gain something.  A class that logs in behind one address would use its failures up
that way without a single one.  So whom the throttle refuses while others of the same address
are under way is asked again when one of these has ended, and is refused only when none is left.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from hub.throttle import Keys, Throttle


@dataclass
class _Line:
    """The logins of one address: how many there are, are under way, and wait for one to end."""

    present: int = 0
    under_way: int = 0
    waiting: deque[asyncio.Future[None]] = field(default_factory=deque)

    def wake_next(self) -> None:
        """Let the one that has waited longest ask again."""
        while self.waiting:
            future = self.waiting.popleft()
            if not future.done():
                future.set_result(None)
                return


class LoginTurns:
    """Lets logins in as a throttle allows; for one event loop."""

    def __init__(self, throttle: Throttle) -> None:
        self._throttle = throttle
        self._lines: dict[str, _Line] = {}

    @asynccontextmanager
    async def turn(self, keys: Keys) -> AsyncIterator[float]:
        """Give 0 and count an attempt, under way as long as this lasts, else the seconds to wait.

        Whether it succeeded must be told to the throttle before this ends.
        """
        where = keys.get("address") or keys.get("device") or ""
        line = self._lines.setdefault(where, _Line())
        line.present += 1
        try:
            wait = await self._ask(line, keys)
            try:
                yield wait
            finally:
                if wait <= 0:
                    line.under_way -= 1
        finally:
            # Also after a refusal: the next one is refused as well, and so on to the last.
            line.wake_next()
            line.present -= 1
            if not line.present:
                del self._lines[where]

    async def _ask(self, line: _Line, keys: Keys) -> float:
        while True:
            # Before the answer: it counts from when the database knows of it.
            line.under_way += 1
            try:
                wait = await asyncio.to_thread(self._throttle.attempt, keys)
            except BaseException:
                line.under_way -= 1
                raise
            if wait <= 0:
                return 0.0
            line.under_way -= 1
            if not line.under_way:
                return wait
            ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            line.waiting.append(ended)
            await ended
