"""``workspace commit``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from workspace_cli import parameters, text
from workspace_cli.invocation import Invocation, command_app, examples

if TYPE_CHECKING:
    from workspace_cli.core.environments import Saved

app = command_app()


@app.command(
    epilog=examples(
        'workspace commit study -m "torch 2.13 and figlet"',
        "workspace commit kim/study vision:v2      saved as labdock/kim/vision:v2",
        "workspace commit study --dry-run          print docker's own command, and its flaw",
    )
)
def commit(
    context: typer.Context,
    name: parameters.Name,
    image: Annotated[
        str | None,
        typer.Argument(
            metavar="[IMAGE[:TAG]]",
            help="Its name; by default the workspace's own and the date.",
        ),
    ] = None,
    note: Annotated[
        str, typer.Option("-m", "--message", metavar="NOTE", help="What it is good for.")
    ] = "",
    pause: Annotated[
        bool, typer.Option(help="Hold its processes still meanwhile, so that files are whole.")
    ] = True,
    dry_run: parameters.DryRun = False,
    json: parameters.Json = False,
) -> None:
    """Save what is installed in a workspace as an image.

    No secret of the workspace is in it: no token, no password, no variable of its own.
    The member's files at /workspace and every other mounted folder are not in
    the image; they stay where they are.
    """
    call = Invocation.of(context)
    workspace = call.find(name)
    if dry_run:
        from workspace_cli.core.docker_line import commit_line

        line = commit_line(call.host, workspace, image, note=note, pause=pause)
        call.console.print(call.dry(line))
        return
    from workspace_cli.core.environments import commit as save

    with call.console.progress() as report:
        saved = save(call.host, workspace, image, note=note, pause=pause, report=report)
    _tell(call, saved, json=json)


def _tell(call: Invocation, saved: Saved, *, json: bool) -> None:
    if json:
        call.console.json(
            {
                "reference": saved.reference,
                "parent": saved.parent,
                "size": saved.size,
                "seconds": round(saved.seconds, 2),
                "not_saved": list(saved.not_saved),
            }
        )
        return
    call.console.facts(
        {
            "saved": saved.reference,
            "from": saved.parent,
            "size": f"{text.size(saved.size)} in {saved.seconds:.1f} s",
            "not saved": [f"{mount} (mounted; stays where it is)" for mount in saved.not_saved],
        }
    )
