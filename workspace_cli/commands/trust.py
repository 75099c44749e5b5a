"""``workspace trust`` and ``lab-key``."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Annotated

import typer

from workspace_cli import completion, parameters
from workspace_cli.commands.arrivals import local_name
from workspace_cli.core.errors import InvalidInputError
from workspace_cli.invocation import Invocation, command_app, examples
from workspace_cli.text import iso, local

app = command_app()
_LONGEST_FILE = 4096


@app.command(
    epilog=examples(
        "workspace trust                                what came from elsewhere, and known keys",
        'workspace trust kim/vision:v2 -m "looked at it"   members may start it',
        "workspace trust kim/vision:v2 --untrust        only admins may",
        "workspace trust --key other-lab.key            what that lab signs is trusted",
        "workspace trust --key SHA256:… --untrust       no longer",
    )
)
def trust(
    context: typer.Context,
    image: Annotated[
        str | None,
        typer.Argument(
            metavar="[IMAGE]",
            help="An environment that came from elsewhere.",
            autocompletion=completion.images,
        ),
    ] = None,
    untrust: Annotated[
        bool, typer.Option("--untrust", help="Take it back; what runs goes on.")
    ] = False,
    key: Annotated[
        str | None,
        typer.Option(
            metavar="FILE|FINGERPRINT", help="Another lab's key, as its `workspace lab-key` prints."
        ),
    ] = None,
    reason: Annotated[
        str, typer.Option("-m", "--message", metavar="WHY", help="Kept with it.")
    ] = "",
    json: parameters.Json = False,
) -> None:
    """Allow what came from elsewhere, or list it.

    Until then members cannot start it. Look at one first: an admin can start it in a
    workspace of their own.
    """
    call = Invocation.of(context)
    if image and key:
        raise InvalidInputError("Name an image or a key.", "One at a time.")
    if key:
        _key(call, key, untrust=untrust)
    elif image:
        _image(call, image, reason, untrust=untrust)
    elif untrust:
        raise InvalidInputError("What is it about?", "Name an image, or a key with --key.")
    else:
        _list(call, json=json)


@app.command("lab-key", epilog=examples("workspace lab-key >this-lab.key      for another lab"))
def lab_key(context: typer.Context, json: parameters.Json = False) -> None:
    """Print the key that this lab's exports are signed with.

    It is the public one; another lab hands it to `workspace trust --key`.
    """
    from workspace_cli.core.lab_key import own_key

    call = Invocation.of(context)
    key = own_key(call.settings)
    line = key.line(socket.gethostname())
    if json:
        call.console.json({"key": line, "fingerprint": key.public.fingerprint})
        return
    call.console.print(line)
    call.console.note(f"fingerprint {key.public.fingerprint}")


def _image(call: Invocation, image: str, reason: str, *, untrust: bool) -> None:
    from workspace_cli.core import trust as rules

    reference = local_name(image)
    found = call.host.engine.image(reference)
    if untrust:
        rules.disallow(call.host, found, reference, call.settings.admin)
        call.console.note(f"Only admins can start {reference} now.")
    else:
        rules.allow(call.host, found, reference, call.settings.admin, reason)
        call.console.note(f"{reference} is trusted: its owner can start and share it.")


def _key(call: Invocation, key: str, *, untrust: bool) -> None:
    from workspace_cli.core import trust as rules

    fingerprint, name = _read(key)
    if untrust:
        rules.forget_key(call.host, fingerprint, call.settings.admin)
        call.console.note(f"{fingerprint} is no longer trusted; what it brought stays as it is.")
        return
    rules.trust_key(call.host, fingerprint, name, call.settings.admin)
    call.console.note(f"What is signed with {fingerprint} ({name or 'no name'}) is trusted.")


def _read(key: str) -> tuple[str, str]:
    """Return the fingerprint and the name of a key that is named by its file or itself."""
    from workspace_cli.core.lab_key import check_fingerprint, read_line

    path = Path(key)
    if key.startswith("SHA256:") or not path.is_file():
        return check_fingerprint(key), ""
    try:
        with path.open(encoding="utf-8") as file:
            public, name = read_line(file.read(_LONGEST_FILE).strip())
    except (OSError, UnicodeDecodeError) as exc:
        raise InvalidInputError(f"{path} cannot be read as a key.", "Check the file.") from exc
    return public.fingerprint, name


def _list(call: Invocation, *, json: bool) -> None:
    from workspace_cli.core.lineage import environments
    from workspace_cli.core.trust import known_keys

    found = [one for one in environments(call.host) if one.imported_from]
    keys = known_keys(call.host)
    if json:
        call.console.json(
            {
                "images": [
                    {
                        "reference": one.reference,
                        "id": one.id,
                        "imported_from": one.imported_from,
                        "trusted": one.trusted,
                    }
                    for one in found
                ],
                "keys": [{**vars(one), "created": iso(one.created)} for one in keys],
            }
        )
        return
    rows = [(one.reference, "yes" if one.trusted else "no", one.imported_from) for one in found]
    call.console.table(("name", "trusted", "from"), rows)
    if keys:
        call.console.print()
        call.console.table(
            ("key", "name", "since"),
            [(one.fingerprint, one.name, local(one.created)[:16]) for one in keys],
        )
