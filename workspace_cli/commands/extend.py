"""``workspace extend``."""

from __future__ import annotations

from typing import Annotated

import typer

from workspace_cli import parameters
from workspace_cli.core.errors import InvalidOptionError
from workspace_cli.invocation import Invocation, command_app, examples
from workspace_cli.text import iso, local

app = command_app()


@app.command(
    epilog=examples(
        "workspace extend study               by the step that the policy has",
        "workspace extend kim/train --by 4h   the admin's word, which is recorded",
    )
)
def extend(
    context: typer.Context,
    name: parameters.Name,
    by: Annotated[
        str | None,
        typer.Option(metavar="TIME", help="For example 90m or 4h, whatever the policy says."),
    ] = None,
    json: parameters.Json = False,
) -> None:
    """Put the end of a workspace's GPU lease off."""
    from workspace_cli.core import leases

    call = Invocation.of(context)
    workspace = call.find(name)
    seconds = None if by is None else _seconds(by)
    term = leases.extend(
        call.host, workspace, seconds, actor=call.settings.admin, admin=by is not None
    )
    if json:
        ends = None if term.ends is None else iso(term.ends)
        left = term.extensions_left
        call.console.json({"workspace": term.reference, "ends": ends, "extensions_left": left})
    elif term.ends is None:
        call.console.print(f"{term.reference} has no end.")
    else:
        call.console.print(f"{term.reference} ends {local(term.ends)}")


def _seconds(text: str) -> float:
    from workspace_cli.core.policy import parse_duration

    try:
        return parse_duration(text)
    except ValueError as exc:
        raise InvalidOptionError(f"--by: {text!r} is no time: {exc}.", "Try --by 4h.") from exc
