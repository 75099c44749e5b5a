"""``workspace start``, ``stop`` and ``restart``."""

from __future__ import annotations

from typing import Annotated

import typer

from workspace_cli import parameters
from workspace_cli.core.models import Workspace
from workspace_cli.counts import whole_number
from workspace_cli.each import each
from workspace_cli.invocation import Invocation, command_app, examples

app = command_app()

LONGEST_STOP = 3600


InLine = Annotated[bool, typer.Option("--wait", help="Wait in line where its GPUs are not free.")]


@app.command(
    epilog=examples(
        "workspace start study",
        "workspace start kim/study lee/paper",
        "workspace start --wait train     wait in line for its GPUs",
        "workspace start --safe study     to mend its environment or to make room",
    )
)
def start(
    context: typer.Context,
    names: parameters.Names,
    wait: InLine = False,
    safe: parameters.Safe = False,
    detach: parameters.Detach = False,
) -> int:
    """Start workspaces.

    What was installed in them is still there.
    """
    from workspace_cli.steer import start as start_one

    return each(
        Invocation.of(context),
        names,
        lambda call, ws: start_one(call, ws, wait=not detach, in_line=wait, safe=safe),
    )


@app.command(
    epilog=examples(
        "workspace stop study",
        "workspace stop -t 60 study     give its processes a minute to end",
    )
)
def stop(
    context: typer.Context,
    names: parameters.Names,
    seconds: Annotated[
        str, typer.Option("-t", "--time", metavar="SECONDS", help="Wait before killing.")
    ] = "10",
) -> int:
    """Stop workspaces.

    They keep their container, with everything installed in it, and hold no GPU.
    """
    from workspace_cli.steer import stop as stop_one

    timeout = whole_number("--time", seconds, LONGEST_STOP)
    return each(Invocation.of(context), names, lambda call, ws: stop_one(call, ws, timeout))


@app.command(
    epilog=examples(
        "workspace restart study",
        "workspace restart --dry-run study     print what docker would be told",
    )
)
def restart(
    context: typer.Context,
    names: parameters.Names,
    wait: InLine = False,
    safe: parameters.Safe = False,
    detach: parameters.Detach = False,
    dry_run: parameters.DryRun = False,
) -> int:
    """Restart workspaces.

    It is the same container, with everything installed in it, and the same GPUs.
    """
    from workspace_cli.steer import restart as restart_one

    def act(call: Invocation, workspace: Workspace) -> str:
        if dry_run:
            return _dry_restart(workspace)
        return restart_one(call, workspace, wait=not detach, in_line=wait, safe=safe)

    return each(Invocation.of(context), names, act)


def _dry_restart(workspace: Workspace) -> str:
    from workspace_cli.core.docker_line import restart_lines

    return "\n".join(restart_lines(workspace))
