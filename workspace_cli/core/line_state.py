"""Gathers what the waiting line's decision depends on, from the engine and the database."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from workspace_cli.core import gpus, lease_rows, leases, line_rows, reservations
from workspace_cli.core.gpus import Look
from workspace_cli.core.host import Host
from workspace_cli.core.line import Ask, Hold, LineState, Wish, fitting
from workspace_cli.core.line_rows import Request
from workspace_cli.core.members import Member, pick
from workspace_cli.core.members import read as read_members
from workspace_cli.core.models import ContainerSummary, Workspace
from workspace_cli.core.policy import Allowance, Policy
from workspace_cli.core.returning import returning
from workspace_cli.core.values import Gpus

SEEN_SECONDS = 60.0
"""A command line that has not been heard of for so long has lost its place."""
NEW = "new"
"""The id of a request that has no row."""


@dataclass(frozen=True, kw_only=True)
class Asker:
    """Who asks for GPUs, for which workspace, and which of them it had before.

    ``override`` is an admin's reason to set the policy and the line aside.
    """

    owner: str
    workspace: str
    wanted: Gpus
    prefer: frozenset[str] = frozenset()
    override: str = ""

    @property
    def identity(self) -> tuple[str, str]:
        """Owner and workspace."""
        return self.owner, self.workspace


@dataclass(frozen=True, kw_only=True)
class Scene:
    """One moment: GPUs and their holders, the line, and the row of whoever asks."""

    look: Look
    policy: Policy
    members: Mapping[str, Member]
    state: LineState
    requests: tuple[Request, ...]
    own: Request | None = None

    @property
    def ask(self) -> Ask | None:
        """Return the asker's own request as the line sees it."""
        wanted = self.own.id if self.own else NEW
        return next((ask for ask in self.state.asks if ask.id == wanted), None)


def scene(host: Host, containers: Sequence[ContainerSummary], asker: Asker | None = None) -> Scene:
    """Return the line as it is now.

    ``containers`` are all of the engine's; the asker's own workspace holds
    nothing in it, and its row, or a new one at the end, is part of the line.
    """
    others = [row for row in containers if asker is None or _identity(row) != asker.identity]
    with host.database.connect() as connection:
        known = _Known.read(connection)
    return _gather(host, known, others, containers, asker)


@dataclass(frozen=True)
class _Known:
    """What the database says, read in one go."""

    requests: Sequence[Request]
    leases: Mapping[str, lease_rows.LeaseRow]
    members: Mapping[str, Member]
    reservations: Sequence[reservations.Reservation]

    @classmethod
    def read(cls, connection: Any) -> _Known:
        return cls(
            line_rows.read(connection),
            lease_rows.read(connection),
            read_members(connection),
            reservations.read(connection),
        )


def _gather(
    host: Host,
    known: _Known,
    others: Sequence[ContainerSummary],
    containers: Sequence[ContainerSummary],
    asker: Asker | None,
) -> Scene:
    now, policy, had = host.clock(), host.policy, _had(containers)
    if asker is not None and not asker.prefer:
        asker = replace(asker, prefer=had.get(asker.identity, frozenset()))
    seen = gpus.look(host, others)
    spans = leases.spans(host, known.leases, known.members, policy, others)
    seen = replace(seen, holders=gpus.with_terms(seen.holders, spans))
    back = returning(host, containers, known.leases, policy.lease.claim)
    kept = {row.identity for row in back}
    rows = [row for row in known.requests if is_alive(row, now, policy)]
    rows = [*back, *(row for row in rows if row.granted or row.identity not in kept)]
    own = next((row for row in rows if asker and row.identity == asker.identity), None)
    holding = {(one.owner, one.workspace) for row in seen.holders.values() for one in row}
    state = LineState(
        now=now,
        gpus=seen.line_gpus(policy),
        holds=tuple(_holds(seen)),
        reservations=tuple(row.reserved for row in known.reservations if row.ends > now),
    )
    maker = _Maker(host, policy, known.members, state)
    granted = [
        row
        for row in rows
        if row.granted is not None and row.identity not in holding and row is not own
    ]
    state = replace(state, holds=(*state.holds, *maker.granted(granted)))
    maker = replace(maker, state=state)
    asks = [
        maker.ask(_asker_of(row, had), row)
        for row in rows
        if row.granted is None and row is not own and row.identity not in holding
    ]
    if asker is not None:
        asks.append(maker.ask(asker, own if own and own.wanted == asker.wanted else None, own))
    ordered = tuple(sorted(asks, key=lambda ask: (ask.asked, ask.id == NEW, ask.id)))
    return Scene(
        look=seen,
        policy=policy,
        members=known.members,
        state=replace(state, asks=ordered),
        requests=tuple(rows),
        own=own,
    )


def is_alive(row: Request, now: float, policy: Policy) -> bool:
    """Tell whether a row still counts: a grant until it lapses, a client that must be there."""
    if row.granted is not None:
        return now < row.granted + policy.lease.claim
    return row.kind != "cli" or now < row.seen + SEEN_SECONDS


def most_ever(policy: Policy, allowance: Allowance) -> int | None:
    """Return how many GPUs somebody may hold at the best of hours; None is any number."""
    if allowance.gpus is None or not (policy.off_peak.hours or policy.off_peak.days):
        return allowance.gpus
    return max(allowance.gpus, allowance.gpus_off_peak or 0)


@dataclass(frozen=True)
class _Maker:
    """Makes requests of the line from rows, with what the policy gives their owners."""

    host: Host
    policy: Policy
    members: Mapping[str, Member]
    state: LineState

    def ask(self, asker: Asker, row: Request | None, own: Request | None = None) -> Ask:
        now, zone = self.state.now, self.host.settings.timezone
        member = pick(self.members, asker.owner, self.host.settings.admin)
        allowance = member.allowance(self.policy)
        wish = Wish.of(asker.wanted)
        count = len(fitting(self.state, wish)) if wish.everything else wish.count
        held = sum(hold.owner == asker.owner for hold in self.state.holds)
        override = bool(asker.override)
        known = row or own
        return Ask(
            id=known.id if known else NEW,
            owner=asker.owner,
            wish=wish,
            asked=row.asked if row else now,
            lasts=allowance.gpu_time
            if override
            else leases.length(self.policy, allowance, held + count, now, zone),
            most=None if override else leases.most_now(self.policy, allowance, now, zone),
            groups=member.groups,
            prefer=asker.prefer,
            override=override,
        )

    def granted(self, rows: Iterable[Request]) -> Iterable[Hold]:
        """Yield what is kept for those whose turn has come, as if their lease had begun."""
        for row in rows:
            lasts = self.ask(_asker_of(row, {}), row).lasts
            claimed = (row.granted or 0.0) + self.policy.lease.claim
            ends = row.latest or (None if lasts is None else claimed + lasts)
            whole = not Wish.of(row.wanted).shared
            for gpu in row.gpus:
                yield Hold(
                    gpu=gpu, owner=row.owner, workspace=row.workspace, ends=ends, whole=whole
                )


def _asker_of(row: Request, had: Mapping[tuple[str, str], frozenset[str]]) -> Asker:
    return Asker(
        owner=row.owner,
        workspace=row.workspace,
        wanted=row.wanted,
        prefer=had.get(row.identity, frozenset()),
        override=row.note,
    )


def _holds(seen: Look) -> Iterable[Hold]:
    for gpu, row in seen.holders.items():
        for one in row:
            yield Hold(
                gpu=gpu,
                owner=one.owner,
                workspace=one.workspace,
                ends=one.until,
                # A stranger on a shared GPU is one holder of several.
                whole=bool(one.owner) and not one.seat,
            )


def _had(containers: Iterable[ContainerSummary]) -> dict[tuple[str, str], frozenset[str]]:
    """Return which GPUs stopped workspaces were made with: with these they start in place."""
    found = filter(None, map(Workspace.of, containers))
    return {(one.owner, one.name): frozenset(one.gpus) for one in found if one.gpus}


def _identity(row: ContainerSummary) -> tuple[str, str] | None:
    workspace = Workspace.of(row)
    return (workspace.owner, workspace.name) if workspace else None
