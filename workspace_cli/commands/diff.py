"""``workspace diff``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from workspace_cli import completion, parameters, text
from workspace_cli.commands.images import full_name
from workspace_cli.core.errors import ImageNotFoundError, NotFoundError
from workspace_cli.invocation import Invocation, command_app, examples

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workspace_cli.core.look_models import Difference, Folder, PackageChange
    from workspace_cli.core.look_stacks import Side

app = command_app()
_SIGNS = {"added": "+", "changed": "~", "removed": "-"}


@app.command(
    epilog=examples(
        "workspace diff kim/vision:v1 kim/vision:v2     two environments",
        "workspace diff labdock/base kim/vision:v2      what was added to the lab's image",
        "workspace diff kim/vision:v2 study             what changed in a workspace since",
    )
)
def diff(
    context: typer.Context,
    old: Annotated[
        str,
        typer.Argument(
            metavar="OLD",
            help="An environment, or a workspace.",
            autocompletion=completion.environments_and_workspaces,
        ),
    ],
    new: Annotated[
        str,
        typer.Argument(
            metavar="NEW",
            help="What it is compared with: an environment, or a workspace.",
            autocompletion=completion.environments_and_workspaces,
        ),
    ],
    json: parameters.Json = False,
) -> None:
    """Tell how two environments differ.

    Packages, files by folder, sizes and configuration are compared.  A name without
    a tag is a workspace where there is one of that name.
    """
    from workspace_cli.core.look import compare
    from workspace_cli.core.look_models import to_json

    call = Invocation.of(context)
    found = compare(call.host, side(call, old), side(call, new))
    if json:
        call.console.json(to_json(found))
    else:
        _tell(call, found)


def side(call: Invocation, name: str) -> Side:
    """Return the workspace or the environment that a name means; ImageNotFoundError."""
    from workspace_cli.core.references import NAMESPACE, shown, split

    if split(name)[1] is None and not name.startswith(NAMESPACE):
        try:
            return call.find(name)
        except NotFoundError:
            # Then it is an environment's.
            pass
    try:
        return call.host.engine.image(full_name(name))
    except ImageNotFoundError as exc:
        raise ImageNotFoundError(
            f"There is no environment and no workspace {shown(name)}.",
            "`workspace images` lists the environments, `workspace ls -a` the workspaces.",
        ) from exc


def _tell(call: Invocation, found: Difference) -> None:
    call.console.facts(
        {
            "old": f"{found.old}, {text.size(found.old_size)}",
            "new": f"{found.new}, {text.size(found.new_size)}",
            "packages": package_lines(found.packages),
            "files": folder_lines(found.folders, found.others),
            "settings": [
                f"{_SIGNS[_change(row.before, row.after)]} {row.name}: "
                + " -> ".join(filter(None, (row.before, row.after)))
                for row in found.settings
            ],
        }
    )
    if found.blind:
        call.console.warn(found.blind)
    elif not (found.packages or found.files or found.settings):
        call.console.print("They are the same.")


def _change(before: str, after: str) -> str:
    if not before:
        return "added"
    return "changed" if after else "removed"


def package_lines(packages: Sequence[PackageChange], most: int = 0) -> list[str]:
    """Return a line for each package that differs; with ``most`` no more than so many."""
    lines = [
        f"{_SIGNS[one.change]} {one.name} {' -> '.join(filter(None, (one.before, one.after)))}"
        f" ({one.manager}{f', {text.size(one.bytes)}' if one.bytes else ''})"
        for one in packages
    ]
    if most and len(lines) > most:
        return [*lines[:most], f"… and {len(lines) - most} more"]
    return lines


def folder_lines(folders: Sequence[Folder], others: Folder | None, most: int = 0) -> list[str]:
    """Return a line for each folder; with ``most`` no more than so many."""
    lines = [_folder_line(one) for one in folders]
    if others is not None:
        lines.append(_folder_line(others))
    if most and len(lines) > most:
        return [*lines[:most], f"… and {len(lines) - most} folders more"]
    return lines


def _folder_line(one: Folder) -> str:
    from workspace_cli.core.look_models import printable

    counts = [
        f"{number} {what}"
        for number, what in ((one.added, "new"), (one.changed, "changed"), (one.removed, "removed"))
        if number
    ]
    return f"{printable(one.path) or 'elsewhere'}: {', '.join(counts)}, {text.size(one.bytes)}"
