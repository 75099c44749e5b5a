"""When the kernel ends a program because its container's memory is used up.

The engine says so in an ``oom`` event.  Its mark on the container, ``OOMKilled``,
is set on cgroup v1 while the container runs on, and says nothing of when.
"""

from __future__ import annotations

from dataclasses import dataclass

from workspace_cli.core import labels
from workspace_cli.core.engine import Event
from workspace_cli.core.errors import WorkspaceNotFoundError
from workspace_cli.core.host import Host
from workspace_cli.core.models import Container

EVENT = "oom"
TOLD = 7 * 86400.0
"""How long the owner is shown it unless they dismiss it, in seconds."""


@dataclass(frozen=True)
class Killing:
    """A program of a workspace was ended; ``limit`` in bytes, ``at`` in seconds since the epoch."""

    owner: str
    workspace: str
    limit: int
    at: float


def killing_of(host: Host, event: Event) -> Killing | None:
    """Return what an event of the engine tells, None where it is another or no workspace's."""
    owner = event.attributes.get(labels.OWNER)
    workspace = event.attributes.get(labels.WORKSPACE)
    if event.action != EVENT or not owner or not workspace:
        return None
    try:
        limit = host.engine.container(event.name).limits.memory
    except WorkspaceNotFoundError:
        limit = None
    return Killing(owner, workspace, limit or host.info.memory, event.time)


def tell(host: Host, killing: Killing) -> None:
    """Let the owner know: on pages, in JupyterLab and in terminals."""
    from workspace_cli.core import notices

    notices.tell(
        host.database,
        killing.owner,
        killing.workspace,
        "out_of_memory",
        {"limit": killing.limit, "at": killing.at},
        now=host.clock(),
        ends=host.clock() + TOLD,
    )


def last_killing(host: Host, owner: str, workspace: str) -> Killing | None:
    """Return the latest one of a workspace that its owner has not dismissed."""
    from workspace_cli.core import notices

    found = notices.open_notices(host.database, now=host.clock(), owner=owner, workspace=workspace)
    for notice in found:
        if notice.kind == "out_of_memory":
            at = float(notice.values.get("at", notice.created))
            return Killing(owner, workspace, int(notice.values["limit"]), at)
    return None


def sentence(container: Container) -> str:
    """Say that a container that ended had run out of memory; '' where it had not."""
    if not container.oom_killed:
        return ""
    limit = container.limits.memory
    told = "It ran out of memory."
    if limit is not None:
        told = f"It ran out of memory; its limit is {limit / 2**30:.4g} GiB."
    return told
