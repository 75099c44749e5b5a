"""``workspace build``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from workspace_cli import completion, parameters, text
from workspace_cli.core.errors import InvalidOptionError
from workspace_cli.invocation import Invocation, command_app, examples

if TYPE_CHECKING:
    from workspace_cli.core.build import Built

app = command_app()


@app.command(
    epilog=examples(
        "workspace build ./vision --lab               labdock/lab/vision, offered to everybody",
        "workspace build requirements.txt --owner kim --tag nlp:v2",
        "workspace build environment.toml --on labdock/pytorch-cuda",
    )
)
def build(
    context: typer.Context,
    path: Annotated[
        Path,
        typer.Argument(
            metavar="PATH",
            help="A folder with a Dockerfile, environment.toml, environment or requirements.txt, "
            "or such a file.",
        ),
    ],
    tag: Annotated[
        str,
        typer.Option("-t", "--tag", metavar="NAME[:TAG]", help="By default the folder's name."),
    ] = "",
    on: Annotated[
        str,
        typer.Option(
            metavar="IMAGE",
            help="What to build on; by default labdock/pytorch.",
            autocompletion=completion.images,
        ),
    ] = "",
    owner: Annotated[
        str | None,
        typer.Option(
            metavar="USER",
            help="Whose it becomes; it builds on what they may use. By default the admin.",
        ),
    ] = None,
    lab: Annotated[
        bool, typer.Option("--lab", help="Make it the lab's, and offer it to everybody.")
    ] = False,
    title: Annotated[
        str, typer.Option(metavar="TEXT", help="With --lab: what members read on the form.")
    ] = "",
    note: Annotated[
        str, typer.Option("-m", "--message", metavar="NOTE", help="What it is good for.")
    ] = "",
    force: Annotated[
        bool, typer.Option("-f", "--force", help="Replace an image of that name.")
    ] = False,
    no_cache: Annotated[
        bool, typer.Option("--no-cache", help="Run every step anew, for newer packages.")
    ] = False,
    json: parameters.Json = False,
) -> None:
    """Build an image for workspaces on top of one of the lab's.

    A Dockerfile is built as it is; a list of packages is installed with apt and pip.
    What was built is checked (it must still start Labdock's server), started once
    without a network, and only then gets its name.  Whatever fails or is interrupted
    leaves nothing behind.
    """
    from workspace_cli.core.build_image import Wish, build_image, reference_for
    from workspace_cli.core.build_source import read_source
    from workspace_cli.setup.image_builder import BuildKit

    call = Invocation.of(context)
    if lab and owner is not None:
        raise InvalidOptionError("--lab and --owner exclude each other.", "Choose one.")
    if title and not lab:
        raise InvalidOptionError("--title is for what the lab offers.", "Add --lab.")
    source = read_source(path)
    wish = Wish(
        owner="" if lab else owner or call.settings.admin,
        name=tag,
        on=on,
        note=note,
        replace=force,
        fresh=no_cache,
        restricted=owner is not None and owner != call.settings.admin,
    )
    reference = reference_for(source, wish)
    with call.console.progress() as report:
        built = build_image(call.host, BuildKit(), source, wish, report)
    if lab:
        from workspace_cli.core.build_catalogue import offer

        shown = title or reference.removesuffix(":latest").rpartition("/")[2]
        offer(call.host, reference, title=shown, description=note, parent=built.parent)
    _tell(call, built, lab=lab, json=json)


def _tell(call: Invocation, built: Built, *, lab: bool, json: bool) -> None:
    if json:
        facts = {name: value for name, value in vars(built).items() if name != "warnings"}
        call.console.json({**facts, "offered": lab})
        return
    call.console.facts(
        {
            "built": f"{built.reference} (start one from it: --image {built.reference})",
            "on": f"{built.parent}, and {text.size(built.added)} on top of it",
            "size": f"{text.size(built.size)} in {built.layers} layers",
            "offered": "to everybody, on the form for a new workspace" if lab else "",
        }
    )
