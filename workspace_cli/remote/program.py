"""The commands that work away from the host, and how they are run."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence

import typer
from typer.main import get_command

from workspace_cli.core.errors import (
    InvalidInputError,
    LabdockError,
    NotAllowedError,
)
from workspace_cli.interrupts import unwind_on_signals
from workspace_cli.invocation import examples
from workspace_cli.output import Console
from workspace_cli.plain_text import take_texts_as_they_are
from workspace_cli.remote import environments, saving, workspaces
from workspace_cli.remote.calls import Call
from workspace_cli.remote.client import Remote
from workspace_cli.remote.ways import BySocket, own_socket

PROGRAM = "workspace"
INTERRUPTED = 130
HOST_ONLY = frozenset(
    {
        *("up", "down", "doctor", "uninstall", "run", "logs", "exec", "rm", "adopt", "build"),
        *("pin", "unpin", "prune", "queue", "reserve", "ports", "disk", "backup", "restore"),
        *("export", "import", "push", "pull", "trust", "lab-key", "users", "token", "flatten"),
        "profile",
    }
)
"""Verbs of the host that are told as such, not as unknown."""

app = typer.Typer(
    rich_markup_mode=None,
    add_completion=False,
    no_args_is_help=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=examples(
        "workspace commit                save the workspace that you are in",
        "workspace images                what you can start from",
        "workspace COMMAND --help        what a command does, with examples",
    ),
)
for part in (saving.app, environments.app, workspaces.app):
    app.registered_commands.extend(part.registered_commands)


@app.callback()
def workspace() -> None:
    """Your workspaces and environments in the lab."""


def main() -> None:
    """Run the command line inside a workspace: catch, print, exit."""
    unwind_on_signals()
    sys.exit(run_inside(sys.argv[1:], Console(), os.environ))


def run_inside(argv: Sequence[str], console: Console, environ: Mapping[str, str]) -> int:
    """Run one command line inside a workspace and return its exit code."""
    try:
        return run(argv, inside(console, environ))
    except LabdockError as error:
        console.error(error)
        return error.exit_code
    except KeyboardInterrupt:
        console.note("\nInterrupted. What was begun goes on.")
        return INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def inside(console: Console, environ: Mapping[str, str]) -> Call:
    """Return a call from inside a workspace."""
    owner, name = (environ.get(f"LABDOCK_{part}", "") for part in ("OWNER", "WORKSPACE"))
    here = f"{owner}/{name}" if owner and name else ""
    return Call(console, Remote(BySocket(own_socket(environ)), owner), here)


def run(argv: Sequence[str], call: Call) -> int:
    """Run one command line and return its exit code; raise LabdockError where it fails."""
    if argv and argv[0] in HOST_ONLY:
        raise NotAllowedError(
            f"`workspace {argv[0]}` works on the lab's machine alone.", "Ask an admin."
        )
    group = get_command(app)
    take_texts_as_they_are(group)
    try:
        with group.make_context(PROGRAM, list(argv) or ["--help"], obj=call) as context:
            result = group.invoke(context)
    except typer.Exit as ended:
        return ended.exit_code
    except typer.TyperException as error:
        message = " ".join(error.format_message().split())
        raise InvalidInputError(message, f"Try '{PROGRAM} --help'.") from error
    except (typer.Abort, EOFError) as error:
        raise InvalidInputError("An answer was needed, and none came.") from error
    call.console.out.flush()
    return result if isinstance(result, int) else 0
