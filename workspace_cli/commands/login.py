"""``workspace login`` and ``logout``: a lab that this computer is not the host of."""

from __future__ import annotations

from typing import Annotated

import typer

from workspace_cli.core.errors import InvalidInputError
from workspace_cli.invocation import Invocation, command_app, examples

app = command_app()


@app.command(
    epilog=examples(
        "workspace login https://lab.example         asks for a token",
        "workspace login https://lab.example --token-stdin < token.txt",
    )
)
def login(
    context: typer.Context,
    url: Annotated[str, typer.Argument(metavar="URL", help="The lab's address.")],
    token_stdin: Annotated[
        bool, typer.Option("--token-stdin", help="Read the token from standard input.")
    ] = False,
) -> None:
    """Use a lab from this computer, with a token of its page Tokens.

    The token is kept in a file that you alone can read, until `workspace logout`.
    On the host itself nothing changes for whoever administrates it.
    """
    from workspace_cli.remote import logins
    from workspace_cli.remote.place import place

    call = Invocation.of(context)
    found = logins.verify(logins.check_url(url), _token(call, token_stdin))
    logins.keep(place(), found)
    call.console.print(f"{found.user} at {found.url}")


@app.command(epilog=examples("workspace logout"))
def logout(context: typer.Context) -> None:
    """Forget the lab and the token of `workspace login`.

    The token stays valid; the lab's page Tokens revokes it.
    """
    from workspace_cli.remote import logins
    from workspace_cli.remote.place import place

    call = Invocation.of(context)
    if not logins.forget(place()):
        call.console.note("Nobody was logged in.")


def _token(call: Invocation, stdin: bool) -> str:
    console = call.console
    if stdin:
        return console.stdin.readline().strip()
    if not console.interactive:
        raise InvalidInputError(
            "A token is needed, and nobody is here to be asked.", "Give it with --token-stdin."
        )
    from getpass import getpass

    return getpass("Token: ", stream=console.err).strip()
