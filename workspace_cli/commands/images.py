"""``workspace images`` and ``history``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from workspace_cli import completion, parameters
from workspace_cli.invocation import Invocation, command_app, examples
from workspace_cli.text import clean, iso, local, size

if TYPE_CHECKING:
    from workspace_cli.core.lineage import Branch, Environment

app = command_app()


@app.command(
    epilog=examples(
        "workspace images                 the lab's images and everybody's environments",
        "workspace images --owner kim     what kim saved",
        "workspace images -q              names only, for a script",
    )
)
def images(
    context: typer.Context,
    owner: Annotated[
        str | None,
        typer.Option(metavar="USER", help="Only this member's.", autocompletion=completion.owners),
    ] = None,
    quiet: Annotated[bool, typer.Option("-q", "--quiet", help="Print the names only.")] = False,
    json: parameters.Json = False,
) -> None:
    """List the images and environments that workspaces start from.

    The size on top of the parent is what an environment itself takes of the disk.
    """
    from workspace_cli.core.lineage import environments

    call = Invocation.of(context)
    found = environments(call.host, owner)
    if json:
        call.console.json([facts(one) for one in found])
    elif quiet:
        for one in found:
            call.console.print(one.reference)
    else:
        call.console.table(
            ("name", "from", "on top", "size", "created", "used by", "note"),
            [_cells(one) for one in found],
        )


@app.command(
    epilog=examples(
        "workspace history labdock/kim/vision:v2",
        "workspace history kim/vision:v2 --json",
    )
)
def history(
    context: typer.Context,
    image: Annotated[
        str,
        typer.Argument(metavar="IMAGE", help="An environment.", autocompletion=completion.images),
    ],
    json: parameters.Json = False,
) -> None:
    """Draw the tree of environments that one belongs to."""
    from workspace_cli.core.lineage import history as tree

    call = Invocation.of(context)
    branches = tree(call.host, full_name(image))
    if json:
        call.console.json(
            [
                {
                    "depth": branch.depth,
                    "name": branch.name,
                    "wanted": branch.wanted,
                    "environment": facts(branch.environment) if branch.environment else None,
                }
                for branch in branches
            ]
        )
        return
    for branch in branches:
        call.console.print(_line(branch))


def full_name(image: str) -> str:
    """Return an environment's full name; ``OWNER/NAME`` is meant below ``labdock/``.

    >>> full_name("kim/vision:v2")
    'labdock/kim/vision:v2'
    """
    from workspace_cli.core.references import NAMESPACE

    return image if image.startswith(NAMESPACE) or "/" not in image else NAMESPACE + image


def facts(one: Environment) -> dict[str, Any]:
    """Return one environment as ``--json`` prints it."""
    return {
        "reference": one.reference,
        "id": one.id,
        "offered": one.offered,
        "owner": one.owner or None,
        "saved_from": one.saved_from or None,
        "parent": one.parent or None,
        "parent_id": one.parent_id or None,
        "note": one.note,
        "created": iso(one.created),
        "size": one.size,
        "added": one.added,
        "layers": one.layers,
        "used_by": list(one.used_by),
    }


def _cells(one: Environment) -> tuple[str, ...]:
    return (
        one.reference.removesuffix(":latest"),
        one.parent,
        "" if one.added is None else size(one.added),
        size(one.size),
        local(one.created)[:16],
        ", ".join(one.used_by),
        clean(one.note),
    )


def _line(branch: Branch) -> str:
    indent = "   " * (branch.depth - 1) + "└─ " if branch.depth else ""
    name = branch.name.removesuffix(":latest")
    one = branch.environment
    if one is None:
        return f"{indent}{name} (removed)"
    parts = [local(one.created)[:16], size(one.size if one.added is None else one.added)]
    if one.saved_from:
        parts.append(f"from {one.saved_from}")
    if one.note:
        parts.append(f'"{clean(one.note)}"')
    return f"{indent}{name}{' *' if branch.wanted else ''}   {', '.join(parts)}"
