"""What can be done with workspaces: the use cases that hub and command line share."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

from workspace_cli.core import disk_limits, gpu_lease, images, labels, safe_mode, secrets, trust
from workspace_cli.core.arguments import spec_of
from workspace_cli.core.changes import Change, change_needed
from workspace_cli.core.checks import checked
from workspace_cli.core.creation import create_and_start, tell
from workspace_cli.core.engine import Report
from workspace_cli.core.errors import DiskFullError, NameTakenError, WorkspaceNotFoundError
from workspace_cli.core.host import Host
from workspace_cli.core.models import (
    SERVER_PORT,
    Container,
    ContainerRequest,
    Image,
    PortMapping,
    Workspace,
    WorkspaceSpec,
)
from workspace_cli.core.placement import place
from workspace_cli.core.reading import find, list_workspaces
from workspace_cli.core.recreate import halves, renew, settle
from workspace_cli.core.references import same_image
from workspace_cli.core.removal import Removal, purge, reap, removal_preview, remove
from workspace_cli.core.undo import Undo

__all__ = [
    "Change",
    "Removal",
    "bring_up",
    "change_needed",
    "find",
    "launch",
    "list_workspaces",
    "pending_change",
    "plan",
    "purge",
    "reap",
    "refuse_existing",
    "removal_preview",
    "remove",
    "restart",
    "start",
    "stop",
]

_RUNNING = ("running", "restarting")
_UP = (*_RUNNING, "paused")
"""A paused one, left so by an engine that died in a commit, is stopped before it starts."""


def launch(host: Host, spec: WorkspaceSpec, report: Report | None = None) -> Workspace:
    """Create and start a workspace; on failure or Ctrl-C nothing is left of it.

    A standalone spec without a password gets one: use ``secrets.with_credentials``
    before, to be able to show it.  Raises NameTakenError, ImageNotFoundError,
    NoServerError, PortTakenError, NoFreePortError, NoFreeGpuError, DiskFullError …
    """
    spec = checked(secrets.with_credentials(spec), host)
    refuse_existing(host, spec)
    disk_limits.check_new_work(host, spec.owner, report, override=spec.override)
    image = images.require(host, spec.image, report)
    images.check_server(image, spec, report)
    trust.check_start(host, image, spec.image, spec.owner)
    return _workspace(spec, create_and_start(host, _fitted(spec, image), report))


def refuse_existing(host: Host, spec: WorkspaceSpec) -> None:
    """Refuse a taken name before minutes of work; ``create_and_start`` looks again."""
    if _inspect(host, spec):
        raise NameTakenError(
            f"{spec.owner} has a workspace {spec.name} already.",
            "Choose another name, or remove that one with `workspace rm`.",
        )


def bring_up(
    host: Host, spec: WorkspaceSpec, report: Report | None = None, *, fresh: bool = False
) -> Workspace:
    """Make a workspace be there and run as the spec describes, whatever is there now.

    Creates it; or starts the stopped container, changed in place or recreated
    from its own layer; or, where the spec names another image than the
    container's, replaces it: then what was installed in the old container is
    gone, and the caller has said so (``pending_change``).  ``fresh`` replaces it
    also where the image is the same.
    """
    spec = checked(secrets.with_credentials(spec), host)
    current = _inspect(host, spec)
    if current is None:
        disk_limits.check_new_work(host, spec.owner, report, override=spec.override)
        image = images.require(host, spec.image, report)
        images.check_server(image, spec, report)
        trust.check_start(host, image, spec.image, spec.owner)
        try:
            return _workspace(spec, create_and_start(host, _fitted(spec, image), report))
        except NameTakenError:
            current = _settled(host, spec)
    _renew(host, _as_it_is(host, spec, current), current, report, fresh=fresh)
    # A rename that a dead client had asked for may have taken effect since.
    return _workspace(spec, _inspect(host, spec) or _settled(host, spec))


def _as_it_is(host: Host, spec: WorkspaceSpec, current: Container) -> WorkspaceSpec:
    """Return the spec of what is there where that is to be mended.

    Other ports or mounts would need a copy of its layer, for which there may be no room.
    """
    if not spec.safe_mode or not same_image(current.labels[labels.IMAGE], spec.image):
        return spec
    found = spec_of(current, host.engine.image(current.image_id))
    return replace(found, secrets=spec.secrets, safe_mode=True, override=spec.override)


def _settled(host: Host, spec: WorkspaceSpec) -> Container:
    with host.locked():
        rows = host.engine.containers({labels.OWNER: spec.owner})
        settle(host, halves(rows, spec.container_name))
    return host.engine.container(spec.container_name)


def _renew(
    host: Host,
    spec: WorkspaceSpec,
    current: Container,
    report: Report | None,
    *,
    fresh: bool = False,
) -> None:
    if spec.kind == "standalone":
        spec = _fitted(spec, host.engine.image(current.image_id))
    if current.state in _UP:
        request = place(host, spec, host.engine.containers(), current=current)
        same_secrets = secrets.read(host.settings, current.name) == dict(spec.secrets)
        as_safe = safe_mode.was_asked(host, current.name) is spec.safe_mode
        unchanged = change_needed(current, request) is Change.NONE and not fresh
        same = same_secrets and as_safe and unchanged
        if same and current.state in _RUNNING:
            return None
        with gpu_lease.kept_over_stop(host, _workspace(spec, current)):
            return renew(host, spec, _stopped(host, current, report), report, fresh=fresh)
    return renew(host, spec, current, report, fresh=fresh)


def _stopped(host: Host, current: Container, report: Report | None) -> Container:
    tell(report, "Stopping the container")
    _halt(host, current.name, current.restart)
    return host.engine.container(current.name)


def pending_change(host: Host, spec: WorkspaceSpec) -> Change | None:
    """Tell what ``bring_up`` would do to the existing container; None where there is none."""
    spec = checked(spec, host)
    current = _inspect(host, spec)
    if current is None:
        return None
    rows = host.engine.containers()
    return change_needed(current, place(host, spec, rows, current=current))


def plan(host: Host, spec: WorkspaceSpec) -> ContainerRequest:
    """Return what ``launch`` would tell the engine now; nothing is made or held."""
    spec = checked(secrets.with_credentials(spec), host)
    refuse_existing(host, spec)
    image = host.engine.image(spec.image)
    images.check_server(image, spec)
    trust.check_start(host, image, spec.image, spec.owner)
    return place(host, _fitted(spec, image), host.engine.containers())


def _fitted(spec: WorkspaceSpec, image: Image) -> WorkspaceSpec:
    """Fit a standalone spec to what is in the image.

    Our server gets a port of the host unless the person named one, and its
    password as a secret; any other program knows a given password only from
    its variables.  What has no server runs on the ports that its image names,
    where nobody named one.
    """
    if spec.kind == "hub":
        return spec
    if not images.has_server(image):
        named = tuple(PortMapping(port) for port in images.exposed_ports(image))
        return replace(spec, ports=spec.ports or named)
    published = SERVER_PORT in {port.container for port in spec.ports}
    ports = spec.ports if published else (PortMapping(SERVER_PORT), *spec.ports)
    environment = secrets.without_credentials(spec.environment)
    return replace(spec, ports=ports, environment=environment)


def start(
    host: Host, workspace: Workspace, report: Report | None = None, *, safe: bool = False
) -> None:
    """Start a stopped workspace and turn its restart policy on again; ``safe`` in safe mode.

    Where another workspace holds its GPUs by now, it is recreated with free
    ones.  Raises NoFreeGpuError, PortTakenError; nothing happens where it runs.
    """
    name = workspace.container.name
    current = host.engine.container(name)
    if current.state in _RUNNING:
        return
    if current.state in _UP:
        current = _stopped(host, current, report)
    spec = spec_of(current, host.engine.image(current.image_id))
    if name != spec.container_name:
        current = _settled(host, spec)
    kept = secrets.read(host.settings, current.name)
    renew(host, replace(spec, secrets=kept, safe_mode=safe), current, report)


def roll_back(
    host: Host, workspace: Workspace, reference: str, report: Report | None = None
) -> None:
    """Make a standalone workspace anew from an environment and start it.

    Home, ports, limits and GPUs stay; what was installed since is gone.  On
    failure the workspace is what it was.  Raises ImageNotFoundError, NoServerError.
    """
    current = host.engine.container(workspace.container.name)
    spec = spec_of(current, host.engine.image(current.image_id))
    kept = secrets.read(host.settings, current.name)
    bring_up(host, replace(spec, image=reference, secrets=kept), report, fresh=True)


def stop(host: Host, workspace: Workspace, timeout: float = 10) -> None:
    """Stop a workspace for good: its restart policy is turned off, so no engine brings it back."""
    _halt(host, workspace.container.name, workspace.restart, timeout)
    gpu_lease.ended(host, workspace)


def _halt(host: Host, name: str, policy: str, timeout: float = 10) -> None:
    """Stop a container, its restart policy first: where that is on, ``revive`` starts it again."""
    with Undo() as undo:
        undo.add(lambda: host.engine.update(name, restart=policy))
        # On a disk with no byte left the engine cannot note it: stopping comes first.
        with suppress(DiskFullError):
            host.engine.update(name, restart="no")
        host.engine.stop(name, timeout)


def restart(
    host: Host, workspace: Workspace, report: Report | None = None, *, safe: bool = False
) -> None:
    """Stop and start the same container; it keeps its GPUs and the end of its lease."""
    tell(report, "Stopping the container")
    with gpu_lease.kept_over_stop(host, workspace):
        _halt(host, workspace.container.name, workspace.restart)
        start(host, workspace, report, safe=safe)


def _inspect(host: Host, spec: WorkspaceSpec) -> Container | None:
    """Return the workspace's container; NameTakenError where a stranger's has its name."""
    try:
        container = host.engine.container(spec.container_name)
    except WorkspaceNotFoundError:
        return None
    found = Workspace.of(container)
    if found is None or (found.owner, found.name) != (spec.owner, spec.name):
        raise NameTakenError(
            f"A container {container.name} is there already and is no workspace of {spec.owner}.",
            "Rename or remove it.",
        )
    return container


def _workspace(spec: WorkspaceSpec, container: Container) -> Workspace:
    return Workspace(spec.owner, spec.name, spec.kind, container)
