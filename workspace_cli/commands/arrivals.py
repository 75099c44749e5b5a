"""What commands that move images have in common: which, whose, its name, and what is told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from workspace_cli import completion, text

if TYPE_CHECKING:
    from workspace_cli.core.incoming import Arrival
    from workspace_cli.invocation import Invocation

Owner = Annotated[
    str | None,
    typer.Option(
        metavar="USER",
        help="Whose environment it becomes; by default the admin's.",
        autocompletion=completion.owners,
    ),
]
As = Annotated[
    str | None,
    typer.Option("--as", metavar="NAME[:TAG]", help="Its name here; by default the one it had."),
]
Force = Annotated[
    bool, typer.Option("-f", "--force", help="Replace the owner's image of that name.")
]


def local_name(image: str) -> str:
    """Return the full name of any image of this machine; a registry's is one already."""
    from workspace_cli.commands.images import full_name
    from workspace_cli.core.registries import registry_of

    return image if registry_of(image) else full_name(image)


def tell(call: Invocation, arrival: Arrival, *, json: bool) -> None:
    """Tell what has come and who may start it."""
    if json:
        call.console.json(
            {
                "reference": arrival.reference,
                "id": arrival.id,
                "imported_from": arrival.origin,
                "digest": arrival.digest or None,
                "size": arrival.size,
                "layers": arrival.layers,
                "server": arrival.server,
                "trusted": arrival.trusted,
                "signed_by": arrival.signed_by or None,
                "fingerprint": arrival.fingerprint or None,
            }
        )
        return
    call.console.facts(
        {
            "here": arrival.reference,
            "from": arrival.origin,
            "size": f"{text.size(arrival.size)} in {arrival.layers} layers",
            "signed by": _signature(arrival),
            "trusted": "yes" if arrival.trusted else "no: only admins can start it",
            "next": _next(arrival),
        }
    )


def _signature(arrival: Arrival) -> str:
    if arrival.signed_by:
        return f"{arrival.signed_by} ({arrival.fingerprint})"
    if arrival.fingerprint:
        return f"{arrival.fingerprint}, a key that this lab does not know"
    return ""


def _next(arrival: Arrival) -> list[str]:
    steps = []
    if not arrival.server:
        steps.append(f"workspace adopt {arrival.reference}   (lays a Labdock server on it)")
    if not arrival.trusted:
        which = arrival.reference if arrival.server else "IMAGE"
        steps.append(f"workspace trust {which}   (lets members start it)")
    return steps
