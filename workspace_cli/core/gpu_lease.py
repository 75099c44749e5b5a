"""A lease that has been decided; what stands behind it is loaded only where there is one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

from workspace_cli.core.host import Host
from workspace_cli.core.models import ContainerSummary, Workspace, WorkspaceSpec


@dataclass(frozen=True)
class Lease:
    """GPUs for one workspace, decided and not yet taken.

    ``lasts`` in seconds, None without an end; ``latest`` an end that is earlier
    because others need them then; ``kept`` the term of a lease that goes on.
    """

    backend: Literal["cdi", "nvidia", "none"] = "none"
    gpus: tuple[str, ...] = ()
    wanted: str = ""
    """What the label says, so that the next start asks for the same; '' for a number."""
    lasts: float | None = None
    latest: float | None = None
    override: str = ""
    share: float | None = None
    """The part of the GPU's memory that its holder is told of, where the policy wants that."""
    kept: Mapping[str, Any] = field(default_factory=dict)
    held: bool = False
    """Whether the workspace has it already."""


NO_LEASE = Lease()


def hold(
    host: Host, spec: WorkspaceSpec, lease: Lease, containers: Sequence[ContainerSummary]
) -> None:
    """Write down a lease's end right before its container is made or started (locked)."""
    if lease.gpus and not lease.held:
        from workspace_cli.core import broker

        broker.hold(host, spec.owner, spec.name, lease, containers)


def claimed(host: Host, spec: WorkspaceSpec, lease: Lease) -> None:
    """Remove the request of a workspace that runs with its GPUs now."""
    if lease.gpus:
        from workspace_cli.core import broker

        broker.claimed(host, spec.owner, spec.name)


@contextmanager
def kept_meanwhile(host: Host, spec: WorkspaceSpec) -> Iterator[None]:
    """Keep the GPUs of a workspace that is recreated: saving its layer may take minutes."""
    if spec.gpus in (0, ()):
        yield
        return
    from workspace_cli.core import broker

    request = broker.secure(host, spec)
    try:
        yield
    except BaseException:
        if request is not None:
            broker.withdraw(host, request)
        raise


@contextmanager
def kept_over_stop(host: Host, workspace: Workspace) -> Iterator[None]:
    """Keep a running workspace's GPUs, and its lease's term, while it stops and starts again."""
    if not workspace.holds_gpus:
        yield
        return
    from workspace_cli.core import broker

    request = broker.keep(host, workspace)
    try:
        yield
    except BaseException:
        broker.withdraw(host, request)
        raise


def ended(host: Host, workspace: Workspace) -> None:
    """Forget the term of a workspace that has given its GPUs back."""
    if workspace.gpus:
        from workspace_cli.core import leases

        leases.end(host, workspace)
