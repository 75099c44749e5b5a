"""Start, stop and remove a workspace by the way that fits its kind.

One that the browser made is the hub's: the hub must know what happens to it, so
it is asked.  One that stands by itself goes straight to the core.
"""

from __future__ import annotations

from typing import Any

from workspace_cli import way_back
from workspace_cli.addresses import url
from workspace_cli.core import workspaces
from workspace_cli.core.engine import Progress, Report
from workspace_cli.core.errors import (
    ConflictError,
    NotFoundError,
    StartFailedError,
    WorkspaceNotFoundError,
)
from workspace_cli.core.gpu_lease import kept_over_stop
from workspace_cli.core.images import has_server
from workspace_cli.core.making_anew import options_of
from workspace_cli.core.models import Workspace
from workspace_cli.core.naming import DEFAULT_WORKSPACE
from workspace_cli.core.readiness import wait_for_workspace
from workspace_cli.invocation import Invocation

UP = frozenset({"running", "paused", "restarting"})


def start(
    call: Invocation,
    workspace: Workspace,
    *,
    wait: bool = True,
    in_line: bool = False,
    safe: bool = False,
) -> str:
    """Start a workspace, wait until its server answers, and return its name and address.

    With ``in_line`` it waits for its turn where its GPUs are not free; ``safe`` is in
    safe mode.
    """
    with call.console.progress() as report, way_back.told(call, workspace):
        if workspace.kind == "hub":
            _start_by_hub(call, workspace, report, in_line=in_line, safe=safe)
        else:
            _start_here(call, workspace, report, in_line=in_line, safe=safe)
            if wait:
                wait_until_ready(call, workspace, report)
    return told(call, workspace)


def _start_by_hub(
    call: Invocation, workspace: Workspace, report: Report, *, in_line: bool, safe: bool
) -> None:
    # Without options, those of its last start: a safe one is as what is there.
    options: dict[str, Any] | None = {"safe_mode": True} if safe else None
    if options and workspace.gpus:
        options["gpus"] = workspace.gpus_wanted
    try:
        call.hub.start_server(workspace.owner, workspace.name, report, options)
    except (StartFailedError, ConflictError):
        if not workspace.gpus:
            raise
        from workspace_cli.in_line import hub_start_in_line

        if not hub_start_in_line(call, workspace, report, wait=in_line):
            raise


def _start_here(
    call: Invocation, workspace: Workspace, report: Report, *, in_line: bool, safe: bool
) -> None:
    if not in_line or workspace.holds_gpus:
        workspaces.start(call.host, workspace, report, safe=safe)
        return
    from workspace_cli.in_line import turn

    wanted = workspace.gpus_wanted
    with turn(call, workspace.owner, workspace.name, wanted, report):
        workspaces.start(call.host, workspace, report, safe=safe)


def wait_until_ready(call: Invocation, workspace: Workspace, report: Report) -> None:
    """Wait until a workspace that stands by itself answers; StartFailedError after a minute.

    One whose image has no Labdock server in it runs as what it is: nobody knows
    what to wait for.
    """
    engine = call.host.engine
    address = url(workspace, call.settings)
    if address and has_server(engine.image(workspace.container.image_id)):
        report(Progress("Waiting until the server answers"))
        wait_for_workspace(call.host, workspace, address)
        _tell_safe_mode(call, workspace)


def _tell_safe_mode(call: Invocation, workspace: Workspace) -> None:
    """Warn where a server found by itself, or was told, that it had better be a safe one."""
    from workspace_cli.core.inside import safe_mode

    # Its address on the owner's network is known only now that it runs.
    reason = safe_mode(call.host, _again(call, workspace))
    if not reason:
        way_back.worked(call, _again(call, workspace))
    else:
        why = {
            "disk": "the disk is full or cannot be written to",
            "environment": "the member's environment has no working Python",
        }.get(reason, "as asked")
        call.console.warn(f"{workspace.reference} runs in safe mode: {why}.")


def told(call: Invocation, workspace: Workspace) -> str:
    """Return a workspace's name and address, as a result to print."""
    return f"{workspace.reference}   {url(workspace, call.settings)}".rstrip()


def stop(call: Invocation, workspace: Workspace, timeout: float = 10) -> str:
    """Stop a workspace and return its name."""
    if workspace.kind == "hub":
        _ask_hub_to_stop(call, workspace)
        workspace = _again(call, workspace)
    if workspace.kind == "standalone" or workspace.container.state in UP:
        workspaces.stop(call.host, workspace, timeout)
    return workspace.reference


def restart(
    call: Invocation,
    workspace: Workspace,
    *,
    wait: bool = True,
    in_line: bool = False,
    safe: bool = False,
) -> str:
    """Restart a workspace: the same container where nothing fixed has changed; it keeps its GPUs.

    One that does not run holds none: with ``in_line`` it waits for its turn.
    """
    if workspace.kind == "hub":
        with kept_over_stop(call.host, workspace):
            _ask_hub_to_stop(call, workspace)
            return start(call, workspace, in_line=in_line, safe=safe)
    if not workspace.holds_gpus and in_line:
        return start(call, workspace, wait=wait, in_line=True, safe=safe)
    with call.console.progress() as report, way_back.told(call, workspace):
        workspaces.restart(call.host, workspace, report, safe=safe)
        if wait:
            wait_until_ready(call, workspace, report)
    return told(call, workspace)


def roll_back(call: Invocation, workspace: Workspace, reference: str, *, wait: bool = True) -> str:
    """Make a workspace anew from an environment; home, ports, limits and GPUs stay."""
    with call.console.progress() as report:
        if workspace.kind == "hub":
            with kept_over_stop(call.host, workspace):
                _ask_hub_to_stop(call, workspace)
                options = options_of(call.host, workspace, reference)
                call.hub.start_server(workspace.owner, workspace.name, report, options)
        else:
            workspaces.roll_back(call.host, workspace, reference, report)
            if wait:
                wait_until_ready(call, _again(call, workspace), report)
    return told(call, _again(call, workspace))


def remove(call: Invocation, workspace: Workspace, *, purge: bool = False) -> None:
    """Remove a workspace; its owner's home stays unless ``purge``."""
    if purge:
        # Asked again by the core, but by then the hub would have stopped the workspace.
        _refuse_shared_home(call, workspace)
    if workspace.kind == "hub":
        # The hub cannot forget a member's first server; it stops it, and finds no container later.
        _ask_hub_to_stop(call, workspace, remove=workspace.name != DEFAULT_WORKSPACE)
    try:
        workspaces.remove(call.host, workspace)
    except WorkspaceNotFoundError:
        if workspace.kind == "standalone":
            raise
    if purge:
        workspaces.purge(call.host, workspace)


def _refuse_shared_home(call: Invocation, workspace: Workspace) -> None:
    owned = workspaces.list_workspaces(call.host, owner=workspace.owner)
    others = [other.reference for other in owned if other.name != workspace.name]
    if others:
        raise ConflictError(
            f"The home of {workspace.owner} is also used by {', '.join(others)}.",
            "Remove those first, or remove this one without --purge.",
        )


def _ask_hub_to_stop(call: Invocation, workspace: Workspace, *, remove: bool = False) -> None:
    try:
        call.hub.stop_server(workspace.owner, workspace.name, remove=remove)
    except NotFoundError:
        # Its account or its server is gone, the container is not: nothing to tell the hub.
        return


def _again(call: Invocation, workspace: Workspace) -> Workspace:
    return workspaces.find(call.host, workspace.reference)
