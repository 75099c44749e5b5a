"""What ``workspace commit`` takes on the host and away from it."""

from __future__ import annotations

from typing import Annotated

import typer

Image = Annotated[
    str | None,
    typer.Argument(
        metavar="IMAGE[:TAG]", help="Its name; by default the workspace's own and the date."
    ),
]
Note = Annotated[str, typer.Option("-m", "--message", metavar="NOTE", help="What it is good for.")]
Preview = Annotated[
    bool, typer.Option("--preview", help="Show what would be saved, and save nothing.")
]
Keep = Annotated[
    list[str] | None,
    typer.Option("--keep", metavar="PATH", help="Save this file, though it may be a secret."),
]
KeepSecrets = Annotated[
    bool, typer.Option("--keep-secrets", help="Save every file that may be a secret.")
]
DropCaches = Annotated[
    bool, typer.Option("--drop-caches", help="Leave out what programs can fetch again.")
]
LeaveOut = Annotated[
    list[str] | None,
    typer.Option("--leave-out", metavar="PATH", help="Leave out this file or folder."),
]
