"""Removes a saved environment that nobody uses, with its grants and its pin."""

from __future__ import annotations

from collections.abc import Sequence

from workspace_cli.core import audit, labels, pins, references, sharing
from workspace_cli.core.actors import Actor
from workspace_cli.core.errors import ConflictError
from workspace_cli.core.host import Host
from workspace_cli.core.lineage import Environment
from workspace_cli.core.models import ContainerSummary, Workspace
from workspace_cli.core.ownership import owned_by


def held(host: Host) -> list[ContainerSummary]:
    """Return every container that may hold an environment: running or stopped, anybody's."""
    return host.engine.containers()


def users(one: Environment, containers: Sequence[ContainerSummary]) -> tuple[str, ...]:
    """Return what stands on an environment: workspaces as OWNER/NAME, others by name.

    A workspace that was made anew from its own layer stands on the environment too: its
    next start may need it.
    """
    found = set()
    for row in containers:
        image = row.labels.get(labels.IMAGE, row.image)
        if row.image_id == one.id or references.same_image(image, one.reference):
            workspace = Workspace.of(row)
            found.add(workspace.reference if workspace else row.name)
    return tuple(sorted(found))


def check(host: Host, reference: str, actor: Actor) -> Environment:
    """Return an environment that the actor may remove now.

    Raises ImageNotFoundError, NotAllowedError, and ConflictError while a container, also
    a stopped one, stands on it.
    """
    one = owned_by(host, reference, actor)
    if standing := users(one, held(host)):
        raise ConflictError(
            f"{one.reference} is in use by {', '.join(standing)}.",
            "Remove those workspaces, or make them anew from another environment with "
            "`workspace rollback`.",
        )
    return one


def discard(host: Host, reference: str, actor: Actor, why: str = "rmi") -> Environment:
    """Remove an environment of the actor's own, or anybody's for an admin, and return it.

    Environments that were saved from it keep what they hold.  Raises what ``check`` does.
    """
    # Under the lock, so that no workspace is made of it between the look and the removal.
    with host.locked():
        one = check(host, reference, actor)
        host.engine.remove_image(one.reference)
    sharing.forget(host, sharing.grants(host, reference=one.reference))
    pins.forget(host, one.reference)
    audit.record(host, actor.name, why, one.reference, f"saved by {one.owner}")
    return one
