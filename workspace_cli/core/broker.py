"""Gives GPUs to whoever's turn it is: the one way to a lease, for hub and command line alike.

Labels on containers say who holds what; the database says who waits and whose
turn has come.  Everything is decided under the host's lock by ``line.decide``.
A client may die between any two steps: the end of a lease is written before its
container is made, a request is removed after its container has started, and
what lies between is put right by whoever looks next (``advance``).
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from workspace_cli.core import audit, lease_rows, line_rows, reservations
from workspace_cli.core.gpu_lease import Lease
from workspace_cli.core.gpu_refusals import check_possible, refusal
from workspace_cli.core.host import Host
from workspace_cli.core.lease_rows import LeaseRow
from workspace_cli.core.line import Award, LineGpu, Wish, decide, fitting
from workspace_cli.core.line_places import Place, line, place_in_line
from workspace_cli.core.line_rows import Request, RequestKind
from workspace_cli.core.line_state import Asker, Scene, is_alive, scene
from workspace_cli.core.models import ContainerSummary, Workspace, WorkspaceSpec
from workspace_cli.core.naming import container_name, main_name
from workspace_cli.core.values import Gpus

__all__ = [
    "Asker",
    "Granted",
    "Lease",
    "Place",
    "Waiting",
    "advance",
    "alive",
    "ask",
    "claimed",
    "hold",
    "keep",
    "lease",
    "line",
    "place_in_line",
    "secure",
    "withdraw",
]


@dataclass(frozen=True)
class Granted:
    """A request whose turn has come: its GPUs are kept until it is claimed or lapses."""

    request: Request

    @property
    def gpus(self) -> tuple[str, ...]:
        """The GPUs that are kept."""
        return self.request.gpus


@dataclass(frozen=True)
class Waiting:
    """A request that stands in line."""

    request: Request
    place: Place


def lease(host: Host, asker: Asker, containers: Sequence[ContainerSummary]) -> Lease:
    """Return the GPUs that a workspace gets now; nobody who waits is overtaken.

    To be called under the host's lock, with every container of the engine; then
    ``hold``, create or start, then ``claimed``.  Raises NoFreeGpuError, which says
    who holds what since when until when, and AllowanceError.
    """
    if asker.wanted in (0, ()):
        return Lease()
    now = scene(host, containers, asker)
    granted = _own_grant(now, asker)
    if granted is not None:
        return granted
    check_possible(host, now, asker)
    decision = decide(now.state)
    award = decision.award(now.ask.id) if now.ask else None
    if award is None:
        raise refusal(host, now, asker, decision)
    return _lease(now, asker, award.gpus, latest=award.ends)


def _own_grant(now: Scene, asker: Asker) -> Lease | None:
    """Return what is kept for the asker, as far as it is wanted and still to be had."""
    own = now.own
    if own is None or own.granted is None:
        return None
    wish = Wish.of(asker.wanted)
    usable = [gpu.id for gpu in fitting(now.state, wish) if gpu.id in own.gpus and _open(now, gpu)]
    count = len(own.gpus) if wish.everything else wish.count
    if len(usable) < count:
        return None
    chosen = tuple(usable[:count])
    made = _lease(now, asker, chosen, latest=own.latest)
    return replace(made, kept=own.options) if own.kind == "restart" else made


def _open(now: Scene, gpu: LineGpu) -> bool:
    others = [hold for hold in now.state.holds if hold.gpu == gpu.id]
    return not gpu.unready and len(others) < gpu.seats and not any(h.whole for h in others)


def _lease(now: Scene, asker: Asker, chosen: tuple[str, ...], latest: float | None) -> Lease:
    shared = {gpu.id for gpu in now.state.gpus if gpu.shared}
    wanted = asker.wanted
    if set(chosen) <= shared:
        written = f"shared:{len(chosen)}"
    else:
        written = wanted if isinstance(wanted, str) and wanted != "all" else ""
    return Lease(
        now.look.backend,
        chosen,
        written,
        None if now.ask is None else now.ask.lasts,
        latest,
        asker.override,
        _share(now, chosen),
    )


def _share(now: Scene, chosen: Sequence[str]) -> float | None:
    """Return the smallest part of a GPU's memory that a holder of several is told of."""
    rows = [now.policy.shared(gpu.id, *sorted(gpu.names)) for gpu in _these(now, chosen)]
    shares = [1 / row.holders for row in rows if row is not None and row.share_memory]
    return min(shares, default=None)


def _these(now: Scene, chosen: Sequence[str]) -> list[LineGpu]:
    return [gpu for gpu in now.state.gpus if gpu.id in chosen]


def hold(
    host: Host, owner: str, workspace: str, lease: Lease, containers: Sequence[ContainerSummary]
) -> None:
    """Write down when a lease ends, right before its container is made or started (locked).

    A stopped container that was made with one of these GPUs is kept from coming
    back with the engine: its GPU is somebody else's from now on.
    """
    _disarm(host, (owner, workspace), lease.gpus, containers)
    now = host.clock()
    ends = [lease.latest] if lease.latest is not None else []
    ends += [now + lease.lasts] if lease.lasts is not None else []
    row = LeaseRow(
        container=container_name(owner, workspace),
        owner=owner,
        workspace=workspace,
        began=now,
        ends=min(ends, default=None),
        latest=lease.latest,
        overridden_by=host.settings.admin if lease.override else None,
    )
    if lease.kept:
        row = replace(row, **lease.kept)
    with host.database.begin() as connection:
        lease_rows.put(connection, row)
    if lease.override:
        audit.record(host, host.settings.admin, "override", f"{owner}/{workspace}", lease.override)


def _disarm(
    host: Host,
    identity: tuple[str, str],
    chosen: Sequence[str],
    containers: Sequence[ContainerSummary],
) -> None:
    for row in containers:
        found = Workspace.of(row)
        if found is None or (found.owner, found.name) == identity or found.holds_gpus:
            continue
        if set(found.gpus) & set(chosen) and host.engine.container(row.id).restart != "no":
            host.engine.update(row.id, restart="no")


def claimed(host: Host, owner: str, workspace: str) -> None:
    """Remove the request of a workspace that runs with its GPUs now."""
    with host.database.begin() as connection:
        line_rows.drop_of(connection, owner, workspace)


def ask(
    host: Host,
    owner: str,
    workspace: str,
    wanted: Gpus,
    *,
    kind: RequestKind,
    options: Mapping[str, Any] | None = None,
    wait: bool = True,
    override: str = "",
) -> Granted | Waiting:
    """Ask for GPUs for a workspace that does not run: they are kept for it, or it waits.

    A second request of one workspace takes the place of its first, and keeps its
    place in line where it wants the same.  ``options`` come back with the grant.
    Without ``wait`` nothing is kept in line: raises NoFreeGpuError, AllowanceError,
    which are raised as well for what can never be had.
    """
    asker = Asker(owner=owner, workspace=workspace, wanted=wanted, override=override)
    with host.locked():
        containers = host.engine.containers()
        now = scene(host, containers, asker)
        row = _row(now, asker, kind, options or {})
        kept = _own_grant(now, asker)
        if kept is None:
            check_possible(host, now, asker, ever=wait)
            decision = decide(now.state)
            award = decision.award(now.ask.id) if now.ask else None
            if award is None and not wait:
                raise refusal(host, now, asker, decision)
        else:
            award = Award(ask=row.id, gpus=kept.gpus, ends=kept.latest)
        if award is not None:
            row = replace(row, gpus=award.gpus, granted=now.state.now, latest=award.ends)
        with host.database.begin() as connection:
            line_rows.put(connection, row)
    if row.granted is not None:
        return Granted(row)
    return Waiting(row, place_in_line(host, row.id))


def _row(now: Scene, asker: Asker, kind: RequestKind, options: Mapping[str, Any]) -> Request:
    at = now.state.now
    last = max((row.asked for row in now.requests), default=0.0)
    own = now.own if now.own and now.own.wanted == asker.wanted else None
    return Request(
        id=now.own.id if now.own else secrets.token_hex(8),
        owner=asker.owner,
        workspace=asker.workspace,
        kind=kind,
        wanted=asker.wanted,
        options=options,
        # The order in line is the order under the lock, whatever the clock does.
        asked=own.asked if own else max(at, last + 1e-6),
        seen=at,
        note=asker.override,
    )


def withdraw(host: Host, request_id: str) -> bool:
    """Leave the line, or give a grant back; tell whether there was one."""
    with host.database.begin() as connection:
        return line_rows.drop(connection, [request_id]) > 0


def alive(host: Host, request_id: str) -> Request | None:
    """Say that a request's client is still there; return the row, None where it is gone."""
    with host.database.begin() as connection:
        line_rows.touch(connection, request_id, host.clock())
        return next((row for row in line_rows.read(connection) if row.id == request_id), None)


def advance(host: Host) -> list[Granted]:
    """Move the line, and return every grant that waits for its workspace to start.

    Whoever runs it starts those of its own kind that are not starting yet, and
    withdraws what cannot be started.  Grants that nobody claimed in time lapse,
    as do requests of command lines that are gone and reservations that are over.
    """
    with host.database.connect() as connection:
        if not line_rows.read(connection) and not reservations.read(connection):
            return []
    with host.locked():
        containers = host.engine.containers()
        _tidy(host, containers)
        now = scene(host, containers)
        decision = decide(now.state)
        rows = {row.id: row for row in now.requests}
        with host.database.begin() as connection:
            for award in decision.awards:
                rows[award.ask] = replace(
                    rows[award.ask], gpus=award.gpus, granted=now.state.now, latest=award.ends
                )
                line_rows.put(connection, rows[award.ask])
    return [
        Granted(row) for row in rows.values() if row.granted is not None and row.kind != "restart"
    ]


def _tidy(host: Host, containers: Sequence[ContainerSummary]) -> None:
    now, policy = host.clock(), host.policy
    found = filter(None, map(Workspace.of, containers))
    # `created` is not up yet: until it is, its request may be needed once more.
    up = {
        (one.owner, one.name)
        for one in found
        if one.holds_gpus and one.container.state != "created"
    }
    with host.database.begin() as connection:
        gone = [
            row.id
            for row in line_rows.read(connection)
            if (row.identity in up and row.kind != "restart") or not is_alive(row, now, policy)
        ]
        line_rows.drop(connection, gone)
        reservations.drop_expired(connection, now)


def secure(host: Host, spec: WorkspaceSpec) -> str | None:
    """Keep the GPUs that a start will take, while it prepares; return the request's id.

    None where they are kept for it already.  Raises what ``lease`` raises.
    """
    with host.locked():
        containers = host.engine.containers()
        asker = Asker(
            owner=spec.owner, workspace=spec.name, wanted=spec.gpus, override=spec.override
        )
        now = scene(host, containers, asker)
        if _own_grant(now, asker) is not None:
            return None
        found = lease(host, asker, containers)
        row = replace(
            _row(now, asker, "restart", {}),
            gpus=found.gpus,
            granted=now.state.now,
            latest=found.latest,
        )
        with host.database.begin() as connection:
            line_rows.put(connection, row)
    return row.id


def keep(host: Host, workspace: Workspace) -> str:
    """Keep a running workspace's GPUs for its own next start, and their lease's term with them.

    Returns the request's id, to withdraw where no start follows.  A GPU that is
    not to be given out any more is not taken up again: the start gets another.
    """
    now = host.clock()
    with host.locked(), host.database.begin() as connection:
        name = main_name(workspace.container.name)
        lease = lease_rows.read(connection).get(name)
        row = Request(
            id=secrets.token_hex(8),
            owner=workspace.owner,
            workspace=workspace.name,
            kind="restart",
            wanted=workspace.gpus_wanted,
            options=lease.term if lease else {},
            asked=lease.began if lease else now,
            seen=now,
            gpus=workspace.gpus,
            granted=now,
        )
        line_rows.put(connection, row)
    return row.id
