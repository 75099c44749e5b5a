"""``workspace users``: who comes in, by approval or by invitation."""

from __future__ import annotations

from typing import Annotated

import typer

from workspace_cli import parameters
from workspace_cli.core.errors import InvalidInputError
from workspace_cli.invocation import Invocation, command_app, examples

app = command_app()

Names = Annotated[list[str], typer.Argument(metavar="NAME…", help="The accounts.")]


@app.command(epilog=examples("workspace users waiting", "workspace users waiting --json"))
def waiting(context: typer.Context, json: parameters.Json = False) -> None:
    """List who signed up and waits for approval."""
    call = Invocation.of(context)
    found = call.hub.people.waiting()
    if json:
        call.console.json(found)
        return
    call.console.table(
        ("name", "about", "since"),
        [(str(row["name"]), str(row.get("about") or ""), str(row["created"])) for row in found],
    )


@app.command(epilog=examples("workspace users approve kim lee"))
def approve(context: typer.Context, names: Names) -> None:
    """Let accounts in that wait for approval."""
    call = Invocation.of(context)
    for name in names:
        call.hub.people.act(name, "approve")
        call.console.print(f"{name} may log in")


@app.command(epilog=examples("workspace users deny kim"))
def deny(context: typer.Context, names: Names) -> None:
    """Turn away accounts that wait for approval.

    They are removed; the names are free again.
    """
    call = Invocation.of(context)
    for name in names:
        call.hub.people.act(name, "deny")
        call.console.print(f"{name} was turned away")


@app.command(
    epilog=examples(
        "workspace users invite                                  a link for one account",
        "workspace users invite --uses 30 --expires 7d --note 'spring class'",
        "workspace users invite --group instructors --group vision",
    )
)
def invite(
    context: typer.Context,
    uses: Annotated[
        int, typer.Option("--uses", metavar="N", help="How many accounts it is good for.")
    ] = 1,
    expires: Annotated[
        str, typer.Option("--expires", metavar="TIME", help="How long it lasts: 12h, 7d, 30d.")
    ] = "7d",
    groups: Annotated[
        list[str] | None,
        typer.Option("--group", metavar="GROUP", help="A group that the accounts are put into."),
    ] = None,
    note: Annotated[str, typer.Option("--note", metavar="TEXT", help="What it is for.")] = "",
    json: parameters.Json = False,
) -> None:
    """Make an invitation link.

    Whoever has it makes an account without approval. The link is shown this once.
    """
    call = Invocation.of(context)
    made = call.hub.people.invite(
        uses=uses, seconds=_seconds(expires), groups=groups or (), note=note
    )
    if json:
        call.console.json(made)
    else:
        call.console.facts({"link": made["link"], "id": made["id"], "ends": made["expires"]})


def _seconds(text: str) -> int:
    from workspace_cli.core.policy import parse_duration

    try:
        return int(parse_duration(text))
    except ValueError as exc:
        raise InvalidInputError(f"--expires: {exc}.", "For example --expires 7d.") from exc


@app.command(
    epilog=examples(
        "workspace users invitations", "workspace users invitations --revoke 1f2e3d4c5b6a"
    )
)
def invitations(
    context: typer.Context,
    revoke: Annotated[
        str | None, typer.Option("--revoke", metavar="ID", help="End this invitation.")
    ] = None,
    json: parameters.Json = False,
) -> None:
    """List the invitations that are still good, or end one."""
    call = Invocation.of(context)
    if revoke is not None:
        call.hub.people.end_invitation(revoke)
        call.console.print(f"{revoke} is good no more")
        return
    found = call.hub.people.invitations()
    if json:
        call.console.json(found)
        return
    call.console.table(
        ("id", "note", "uses left", "groups", "ends"),
        [
            (
                str(row["id"]),
                str(row["note"]),
                f"{row['uses_left']} of {row['uses']}",
                ", ".join(row["groups"]),
                str(row["expires"]),
            )
            for row in found
        ],
    )
