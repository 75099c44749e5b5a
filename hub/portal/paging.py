"""Lists of the API, some rows at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, TypeVar

from fastapi import Query

from workspace_cli.core.errors import InvalidOptionError

Row = TypeVar("Row")

ROWS = 50
MOST_ROWS = 200

Limit = Annotated[int, Query(ge=1, le=MOST_ROWS, description="Rows of a page.")]
After = Annotated[str, Query(max_length=255, description="`next` of the page before.")]


def cut(
    rows: Sequence[Row], name: Callable[[Row], str], after: str, limit: int
) -> tuple[Sequence[Row], str | None]:
    """Return the rows that follow the one called ``after``, and what the next page follows.

    Raises InvalidOptionError where there is no such row any more.

    >>> cut(["a", "b", "c"], str, "a", 1)
    (['b'], 'b')
    """
    begin = 0
    if after:
        found = [number for number, row in enumerate(rows) if name(row) == after]
        if not found:
            raise InvalidOptionError(
                f"The list has no {after!r} any more.", "Begin with its first page again."
            )
        begin = found[0] + 1
    shown = rows[begin : begin + limit]
    return shown, name(shown[-1]) if begin + limit < len(rows) else None
