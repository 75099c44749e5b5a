"""``workspace ls``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from workspace_cli import completion, parameters
from workspace_cli.addresses import url
from workspace_cli.core.models import SERVER_PORT, Workspace, format_ports_label
from workspace_cli.invocation import Invocation, command_app, examples
from workspace_cli.text import iso, local

if TYPE_CHECKING:
    from workspace_cli.core.settings import Settings

app = command_app()

UP = frozenset({"running", "paused", "restarting"})


@app.command(
    epilog=examples(
        "workspace ls                     what is running",
        "workspace ls -a --owner kim      all of kim's, stopped ones too",
        "workspace ls -aq                 names only, for a script",
        "workspace ls --json | jq '.[].address'",
    )
)
def ls(
    context: typer.Context,
    everything: Annotated[
        bool, typer.Option("-a", "--all", help="Stopped workspaces too.")
    ] = False,
    owner: Annotated[
        str | None,
        typer.Option(metavar="USER", help="Only this member's.", autocompletion=completion.owners),
    ] = None,
    quiet: Annotated[bool, typer.Option("-q", "--quiet", help="Print OWNER/NAME only.")] = False,
    json: parameters.Json = False,
) -> None:
    """List the workspaces of this machine."""
    from workspace_cli.core.reading import list_workspaces

    call = Invocation.of(context)
    found = list_workspaces(call.host, owner=owner)
    shown = found if everything else [w for w in found if w.container.state in UP]
    ends = _lease_ends(call, shown)
    if json:
        call.console.json(
            [
                {**row(workspace, call.settings), "lease_ends": _iso(ends.get(workspace.reference))}
                for workspace in shown
            ]
        )
    elif quiet:
        for workspace in shown:
            call.console.print(workspace.reference)
    else:
        call.console.table(
            ("name", "state", "image", "address", "ports", "gpus"),
            [_cells(workspace, call.settings, ends) for workspace in shown],
        )
        _tell_hidden(call, len(found) - len(shown))


def row(workspace: Workspace, settings: Settings) -> dict[str, Any]:
    """Return one workspace as ``--json`` prints it."""
    container = workspace.container
    return {
        "owner": workspace.owner,
        "name": workspace.name,
        "reference": workspace.reference,
        "kind": workspace.kind,
        "state": container.state,
        "status": container.status,
        "image": workspace.image,
        "address": url(workspace, settings) or None,
        "ports": [{"host": p.host, "container": p.container} for p in workspace.ports],
        "gpus": list(workspace.gpus),
        "container": container.name,
        "id": container.id,
        "created": iso(container.created),
    }


def _lease_ends(call: Invocation, shown: list[Workspace]) -> dict[str, float | None]:
    """Return when leases end, by OWNER/NAME; without a lease no database is opened."""
    if not any(workspace.holds_gpus for workspace in shown):
        return {}
    from workspace_cli.core.leases import terms

    return {name: term.ends for name, term in terms(call.host, shown).items()}


def _iso(moment: float | None) -> str | None:
    return None if moment is None else iso(moment)


def _cells(
    workspace: Workspace, settings: Settings, ends: dict[str, float | None]
) -> tuple[str, ...]:
    end = ends.get(workspace.reference)
    ports = tuple(port for port in workspace.ports if port.container != SERVER_PORT)
    return (
        workspace.reference,
        workspace.container.status or workspace.container.state,
        workspace.image,
        url(workspace, settings),
        format_ports_label(ports).replace(",", ", "),
        ", ".join(workspace.gpus) + ("" if end is None else f" until {local(end)[5:16]}"),
    )


def _tell_hidden(call: Invocation, hidden: int) -> None:
    if hidden and call.console.interactive:
        what = "1 workspace is" if hidden == 1 else f"{hidden} workspaces are"
        call.console.note(f"{what} stopped and not shown: workspace ls -a")
