"""``workspace restore``."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated

import typer

from workspace_cli import completion, parameters
from workspace_cli.core.errors import InvalidInputError, NotFoundError
from workspace_cli.invocation import Invocation, command_app, examples

if TYPE_CHECKING:
    from workspace_cli.core.engine import Report
    from workspace_cli.core.restore import Source

app = command_app()
STREAM = "-"


@app.command(
    epilog=examples(
        "workspace restore /backup/kim.tar.zst              asks, then replaces the home of kim",
        "workspace restore kim.tar.zst --user lee --yes     as the home of another member",
        "workspace down && workspace restore --yes /backup/state.tar.zst && workspace up",
    )
)
def restore(
    context: typer.Context,
    file: Annotated[
        str,
        typer.Argument(metavar="FILE", help="What `workspace backup` wrote (-: standard input)."),
    ],
    user: Annotated[
        str | None,
        typer.Option(
            "--user",
            metavar="USER",
            help="Whose home it becomes; by default whose it was.",
            autocompletion=completion.owners,
        ),
    ] = None,
    yes: Annotated[bool, typer.Option("-y", "--yes", help="Ask nothing.")] = False,
    keep_old: Annotated[
        bool, typer.Option("--keep-old", help="Keep the home that was there beside the new one.")
    ] = False,
    json: parameters.Json = False,
) -> None:
    """Put a home, or Labdock's own state, back as a backup holds it.

    What is there is replaced in one step at the end; whatever interrupts or fails
    before leaves it as it was. A home's workspaces, and for a state the stack, must be stopped.
    """
    call = Invocation.of(context)
    with _opened(file) as stream, call.console.progress() as report:
        source = _checked(call, file, stream, report)
        if source.manifest.kind == "state":
            if user is not None or keep_old:
                raise InvalidInputError(
                    "This backup is Labdock's own state, no member's home.",
                    "Leave --user and --keep-old out.",
                )
            _state(call, source, file, report, yes=yes, json=json)
        else:
            owner = user or source.manifest.owner
            _home(call, source, owner, report, file=file, yes=yes, keep_old=keep_old, json=json)


@contextmanager
def _opened(file: str) -> Iterator[IO[bytes]]:
    if file == STREAM:
        yield sys.stdin.buffer
        return
    try:
        stream = Path(file).open("rb")  # noqa: SIM115 - closed below
    except OSError as exc:
        raise NotFoundError(f"{file} cannot be read: {exc.strerror}.", "Check the path.") from exc
    with stream:
        yield stream


def _checked(call: Invocation, file: str, stream: IO[bytes], report: Report) -> Source:
    from workspace_cli.core.restore import check_file, open_source

    compared = file == STREAM or check_file(Path(file), report)
    source = open_source(stream, report)
    if not compared:
        call.console.note(f"There is no {file}.sha256; the backup's own checksums are checked.")
    return source


def _agreed(call: Invocation, question: str, *, yes: bool, file: str) -> bool:
    if yes:
        return True
    if file == STREAM or not call.console.interactive:
        raise InvalidInputError("This replaces what is there.", "Add --yes to say so.")
    return call.console.confirm(question)


def _home(
    call: Invocation,
    source: Source,
    owner: str,
    report: Report,
    *,
    file: str,
    yes: bool,
    keep_old: bool,
    json: bool,
) -> None:
    from workspace_cli.core.folders import home
    from workspace_cli.core.restore import restore_home

    saved = source.manifest
    question = f"Replace the home of {owner} by that of {saved.owner} from {saved.created}?"
    if home(call.host.settings, owner).exists() and not _agreed(call, question, yes=yes, file=file):
        call.console.note(f"The home of {owner} was kept.")
        return
    done = restore_home(call.host, source, owner, report, keep_old=keep_old)
    kept = str(done.kept) if done.kept else None
    if json:
        values = {"kind": "home", "owner": owner, "home": str(done.home), "files": done.files}
        call.console.json({**values, "old": kept})
        return
    call.console.facts(
        {
            "restored": f"the home of {owner} as of {saved.created}",
            "home": f"{done.home}, {done.files} files",
            "the old one": kept or "",
        }
    )


def _state(
    call: Invocation, source: Source, file: str, report: Report, *, yes: bool, json: bool
) -> None:
    from workspace_cli.core.backup_state import SETTINGS
    from workspace_cli.core.restore_state import refuse_up, restore_state

    refuse_up(call.host)
    root, created = call.host.settings.root, source.manifest.created
    question = f"Replace accounts, secrets and policy in {root} by those from {created}?"
    if call.host.settings.hub_dir.exists() and not _agreed(call, question, yes=yes, file=file):
        call.console.note("The state was kept.")
        return
    files = restore_state(call.host, source, report)
    settings = root / SETTINGS
    if json:
        call.console.json({"kind": "state", "root": str(root), "files": files})
        return
    call.console.facts(
        {
            "restored": f"the state of Labdock as of {created}",
            "in": f"{root}, {files} files",
            "its .env": f"{settings}; copy it beside the Makefile" if settings.exists() else "",
            "next": "workspace up",
        }
    )
