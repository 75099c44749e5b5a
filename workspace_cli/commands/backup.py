"""``workspace backup``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated

import typer

from workspace_cli import completion, parameters, text
from workspace_cli.core.errors import BackupError, InvalidInputError
from workspace_cli.invocation import Invocation, command_app, examples

if TYPE_CHECKING:
    from workspace_cli.core.backup import Written
    from workspace_cli.core.engine import Report

app = command_app()
STREAM = "-"


@app.command(
    epilog=examples(
        "workspace backup kim /backup/kim.tar.zst      the home of kim",
        "workspace backup kim - | ssh nas 'cat >kim.tar.zst'",
        "workspace backup --state /backup/state.tar.zst   accounts, secrets, settings",
    )
)
def backup(
    context: typer.Context,
    user: Annotated[
        str,
        typer.Argument(
            metavar="USER",
            help="Whose home. With --state the file stands here.",
            autocompletion=completion.owners,
        ),
    ],
    file: Annotated[
        str | None,
        typer.Argument(metavar="FILE", help="The file to write; - is standard output."),
    ] = None,
    state: Annotated[
        bool,
        typer.Option("--state", help="Labdock's own state: database, secrets, policy, settings."),
    ] = False,
    force: Annotated[
        bool, typer.Option("-f", "--force", help="Replace the file where it is there already.")
    ] = False,
    json: parameters.Json = False,
) -> int:
    """Save a member's home, or Labdock's own state, as a file.

    Members may go on working meanwhile. Beside the file goes its checksum, FILE.sha256.
    """
    call = Invocation.of(context)
    owner, target = _chosen(user, file, state=state)
    with call.console.progress() as report:
        written = _to(call, owner, target, report, force=force)
    _tell(call, written, target, json=json)
    if written.unread:
        raise BackupError(
            f"{written.unread} files could not be read and are not in the backup.",
            "The warnings above name them; run the command as root.",
        )
    return 0


def _chosen(user: str, file: str | None, *, state: bool) -> tuple[str | None, str]:
    """Return whose home (None: the state) and the file."""
    if state:
        if file is not None:
            raise InvalidInputError(
                "With --state only a file is named.", "workspace backup --state FILE"
            )
        return None, user
    if file is None:
        raise InvalidInputError(
            "A user and a file are needed.", "workspace backup USER FILE (or: --state FILE)"
        )
    return user, file


def _to(
    call: Invocation, owner: str | None, target: str, report: Report, *, force: bool
) -> Written:
    from workspace_cli.core.backup import new_file, write_checksum

    if target == STREAM:
        if call.console.out.isatty():
            raise InvalidInputError(
                "A backup is nothing to look at.", "Name a file, or use a pipe."
            )
        stream = getattr(call.console.out, "buffer", sys.stdout.buffer)
        written = _write(call, owner, stream, report)
        stream.flush()
        return written
    path = Path(target)
    with new_file(path, replace=force) as file:
        written = _write(call, owner, file, report)
    write_checksum(path, written.sha256)
    return written


def _write(call: Invocation, owner: str | None, file: IO[bytes], report: Report) -> Written:
    if owner is None:
        from workspace_cli.core.backup_state import backup_state

        settings_file = call.settings_file
        return backup_state(call.host, file, report, settings_file=settings_file)
    from workspace_cli.core.backup import backup_home

    return backup_home(call.host, owner, file, report)


def _tell(call: Invocation, written: Written, target: str, *, json: bool) -> None:
    facts = {
        "kind": written.manifest.kind,
        "owner": written.manifest.owner,
        "file": target,
        "files": written.files,
        "size": written.size,
        "sha256": written.sha256,
        "unread": written.unread,
    }
    what = f"the home of {facts['owner']}" if facts["owner"] else "the state of Labdock"
    if target == STREAM:
        # Standard output is the backup itself.
        call.console.note(f"saved {what}: {written.files} files, sha256 {written.sha256}")
    elif json:
        call.console.json(facts)
    else:
        call.console.facts(
            {
                "saved": what,
                "file": f"{target}, {text.size(written.size)}, {written.files} files",
                "sha256": written.sha256,
            }
        )
