"""The command ``workspace``: parse, call the core, print."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, MutableMapping, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup
from typer.main import get_command, get_group

from workspace_cli.core.errors import InvalidInputError, LabdockError
from workspace_cli.interrupts import unwind_on_signals
from workspace_cli.invocation import Invocation, examples
from workspace_cli.output import Console
from workspace_cli.plain_text import take_texts_as_they_are

if TYPE_CHECKING:
    from workspace_cli.core.host import Host
    from workspace_cli.remote.calls import Call

MODULES = {
    "up": "machine",
    "down": "machine",
    "doctor": "machine",
    "uninstall": "machine",
    "run": "run",
    "ls": "listing",
    "show": "show",
    "logs": "inside",
    "exec": "inside",
    "start": "lifecycle",
    "stop": "lifecycle",
    "restart": "lifecycle",
    "rm": "remove",
    "commit": "commit",
    "adopt": "adopt",
    "build": "build",
    "images": "images",
    "history": "images",
    "diff": "diff",
    "rollback": "rollback",
    "flatten": "flatten",
    "share": "share",
    "profile": "profile",
    "pin": "pin",
    "unpin": "pin",
    "rmi": "prune",
    "prune": "prune",
    "gpus": "gpus",
    "queue": "queue",
    "extend": "extend",
    "reserve": "reserve",
    "ports": "ports",
    "disk": "disk",
    "backup": "backup",
    "restore": "restore",
    "export": "export",
    "import": "import_",
    "push": "push",
    "pull": "push",
    "trust": "trust",
    "lab-key": "trust",
    "users": "users",
    "token": "token",
    "login": "login",
    "logout": "login",
}
"""Command → module of ``workspace_cli.commands`` that holds it, in the order of the help."""

LOGINS = ("login", "logout")
"""What never goes to the lab that one is logged in to."""
PROGRAM = "workspace"
COMPLETION = "_WORKSPACE_COMPLETE"
"""Set by the shell's completion script."""
INTERRUPTED = 130


class LazyCommands(MutableMapping[str, Any]):
    """The commands by name; a module is imported when its command is first asked for."""

    def __init__(self) -> None:
        self._loaded: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        if name not in self._loaded:
            module = import_module(f"workspace_cli.commands.{MODULES[name]}")
            group = get_group(module.app)
            take_texts_as_they_are(group)
            self._loaded.update(group.commands)
        return self._loaded[name]

    def __setitem__(self, name: str, command: Any) -> None:
        self._loaded[name] = command

    def __delitem__(self, name: str) -> None:
        del self._loaded[name]

    def __iter__(self) -> Iterator[str]:
        return iter(MODULES)

    def __len__(self) -> int:
        return len(MODULES)


class WorkspaceGroup(TyperGroup):
    """The command group ``workspace`` over commands that load when they are needed."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**{**attributes, "commands": LazyCommands()})

    def list_commands(self, ctx: typer.Context) -> list[str]:  # type: ignore[override]
        """Return the commands in the order of the help."""
        return list(self.commands)


app = typer.Typer(
    cls=WorkspaceGroup,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=examples(
        "workspace up                                 set the machine up and start everything",
        "workspace run study --owner kim -p 9201:8080 a workspace on a port of its own",
        "workspace COMMAND --help                     what a command does, with examples",
    ),
)


def _print_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"labdock {version('labdock')}")
        raise typer.Exit


@app.callback()
def workspace(
    version: Annotated[
        bool,
        typer.Option(
            "--version", is_eager=True, callback=_print_version, help="Print the version."
        ),
    ] = False,
) -> None:
    """Run a lab's shared machine: its members' workspaces, images and accounts."""


def main() -> None:
    """Run the command line of this process: catch, print, exit."""
    unwind_on_signals()
    sys.exit(run_cli(sys.argv[1:]))


def run_cli(argv: Sequence[str], console: Console | None = None, host: Host | None = None) -> int:
    """Run one command line and return its exit code; whatever goes wrong is told in words."""
    _make_streams_forgiving()
    console = console or Console()
    try:
        code = main_inner(argv, console=console, host=host)
        console.out.flush()
    except LabdockError as error:
        console.error(error)
        return error.exit_code
    except KeyboardInterrupt:
        console.note("\nInterrupted.")
        return INTERRUPTED
    except BrokenPipeError:
        return _reader_left()
    except Exception as error:  # noqa: BLE001 - the last place: no traceback reaches a person
        from workspace_cli.crash import tell

        return tell(error, console, host.settings if host else None)
    else:
        return code


def main_inner(
    argv: Sequence[str], *, console: Console | None = None, host: Host | None = None
) -> int:
    """Run one command line and return its exit code; raise LabdockError where it fails."""
    _check_readable(argv)
    if host is None and (call := _from_afar(argv, console)) is not None:
        from workspace_cli.remote.program import run

        return run(argv, call)
    group = get_command(app)
    take_texts_as_they_are(group, below=False)
    invocation = Invocation(console, host)
    try:
        if COMPLETION in os.environ:
            group.main(prog_name=PROGRAM, obj=invocation)
        # Not ``main`` here: it takes an interrupt for an exit code, and prints errors itself.
        with group.make_context(PROGRAM, list(argv) or ["--help"], obj=invocation) as context:
            result = group.invoke(context)
    except typer.Exit as ended:
        return ended.exit_code
    except typer.TyperException as error:
        raise _usage_error(error, argv) from error
    except (typer.Abort, EOFError) as error:
        raise InvalidInputError("An answer was needed, and none came.") from error
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else 1
    return result if isinstance(result, int) else 0


def _from_afar(argv: Sequence[str], console: Console | None) -> Call | None:
    """Return a call of the lab that somebody has logged in to; None on the lab's own machine."""
    from workspace_cli.remote.place import is_host, place

    if COMPLETION in os.environ or (argv and argv[0] in LOGINS) or not place().is_file():
        return None
    if is_host(Invocation(console).settings):
        return None
    from workspace_cli.remote import logins
    from workspace_cli.remote.calls import Call

    login = logins.read(place())
    return Call(console or Console(), login.remote()) if login else None


def _check_readable(argv: Sequence[str]) -> None:
    for position, argument in enumerate(argv, 1):
        # Bytes that are no UTF-8 arrive as lone surrogates, which nothing can print or store.
        if "\0" in argument or any("\ud800" <= c <= "\udfff" for c in argument):
            raise InvalidInputError(
                f"Argument {position} is not valid UTF-8 text.", "Write it in plain characters."
            )


def _usage_error(error: typer.TyperException, argv: Sequence[str]) -> InvalidInputError:
    context = getattr(error, "ctx", None)
    command = argv[0] if argv and argv[0] in MODULES else ""
    path = context.command_path if context else f"workspace {command}".rstrip()
    message = " ".join(error.format_message().split())
    return InvalidInputError(message, f"Try '{path} --help'.")


def _make_streams_forgiving() -> None:
    # A terminal that is not UTF-8 gets escapes for what it cannot show, never a failure.
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")


def _reader_left() -> int:
    # Python would complain once more when it flushes at its end.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 1
