"""``workspace ports``: which port is whose, and who else may open it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from workspace_cli import completion, parameters
from workspace_cli.addresses import LOOPBACK, hub_url
from workspace_cli.core.errors import InvalidOptionError, SetupError
from workspace_cli.core.models import PortMapping, Workspace
from workspace_cli.invocation import Invocation, command_app, examples
from workspace_cli.text import iso, local

if TYPE_CHECKING:
    from workspace_cli.core.port_shares import PortShare

app = command_app()
ports = command_app()
app.add_typer(
    ports,
    name="ports",
    invoke_without_command=True,
    epilog=examples(
        "workspace ports                                        every port that is held",
        "workspace ports --json | jq '.ports[].host'",
        "workspace ports share kim/study 6006 --with lee --for 2h",
        "workspace ports unshare kim/study 6006 --with lee",
    ),
)


@ports.callback()
def held(
    context: typer.Context,
    owner: Annotated[
        str | None,
        typer.Option(metavar="USER", help="Only this member's.", autocompletion=completion.owners),
    ] = None,
    json: parameters.Json = False,
) -> None:
    """List the ports that workspaces hold, and who may open them.

    A port belongs to its workspace for as long as that exists, running or not.
    """
    if context.invoked_subcommand is not None:
        return
    from workspace_cli.core.ports import free_count
    from workspace_cli.core.reading import list_workspaces

    call = Invocation.of(context)
    found = [
        (workspace, port)
        for workspace in list_workspaces(call.host, owner=owner)
        for port in workspace.ports
    ]
    shared = _shares(call, owner)
    low, high = call.settings.port_range
    free = free_count(call.host)
    if json:
        call.console.json(
            {
                "range": [low, high],
                "free": free,
                "ports": [_row(workspace, port, shared) for workspace, port in found],
                "shares": [_share_row(call, share) for share in shared],
            }
        )
        return
    call.console.table(
        ("host", "inside", "workspace", "state", "address", "shared with"),
        [_cells(workspace, port, shared) for workspace, port in found],
    )
    _tell_others(call, shared, {(w.reference, p.container) for w, p in found})
    call.console.note(f"{free} of {high - low + 1} ports from {low} to {high} are free.")


@ports.command(
    epilog=examples(
        "workspace ports share study 6006 --with lee",
        "workspace ports share kim/study 8501 --with lee --for 7d",
    )
)
def share(
    context: typer.Context,
    name: parameters.Name,
    port: Annotated[int, typer.Argument(metavar="PORT", help="The port inside the workspace.")],
    visitor: Annotated[
        str, typer.Option("--with", metavar="USER", help="The member who may open it.")
    ],
    duration: Annotated[
        str, typer.Option("--for", metavar="TIME", help="For how long: 90m, 2h, 7d.")
    ] = "2h",
    json: parameters.Json = False,
) -> None:
    """Let another member open one port of a workspace, for a while.

    They open the address that is printed under their own login, and reach that
    port alone.
    """
    from workspace_cli.core import audit, port_shares

    call = Invocation.of(context)
    workspace = call.find(name)
    made = port_shares.share(
        call.host, workspace.owner, workspace.name, port, visitor, _seconds(duration)
    )
    subject = f"{workspace.reference}:{port}"
    audit.record(call.host, call.settings.admin, "share-port", subject, f"with {visitor}")
    if json:
        call.console.json(_share_row(call, made))
    else:
        call.console.facts({"address": _url(call, made), "for": visitor, "until": local(made.ends)})


@ports.command(
    epilog=examples(
        "workspace ports unshare study 6006 --with lee",
        "workspace ports unshare study 6006             with nobody any more",
    )
)
def unshare(
    context: typer.Context,
    name: parameters.Name,
    port: Annotated[int, typer.Argument(metavar="PORT", help="The port inside the workspace.")],
    visitor: Annotated[
        str | None,
        typer.Option("--with", metavar="USER", help="Only this member; else everybody."),
    ] = None,
) -> None:
    """End the sharing of a port at once, also for pages that are open."""
    from workspace_cli.core import port_shares
    from workspace_cli.core.errors import NotFoundError

    call = Invocation.of(context)
    workspace = call.find(name)
    found = [
        one
        for one in port_shares.shares(call.host, owner=workspace.owner, workspace=workspace.name)
        if one.port == port and visitor in (None, one.with_member)
    ]
    if not found:
        raise NotFoundError(
            f"Port {port} of {workspace.reference} is not shared"
            f"{f' with {visitor}' if visitor else ''}.",
            "`workspace ports` lists what is.",
        )
    for one in found:
        port_shares.withdraw(call.host, one.id, one.owner)
        call.console.print(f"{workspace.reference} {port} {one.with_member}")


def _seconds(written: str) -> float:
    from workspace_cli.core.policy import parse_duration

    try:
        return parse_duration(written)
    except ValueError as exc:
        raise InvalidOptionError(
            f"--for: {written!r} is no time.", "Write a duration as 90m, 2h or 7d."
        ) from exc


def _shares(call: Invocation, owner: str | None) -> list[PortShare]:
    from workspace_cli.core import port_shares

    try:
        return port_shares.shares(call.host, owner=owner or "")
    except SetupError:
        return []  # without a database nothing is shared


def _with(workspace: Workspace, port: PortMapping, shared: list[PortShare]) -> list[PortShare]:
    place = (workspace.owner, workspace.name, port.container)
    return [one for one in shared if (one.owner, one.workspace, one.port) == place]


def _row(workspace: Workspace, port: PortMapping, shared: list[PortShare]) -> dict[str, Any]:
    return {
        "host": port.host,
        "container": port.container,
        "owner": workspace.owner,
        "workspace": workspace.name,
        "state": workspace.container.state,
        "address": f"http://{LOOPBACK}:{port.host}/",
        "shared_with": [one.with_member for one in _with(workspace, port, shared)],
    }


def _share_row(call: Invocation, share: PortShare) -> dict[str, Any]:
    return {
        "id": share.id,
        "owner": share.owner,
        "workspace": share.workspace,
        "port": share.port,
        "with": share.with_member,
        "created": iso(share.created),
        "ends": iso(share.ends),
        "address": _url(call, share),
    }


def _url(call: Invocation, share: PortShare) -> str:
    return f"{hub_url(call.settings)}/hub/{share.path}"


def _cells(workspace: Workspace, port: PortMapping, shared: list[PortShare]) -> tuple[str, ...]:
    row = _row(workspace, port, shared)
    return (
        str(port.host),
        str(port.container),
        workspace.reference,
        str(row["state"]),
        str(row["address"]),
        ", ".join(row["shared_with"]),
    )


def _tell_others(call: Invocation, shared: list[PortShare], told: set[tuple[str, int]]) -> None:
    """Tell the shares of ports that have no port of this machine: they go through the hub."""
    rest = [one for one in shared if (f"{one.owner}/{one.workspace}", one.port) not in told]
    if rest:
        call.console.print()
        call.console.table(
            ("shared", "port", "with", "until", "address"),
            [
                (
                    f"{one.owner}/{one.workspace}",
                    str(one.port),
                    one.with_member,
                    local(one.ends),
                    _url(call, one),
                )
                for one in rest
            ],
        )
