"""``workspace rm``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from workspace_cli import parameters
from workspace_cli.core.errors import ConflictError, InvalidInputError
from workspace_cli.core.models import Workspace
from workspace_cli.each import each
from workspace_cli.invocation import Invocation, command_app, examples

if TYPE_CHECKING:
    from workspace_cli.core.removal import Removal

app = command_app()


@app.command(
    epilog=examples(
        "workspace rm study                  asks, and keeps the member's files",
        "workspace rm -f kim/study lee/old   asks nothing, stops what is running",
        "workspace rm --purge kim/study      lists what goes, files too, and asks",
    )
)
def rm(
    context: typer.Context,
    names: parameters.Names,
    force: Annotated[
        bool, typer.Option("-f", "--force", help="Ask nothing; remove running ones too.")
    ] = False,
    purge: Annotated[
        bool, typer.Option("--purge", help="Delete the member's files as well.")
    ] = False,
    dry_run: parameters.DryRun = False,
) -> int:
    """Remove workspaces, but not the members' files.

    What was installed in them goes, unless it was saved with `workspace commit`.
    """

    def act(call: Invocation, workspace: Workspace) -> str | None:
        if dry_run:
            return _dry(call, workspace, purge)
        return _remove(call, workspace, force=force, purge=purge)

    return each(Invocation.of(context), names, act)


def _remove(call: Invocation, workspace: Workspace, *, force: bool, purge: bool) -> str | None:
    from workspace_cli import steer

    if not force:
        if not _agreed(call, workspace, purge):
            call.console.note(f"{workspace.reference} was kept.")
            return None
        _refuse_running(workspace)
    steer.remove(call, workspace, purge=purge)
    return workspace.reference


def _refuse_running(workspace: Workspace) -> None:
    from workspace_cli.steer import UP

    if workspace.container.state in UP:
        raise ConflictError(
            f"{workspace.reference} is running.",
            f"Stop it first (workspace stop {workspace.reference}), or add --force.",
        )


def _agreed(call: Invocation, workspace: Workspace, purge: bool) -> bool:
    if not call.console.interactive:
        if purge:
            raise InvalidInputError(
                "--purge deletes the member's files, and nobody is here to be asked.",
                "Add --force if that is meant.",
            )
        return True
    _refuse_running(workspace)
    preview = _preview(call, workspace, purge)
    for thing in preview.goes:
        call.console.note(f"  goes:  {thing}")
    for thing in preview.stays:
        call.console.note(f"  stays: {thing}")
    return call.console.confirm("Delete all of this for good?" if purge else "Remove it?")


def _preview(call: Invocation, workspace: Workspace, purge: bool) -> Removal:
    from workspace_cli.core.workspaces import removal_preview

    return removal_preview(call.host, workspace, purge)


def _dry(call: Invocation, workspace: Workspace, purge: bool) -> str:
    from workspace_cli.core.docker_line import rm_lines

    goes = [f"# goes: {thing}" for thing in _preview(call, workspace, purge).goes]
    return "\n".join([*goes, *rm_lines(workspace)])
