"""``workspace push`` and ``pull``."""

from __future__ import annotations

from typing import Annotated

import typer

from workspace_cli import completion, parameters
from workspace_cli.commands.arrivals import As, Force, Owner, local_name, tell
from workspace_cli.invocation import Invocation, command_app, examples

app = command_app()


@app.command(
    epilog=examples(
        "workspace push kim/vision:v2 registry.lab:5000/kim/vision:v2",
        "workspace push kim/vision:v2      to the registry that policy.toml names",
    )
)
def push(
    context: typer.Context,
    image: Annotated[
        str,
        typer.Argument(metavar="IMAGE", help="An environment.", autocompletion=completion.images),
    ],
    target: Annotated[
        str | None,
        typer.Argument(metavar="[REGISTRY/NAME:TAG]", help="Where to, and its name there."),
    ] = None,
    json: parameters.Json = False,
) -> None:
    """Send an environment to an image registry.

    The log-in is docker's own on this machine (`docker login REGISTRY`). Where the
    connection breaks, running it again goes on with what is missing.
    """
    from workspace_cli.core.registries import push as send

    call = Invocation.of(context)
    with call.console.progress() as report:
        sent = send(call.host, local_name(image), target, call.settings.admin, report)
    if json:
        facts = {"reference": sent.reference, "target": sent.target, "digest": sent.digest}
        call.console.json(facts)
        return
    call.console.facts({"pushed": sent.reference, "to": sent.target, "digest": sent.digest})


@app.command(
    epilog=examples(
        "workspace pull registry.lab:5000/kim/vision:v2 --owner lee",
        "workspace pull registry.lab:5000/kim/vision@sha256:… --owner lee --as vision:v2",
    )
)
def pull(
    context: typer.Context,
    reference: Annotated[
        str, typer.Argument(metavar="REGISTRY/NAME:TAG", help="An image in a registry.")
    ],
    owner: Owner = None,
    name: As = None,
    force: Force = False,
    json: parameters.Json = False,
) -> None:
    """Fetch an image from a registry for a member.

    Members cannot start it until `workspace trust` allows it, or at once where
    policy.toml names its registry as trusted.
    """
    from workspace_cli.core.registries import pull as fetch

    call = Invocation.of(context)
    actor = call.settings.admin
    with call.console.progress() as report:
        arrival = fetch(
            call.host,
            reference,
            owner or actor,
            actor,
            name=name,
            replace_own=force,
            report=report,
        )
    tell(call, arrival, json=json)
