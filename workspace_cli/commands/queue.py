"""``workspace queue``: who waits for GPUs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from workspace_cli import parameters
from workspace_cli.core.errors import NotFoundError
from workspace_cli.invocation import Invocation, command_app, examples
from workspace_cli.text import iso, local

if TYPE_CHECKING:
    from workspace_cli.core.broker import Place

app = command_app()


@app.command(
    epilog=examples(
        "workspace queue",
        "workspace queue --json | jq '.[0].owner'",
        "workspace queue --cancel kim/train     take a request out of the line",
    )
)
def queue(
    context: typer.Context,
    cancel: Annotated[
        str | None, typer.Option(metavar="OWNER/NAME", help="Take this workspace out of the line.")
    ] = None,
    json: parameters.Json = False,
) -> None:
    """Show who waits for GPUs, in order, and when their turn comes."""
    from workspace_cli.core import broker

    call = Invocation.of(context)
    places = broker.line(call.host)
    if cancel is not None:
        _cancel(call, places, cancel)
    elif json:
        call.console.json([row(place) for place in places])
    elif not places:
        call.console.print("Nobody waits for a GPU.")
    else:
        call.console.table(
            ("place", "workspace", "wants", "since", "turn"), [_cells(place) for place in places]
        )


def _cancel(call: Invocation, places: list[Place], reference: str) -> None:
    from workspace_cli.core import audit, broker

    for place in places:
        if f"{place.request.owner}/{place.request.workspace}" == reference:
            broker.withdraw(call.host, place.request.id)
            audit.record(call.host, call.settings.admin, "cancel-request", reference)
            call.console.print(reference)
            return
    raise NotFoundError(
        f"{reference} does not wait for a GPU.", "`workspace queue` lists who does."
    )


def row(place: Place) -> dict[str, Any]:
    """Return one place as ``--json`` prints it; ``estimate`` in seconds."""
    request = place.request
    return {
        "id": request.id,
        "owner": request.owner,
        "workspace": request.workspace,
        "kind": request.kind,
        "wanted": request.wanted,
        "position": place.position,
        "asked": iso(request.asked),
        "granted": None if request.granted is None else iso(request.granted),
        "gpus": list(request.gpus),
        "estimate": place.estimate,
        "barred": place.barred,
        "holders": [{"gpu": gpu, "name": one.name} for gpu, one in place.holders],
    }


def _cells(place: Place) -> tuple[str, ...]:
    from workspace_cli.core.values import written_gpus

    request = place.request
    if place.position == 0:
        turn = "now: its GPUs are kept for it"
    elif place.barred:
        turn = "when its owner gives GPUs back"
    else:
        turn = "-" if place.starts is None else local(place.starts)[:16]
    return (
        str(place.position or "-"),
        f"{request.owner}/{request.workspace}",
        written_gpus(request.wanted),
        local(request.asked)[:16],
        turn,
    )
