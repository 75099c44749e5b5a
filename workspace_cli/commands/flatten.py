"""``workspace flatten``."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from workspace_cli import completion, parameters
from workspace_cli.invocation import Invocation, command_app, examples
from workspace_cli.text import size

if TYPE_CHECKING:
    from workspace_cli.core.layer_flatten import Flattened

app = command_app()


@app.command(
    epilog=examples(
        "workspace flatten kim/vision:v9              one layer of all that kim has saved",
        "workspace flatten --dry-run kim/vision:v9    only says what would become of it",
    )
)
def flatten(
    context: typer.Context,
    image: Annotated[
        str,
        typer.Argument(metavar="IMAGE", help="An environment.", autocompletion=completion.images),
    ],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would become of it, and do nothing.")
    ] = False,
    json: parameters.Json = False,
) -> None:
    """Make one layer of all that an environment adds to its image.

    Name, note, parent and configuration stay.  What was overwritten or removed on the
    way takes no room any more.  Saving does this by itself before the engine's limit.
    """
    from workspace_cli.commands.images import full_name
    from workspace_cli.core import layer_flatten

    call = Invocation.of(context)
    reference = full_name(image)
    if dry_run:
        found = layer_flatten.preview(call.host, reference)
    else:
        with call.console.progress() as report:
            found = layer_flatten.flatten(call.host, reference, report=report)
    if json:
        call.console.json(asdict(found))
    else:
        call.console.print(_said(found, dry_run=dry_run))


def _said(found: Flattened, *, dry_run: bool) -> str:
    if found.layers == found.layers_before:
        return f"{found.reference} has {found.layers} layers: there is nothing to flatten."
    layers = f"{found.layers} layers instead of {found.layers_before}"
    if dry_run:
        return f"{found.reference} would have {layers}, {found.lab_layers} of them the lab's."
    return (
        f"{found.reference} has {layers}, {found.lab_layers} of them the lab's; "
        f"{size(found.size)} instead of {size(found.size_before)}."
    )
