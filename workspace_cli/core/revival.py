"""Starts again what a crash of the engine has left stopped.

An engine that is killed without live-restore ends what ran on when it comes
up again, and takes that for somebody's wish: ``unless-stopped`` does not bring
it back.  It is told from a deliberate stop by the restart policy, which every
stop of ours turns off first.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from workspace_cli.core.errors import LabdockError, WorkspaceNotFoundError
from workspace_cli.core.host import Host
from workspace_cli.core.models import Workspace
from workspace_cli.core.reading import is_below, list_workspaces
from workspace_cli.core.returning import should_run
from workspace_cli.core.workspaces import start

WORKERS = 16
"""Starts at once; each waits for the engine nearly all of its time."""


@dataclass(frozen=True)
class Revival:
    """A workspace that should have run: it runs again, or ``error`` says why not."""

    workspace: Workspace
    error: LabdockError | None = None


def revive(host: Host, concerns: Callable[[Workspace], bool]) -> list[Revival]:
    """Start every workspace of this data root that concerns the caller and should run.

    One that fails stops no other.  Each starts as ``workspaces.start`` does it:
    never on a GPU or a port that somebody else holds by now.
    """
    ended = [
        workspace
        for workspace in list_workspaces(host)
        if workspace.container.state == "exited" and concerns(workspace)
    ]
    with ThreadPoolExecutor(WORKERS) as pool:
        return [done for done in pool.map(lambda one: _revive(host, one), ended) if done]


def _revive(host: Host, workspace: Workspace) -> Revival | None:
    try:
        found = host.engine.container(workspace.container.name)
        if not (should_run(found) and is_below(found, host.settings.root)):
            return None
        start(host, workspace)
        _heed_stop(host, workspace)
    except WorkspaceNotFoundError:
        return None  # removed in the meantime
    except LabdockError as exc:
        return Revival(workspace, exc)
    return Revival(workspace)


def _heed_stop(host: Host, workspace: Workspace) -> None:
    """Stop again what somebody has stopped while it was being started.

    That needs no lock: a stop turns the policy off first.  Either this sees it,
    or the stop has yet to reach a container that runs.
    """
    name = workspace.container.name
    if host.engine.container(name).restart == "no":
        host.engine.stop(name)
