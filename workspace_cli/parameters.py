"""Arguments and options that several commands take."""

from __future__ import annotations

from typing import Annotated

import typer

from workspace_cli import completion

Name = Annotated[
    str,
    typer.Argument(
        metavar="NAME",
        help="The workspace: NAME, or OWNER/NAME where several members have one of that name.",
        autocompletion=completion.workspaces,
    ),
]
Names = Annotated[
    list[str],
    typer.Argument(
        metavar="NAME...",
        help="One or more workspaces, each as NAME or OWNER/NAME.",
        autocompletion=completion.workspaces,
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
DryRun = Annotated[
    bool,
    typer.Option("--dry-run", help="Print the equivalent docker command line and do nothing."),
]
Detach = Annotated[
    bool, typer.Option("-d", "--detach", help="Do not wait until its server answers.")
]
Safe = Annotated[
    bool,
    typer.Option(
        "--safe", help="In safe mode, this once: files and a terminal, no member's environment."
    ),
]
