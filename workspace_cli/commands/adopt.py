"""``workspace adopt``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from workspace_cli import parameters, text
from workspace_cli.core.errors import InvalidOptionError
from workspace_cli.invocation import Invocation, command_app, examples

if TYPE_CHECKING:
    from workspace_cli.core.adopt import Looked
    from workspace_cli.core.build import Built

app = command_app()
REFUSED = 1


@app.command(
    epilog=examples(
        "workspace adopt nvcr.io/nvidia/pytorch:25.01-py3 --check    only look, and say",
        "workspace adopt group/vision:v3 --as vision                 labdock/adopted/vision:latest",
        "workspace adopt group/vision:v3 --owner kim                 among kim's own environments",
        "workspace adopt --container ky_study --dry-run              what taking it over means",
    )
)
def adopt(
    context: typer.Context,
    image: Annotated[
        str, typer.Argument(metavar="[IMAGE]", help="Any image, here or fetched.")
    ] = "",
    container: Annotated[
        str,
        typer.Option(metavar="NAME", help="Take over this container that was started by hand."),
    ] = "",
    name: Annotated[
        str,
        typer.Option("--as", metavar="NAME[:TAG]", help="Its new name; by default the old one."),
    ] = "",
    owner: Annotated[
        str, typer.Option(metavar="USER", help="Whose it becomes; by default the lab's.")
    ] = "",
    check: Annotated[
        bool, typer.Option("--check", help="Look into it, say what was found, make nothing.")
    ] = False,
    note: Annotated[
        str, typer.Option("-m", "--message", metavar="NOTE", help="What it is good for.")
    ] = "",
    force: Annotated[
        bool, typer.Option("-f", "--force", help="Replace an image of that name.")
    ] = False,
    remove_old: Annotated[
        bool, typer.Option("--remove-old", help="With --container: remove it once this worked.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="With --container: say what would be done.")
    ] = False,
    json: parameters.Json = False,
) -> None:
    """Make a workspace image of any image made from Debian or Ubuntu.

    Its files are read without running it, and what speaks against it is said.  Then
    Labdock's server is laid on top, with an interpreter of its own; the image's Python
    becomes the member's environment.  It is started once to see that it works.  The
    image itself is not changed.

    With --container a container that somebody started by hand becomes a workspace with
    the same files, ports, GPUs and password.  It stays as NAME.before-adoption, stopped.
    """
    call = Invocation.of(context)
    if bool(image) == bool(container):
        raise InvalidOptionError("What is to be adopted?", "Name an IMAGE, or --container NAME.")
    if container:
        if check or note or force:
            raise InvalidOptionError(
                "--check, --message and --force are for images.", "With --container: --dry-run."
            )
        from workspace_cli.commands.adopt_container import take_over

        take_over(call, container, owner, name, dry_run=dry_run, remove_old=remove_old, json=json)
        return
    if remove_old or dry_run:
        raise InvalidOptionError(
            "--remove-old and --dry-run are for containers.", "For an image: --check."
        )
    _adopt_image(call, image, name, owner, check=check, note=note, force=force, json=json)


def _adopt_image(
    call: Invocation,
    image: str,
    name: str,
    owner: str,
    *,
    check: bool,
    note: str,
    force: bool,
    json: bool,
) -> None:
    from workspace_cli.core import adopt as adopting
    from workspace_cli.setup.image_builder import RECIPES, BuildKit

    full = "" if check and not name else adopting.reference_for(image, name, owner)
    if len(note) > NOTE_LENGTH:
        raise InvalidOptionError(f"A note has at most {NOTE_LENGTH} characters.", "Shorten it.")
    builder = BuildKit()
    with call.console.progress() as report:
        looked = adopting.look(call.host, builder, RECIPES, image, report)
        if check:
            made = None
        else:
            made = adopting.adopt(
                call.host,
                builder,
                RECIPES,
                looked,
                full,
                owner=owner,
                note=note,
                replace=force,
                report=report,
            )
    if made:
        _tell(call, looked, made, json=json)
        return
    _tell_checks(call, looked, json=json)
    if looked.preflight.verdict == "refused":
        raise typer.Exit(REFUSED)


NOTE_LENGTH = 1000


def _tell_checks(call: Invocation, looked: Looked, *, json: bool) -> None:
    found = looked.preflight
    if json:
        call.console.json(_data(looked))
        return
    rows = [(one.name, one.level, one.found, one.reason) for one in found.checks]
    call.console.table(("check", "", "found", "why it matters"), rows)
    image = looked.subject.image
    call.console.print(f"\n{found.reference}, {text.size(image.size)}: {found.verdict}")


def _data(looked: Looked) -> dict[str, object]:
    found, subject = looked.preflight, looked.subject
    return {
        "image": found.reference,
        "id": subject.image.id,
        "verdict": found.verdict,
        "size": subject.image.size,
        "architecture": subject.image.architecture,
        "checks": [vars(check) for check in found.checks],
        "pythons": list(subject.pythons),
    }


def _tell(call: Invocation, looked: Looked, made: Built, *, json: bool) -> None:
    if json:
        call.console.json({**_data(looked), "made": {**vars(made), "warnings": [*made.warnings]}})
        return
    for warning in made.warnings:
        call.console.warn(warning)
    call.console.facts(
        {
            "adopted": f"{made.reference} (start one from it: --image {made.reference})",
            "from": f"{made.parent}, which stays as it is",
            "size": f"{text.size(made.size)}, {text.size(made.added)} of them Labdock's and Python",
        }
    )
