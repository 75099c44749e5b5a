"""``workspace token``."""

from __future__ import annotations

import re
from typing import Annotated

import typer

from workspace_cli import completion, parameters
from workspace_cli.core.errors import InvalidOptionError
from workspace_cli.invocation import Invocation, command_app, examples

app = command_app()

NEVER = "never"
_EXPIRY = re.compile(r"([0-9]{1,9})([smhdw]?)")
_SECONDS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400, "w": 7 * 86400}


@app.command(
    epilog=examples(
        "TOKEN=$(workspace token --note ci)",
        "workspace token --user kim --expires 12h",
        'curl -H "Authorization: token $TOKEN" http://127.0.0.1:8000/hub/api/user',
    )
)
def token(
    context: typer.Context,
    user: Annotated[
        str | None,
        typer.Option(
            metavar="USER", help="Whose; by default the admin's.", autocompletion=completion.owners
        ),
    ] = None,
    note: Annotated[
        str, typer.Option(metavar="NOTE", help="What it is for; shown in the list of tokens.")
    ] = "made by workspace token",
    expires: Annotated[
        str, typer.Option(metavar="TIME", help="For example 90m, 12h, 30d or never.")
    ] = "30d",
    json: parameters.Json = False,
) -> None:
    """Print a fresh API token of the hub, for scripts."""
    call = Invocation.of(context)
    seconds = parse_expiry(expires)
    made = call.hub.new_token(user or call.settings.admin, note, seconds)
    if json:
        shown = ("token", "id", "user", "note", "created", "expires_at")
        call.console.json({name: made[name] for name in shown if name in made})
    else:
        call.console.print(str(made["token"]))


def parse_expiry(text: str) -> int | None:
    """Return seconds from ``90m``, ``12h``, ``30d``; None for ``never``.

    >>> parse_expiry("12h")
    43200
    """
    if text == NEVER:
        return None
    match = _EXPIRY.fullmatch(text)
    seconds = int(match[1]) * _SECONDS[match[2]] if match else 0
    if not 0 < seconds <= 10 * 366 * 86400:
        raise InvalidOptionError(
            f"--expires {text!r} is not a time.",
            "Write a number and m, h or d, up to ten years, or never.",
        )
    return seconds
