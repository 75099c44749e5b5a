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
    force: Annotated[
        bool, typer.Option("-f", "--force", help="Replace the owner's image of that name.")
    ] = False,
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
        from workspace_cli.core.docker_line import commit_lines
        from workspace_cli.core.environments import reference_for

        reference = reference_for(call.host, workspace, image, anywhere=True)
        for line in commit_lines(workspace, reference, note, pause=pause):
            call.console.print(line)
        return
    from workspace_cli.core.environments import commit as save

    with call.console.progress() as report:
        saved = save(
            call.host,
            workspace,
            image,
            note=note,
            pause=pause,
            report=report,
            anywhere=True,
            replace=force,
        )
    _tell(call, saved, json=json)


def _tell(call: Invocation, saved: Saved, *, json: bool) -> None:
    if json:
        call.console.json(
            {
                "reference": saved.reference,
                "id": saved.id,
                "parent": saved.parent,
                "note": saved.note,
                "size": saved.size,
                "added": saved.added,
                "layers": saved.layers,
                "seconds": round(saved.seconds, 2),
                "not_saved": [{"source": m.source, "target": m.target} for m in saved.not_saved],
            }
        )
        return
    call.console.facts(
        {
            "saved": f"{saved.reference} (start one from it: --image {saved.reference})",
            "from": f"{saved.parent}, and {text.size(saved.added)} on top of it",
            "size": f"{text.size(saved.size)} in {saved.layers} layers, {saved.seconds:.1f} s",
            "note": saved.note,
            "not saved": [
                f"{mount.target}, which is {mount.source} on this machine"
                for mount in saved.not_saved
            ],
        }
    )
