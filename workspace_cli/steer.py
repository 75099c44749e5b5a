"""Start, stop and remove a workspace by the way that fits its kind.

One that the browser made is the hub's: the hub must know what happens to it, so
it is asked.  One that stands by itself goes straight to the core.
"""

from __future__ import annotations

from workspace_cli.addresses import url
from workspace_cli.core import workspaces
from workspace_cli.core.errors import NotFoundError, WorkspaceNotFoundError
from workspace_cli.core.models import Workspace
from workspace_cli.core.naming import DEFAULT_WORKSPACE
from workspace_cli.invocation import Invocation

UP = frozenset({"running", "paused", "restarting"})


def start(call: Invocation, workspace: Workspace) -> str:
    """Start a workspace, wait until it is up, and return its name and address."""
    with call.console.progress() as report:
        if workspace.kind == "hub":
            call.hub.start_server(workspace.owner, workspace.name, report)
        else:
            workspaces.start(call.host, workspace, report)
    return f"{workspace.reference}   {url(workspace, call.settings)}".rstrip()


def stop(call: Invocation, workspace: Workspace, timeout: float = 10) -> str:
    """Stop a workspace and return its name."""
    if workspace.kind == "hub":
        _ask_hub_to_stop(call, workspace)
        workspace = _again(call, workspace)
    if workspace.kind == "standalone" or workspace.container.state in UP:
        workspaces.stop(call.host, workspace, timeout)
    return workspace.reference


def restart(call: Invocation, workspace: Workspace) -> str:
    """Restart a workspace: the same container where nothing fixed has changed."""
    if workspace.kind == "hub":
        call.hub.stop_server(workspace.owner, workspace.name)
        return start(call, workspace)
    with call.console.progress() as report:
        workspaces.restart(call.host, workspace, report)
    return f"{workspace.reference}   {url(workspace, call.settings)}".rstrip()


def remove(call: Invocation, workspace: Workspace) -> None:
    """Remove a workspace and keep its home."""
    if workspace.kind == "hub":
        # The hub cannot forget a member's first server; it stops it, and finds no container later.
        _ask_hub_to_stop(call, workspace, remove=workspace.name != DEFAULT_WORKSPACE)
    try:
        workspaces.remove(call.host, _again(call, workspace))
    except WorkspaceNotFoundError:
        if workspace.kind == "standalone":
            raise


def _ask_hub_to_stop(call: Invocation, workspace: Workspace, *, remove: bool = False) -> None:
    try:
        call.hub.stop_server(workspace.owner, workspace.name, remove=remove)
    except NotFoundError:
        # Its account or its server is gone, the container is not: nothing to tell the hub.
        return


def _again(call: Invocation, workspace: Workspace) -> Workspace:
    return workspaces.find(call.host, workspace.reference)
