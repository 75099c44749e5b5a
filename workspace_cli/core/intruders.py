"""Workspaces that somebody brought up on a GPU which had been given to another."""

from __future__ import annotations

from workspace_cli.core import gpus
from workspace_cli.core.errors import WorkspaceNotFoundError
from workspace_cli.core.host import Host
from workspace_cli.core.models import ContainerSummary, Workspace


def intruders(host: Host) -> list[Workspace]:
    """Return workspaces that came up on a GPU that somebody else had before them.

    Only somebody's own ``docker start`` can do that.  They are to be stopped.
    """
    containers = host.engine.containers()
    rows = {row.id: row for row in containers}
    seen = gpus.look(host, containers)
    found: dict[str, Workspace] = {}
    for gpu in seen.line_gpus(host.policy):
        holders = [row for row in rows.values() if _holds(row, gpu.id)]
        if len(holders) <= gpu.seats:
            continue
        holders.sort(key=lambda row: _came_up(host, row))
        for row in holders[gpu.seats :]:
            workspace = Workspace.of(row)
            if workspace is not None:
                found[workspace.reference] = workspace
    return list(found.values())


def _came_up(host: Host, row: ContainerSummary) -> float:
    try:
        return host.engine.container(row.id).started or row.created
    except WorkspaceNotFoundError:
        return row.created  # removed since the list


def _holds(row: ContainerSummary, gpu: str) -> bool:
    workspace = Workspace.of(row)
    return workspace is not None and workspace.holds_gpus and gpu in workspace.gpus
