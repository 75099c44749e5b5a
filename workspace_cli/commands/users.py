"""``workspace users``: the accounts that members log in with."""

from __future__ import annotations

from typing import Annotated

import typer

from workspace_cli import parameters
from workspace_cli.commands import admission, logins, offboard
from workspace_cli.core.errors import InvalidInputError
from workspace_cli.invocation import Invocation, command_app, examples

app = command_app()
users = command_app()
for part in (admission, logins, offboard):
    users.registered_commands += part.app.registered_commands
app.add_typer(
    users,
    name="users",
    help="Manage the accounts that members log in with.",
    epilog=examples(
        "workspace users ls",
        "workspace users add kim",
        "workspace users passwd kim --generate",
        "workspace users invite --uses 30 --expires 7d",
        "workspace users join lee instructors",
    ),
)

User = Annotated[str, typer.Argument(metavar="NAME", help="The account's name.")]
PasswordOption = Annotated[
    str | None,
    typer.Option(
        "--password",
        metavar="PASSWORD",
        help="Seen by everyone who lists processes; prefer one of the other ways.",
    ),
]
FromStdin = Annotated[
    bool, typer.Option("--password-stdin", help="Read the password from standard input.")
]
Generate = Annotated[bool, typer.Option("--generate", help="Generate a password and print it.")]


@users.command(
    epilog=examples(
        "workspace users add kim                              asks for a password",
        "workspace users add lee --generate                   prints one",
        "pass show lab/kim | workspace users add kim --password-stdin",
    )
)
def add(
    context: typer.Context,
    name: User,
    admin: Annotated[bool, typer.Option("--admin", help="May manage everything.")] = False,
    password: PasswordOption = None,
    from_stdin: FromStdin = False,
    generate: Generate = False,
    json: parameters.Json = False,
) -> None:
    """Add an account.

    Without a terminal and without a password, one is generated and printed.
    """
    call = Invocation.of(context)
    chosen, generated = _password(call, password, from_stdin=from_stdin, generate=generate)
    call.hub.add_account(name, chosen, admin=admin)
    _tell(call, name, chosen if generated else None, json=json)


@users.command(
    epilog=examples("workspace users passwd kim", "workspace users passwd kim --generate")
)
def passwd(
    context: typer.Context,
    name: User,
    password: PasswordOption = None,
    from_stdin: FromStdin = False,
    generate: Generate = False,
    json: parameters.Json = False,
) -> None:
    """Give an account another password."""
    call = Invocation.of(context)
    chosen, generated = _password(call, password, from_stdin=from_stdin, generate=generate)
    call.hub.set_password(name, chosen)
    _tell(call, name, chosen if generated else None, json=json)


@users.command(epilog=examples("workspace users rm kim", "workspace users rm -f kim"))
def rm(
    context: typer.Context,
    name: User,
    force: Annotated[bool, typer.Option("-f", "--force", help="Ask nothing.")] = False,
) -> None:
    """Remove an account and stop its workspaces.

    The member's files are kept.
    """
    call = Invocation.of(context)
    if not force and call.console.interactive:
        question = f"Remove the account {name!r} and stop its workspaces? (The files stay.)"
        if not call.console.confirm(question):
            call.console.note(f"{name} was kept.")
            return
    call.hub.remove_account(name)
    call.console.print(name)


Group = Annotated[str, typer.Argument(metavar="GROUP", help="The group's name.")]


@users.command(
    epilog=examples(
        "workspace users join lee instructors     lee sees the class's progress",
        "workspace users join kim vision          what policy.toml gives the group, kim has",
    )
)
def join(context: typer.Context, name: User, group: Group) -> None:
    """Put an account into a group.

    What a group may have is in policy.toml. It takes effect at the member's next start.
    """
    call = Invocation.of(context)
    call.hub.join_group(name, group)
    call.console.print(f"{name} is in {group}")


@users.command(epilog=examples("workspace users leave lee instructors"))
def leave(context: typer.Context, name: User, group: Group) -> None:
    """Take an account out of a group."""
    call = Invocation.of(context)
    call.hub.leave_group(name, group)
    call.console.print(f"{name} is no longer in {group}")


@users.command(epilog=examples("workspace users ls", "workspace users ls --json"))
def ls(context: typer.Context, json: parameters.Json = False) -> None:
    """List the accounts."""
    call = Invocation.of(context)
    groups = call.hub.groups()
    accounts = [
        {**account, "groups": sorted(g for g, names in groups.items() if account["name"] in names)}
        for account in call.hub.accounts()
    ]
    if json:
        call.console.json(accounts)
        return
    call.console.table(
        ("name", "admin", "groups", "state", "created"),
        [
            (
                str(account["name"]),
                "yes" if account.get("admin") else "",
                ", ".join(account["groups"]),
                str(account.get("state") or ""),
                str(account.get("created") or ""),
            )
            for account in accounts
        ],
    )


def _tell(call: Invocation, name: str, generated: str | None, *, json: bool) -> None:
    if json:
        secret = {} if generated is None else {"password": generated}
        call.console.json({"name": name, **secret})
    elif generated is None:
        call.console.print(name)
    else:
        call.console.facts({"name": name, "password": generated})


def _password(
    call: Invocation, given: str | None, *, from_stdin: bool, generate: bool
) -> tuple[str, bool]:
    """Return the password and whether it was generated, so that it must be shown."""
    ways = (given is not None) + from_stdin + generate
    if ways > 1:
        raise InvalidInputError(
            "More than one way to get the password was named.",
            "Use one of --password, --password-stdin and --generate.",
        )
    if given is not None:
        return given, False
    if from_stdin:
        return _read_password(call), False
    if not generate and call.console.interactive:
        typed = _ask_twice()
        if typed:
            return typed, False
    from workspace_cli.core.secrets import generate_password

    return generate_password(), True


def _read_password(call: Invocation) -> str:
    password = call.console.stdin.readline().rstrip("\r\n")
    if not password:
        raise InvalidInputError(
            "Standard input held no password.", "Write the password as its first line."
        )
    return password


def _ask_twice() -> str:
    from getpass import getpass

    first = getpass("Password (empty: generate one): ")
    if first and getpass("Once more: ") != first:
        raise InvalidInputError("The two passwords differ.", "Try again.")
    return first
