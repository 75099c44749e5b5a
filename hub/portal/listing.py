"""Which workspaces a list shows, in which order, and a page of them at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

from hub.portal.board import Picture
from hub.portal.callers import Caller
from hub.portal.shown import Shown, State
from workspace_cli.core.errors import InvalidOptionError, NotAllowedError

Sort = Literal[
    "name", "-name", "state", "-state", "image", "-image", "created", "-created",
    "last_activity", "-last_activity", "lease_ends", "-lease_ends",
    "memory_used", "-memory_used", "cpus_used", "-cpus_used",
]  # fmt: skip
SORTS: tuple[str, ...] = get_args(Sort)
STATES: tuple[State, ...] = (
    *("failed", "waiting", "starting", "stopping"),
    *("running", "paused", "stopped", "new"),
)


@dataclass(frozen=True)
class Page:
    """Some rows; ``following`` is where the next page begins, None at the end."""

    rows: Sequence[Shown]
    following: str | None


def find(
    picture: Picture,
    who: Caller,
    *,
    owner: str = "",
    words: str = "",
    state: str | None = None,
    image: str = "",
) -> list[Shown]:
    """Return what a caller sees: their own, for an admin everybody's, as far as asked for.

    Raises NotAllowedError for somebody else's.
    """
    if owner and owner != who.name and not who.administers:
        raise NotAllowedError("Only admins see everybody's workspaces.", "Ask an admin.")
    wanted = owner or (None if who.administers else who.name)
    parts = words.casefold().split()
    return [
        one
        for one in picture.workspaces.values()
        if wanted in (None, one.owner)
        and state in (None, "", one.state)
        and image in ("", one.image)
        and all(part in _text(one) for part in parts)
    ]


def ordered(rows: Iterable[Shown], sort: str = "name") -> list[Shown]:
    """Return rows in an order; those that have no value for it come last."""
    if sort not in SORTS:
        raise InvalidOptionError(f"There is no order {sort!r}.", f"There are {', '.join(SORTS)}.")
    field, down = sort.removeprefix("-"), sort.startswith("-")
    by_name = sorted(rows, key=lambda one: one.reference, reverse=down and field == "name")
    if field == "name":
        return by_name
    value = _VALUES[field]
    known = [one for one in by_name if value(one) is not None]
    unknown = [one for one in by_name if value(one) is None]
    return sorted(known, key=value, reverse=down) + unknown


_VALUES: dict[str, Callable[[Shown], Any]] = {
    "state": lambda one: STATES.index(one.state),
    "image": lambda one: one.image,
    "created": lambda one: one.created,
    "last_activity": lambda one: one.last_activity,
    "lease_ends": lambda one: one.lease_ends,
    "memory_used": lambda one: one.used and one.used.memory,
    "cpus_used": lambda one: one.used and one.used.cpus,
}


def page(rows: Sequence[Shown], after: str, limit: int) -> Page:
    """Return the rows that follow the one called ``after`` (``OWNER/NAME``)."""
    begin = 0
    if after:
        found = [number for number, one in enumerate(rows) if one.reference == after]
        if not found:
            raise InvalidOptionError(
                f"The list has no {after!r} any more.", "Begin with its first page again."
            )
        begin = found[0] + 1
    shown = rows[begin : begin + limit]
    return Page(shown, shown[-1].reference if begin + limit < len(rows) else None)


def _text(one: Shown) -> str:
    return f"{one.reference} {one.title} {one.image} {one.state} {one.kind}".casefold()
