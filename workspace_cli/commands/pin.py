"""``workspace pin`` and ``unpin``."""

from __future__ import annotations

from typing import Annotated

import typer

from workspace_cli import completion, parameters
from workspace_cli.core.errors import InvalidOptionError
from workspace_cli.invocation import Invocation, command_app, examples
from workspace_cli.text import clean, iso, local

app = command_app()


@app.command(
    epilog=examples(
        'workspace pin kim/vision:v2 -m "for the paper"',
        "workspace pin                                 everything that is pinned",
    )
)
def pin(
    context: typer.Context,
    image: Annotated[
        str | None,
        typer.Argument(
            metavar="[IMAGE]", help="A saved environment.", autocompletion=completion.images
        ),
    ] = None,
    note: Annotated[
        str, typer.Option("-m", "--message", metavar="NOTE", help="Why it is kept.")
    ] = "",
    json: parameters.Json = False,
) -> None:
    """Keep an environment, whatever `workspace prune` would take."""
    from workspace_cli.commands.images import full_name
    from workspace_cli.core import pins
    from workspace_cli.core.actors import Actor

    call = Invocation.of(context)
    if image is None:
        if note:
            raise InvalidOptionError("Which environment?", "`workspace images` lists them.")
        found = list(pins.pins(call.host).values())
    else:
        actor = Actor(call.settings.admin, admin=True)
        found = [pins.pin(call.host, full_name(image), actor, note)]
    if json:
        call.console.json([{**vars(one), "created": iso(one.created)} for one in found])
        return
    call.console.table(
        ("environment", "owner", "since", "by", "note"),
        [
            (one.reference, one.owner, local(one.created)[:16], one.made_by, clean(one.note))
            for one in found
        ],
    )


@app.command(epilog=examples("workspace unpin kim/vision:v2"))
def unpin(
    context: typer.Context,
    image: Annotated[
        str,
        typer.Argument(
            metavar="IMAGE", help="A saved environment.", autocompletion=completion.images
        ),
    ],
) -> None:
    """Leave an environment to `workspace prune` again."""
    from workspace_cli.commands.images import full_name
    from workspace_cli.core import pins
    from workspace_cli.core.actors import Actor

    call = Invocation.of(context)
    actor = Actor(call.settings.admin, admin=True)
    call.console.print(pins.unpin(call.host, full_name(image), actor).reference)
