"""``workspace users``: where members are logged in, and what keeps them from it."""

from __future__ import annotations

from typing import Annotated

import typer

from workspace_cli import parameters
from workspace_cli.core.errors import InvalidInputError
from workspace_cli.invocation import Invocation, command_app, examples

app = command_app()

User = Annotated[str, typer.Argument(metavar="NAME", help="The account's name.")]


@app.command(
    epilog=examples("workspace users locked", "workspace users unlock kim      lets kim try again")
)
def locked(context: typer.Context, json: parameters.Json = False) -> None:
    """List who has to wait after failed logins."""
    call = Invocation.of(context)
    found = call.hub.people.logins()["waiting"]
    if json:
        call.console.json(found)
        return
    call.console.table(
        ("kind", "who", "seconds"),
        [(str(row["kind"]), str(row["subject"]), str(row["seconds"])) for row in found],
    )


@app.command(epilog=examples("workspace users unlock kim"))
def unlock(context: typer.Context, name: User) -> None:
    """Let an account try again at once after failed logins."""
    call = Invocation.of(context)
    done = call.hub.people.act(name, "unlock")
    call.console.print(f"{name} can log in" if done["locked"] else f"{name} was not locked out")


@app.command(
    epilog=examples(
        "workspace users reset kim                    a link with which kim sets a password",
        "workspace users reset kim --temporary        a password that kim has to change",
        "workspace users reset kim --second-factor    for a lost phone",
    )
)
def reset(
    context: typer.Context,
    name: User,
    temporary: Annotated[
        bool, typer.Option("--temporary", help="Print a password that must be changed at login.")
    ] = False,
    second_factor: Annotated[
        bool, typer.Option("--second-factor", help="Turn the second factor off.")
    ] = False,
    json: parameters.Json = False,
) -> None:
    """Help who lost a password or second factor.

    The link is good once and for a day. The member is logged out everywhere.
    """
    call = Invocation.of(context)
    people = call.hub.people
    if temporary and second_factor:
        raise InvalidInputError(
            "A temporary password and a second factor are two things.",
            "Use one of --temporary and --second-factor, then the other.",
        )
    if second_factor:
        done = people.act(name, "reset-second-factor")
        there = "is off" if done["removed"] else "was not in use"
        call.console.print(f"the second factor of {name} {there}")
        return
    if temporary:
        facts = {"name": name, "password": people.act(name, "temporary-password")["password"]}
    else:
        facts = {"name": name, "link": people.link(str(people.act(name, "reset-link")["path"]))}
    if json:
        call.console.json(facts)
    else:
        call.console.facts(facts)


@app.command(
    epilog=examples(
        "workspace users sessions kim",
        "workspace users sessions kim --end 1f2e3d4c5b6a",
        "workspace users sessions kim --end-all",
    )
)
def sessions(
    context: typer.Context,
    name: User,
    end: Annotated[
        str | None, typer.Option("--end", metavar="ID", help="Log out this one.")
    ] = None,
    end_all: Annotated[bool, typer.Option("--end-all", help="Log out everywhere.")] = False,
    json: parameters.Json = False,
) -> None:
    """List where a member is logged in, or log them out."""
    call = Invocation.of(context)
    people = call.hub.people
    if end_all:
        people.act(name, "end-sessions")
        call.console.print(f"{name} is logged out everywhere")
    elif end is not None:
        people.end_session(name, end)
        call.console.print(f"{end} is logged out")
    elif json:
        call.console.json(people.sessions(name))
    else:
        call.console.table(
            ("id", "since", "seen", "address", "browser"),
            [
                tuple(str(row[key]) for key in ("id", "created", "seen", "address", "agent"))
                for row in people.sessions(name)
            ],
        )


@app.command(epilog=examples("workspace users disable kim"))
def disable(context: typer.Context, name: User) -> None:
    """Let an account log in no longer.

    Its sessions end; everything is kept.
    """
    call = Invocation.of(context)
    call.hub.people.set_state(name, "disabled")
    call.console.print(f"{name} cannot log in any more")


@app.command(epilog=examples("workspace users enable kim"))
def enable(context: typer.Context, name: User) -> None:
    """Let a disabled account log in again."""
    call = Invocation.of(context)
    call.hub.people.set_state(name, "active")
    call.console.print(f"{name} may log in")
