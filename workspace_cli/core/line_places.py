"""Where everybody in the waiting line stands, and when their turn comes."""

from __future__ import annotations

from dataclasses import dataclass

from workspace_cli.core import line_rows
from workspace_cli.core.errors import NotFoundError
from workspace_cli.core.gpus import Holder
from workspace_cli.core.host import Host
from workspace_cli.core.line import Decision, Wish, decide, fitting
from workspace_cli.core.line_rows import Request
from workspace_cli.core.line_state import Scene, scene


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where somebody stands: ``position`` counts from 1, 0 is whose turn has come.

    ``starts`` is when the turn comes as far as is known, in seconds since the
    epoch, ``estimate`` the seconds until then.  ``barred`` says that the owner
    has as many GPUs as the policy allows.  ``holders`` are who has the GPUs that
    are waited for.
    """

    request: Request
    position: int
    starts: float | None = None
    estimate: float | None = None
    barred: bool = False
    holders: tuple[tuple[str, Holder], ...] = ()

    @property
    def ahead(self) -> int:
        """How many stand before."""
        return max(self.position - 1, 0)


def place_in_line(host: Host, request_id: str) -> Place:
    """Return where a request stands; NotFoundError where it is gone."""
    found = next((place for place in line(host) if place.request.id == request_id), None)
    if found is None:
        raise NotFoundError(
            "The request is no longer in line: its turn has come and gone, or it was cancelled.",
            "Ask again.",
        )
    return found


def line(host: Host) -> list[Place]:
    """Return everybody whose turn has come and everybody who waits, in order."""
    with host.database.connect() as connection:
        if not line_rows.read(connection):
            return []
    now = scene(host, host.engine.containers())
    decision = decide(now.state)
    rows = {row.id: row for row in now.requests}
    places = [
        Place(request=row, position=0, estimate=0.0, starts=row.granted)
        for row in now.requests
        if row.granted is not None and row.kind != "restart"
    ]
    ordered = sorted(now.state.asks, key=lambda ask: not ask.override)
    return places + [
        _place(now, decision, rows[ask.id], position) for position, ask in enumerate(ordered, 1)
    ]


def _place(now: Scene, decision: Decision, row: Request, position: int) -> Place:
    starts = decision.starts.get(row.id)
    suited = {gpu.id for gpu in fitting(now.state, Wish.of(row.wanted))}
    return Place(
        request=row,
        position=position,
        starts=starts,
        estimate=None if starts is None else max(starts - now.state.now, 0.0),
        barred=row.id in decision.barred,
        holders=tuple(
            (gpu, one)
            for gpu, holders in now.look.holders.items()
            if gpu in suited
            for one in holders
        ),
    )
