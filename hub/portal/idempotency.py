"""Keys that make sending again safe: the same key is answered as it was the first time.

Kept in memory for a day: whatever they protect (a start, a stop) does nothing where it has
been done already, so that a portal that was started anew forgets nothing that matters.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Annotated

from fastapi import Header

from workspace_cli.core.errors import BusyError, ConflictError

KEPT_SECONDS = 24 * 3600.0
MOST = 5000

Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        pattern=r"^[!-~]{1,128}$",
        description="A word of your own: the same request with the same one is done once.",
    ),
]


class Keys:
    """Knows which keys were used for what; safe in several threads."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._guard = threading.Lock()
        self._known: OrderedDict[tuple[str, str], tuple[float, str, bool]] = OrderedDict()

    def begin(self, who: str, key: str | None, what: object) -> bool:
        """Tell whether something is to be done; False where it has been, with this key.

        Raises ConflictError where the key was used for something else, BusyError while the
        first request with it is under way.
        """
        if key is None:
            return True
        digest = hashlib.sha256(json.dumps(what, sort_keys=True).encode()).hexdigest()
        with self._guard:
            at, known, done = self._known.get((who, key), (0.0, "", False))
            if known and self._clock() - at < KEPT_SECONDS:
                if known != digest:
                    raise ConflictError(
                        "This idempotency key was used for something else.",
                        "Send each request with a key of its own.",
                    )
                if not done:
                    raise BusyError(
                        "The first request with this key is under way.", "Wait, then look."
                    )
                return False
            self._known[who, key] = (self._clock(), digest, False)
            while len(self._known) > MOST:
                self._known.popitem(last=False)
        return True

    def end(self, who: str, key: str | None, *, done: bool) -> None:
        """Note how it went: what has failed may be tried again with the same key."""
        if key is None:
            return
        with self._guard:
            found = self._known.pop((who, key), None)
            if found is not None and done:
                self._known[who, key] = (found[0], found[1], True)
