"""Which host ports, GPUs and network a workspace gets: decided under the lock."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from workspace_cli.core import labels, limits, naming, ports
from workspace_cli.core.arguments import GPU_SHARE, container_request
from workspace_cli.core.errors import ConflictError, WorkspaceNotFoundError
from workspace_cli.core.extra_mounts import extra_mounts
from workspace_cli.core.gpu_lease import NO_LEASE, Lease
from workspace_cli.core.host import Host
from workspace_cli.core.models import (
    ContainerRequest,
    ContainerSummary,
    PortMapping,
    Workspace,
    WorkspaceSpec,
    parse_ports_label,
)


def place(
    host: Host,
    spec: WorkspaceSpec,
    containers: Sequence[ContainerSummary],
    *,
    current: ContainerSummary | None = None,
    avoid: Collection[int] = (),
) -> ContainerRequest:
    """Return what the engine is told; see ``placed``."""
    return placed(host, spec, containers, current=current, avoid=avoid).request


@dataclass(frozen=True)
class Placement:
    """What the engine is told, and the lease that is part of it."""

    request: ContainerRequest
    lease: Lease


def placed(
    host: Host,
    spec: WorkspaceSpec,
    containers: Sequence[ContainerSummary],
    *,
    current: ContainerSummary | None = None,
    avoid: Collection[int] = (),
) -> Placement:
    """Return the request for a spec, given every container of the engine.

    What ``current``, the workspace's own container, has already is kept where
    it fits.  ``avoid`` are host ports that turned out to be taken.  Raises
    PortTakenError, NoFreePortError, NoFreeGpuError, AllowanceError.
    """
    others = [row for row in containers if _identity(row) != (spec.owner, spec.name)]
    chosen = _choose_ports(host, spec, others, current, avoid)
    leased = _lease(host, spec, containers, current)
    request = container_request(
        replace(spec, limits=limits.granted(host, spec)),
        settings=host.settings,
        network=naming.network_name(spec.owner),
        ports=chosen,
        gpus=leased.gpus,
        gpu_backend=leased.backend,
        gpus_wanted=leased.wanted,
        gpu_share=leased.share,
        extra=extra_mounts(host, spec.owner).mounts,
    )
    return Placement(request, leased)


def _lease(
    host: Host,
    spec: WorkspaceSpec,
    containers: Sequence[ContainerSummary],
    current: ContainerSummary | None,
) -> Lease:
    if spec.gpus in (0, ()):
        return NO_LEASE
    # Only now: what stands behind a lease takes a while to load.
    from workspace_cli.core.broker import Asker, lease

    before = Workspace.of(current) if current else None
    if before is not None and before.holds_gpus and _is_what(spec, before):
        return _as_it_is(host, before, current)
    asker = Asker(
        owner=spec.owner,
        workspace=spec.name,
        wanted=spec.gpus,
        prefer=frozenset(before.gpus if before else ()),
        override=spec.override,
    )
    return lease(host, asker, containers)


def _is_what(spec: WorkspaceSpec, held: Workspace) -> bool:
    """Tell whether what a workspace holds is what a spec wants."""
    if isinstance(spec.gpus, int):
        return spec.gpus == len(held.gpus) and not held.has_seats
    if isinstance(spec.gpus, str):
        return spec.gpus == held.gpus_wanted
    return set(spec.gpus) == set(held.gpus)


def _as_it_is(host: Host, held: Workspace, current: ContainerSummary | None) -> Lease:
    from workspace_cli.core.gpu_inventory import choose_backend

    wanted = held.gpus_wanted
    container = host.engine.container(held.container.id) if current else None
    share = container.environment.get(GPU_SHARE) if container else None
    return Lease(
        choose_backend(host.settings, host.info),
        held.gpus,
        wanted if isinstance(wanted, str) else "",
        share=None if share is None else float(share),
        held=True,
    )


def _choose_ports(
    host: Host,
    spec: WorkspaceSpec,
    others: Sequence[ContainerSummary],
    current: ContainerSummary | None,
    avoid: Collection[int],
) -> tuple[PortMapping, ...]:
    # While the workspace runs, the listener on its ports is its own.
    own = {port.host for port in current.ports} if current and current.state == "running" else set()
    return ports.choose(
        _kept_ports(spec, current, avoid),
        {*ports.held_ports(others), *avoid},
        host.settings.port_range,
        lambda port: port in own or ports.is_free(port),
    )


def _kept_ports(
    spec: WorkspaceSpec, current: ContainerSummary | None, avoid: Collection[int]
) -> tuple[PortMapping, ...]:
    """Give a port whose host side is open the one that the workspace had before."""
    before = parse_ports_label(current.labels.get(labels.PORTS, "")) if current else ()
    known = {port.container: port.host for port in before if port.host not in avoid}
    return tuple(
        PortMapping(port.container, port.host or known.get(port.container, 0))
        for port in spec.ports
    )


def confirm(host: Host, container_id: str, request: ContainerRequest) -> bool:
    """Check a choice again before its container starts: the oldest creation wins.

    A client may die, or lose the engine's answer, while its create is under
    way, so two containers can hold one thing although the lock was held.
    """
    if not request.ports and not request.gpus:
        return True
    with host.locked():
        rows = host.engine.containers({labels.OWNER: None})
    mine = next((row for row in rows if row.id == container_id), None)
    if mine is None:
        raise ConflictError(f"{request.name} was removed meanwhile.", "Start it again.")
    others = [
        workspace
        for row in rows
        if _identity(row) != _identity(mine) and (workspace := Workspace.of(row))
    ]
    if any(_collides(one, request) and _is_older(host, one.container, mine) for one in others):
        return False
    return all(_has_seat(host, gpu, others, mine) for gpu in request.gpus if _has_seats(request))


def _has_seat(host: Host, gpu: str, others: Sequence[Workspace], mine: ContainerSummary) -> bool:
    """Tell whether fewer sit on a shared GPU who came before than it has seats."""
    from workspace_cli.core.gpus import seats

    beside = [one for one in others if one.holds_gpus and one.has_seats and gpu in one.gpus]
    most = seats(host, gpu)
    # Who came first matters only where not everybody can stay.
    return len(beside) < most or sum(_is_older(host, one.container, mine) for one in beside) < most


def _is_older(host: Host, one: ContainerSummary, other: ContainerSummary) -> bool:
    """Compare creations to the nanosecond; the list tells whole seconds only.

    One that was removed since the list is no rival any more.
    """
    try:
        created = host.engine.container(one.id).created
    except WorkspaceNotFoundError:
        return False
    return (created, one.id) < (host.engine.container(other.id).created, other.id)


def _collides(workspace: Workspace, request: ContainerRequest) -> bool:
    ports = {port.host for port in workspace.ports} & {port.host for port in request.ports}
    gpus_held = set(workspace.gpus) if workspace.holds_gpus else set()
    # Who sits on a shared GPU is no rival of who has another of its seats.
    seats = _has_seats(request) and workspace.has_seats
    return bool(ports or (not seats and gpus_held & set(request.gpus)))


def _has_seats(request: ContainerRequest) -> bool:
    return request.labels.get(labels.WANTED, "").startswith("shared:")


def _identity(container: ContainerSummary) -> tuple[str | None, str | None]:
    return container.labels.get(labels.OWNER), container.labels.get(labels.WORKSPACE)
