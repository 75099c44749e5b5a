"""How many pages follow the events at once."""

from __future__ import annotations

from collections import Counter

from workspace_cli.core.errors import TooOftenError

MOST_STREAMS = 24
"""Open pages of one member."""
WAIT_SECONDS = 15.0


class Streams:
    """How many pages each member has open."""

    def __init__(self) -> None:
        self.open: Counter[str] = Counter()

    def enter(self, name: str) -> None:
        """Count one more; TooOftenError where there are too many."""
        if self.open[name] >= MOST_STREAMS:
            raise TooOftenError(
                "You have too many pages open.", "Close some of them.", seconds=WAIT_SECONDS
            )
        self.open[name] += 1

    def leave(self, name: str) -> None:
        """Count one less."""
        self.open[name] -= 1
        if not self.open[name]:
            del self.open[name]
