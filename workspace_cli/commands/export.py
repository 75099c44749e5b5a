"""``workspace export``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from workspace_cli import completion, parameters, text
from workspace_cli.commands.arrivals import local_name
from workspace_cli.core.errors import InvalidInputError
from workspace_cli.invocation import Invocation, command_app, examples

if TYPE_CHECKING:
    from workspace_cli.core.engine import Report
    from workspace_cli.core.exporting import Exported

app = command_app()
STREAM = "-"


@app.command(
    epilog=examples(
        "workspace export kim/vision:v2                     writes vision-v2.tar.zst here",
        "workspace export kim/vision:v2 /backup/vision.tar.zst",
        "workspace export kim/vision:v2 - | ssh other-lab workspace import - --owner lee",
    )
)
def export(
    context: typer.Context,
    image: Annotated[
        str,
        typer.Argument(metavar="IMAGE", help="An environment.", autocompletion=completion.images),
    ],
    file: Annotated[
        str | None,
        typer.Argument(metavar="[FILE]", help="The file to write; - is standard output."),
    ] = None,
    force: Annotated[
        bool, typer.Option("-f", "--force", help="Replace the file where it is there already.")
    ] = False,
    json: parameters.Json = False,
) -> None:
    """Write an environment as one signed file.

    It is for another lab. The file holds every layer, so it needs nothing else;
    `zstd -dc FILE | docker load` reads it as well. The members' files at /workspace are not in it.
    """
    from workspace_cli.core.exporting import default_file

    call = Invocation.of(context)
    reference = local_name(image)
    target = file or str(default_file(reference))
    with call.console.progress() as report:
        written = _to(call, reference, target, report, force=force)
    _tell(call, written, target, json=json)


def _to(call: Invocation, reference: str, target: str, report: Report, *, force: bool) -> Exported:
    from workspace_cli.core.backup import new_file
    from workspace_cli.core.exporting import export as write

    actor = call.settings.admin
    if target == STREAM:
        if call.console.out.isatty():
            raise InvalidInputError(
                "An environment is nothing to look at.", "Name a file, or use a pipe."
            )
        stream = getattr(call.console.out, "buffer", sys.stdout.buffer)
        written = write(call.host, reference, stream, actor, report)
        stream.flush()
        return written
    with new_file(Path(target), replace=force) as file:
        return write(call.host, reference, file, actor, report)


def _tell(call: Invocation, written: Exported, target: str, *, json: bool) -> None:
    if target == STREAM:
        # Standard output is the environment itself.
        call.console.note(f"exported {written.leaf.reference}, sha256 {written.sha256}")
    elif json:
        call.console.json(
            {
                "reference": written.leaf.reference,
                "file": target,
                "size": written.size,
                "sha256": written.sha256,
                "image_id": written.leaf.image_id,
                "layers": len(written.leaf.layers),
                "signed_by": written.fingerprint,
            }
        )
    else:
        call.console.facts(
            {
                "exported": written.leaf.reference,
                "file": f"{target}, {text.size(written.size)}",
                "unpacked": f"{text.size(written.leaf.size)} in {len(written.leaf.layers)} layers",
                "sha256": written.sha256,
                "signed by": f"{written.fingerprint} (`workspace lab-key` prints the key)",
            }
        )
