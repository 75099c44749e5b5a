"""``workspace exec`` and ``workspace logs``."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from workspace_cli import parameters
from workspace_cli.core.errors import ConflictError, InvalidOptionError, NotAllowedError
from workspace_cli.counts import whole_number
from workspace_cli.invocation import Invocation, command_app, examples

if TYPE_CHECKING:
    from workspace_cli.core.models import Workspace

app = command_app()

ALL_LINES = "all"
ENTER = "/usr/local/bin/labdock-enter"
"""Runs a command as the member, with the variables that the start program sets."""


@app.command(
    epilog=examples(
        "workspace logs study",
        "workspace logs -f --tail 20 kim/study     the last 20 lines, then what comes",
    )
)
def logs(
    context: typer.Context,
    name: parameters.Name,
    follow: Annotated[bool, typer.Option("-f", "--follow", help="Go on as more comes.")] = False,
    tail: Annotated[
        str, typer.Option("-n", "--tail", metavar="LINES", help="Only the last lines.")
    ] = ALL_LINES,
) -> None:
    """Print what a workspace's server wrote."""
    lines = None if tail == ALL_LINES else whole_number("--tail", tail, 10**6)
    call = Invocation.of(context)
    workspace = call.find(name)
    engine = call.host.engine
    for chunk in engine.logs(workspace.container.name, follow=follow, tail=lines):
        call.console.raw(chunk)


@app.command(
    name="exec",
    # Options after the workspace's name belong to the command that is run.
    context_settings={"allow_interspersed_args": False},
    epilog=examples(
        "workspace exec study nvidia-smi",
        "workspace exec -it study bash                 a shell as the member",
        "workspace exec study python train.py --lr 0.1",
        "workspace exec -u root study apt-get update",
    ),
)
def execute(
    context: typer.Context,
    name: parameters.Name,
    command: Annotated[
        list[str], typer.Argument(metavar="COMMAND [ARG]...", help="The command, and its own.")
    ],
    interactive: Annotated[
        bool, typer.Option("-i", "--interactive", help="Hand standard input on.")
    ] = False,
    tty: Annotated[bool, typer.Option("-t", "--tty", help="Give it a terminal.")] = False,
    user: Annotated[
        str | None,
        typer.Option("-u", "--user", metavar="USER", help="Run as this user, not as the member."),
    ] = None,
    workdir: Annotated[
        str | None, typer.Option("-w", "--workdir", metavar="DIR", help="Run it in this folder.")
    ] = None,
    env: Annotated[
        list[str] | None,
        typer.Option("-e", "--env", metavar="NAME=VALUE", help="Set a variable; repeatable."),
    ] = None,
) -> int:
    """Run a command inside a running workspace, as its member.

    Its exit code is passed on.
    """
    from workspace_cli.environment import parse_environment

    call = Invocation.of(context)
    workspace = call.find(name)
    _refuse_stopped(workspace)
    environment = parse_environment(env or [])
    words = _as_member(call, workspace, command, user, workdir)
    if interactive or tty:
        return _by_docker_client(workspace, words, env or [], interactive, tty, user)
    call.console.out.flush()
    result = call.host.engine.execute(
        workspace.container.name,
        words,
        user=user,
        environment=environment,
        on_output=call.console.raw,
        on_error=call.console.raw_error,
    )
    return result.exit_code


def _refuse_stopped(workspace: Workspace) -> None:
    if workspace.container.state != "running":
        raise ConflictError(
            f"{workspace.reference} is not running ({workspace.container.state}).",
            f"Start it first: workspace start {workspace.reference}",
        )


def _as_member(
    call: Invocation,
    workspace: Workspace,
    command: Sequence[str],
    user: str | None,
    workdir: str | None,
) -> list[str]:
    words = list(command[1:] if command[0] == "--" else command)
    if not words or not words[0]:
        raise InvalidOptionError("There is no command to run.", "Name one, for example bash.")
    if workdir is not None:
        # The one after sh is $0, so that the folder is $1 whatever its name holds.
        words = ["sh", "-c", 'cd -- "$1" && shift && exec "$@"', "sh", workdir, *words]
    if user is None and call.host.engine.has_path(workspace.container.name, ENTER):
        words = [ENTER, *words]
    return words


def _by_docker_client(
    workspace: Workspace,
    words: Sequence[str],
    variables: Sequence[str],
    interactive: bool,
    tty: bool,
    user: str | None,
) -> int:
    """Hand over to docker's own client, which handles terminals, their sizes and signals."""
    if tty and not sys.stdin.isatty():
        raise InvalidOptionError("There is no terminal here to give.", "Leave out -t.")
    line = ["docker", "exec"]
    line += ["-i"] if interactive else []
    line += ["-t"] if tty else []
    line += ["-u", user] if user else []
    for variable in variables:
        line += ["-e", variable]
    sys.stdout.flush()
    sys.stderr.flush()
    try:
        os.execvp("docker", [*line, workspace.container.name, *words])  # noqa: S606 - no shell
    except FileNotFoundError as exc:
        raise NotAllowedError(
            "Docker's own client is not installed; a terminal needs it.",
            "Install docker-cli, or leave out -i and -t.",
        ) from exc
