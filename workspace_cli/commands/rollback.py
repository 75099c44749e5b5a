"""``workspace rollback``."""

from __future__ import annotations

from typing import Annotated

import typer

from workspace_cli import completion, parameters
from workspace_cli.core.errors import InvalidInputError
from workspace_cli.core.models import Workspace
from workspace_cli.invocation import Invocation, command_app, examples

app = command_app()


@app.command(
    epilog=examples(
        "workspace rollback study                  to what was last saved of it",
        "workspace rollback study kim/study:v1     to an environment of your choice",
        "workspace rollback --no-save -f study     forget what is there now, ask nothing",
    )
)
def rollback(
    context: typer.Context,
    name: parameters.Name,
    image: Annotated[
        str | None,
        typer.Argument(
            metavar="[IMAGE]",
            help="The environment; by default what was last saved of the workspace.",
            autocompletion=completion.images,
        ),
    ] = None,
    save: Annotated[
        bool, typer.Option(help="First save what is there now, as an environment.")
    ] = True,
    detach: parameters.Detach = False,
    force: Annotated[bool, typer.Option("-f", "--force", help="Ask nothing.")] = False,
) -> None:
    """Make a workspace anew from an earlier environment.

    Home, ports, limits and GPUs stay what they are.  What was installed since is
    saved first, so that this can be rolled back too, by that name: what was saved before
    a rollback is never gone back to unasked.
    """
    from workspace_cli.commands.images import full_name
    from workspace_cli.core.choices import startable
    from workspace_cli.core.images import require
    from workspace_cli.core.lineage import last_saved

    call = Invocation.of(context)
    workspace = call.find(name)
    reference = full_name(image) if image else last_saved(call.host, workspace)
    # Asked before anything is saved or stopped.
    require(call.host, reference)
    if workspace.kind == "hub":
        # The hub starts it for its owner, who may not start from everything.
        startable(call.host, workspace.owner, reference)
    if not force and not _agreed(call, workspace, reference, save):
        call.console.note(f"{workspace.reference} stays as it is.")
        return
    if save:
        _save(call, workspace)
    from workspace_cli.steer import roll_back

    call.console.print(roll_back(call, workspace, reference, wait=not detach))


def _agreed(call: Invocation, workspace: Workspace, reference: str, save: bool) -> bool:
    if call.console.interactive:
        lost = "" if save else " What was installed since is lost."
        return call.console.confirm(f"Make {workspace.reference} anew from {reference}?{lost}")
    if not save:
        raise InvalidInputError(
            "--no-save loses what was installed since, and nobody is here to be asked.",
            "Add --force if that is meant.",
        )
    return True


def _save(call: Invocation, workspace: Workspace) -> None:
    from workspace_cli.core.safety_saves import safety_save

    with call.console.progress() as report:
        saved = safety_save(call.host, workspace, report=report)
    call.console.note(f"What was there is kept as {saved.reference}.")
