"""When a lease ends, how it is extended, and what is due.

A lease is as long as its owner's role and groups have it; one on GPUs that only
off-peak hours allow ends when those do.  Whoever was given GPUs for less, because
somebody before them in line or a reservation needs them then, can extend only
once nobody waits.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace

from workspace_cli.core import audit, lease_rows
from workspace_cli.core.errors import (
    AllowanceError,
    ConflictError,
    InvalidOptionError,
    WorkspaceNotFoundError,
)
from workspace_cli.core.gpus import moment
from workspace_cli.core.host import Host
from workspace_cli.core.lease_rows import LeaseRow
from workspace_cli.core.members import Member, pick
from workspace_cli.core.members import read as read_members
from workspace_cli.core.models import ContainerSummary, Workspace
from workspace_cli.core.naming import main_name
from workspace_cli.core.policy import Allowance, OffPeak, Policy
from workspace_cli.core.reading import list_workspaces
from workspace_cli.core.reservations import read as read_reservations

_STEP = 900.0
_HORIZON = 8 * 86400.0


@dataclass(frozen=True, kw_only=True)
class Term:
    """One lease in time: seconds since the epoch; ``ends`` None is no end.

    ``extensions_left`` None is any number; ``extend_by`` what one Extend adds at
    most.  ``warned`` is when its owner was told of the end.
    """

    owner: str
    workspace: str
    container: str
    gpus: tuple[str, ...]
    began: float
    ends: float | None
    extensions_left: int | None
    extend_by: float
    latest: float | None = None
    warned: float | None = None
    overridden_by: str | None = None

    @property
    def reference(self) -> str:
        """``OWNER/NAME``."""
        return f"{self.owner}/{self.workspace}"


@dataclass(frozen=True)
class Due:
    """What has to be done about leases now: whom to warn, what to stop."""

    warnings: tuple[Term, ...] = ()
    ended: tuple[Term, ...] = ()


def most_now(policy: Policy, allowance: Allowance, now: float, zone: str) -> int | None:
    """Return how many GPUs may be held at this hour; None is any number."""
    usual, quiet = allowance.gpus, allowance.gpus_off_peak
    if usual is None or quiet is None or not policy.off_peak.covers(now, zone):
        return usual
    return max(usual, quiet)


def length(
    policy: Policy, allowance: Allowance, held_then: int, now: float, zone: str
) -> float | None:
    """Return how long a new lease lasts, in seconds; ``held_then`` GPUs are held with it."""
    time = allowance.gpu_time
    if allowance.gpus is None or held_then <= allowance.gpus:
        return time
    ends = _peak_begins(policy.off_peak, now, zone)
    if ends is None:
        return time
    return ends - now if time is None else min(time, ends - now)


def _peak_begins(off_peak: OffPeak, now: float, zone: str) -> float | None:
    """Return when off-peak hours end, to the minute; None where they never do."""
    at = now
    while off_peak.covers(at, zone):
        at += _STEP
        if at > now + _HORIZON:
            return None
    while at > now and not off_peak.covers(at - 60, zone):
        at -= 60
    return max(at - at % 60, now)


def term(host: Host, workspace: Workspace) -> Term | None:
    """Return the term of a workspace's lease; None where it holds no GPU."""
    return terms(host, [workspace]).get(workspace.reference)


def terms(host: Host, workspaces: Iterable[Workspace] | None = None) -> dict[str, Term]:
    """Return the terms of all leases in force by OWNER/NAME; nothing is asked where there are none.

    A lease without a row has the policy's default end, from its container's start.
    """
    every = list_workspaces(host) if workspaces is None else workspaces
    holding = [workspace for workspace in every if workspace.holds_gpus]
    if not holding:
        return {}
    with host.database.connect() as connection:
        rows, known = lease_rows.read(connection), read_members(connection)
    policy = host.policy
    return {
        workspace.reference: _term(host, policy, rows, known, workspace) for workspace in holding
    }


def _term(
    host: Host,
    policy: Policy,
    rows: Mapping[str, LeaseRow],
    known: Mapping[str, Member],
    workspace: Workspace,
) -> Term:
    allowance = pick(known, workspace.owner, host.settings.admin).allowance(policy)
    row = rows.get(main_name(workspace.container.name)) or _default(host, allowance, workspace)
    left = None if allowance.extensions is None else max(allowance.extensions - row.extensions, 0)
    return Term(
        owner=workspace.owner,
        workspace=workspace.name,
        container=row.container,
        gpus=workspace.gpus,
        began=row.began,
        ends=row.ends,
        extensions_left=left,
        extend_by=allowance.extend_time,
        latest=row.latest,
        warned=row.warned,
        overridden_by=row.overridden_by,
    )


def _default(host: Host, allowance: Allowance, workspace: Workspace) -> LeaseRow:
    began = workspace.container.created
    with suppress(WorkspaceNotFoundError):  # removed since the list
        began = host.engine.container(workspace.container.id).started or began
    return LeaseRow(
        container=main_name(workspace.container.name),
        owner=workspace.owner,
        workspace=workspace.name,
        began=began,
        ends=None if allowance.gpu_time is None else began + allowance.gpu_time,
    )


def spans(
    host: Host,
    rows: Mapping[str, LeaseRow],
    known: Mapping[str, Member],
    policy: Policy,
    containers: Iterable[ContainerSummary],
) -> dict[str, tuple[float, float | None]]:
    """Return begin and end of the leases of some containers, by OWNER/NAME."""
    found = {}
    for workspace in filter(None, map(Workspace.of, containers)):
        if workspace.holds_gpus:
            one = _term(host, policy, rows, known, workspace)
            found[workspace.reference] = (one.began, one.ends)
    return found


def extend(
    host: Host, workspace: Workspace, by: float | None = None, *, actor: str, admin: bool = False
) -> Term:
    """Put a lease's end off by ``by`` seconds, the policy's step where None; return the new term.

    A member extends as often and as far as the policy has it, and no further than
    what others wait for or have reserved; an admin by any time, which is recorded.
    Raises ConflictError, AllowanceError, InvalidOptionError.
    """
    with host.locked():
        old = term(host, workspace)
        if old is None:
            raise ConflictError(
                f"{workspace.reference} holds no GPU, so there is nothing to extend.",
                "A lease begins when a workspace with GPUs starts.",
            )
        if old.ends is None:
            return old
        if not admin:
            _check_allowed(old, by)
        step = old.extend_by if by is None else by
        if step <= 0:
            raise InvalidOptionError("A lease is extended by more than nothing.", "Try --by 4h.")
        ends = max(old.ends, host.clock()) + step
        if not admin:
            ends = _bounded(host, workspace, old, ends)
        with host.database.begin() as connection:
            row = lease_rows.read(connection).get(old.container) or LeaseRow(
                container=old.container, owner=old.owner, workspace=old.workspace, began=old.began
            )
            count = row.extensions + (0 if admin else 1)
            lease_rows.put(connection, replace(row, ends=ends, extensions=count, warned=None))
    if admin:
        audit.record(host, actor, "extend", workspace.reference, f"until {moment(ends)}")
    return replace(term(host, workspace) or old, ends=ends)


def _check_allowed(old: Term, by: float | None) -> None:
    if old.extensions_left == 0:
        raise AllowanceError(
            f"The lease of {old.reference} has been extended as often as the lab allows.",
            "Save your work before it ends, or ask an admin.",
        )
    if by is not None and by > old.extend_by:
        raise AllowanceError(
            f"A lease is extended by {old.extend_by / 3600:g} h at most.", "Ask for less."
        )


def _bounded(host: Host, workspace: Workspace, old: Term, ends: float) -> float:
    """Return the end that others leave room for; ConflictError where they leave none."""
    with host.database.connect() as connection:
        waiting = _waiting(connection)
        member = pick(read_members(connection), workspace.owner, host.settings.admin)
        kept = [
            row.begins
            for row in read_reservations(connection)
            if set(row.gpus) & set(old.gpus)
            and row.ends > host.clock()
            and row.owner != workspace.owner
            and row.group not in member.groups
        ]
    bounds = [*kept, *([old.latest] if waiting and old.latest is not None else [])]
    bound = min(bounds, default=ends)
    if bound <= (old.ends or 0.0):
        what = "reserved" if kept and bound == min(kept) else "waited for by others"
        raise ConflictError(
            f"The GPUs of {old.reference} are {what} from {moment(bound)} on.",
            "Save your work before then, and ask for GPUs again.",
        )
    return min(bound, ends)


def _waiting(connection: object) -> bool:
    from workspace_cli.core import line_rows

    return any(row.granted is None for row in line_rows.read(connection))


def end(host: Host, workspace: Workspace) -> None:
    """Forget the term of a workspace that has given its GPUs back."""
    if workspace.gpus:
        with host.database.begin() as connection:
            lease_rows.drop(connection, main_name(workspace.container.name))


def due(host: Host) -> Due:
    """Return whose owners are to be warned now, and which leases are over."""
    now = host.clock()
    held = [one for one in terms(host).values() if one.ends is not None]
    if not held:
        return Due()
    warn = host.policy.lease.warn
    ended = tuple(one for one in held if one.ends is not None and one.ends <= now)
    soon = (one for one in held if one.ends is not None and now < one.ends <= now + warn)
    return Due(tuple(one for one in soon if one.warned is None), ended)


def warned(host: Host, one: Term) -> None:
    """Note that an owner has been told of the end; an extension clears it."""
    with host.database.begin() as connection:
        row = lease_rows.read(connection).get(one.container) or LeaseRow(
            container=one.container,
            owner=one.owner,
            workspace=one.workspace,
            began=one.began,
            ends=one.ends,
        )
        lease_rows.put(connection, replace(row, warned=host.clock()))
