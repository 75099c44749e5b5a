"""Makes a workspace's container: list → decide → create under the lock, then start.

Whatever a failed or interrupted call has made, it removes: the container, its
secrets, the owner's network and home where they are new.
"""

from __future__ import annotations

from collections.abc import Sequence

from workspace_cli.core import (
    extra_mounts,
    folders,
    gpu_lease,
    labels,
    networks,
    safe_mode,
    secrets,
)
from workspace_cli.core.engine import Progress, Report
from workspace_cli.core.errors import ConflictError, NameTakenError, PortTakenError
from workspace_cli.core.host import Host
from workspace_cli.core.models import Container, ContainerRequest, ContainerSummary, WorkspaceSpec
from workspace_cli.core.naming import OLD
from workspace_cli.core.placement import confirm, placed
from workspace_cli.core.undo import Undo
from workspace_cli.core.waiting import finished

_ATTEMPTS = 5


class _LostRaceError(Exception):
    """Somebody else was faster to a port or a GPU: decide again."""


def create_and_start(host: Host, spec: WorkspaceSpec, report: Report | None = None) -> Container:
    """Create and start the container of a checked spec, and return it.

    A port that Labdock chose and a stranger's process took meanwhile is given
    up for the next one.  Raises NameTakenError, PortTakenError, NoFreePortError,
    NoFreeGpuError, AllowanceError and whatever the engine refuses.
    """
    avoid: set[int] = set()
    for _ in range(_ATTEMPTS):
        try:
            return _attempt(host, spec, report, avoid)
        except _LostRaceError:
            continue
    raise ConflictError(
        f"Ports or GPUs for {spec.owner}/{spec.name} were taken by others {_ATTEMPTS} times.",
        "Try again.",
    )


def _attempt(host: Host, spec: WorkspaceSpec, report: Report | None, avoid: set[int]) -> Container:
    extra_mounts.tell_missing(host, spec, report)
    with Undo() as undo:
        tell(report, "Creating the container")
        _ensure_network(host, spec, undo)
        with host.locked():
            rows = host.engine.containers()
            _refuse_taken(spec, rows)
            placement = placed(host, spec, rows, avoid=avoid)
            request = placement.request
            _prepare(host, spec, rows, undo)
            gpu_lease.hold(host, spec, placement.lease, rows)
            container_id = _create(host, request, undo)
        if not confirm(host, container_id, request):
            raise _LostRaceError
        tell(report, "Starting the container")
        try:
            finished(lambda: host.engine.start(request.name))
        except PortTakenError as exc:
            chosen = chosen_ports(spec, request)
            if not chosen:
                raise
            avoid |= chosen
            raise _LostRaceError from exc
        gpu_lease.claimed(host, spec, placement.lease)
        return host.engine.container(container_id)


def chosen_ports(spec: WorkspaceSpec, request: ContainerRequest) -> set[int]:
    """Return the host ports of a request that Labdock chose and the person did not."""
    return {port.host for port in request.ports} - {port.host for port in spec.ports}


def _refuse_taken(spec: WorkspaceSpec, rows: Sequence[ContainerSummary]) -> None:
    # One with the old name is a workspace whose recreation died half-way.
    if any(row.name in (spec.container_name, spec.container_name + OLD) for row in rows):
        raise NameTakenError(
            f"{spec.owner} has a workspace {spec.name} already.",
            "Choose another name, or remove that one with `workspace rm`.",
        )


def _ensure_network(host: Host, spec: WorkspaceSpec, undo: Undo) -> None:
    """Make the owner's network before the lock is held: it takes longer than all the rest."""
    rows = host.engine.containers()
    _refuse_taken(spec, rows)
    if not networks.is_ready(rows, spec.owner):
        if not any(row.labels.get(labels.OWNER) == spec.owner for row in rows):
            undo.add(lambda: remove_unused_network(host, spec.owner))
        finished(lambda: networks.ensure_owner_network(host, spec.owner))


def _prepare(host: Host, spec: WorkspaceSpec, rows: Sequence[ContainerSummary], undo: Undo) -> None:
    """Make what the container mounts and stands on; each step is undone if it is new."""
    if not folders.home(host.settings, spec.owner).exists():
        undo.add(lambda: folders.remove_if_empty(host.settings, spec.owner))
    folders.ensure(host.settings, spec.owner)
    undo.add(lambda: secrets.remove(host.settings, spec.container_name))
    secrets.write(host.settings, spec.container_name, safe_mode.told(host, spec))
    if not networks.is_ready(rows, spec.owner):
        # Made a moment ago, and removed with the owner's last workspace meanwhile?
        finished(lambda: networks.ensure_owner_network(host, spec.owner))


def _create(host: Host, request: ContainerRequest, undo: Undo) -> str:
    """Create the container; the name was free, so what has it now is this call's own."""
    made: list[str] = []

    def create() -> None:
        made.append(host.engine.create(request))

    def remove() -> None:
        if made:
            host.engine.remove(made[0], force=True)
        elif host.engine.container(request.name).state == "created":
            # The engine's answer was lost.
            host.engine.remove(request.name, force=True)

    undo.add(remove)
    try:
        finished(create)
    except NameTakenError:
        undo.drop(remove)
        raise
    return made[0]


def remove_unused_network(host: Host, owner: str) -> None:
    """Remove an owner's network where no container of theirs is left, in any state."""
    with host.locked():
        if not host.engine.containers({labels.OWNER: owner}):
            networks.remove_owner_network(host, owner)


def tell(report: Report | None, text: str) -> None:
    """Report a step that has no size."""
    if report:
        report(Progress(text))
