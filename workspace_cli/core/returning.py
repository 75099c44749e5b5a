"""Who went down with the engine and is to come back: their GPUs are kept for them a while.

An engine that starts again may leave what ran stopped: ``unless-stopped`` after a
crash, and everything with GPUs, which engine 26.1 starts before it knows CDI
("could not select device driver").  Until the hub has started it again, no other
is to be given its GPUs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress

from workspace_cli.core.engine import Engine
from workspace_cli.core.errors import WorkspaceNotFoundError
from workspace_cli.core.host import Host
from workspace_cli.core.lease_rows import LeaseRow
from workspace_cli.core.line_rows import Request
from workspace_cli.core.models import Container, ContainerSummary, Workspace

_SLACK = 10.0
"""Seconds that an engine takes to see what has ended before it came up."""


def returning(
    host: Host,
    containers: Iterable[ContainerSummary],
    terms: Mapping[str, LeaseRow],
    seconds: float,
) -> list[Request]:
    """Return what is kept for workspaces that ended with the engine, as grants with their term.

    Until ``seconds`` after that.  What was stopped on purpose has lost its term or
    its restart policy, or ended while the engine ran on.
    """
    ended = [
        (workspace, terms[row.name])
        for row in containers
        if row.state == "exited" and row.name in terms
        if (workspace := Workspace.of(row)) and workspace.gpus
    ]
    came_up = _came_up(host.engine) if ended else 0.0
    found = []
    for workspace, term in ended if host.clock() < came_up + _SLACK + seconds else ():
        with suppress(WorkspaceNotFoundError):
            container = host.engine.container(workspace.container.id)
            if should_run(container) and (container.finished or 0.0) <= came_up + _SLACK:
                found.append(_request(workspace, term, came_up))
    return found


def should_run(container: Container) -> bool:
    """Tell whether a container has ended although its restart policy says that it runs.

    One that ends at every start is ``restarting`` or has used up its
    ``on-failure`` attempts: the engine looks after it, or has given up.
    """
    if container.state != "exited":
        return False
    policy, _, most = container.restart.partition(":")
    if policy == "on-failure":
        used_up = most and container.restarts >= int(most)
        return bool(container.exit_code) and not used_up
    return policy in ("always", "unless-stopped")


def _came_up(engine: Engine) -> float:
    """Return when the engine was started: it makes its own bridge anew each time."""
    return next((row.created for row in engine.networks() if row.name == "bridge"), 0.0)


def _request(workspace: Workspace, term: LeaseRow, came_up: float) -> Request:
    return Request(
        id=f"returns-{workspace.container.id[:12]}",
        owner=workspace.owner,
        workspace=workspace.name,
        kind="restart",
        wanted=workspace.gpus_wanted,
        options=term.term,
        asked=term.began,
        seen=came_up,
        gpus=workspace.gpus,
        granted=came_up,
    )
