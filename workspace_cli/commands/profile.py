"""``workspace profile``: what the lab offers members to start from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from workspace_cli import completion, parameters
from workspace_cli.core.actors import Actor
from workspace_cli.invocation import Invocation, command_app, examples

if TYPE_CHECKING:
    from workspace_cli.core.profile_rows import Profile

app = command_app()
profile = command_app()
app.add_typer(
    profile,
    name="profile",
    help="Manage the profiles that the lab offers.",
    epilog=examples(
        "workspace profile ls",
        "workspace profile save 'Course notebook' --image labdock/pytorch --memory 4g",
        "workspace profile save 'Two GPUs' --image labdock/pytorch-cuda --gpus 2 --group nlp",
        "workspace profile rm 'Course notebook'",
    ),
)

Name = Annotated[str, typer.Argument(metavar="NAME", help="The profile's name.")]


@profile.command("ls")
def list_them(context: typer.Context, json: parameters.Json = False) -> None:
    """List what the lab offers, and to whom."""
    from workspace_cli.core import profiles

    call = Invocation.of(context)
    _print(call, profiles.of_the_lab(call.host), json=json)


@profile.command()
def save(
    context: typer.Context,
    name: Name,
    image: Annotated[
        str | None,
        typer.Option(help="One that members may start from.", autocompletion=completion.images),
    ] = None,
    cpus: Annotated[str | None, typer.Option(metavar="N", help="CPU cores.")] = None,
    memory: Annotated[str | None, typer.Option(metavar="SIZE", help="Such as 4g.")] = None,
    shm_size: Annotated[str | None, typer.Option(metavar="SIZE", help="Shared memory.")] = None,
    gpus: Annotated[
        str | None, typer.Option(metavar="GPUS", help="N, MODEL:N, shared or all.")
    ] = None,
    publish: Annotated[
        list[str] | None, typer.Option("-p", "--publish", metavar="PORT", help="A port inside.")
    ] = None,
    group: Annotated[
        str, typer.Option(metavar="GROUP", help="Whose members may see it; everybody otherwise.")
    ] = "",
    json: parameters.Json = False,
) -> None:
    """Offer a profile to the lab or a group; the same name again changes it."""
    from workspace_cli.core import profiles
    from workspace_cli.core.choices import startable

    call = Invocation.of(context)
    admin = call.settings.admin
    options = {
        "image": startable(call.host, admin, image or call.host.catalogue.default),
        "cpus": cpus,
        "memory": memory,
        "shm_size": shm_size,
        "gpus": gpus,
        "ports": publish,
    }
    actor = Actor(admin, admin=True)
    made = profiles.save(call.host, name, options, actor, lab=True, group=group)
    _print(call, [made], json=json)


@profile.command("rm")
def remove(context: typer.Context, name: Name) -> None:
    """Offer a profile no more; what was started from it stays."""
    from workspace_cli.core import profiles
    from workspace_cli.core.profile_rows import LAB

    call = Invocation.of(context)
    actor = Actor(call.settings.admin, admin=True)
    plain = profiles.check_name(name)
    found = profiles.get(call.host, LAB + plain, actor)
    profiles.delete(call.host, found, actor)
    call.console.print(found.name)


def _print(call: Invocation, found: list[Profile], *, json: bool) -> None:
    if json:
        call.console.json([row(one) for one in found])
    elif not found:
        call.console.print("The lab offers no profile.")
    else:
        columns = ("name", "for", "image", "cpus", "memory", "gpus", "ports")
        call.console.table(
            columns,
            [
                (one.name, one.group or "everybody", *(one.options.get(n, "") for n in columns[2:]))
                for one in found
            ],
        )


def row(one: Profile) -> dict[str, Any]:
    """Return one profile as ``--json`` prints it."""
    return {
        "name": one.name,
        "group": one.group,
        "options": dict(one.options),
        "made_by": one.made_by,
    }
