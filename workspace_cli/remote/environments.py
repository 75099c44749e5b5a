"""``images``, ``history``, ``diff``, ``rollback``, ``share`` and ``rmi`` by the API."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import typer

from workspace_cli.core.errors import InvalidInputError, InvalidOptionError
from workspace_cli.invocation import command_app, examples
from workspace_cli.remote.calls import Call, Json
from workspace_cli.remote.differences import folder_lines, package_lines
from workspace_cli.text import clean, size

app = command_app()
Image = Annotated[str, typer.Argument(metavar="IMAGE", help="An environment.")]


@app.command(
    epilog=examples(
        "workspace images          what you can start from",
        "workspace images -q       names only, for a script",
    )
)
def images(
    context: typer.Context,
    owner: Annotated[
        str, typer.Option(metavar="USER", help="Only this member's; for admins anybody's.")
    ] = "",
    quiet: Annotated[bool, typer.Option("-q", "--quiet", help="Print the names only.")] = False,
    json: Json = False,
) -> None:
    """List what you can start from: the lab's images, your environments, shared ones."""
    call = Call.of(context)
    found = call.remote.environments(owner)
    if json:
        call.console.json(found)
    elif quiet:
        for one in found:
            call.console.print(clean(one["reference"]))
    else:
        call.console.table(
            ("name", "whose", "from", "on top", "size", "created", "used by", "note"),
            [_cells(one) for one in found],
        )


def _cells(one: Mapping[str, Any]) -> tuple[str, ...]:
    return (
        one["reference"].removesuffix(":latest"),
        one["owner"] or "the lab",
        one["parent"] or "",
        "" if one["added"] is None else size(one["added"]),
        size(one["size"]),
        one["created"][:16].replace("T", " "),
        ", ".join(one["used_by"]),
        one["note"],
    )


@app.command(epilog=examples("workspace history vision:v2"))
def history(context: typer.Context, image: Image, json: Json = False) -> None:
    """Draw the tree of environments that one belongs to."""
    call = Call.of(context)
    branches = call.remote.history(call.reference(image))
    if json:
        call.console.json(branches)
        return
    for branch in branches:
        depth = branch["depth"]
        indent = "   " * (depth - 1) + "└─ " if depth else ""
        found = branch["environment"]
        more = f"   {found['created'][:10]}, {size(found['size'])}" if found else " (removed)"
        note = f', "{found["note"]}"' if found and found["note"] else ""
        mark = " *" if branch["wanted"] else ""
        name = branch["name"].removesuffix(":latest")
        call.console.print(f"{indent}{clean(name + mark + more + note)}")


@app.command(
    epilog=examples(
        "workspace diff vision:v1 vision:v2       two environments",
        "workspace diff vision:v2                 inside: what changed here since",
        "workspace diff vision:v2 study           a workspace of yours since",
    )
)
def diff(
    context: typer.Context,
    old: Annotated[str, typer.Argument(metavar="OLD", help="An environment.")],
    new: Annotated[
        str | None,
        typer.Argument(metavar="NEW", help="An environment, or a workspace."),
    ] = None,
    json: Json = False,
) -> None:
    """Tell how two environments differ: packages, files, sizes and configuration.

    A name without a tag is a workspace.
    """
    call = Call.of(context)
    reference = call.reference(old)
    if new is not None and (":" in new or new.startswith("labdock/")):
        found = call.remote.difference(reference, other=call.reference(new))
    else:
        owner, name = call.workspace(new)
        found = call.remote.difference(reference, workspace=f"{owner}/{name}")
    if json:
        call.console.json(found)
        return
    call.console.facts(
        {
            "old": f"{found['old']}, {size(found['old_size'])}",
            "new": f"{found['new']}, {size(found['new_size'])}",
            "packages": package_lines(found["packages"]),
            "files": folder_lines(found),
            "settings": [
                f"{one['name']}: {one['before'] or '-'} -> {one['after'] or '-'}"
                for one in found["settings"]
            ],
        }
    )
    if found["blind"]:
        call.console.warn(found["blind"])


@app.command(
    epilog=examples(
        "workspace rollback study              to what was last saved of it",
        "workspace rollback study vision:v1    to an environment of your choice",
    )
)
def rollback(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="The workspace.")],
    image: Annotated[str | None, typer.Argument(metavar="IMAGE", help="The environment.")] = None,
    save: Annotated[
        bool, typer.Option(help="First save what is there now, as an environment.")
    ] = True,
    force: Annotated[bool, typer.Option("-f", "--force", help="Ask nothing.")] = False,
) -> None:
    """Make a workspace anew from an earlier environment; files, ports and GPUs stay."""
    call = Call.of(context)
    owner, short = call.workspace(name)
    wanted = {"reference": call.reference(image) if image else "", "save": save}
    if not force and not _agreed(call, f"{owner}/{short}", save=save):
        call.console.note(f"{owner}/{short} stays as it is.")
        return
    done = call.follow(lambda: call.remote.roll_back(owner, short, wanted))
    if done["kept"]:
        call.console.note(f"What was there is kept as {done['kept']}.")
    call.console.print(f"{owner}/{short}   {done['reference']}")


def _agreed(call: Call, workspace: str, *, save: bool) -> bool:
    if call.console.interactive:
        lost = "" if save else " What was installed since is lost."
        return call.console.confirm(f"Make {workspace} anew?{lost}")
    if not save:
        raise InvalidInputError(
            "--no-save loses what was installed since, and nobody is here to be asked.",
            "Add --force if that is meant.",
        )
    return True


@app.command(
    epilog=examples(
        "workspace share vision:v2 --with lee --with group:nlp",
        "workspace share vision:v2                   who may, and who does",
        "workspace share vision:v2 --withdraw --with lee",
    )
)
def share(
    context: typer.Context,
    image: Image,
    recipients: Annotated[
        list[str] | None,
        typer.Option("--with", metavar="MEMBER|group:NAME|lab", help="Who may start from it."),
    ] = None,
    withdraw: Annotated[
        bool, typer.Option("--withdraw", help="Take it back; without --with from everybody.")
    ] = False,
    json: Json = False,
) -> None:
    """Let others start from an environment of yours, or take that back."""
    call = Call.of(context)
    reference = call.reference(image)
    if withdraw:
        _withdraw(call, reference, recipients or [])
        return
    for recipient in recipients or []:
        call.remote.share(reference, recipient)
    found = call.remote.grants(reference)
    if json:
        call.console.json(found)
        return
    for one in found["items"]:
        call.console.print(f"{reference}   {one['recipient']}")
    if found["used_by"]:
        call.console.note(f"Used by {', '.join(found['used_by'])}.")


def _withdraw(call: Call, reference: str, recipients: Sequence[str]) -> None:
    everybody = [one["recipient"] for one in call.remote.grants(reference)["items"]]
    if not recipients and not everybody:
        raise InvalidOptionError(f"{reference} is shared with nobody.")
    for recipient in recipients or everybody:
        done = call.remote.withdraw(reference, recipient)
        call.console.print(f"{reference}   {recipient}")
        if done["used_by"]:
            call.console.note(
                f"{', '.join(done['used_by'])} still stand on it and keep what they have."
            )


@app.command(epilog=examples("workspace rmi vision:v1"))
def rmi(
    context: typer.Context,
    images: Annotated[list[str], typer.Argument(metavar="IMAGE...", help="Environments of yours.")],
    force: Annotated[bool, typer.Option("-f", "--force", help="Ask nothing.")] = False,
) -> None:
    """Delete environments of yours that nothing stands on."""
    call = Call.of(context)
    references = [call.reference(one) for one in images]
    if not force and not call.console.interactive:
        raise InvalidInputError("Nobody is here to be asked.", "Add --force if that is meant.")
    if not force and not call.console.confirm(f"Delete {', '.join(references)}?"):
        return
    for reference in references:
        call.remote.delete(reference)
        call.console.print(reference)
