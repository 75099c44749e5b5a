"""Takes back what a call made, where the call fails."""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType
from typing import Self

from workspace_cli.core.errors import LabdockError


class Undo:
    """Steps that run in reverse order where the block is left by any exception.

    A step that fails itself is passed over: the person is told the first
    failure, and what is left over is reaped later.

    >>> with Undo() as undo:
    ...     undo.add(lambda: print("never printed"))
    """

    def __init__(self) -> None:
        self._steps: list[Callable[[], object]] = []

    def add(self, step: Callable[[], object]) -> None:
        """Add a step; add it before what it takes back, if that may be interrupted."""
        self._steps.append(step)

    def drop(self, step: Callable[[], object]) -> None:
        """Forget a step: it turned out that nothing was made."""
        self._steps.remove(step)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if error is None:
            return
        for step in reversed(self._steps):
            try:
                step()
            except (LabdockError, OSError):
                continue
