"""``workspace import``."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated

import typer

from workspace_cli import parameters
from workspace_cli.commands.arrivals import As, Force, Owner, tell
from workspace_cli.core.errors import NotFoundError
from workspace_cli.invocation import Invocation, command_app, examples

if TYPE_CHECKING:
    from workspace_cli.core.engine import Report

app = command_app()
STREAM = "-"


@app.command(
    "import",
    epilog=examples(
        "workspace import vision-v2.tar.zst --owner kim     as labdock/kim/vision:v2",
        "workspace import vision-v2.tar.zst --owner kim --as other:v1",
        "docker save study | workspace import - --owner kim --as study",
    ),
)
def import_(
    context: typer.Context,
    file: Annotated[
        str,
        typer.Argument(
            metavar="FILE",
            help="What `workspace export` or `docker save` wrote (-: standard input).",
        ),
    ],
    owner: Owner = None,
    name: As = None,
    force: Force = False,
    json: parameters.Json = False,
) -> None:
    """Bring an environment from a file into this lab.

    The file is checked from front to back before anything is loaded.

    Members cannot start it until `workspace trust` allows it, or at once where a lab
    whose key is trusted has signed it.
    """
    from workspace_cli.core.importing import import_file

    call = Invocation.of(context)
    actor = call.settings.admin
    with call.console.progress() as report, _opened(call, file, report) as stream:
        arrival = import_file(
            call.host,
            stream,
            owner or actor,
            actor,
            name=name,
            replace=force,
            report=report,
        )
    tell(call, arrival, json=json)


@contextmanager
def _opened(call: Invocation, file: str, report: Report) -> Iterator[IO[bytes]]:
    """Yield the file, or standard input as one: it is read twice."""
    from workspace_cli.core.importing import spooled

    if file == STREAM:
        with spooled(call.host, sys.stdin.buffer, report) as stream:
            yield stream
        return
    path = Path(file)
    try:
        stream = path.open("rb")
    except OSError as exc:
        raise NotFoundError(f"{file} cannot be read: {exc.strerror}.", "Check the path.") from exc
    with stream:
        if stream.seekable():
            yield stream
            return
        with spooled(call.host, stream, report) as kept:
            yield kept
