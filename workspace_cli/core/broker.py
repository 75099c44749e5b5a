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

from workspace_cli.core import lease_rows, line_rows, reservations
from workspace_cli.core.gpu_lease import Lease
from workspace_cli.core.gpu_refusals import check_possible, refusal
from workspace_cli.core.gpu_taking import claimed, hold, lease, own_grant
from workspace_cli.core.host import Host
from workspace_cli.core.line import Award, decide
from workspace_cli.core.line_places import Place, line, place_in_line
from workspace_cli.core.line_rows import Request, RequestKind
from workspace_cli.core.line_state import Asker, Scene, is_alive, scene
from workspace_cli.core.models import ContainerSummary, Workspace, WorkspaceSpec
from workspace_cli.core.naming import main_name
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
        kept = own_grant(now, asker)
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
        if own_grant(now, asker) is not None:
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
