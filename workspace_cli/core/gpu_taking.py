"""Takes GPUs for one workspace under the host's lock: decided, written down, taken, claimed."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

from workspace_cli.core import audit, lease_rows, line_rows
from workspace_cli.core.errors import WorkspaceNotFoundError
from workspace_cli.core.gpu_lease import Lease
from workspace_cli.core.gpu_refusals import check_possible, refusal
from workspace_cli.core.host import Host
from workspace_cli.core.lease_rows import LeaseRow
from workspace_cli.core.line import LineGpu, Wish, decide, fitting
from workspace_cli.core.line_state import Asker, Scene, scene
from workspace_cli.core.models import ContainerSummary, Workspace
from workspace_cli.core.naming import container_name


def lease(host: Host, asker: Asker, containers: Sequence[ContainerSummary]) -> Lease:
    """Return the GPUs that a workspace gets now; nobody who waits is overtaken.

    To be called under the host's lock, with every container of the engine; then
    ``hold``, create or start, then ``claimed``.  Raises NoFreeGpuError, which says
    who holds what since when until when, and AllowanceError.
    """
    if asker.wanted in (0, ()):
        return Lease()
    now = scene(host, containers, asker)
    granted = own_grant(now, asker)
    if granted is not None:
        return granted
    check_possible(host, now, asker)
    decision = decide(now.state)
    award = decision.award(now.ask.id) if now.ask else None
    if award is None:
        raise refusal(host, now, asker, decision)
    return _lease(now, asker, award.gpus, latest=award.ends)


def own_grant(now: Scene, asker: Asker) -> Lease | None:
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
        if set(found.gpus) & set(chosen):
            with suppress(WorkspaceNotFoundError):  # removed since the list
                if host.engine.container(row.id).restart != "no":
                    host.engine.update(row.id, restart="no")


def claimed(host: Host, owner: str, workspace: str) -> None:
    """Remove the request of a workspace that runs with its GPUs now."""
    with host.database.begin() as connection:
        line_rows.drop_of(connection, owner, workspace)
