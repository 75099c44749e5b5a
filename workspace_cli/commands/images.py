"""``workspace images`` and ``history``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from workspace_cli import completion, parameters
from workspace_cli.core.errors import InvalidInputError
from workspace_cli.invocation import Invocation, command_app, examples
from workspace_cli.text import clean, iso, local, size

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workspace_cli.core.lineage import Branch, Environment
    from workspace_cli.core.look_models import Package, PackageChange
    from workspace_cli.core.look_sizes import Share

app = command_app()

Packages = Annotated[
    bool, typer.Option("--packages", help="With --json: what is installed in each.")
]


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
    packages: Packages = False,
    json: parameters.Json = False,
) -> None:
    """List the images and environments that workspaces start from.

    Its own size is what the disk gets back when an environment goes; the shared one is
    held by other images as well.
    """
    from workspace_cli.core.lineage import environments
    from workspace_cli.core.look_sizes import shares

    call = Invocation.of(context)
    _check_packages(packages, json)
    found = environments(call.host, owner)
    if quiet and not json:
        for one in found:
            call.console.print(one.reference)
        return
    share = shares(call.host)
    if json:
        call.console.json(
            [
                facts(one, share.get(one.id)) | (_installed(call, one) if packages else {})
                for one in found
            ]
        )
    else:
        call.console.table(
            ("name", "from", "own", "shared", "created", "used by", "note"),
            [_cells(one, share.get(one.id)) for one in found],
        )


@app.command(
    epilog=examples(
        "workspace history labdock/kim/vision:v2",
        "workspace history kim/vision:v2 --packages   with what each one installed",
    )
)
def history(
    context: typer.Context,
    image: Annotated[
        str,
        typer.Argument(metavar="IMAGE", help="An environment.", autocompletion=completion.images),
    ],
    packages: Annotated[
        bool,
        typer.Option("--packages", help="With what each one installed, changed and removed."),
    ] = False,
    json: parameters.Json = False,
) -> None:
    """Draw the tree of environments that one belongs to."""
    from workspace_cli.core.lineage import history as tree
    from workspace_cli.core.look_sizes import shares

    call = Invocation.of(context)
    branches = tree(call.host, full_name(image))
    if json:
        share = shares(call.host)
        call.console.json([_branch(call, one, share, packages=packages) for one in branches])
        return
    for branch in branches:
        call.console.print(_line(branch))
        if packages and branch.environment:
            indent = "   " * (branch.depth + 1)
            for line in _package_lines(call, branch.environment):
                call.console.print(f"{indent}{line}")


def _branch(
    call: Invocation, branch: Branch, share: Mapping[str, Share], *, packages: bool
) -> dict[str, Any]:
    one = branch.environment
    told = facts(one, share.get(one.id)) if one else None
    if one and told and packages:
        from workspace_cli.core.look_models import to_json

        told |= _installed(call, one) | {"changes": to_json(_changes(call, one))}
    return {
        "depth": branch.depth,
        "name": branch.name,
        "wanted": branch.wanted,
        "environment": told,
    }


def _check_packages(packages: bool, json: bool) -> None:
    if packages and not json:
        raise InvalidInputError(
            "A table has no room for packages.",
            "Add --json, or see `workspace history IMAGE --packages`.",
        )


def _installed(call: Invocation, one: Environment) -> dict[str, Any]:
    from workspace_cli.core.look_models import to_json

    return {"packages": to_json(_packages(call, one.id))}


def _packages(call: Invocation, image: str) -> tuple[Package, ...]:
    from workspace_cli.core.look_packages import packages_of

    return packages_of(call.host, call.host.engine.image(image))


def _changes(call: Invocation, one: Environment) -> tuple[PackageChange, ...]:
    """Return in which packages an environment differs from its parent; none without one."""
    from workspace_cli.core.look_packages import package_changes

    if not one.parent_id or one.parent_id == one.id:
        return ()
    return package_changes(_packages(call, one.parent_id), _packages(call, one.id))


def _package_lines(call: Invocation, one: Environment) -> list[str]:
    from workspace_cli.commands.diff import package_lines

    return package_lines(_changes(call, one))


def full_name(image: str) -> str:
    """Return an environment's full name; ``OWNER/NAME`` is meant below ``labdock/``.

    >>> full_name("kim/vision:v2")
    'labdock/kim/vision:v2'
    """
    from workspace_cli.core.references import NAMESPACE

    return image if image.startswith(NAMESPACE) or "/" not in image else NAMESPACE + image


def facts(one: Environment, share: Share | None = None) -> dict[str, Any]:
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
        "own": share.own if share else None,
        "shared": share.shared if share else None,
        "layers": one.layers,
        "used_by": list(one.used_by),
        "imported_from": one.imported_from or None,
        "trusted": one.trusted,
    }


def _cells(one: Environment, share: Share | None) -> tuple[str, ...]:
    return (
        one.reference.removesuffix(":latest"),
        one.parent,
        size(share.own) if share else "",
        size(share.shared) if share else size(one.size),
        local(one.created)[:16],
        ", ".join(one.used_by),
        clean(one.note) if one.trusted else f"(not trusted) {clean(one.note)}".rstrip(),
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
