"""Starts a stopped workspace again, in place or as a new container from its own layer.

While a new container takes the old one's place, the old one is there as
``NAME.old`` and the new one as ``NAME.next``; an interruption at any step
leaves the old or the new one whole, and ``settle`` tidies up after a death.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

from workspace_cli.core import (
    clean_image,
    extra_mounts,
    folders,
    gpu_lease,
    images,
    labels,
    layer_save,
    lineage,
    networks,
    references,
    safe_mode,
    secrets,
    trust,
)
from workspace_cli.core.changes import Change, change_needed, limits_differ
from workspace_cli.core.creation import chosen_ports, tell
from workspace_cli.core.engine import Report
from workspace_cli.core.errors import (
    BusyError,
    ConflictError,
    LabdockError,
    PortTakenError,
    WorkspaceNotFoundError,
)
from workspace_cli.core.host import Host
from workspace_cli.core.models import (
    Container,
    ContainerRequest,
    ContainerSummary,
    WorkspaceSpec,
)
from workspace_cli.core.naming import NEXT, OLD, main_name
from workspace_cli.core.placement import place, placed
from workspace_cli.core.undo import Undo
from workspace_cli.core.waiting import finished

_ATTEMPTS = 5


def renew(
    host: Host,
    spec: WorkspaceSpec,
    current: Container,
    report: Report | None,
    *,
    fresh: bool = False,
) -> None:
    """Start a workspace's stopped container, changed into what the spec describes.

    CPUs, memory and pids change in place; what is fixed at creation makes a new
    container from the old one's layer; another image replaces it, as does the
    same one where it is to begin ``fresh``.
    """
    extra_mounts.tell_missing(host, spec, report)
    avoid: set[int] = set()
    for _ in range(_ATTEMPTS):
        rows = host.engine.containers()
        request = place(host, spec, rows, current=current, avoid=avoid)
        change = Change.REPLACE_IMAGE if fresh else change_needed(current, request)
        try:
            if change in (Change.NONE, Change.UPDATE):
                _prepare(host, spec, rows)
                return _start_in_place(host, spec, current, request, avoid, report)
            with gpu_lease.kept_meanwhile(host, spec):
                return _replace(host, spec, current, change, avoid, report)
        except PortTakenError:
            chosen = chosen_ports(spec, request)
            if not chosen:
                raise
            avoid |= chosen
        except _ChangedError:
            continue
    raise ConflictError(
        f"Ports or GPUs for {spec.owner}/{spec.name} were taken by others {_ATTEMPTS} times.",
        "Try again.",
    )


class _ChangedError(Exception):
    """What was decided before the lock was held no longer holds: decide again."""


def _start_in_place(
    host: Host,
    spec: WorkspaceSpec,
    current: Container,
    request: ContainerRequest,
    avoid: set[int],
    report: Report | None,
) -> None:
    tell(report, "Starting the container")
    if not request.gpus:
        return _update_and_start(host, current, request)
    # A stopped container holds no lease: check and start are one step.
    with host.locked():
        rows = host.engine.containers()
        again = placed(host, spec, rows, current=current, avoid=avoid)
        if change_needed(current, again.request) not in (Change.NONE, Change.UPDATE):
            raise _ChangedError
        gpu_lease.hold(host, spec, again.lease, rows)
        _update_and_start(host, current, again.request)
    gpu_lease.claimed(host, spec, again.lease)
    return None


def _prepare(host: Host, spec: WorkspaceSpec, rows: Sequence[ContainerSummary]) -> None:
    folders.ensure(host.settings, spec.owner)
    secrets.write(host.settings, spec.container_name, safe_mode.told(host, spec))
    if not networks.is_ready(rows, spec.owner):
        with host.locked():
            networks.ensure_owner_network(host, spec.owner)


def _update_and_start(host: Host, current: Container, request: ContainerRequest) -> None:
    with Undo() as undo:
        changed = limits_differ(current.limits, request.limits)
        if changed or current.restart != request.restart:
            undo.add(lambda: host.engine.update(current.id, restart="no"))
            finished(
                lambda: host.engine.update(
                    current.id, limits=request.limits, restart=request.restart
                )
            )
        undo.add(lambda: host.engine.stop(current.id))
        finished(lambda: host.engine.start(current.id))


def _replace(
    host: Host,
    spec: WorkspaceSpec,
    current: Container,
    change: Change,
    avoid: set[int],
    report: Report | None,
) -> None:
    with Undo() as undo:
        if change is Change.REPLACE_IMAGE:
            wanted = images.require(host, spec.image, report)
            images.check_server(wanted, spec)
            trust.check_start(host, wanted, spec.image, spec.owner)
            image = spec.image
        else:
            tell(report, "Keeping what was installed in the container")
            image = _keep_layer(host, current, undo, report)
        _prepare(host, spec, host.engine.containers())
        tell(report, "Creating the new container")
        with host.locked():
            _check_untouched(host, current)
            undo.add(lambda: _restore(host, spec.container_name))
            settle(host, halves(host.engine.containers({labels.OWNER: spec.owner}), current.name))
            rows = host.engine.containers()
            placement = placed(host, spec, rows, current=current, avoid=avoid)
            request = placement.request
            gpu_lease.hold(host, spec, placement.lease, rows)
            finished(lambda: _swap(host, replace(request, image=image)))
        tell(report, "Starting the container")
        finished(lambda: host.engine.start(request.name))
        gpu_lease.claimed(host, spec, placement.lease)
    # From here on the new one is the workspace; what is left of the old one is
    # no reason to fail.
    with suppress(LabdockError):
        host.engine.remove(spec.container_name + OLD, force=True)
    if is_internal(current.image):
        with suppress(LabdockError):
            host.engine.remove_image(current.image)


def _check_untouched(host: Host, current: Container) -> None:
    """Raise BusyError where somebody else has started or replaced the container meanwhile.

    What it has written since its layer was kept would be lost.
    """
    try:
        now = host.engine.container(current.name)
    except WorkspaceNotFoundError:
        now = None
    if now is None or (now.id, now.started) != (current.id, current.started):
        raise BusyError(
            f"{current.name} was started or changed by somebody else meanwhile.", "Try again."
        )


def _keep_layer(host: Host, current: Container, undo: Undo, report: Report | None) -> str:
    """Save the writable layer as an internal image; its number is one above the current one's."""
    number = 1
    if is_internal(current.image):
        number += int(current.image.rpartition("-")[2])
    reference = f"{references.INTERNAL}:{current.name}-{number}"
    undo.add(lambda: host.engine.remove_image(reference))
    parent = host.engine.image(current.image_id)
    kept = {name: parent.labels[name] for name in (labels.SERVER,) if name in parent.labels}
    description = clean_image.Description(
        reference=reference,
        labels={
            **kept,
            labels.OWNER: current.labels[labels.OWNER],
            labels.PARENT_ID: lineage.stands_on(parent),
        },
        created_by="workspace recreate",
    )
    layer_save.save_layer(host, current, description, pause=False, report=report)
    return reference


def is_internal(image: str) -> bool:
    """Tell whether a container stands on a layer that was kept for it."""
    return image.startswith(f"{references.INTERNAL}:")


def _swap(host: Host, request: ContainerRequest) -> None:
    """Create the new container beside the old one and exchange their names (under the lock)."""
    name = request.name
    host.engine.create(replace(request, name=name + NEXT))
    host.engine.rename(name, name + OLD)
    host.engine.rename(name + NEXT, name)


def _restore(host: Host, name: str) -> None:
    """Put the old container back, where the new one did not come up."""
    with host.locked():
        names = {row.name for row in host.engine.containers({labels.OWNER: None})}
        if name + NEXT in names:
            host.engine.remove(name + NEXT, force=True)
        if name + OLD in names:
            if name in names:
                host.engine.remove(name, force=True)
            host.engine.rename(name + OLD, name)


def halves(rows: Sequence[ContainerSummary], name: str) -> list[ContainerSummary]:
    """Return a workspace's container and what recreations may have left beside it."""
    return [row for row in rows if row.name in (name, name + NEXT, name + OLD)]


def settle(host: Host, rows: Sequence[ContainerSummary]) -> list[str]:
    """Tidy up recreations whose client died half-way (under the lock).

    Returns the names that were removed.  Where both are there under their final
    names the new one stands, for it holds the old one's layer.
    """
    ours = {row.name for row in rows if labels.WORKSPACE in row.labels}
    removed = []
    for name in sorted(ours):
        main = main_name(name)
        if main == name:
            continue
        if name.endswith(OLD) and main not in ours:
            host.engine.rename(name, main)
        else:
            host.engine.remove(name, force=True)
            removed.append(name)
    return removed
