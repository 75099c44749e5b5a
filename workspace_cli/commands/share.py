"""``workspace share``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from workspace_cli import completion, parameters
from workspace_cli.core.errors import InvalidOptionError
from workspace_cli.invocation import Invocation, command_app, examples
from workspace_cli.text import iso, local

if TYPE_CHECKING:
    from workspace_cli.core.actors import Actor
    from workspace_cli.core.sharing import Grant, Recipient

app = command_app()


@app.command(
    epilog=examples(
        "workspace share kim/vision:v2 --with lee --with group:nlp",
        "workspace share kim/vision:v2 --with lab        every member may start from it",
        "workspace share kim/vision:v2                   who may, and who does",
        "workspace share kim/vision:v2 --withdraw --with lee",
        "workspace share kim/vision:v2 --withdraw        from everybody",
        "workspace share                                 everything that is shared",
    )
)
def share(
    context: typer.Context,
    image: Annotated[
        str | None,
        typer.Argument(
            metavar="[IMAGE]", help="A saved environment.", autocompletion=completion.images
        ),
    ] = None,
    recipients: Annotated[
        list[str] | None,
        typer.Option(
            "--with",
            metavar="MEMBER|group:NAME|lab",
            help="Who may start from it. Repeatable.",
            autocompletion=completion.owners,
        ),
    ] = None,
    withdraw: Annotated[
        bool, typer.Option("--withdraw", help="Take it back; without --with from everybody.")
    ] = False,
    json: parameters.Json = False,
) -> None:
    """Let others start from an environment, or take that back.

    They never change it.  Who runs or has stopped a workspace of it keeps that when it is
    taken back, and starts no new one.
    """
    from workspace_cli.commands.images import full_name
    from workspace_cli.core import sharing
    from workspace_cli.core.actors import Actor

    call = Invocation.of(context)
    if image is None:
        if recipients or withdraw:
            raise InvalidOptionError("Which environment?", "`workspace images` lists them.")
        _list(call, sharing.grants(call.host), json=json)
        return
    reference = full_name(image)
    actor = Actor(call.settings.admin, admin=True)
    if withdraw:
        _withdraw(call, reference, recipients or [], actor)
        return
    # All are read before the first is acted on.
    wanted = [sharing.parse_recipient(text) for text in recipients or []]
    for recipient in wanted:
        sharing.share(call.host, reference, recipient, actor)
    _list(call, sharing.grants(call.host, reference=_normal(reference)), json=json)


def _withdraw(call: Invocation, reference: str, recipients: Sequence[str], actor: Actor) -> None:
    from workspace_cli.core import sharing

    wanted: list[Recipient | None] = [sharing.parse_recipient(text) for text in recipients]
    for recipient in wanted or [None]:
        done = sharing.withdraw(call.host, reference, recipient, actor)
        for grant in done.grants:
            call.console.print(f"{grant.reference} {grant.recipient}")
        if done.users:
            call.console.note(
                f"{', '.join(done.users)} still stand on it and keep what they have; "
                "no new workspace is made from it."
            )


def _list(call: Invocation, found: Sequence[Grant], *, json: bool) -> None:
    from workspace_cli.core.sharing import users

    rows = [(one, users(call.host, one.reference, one.owner)) for one in found]
    if json:
        call.console.json(
            [
                {
                    "reference": one.reference,
                    "owner": one.owner or None,
                    "with": str(one.recipient),
                    "shared_by": one.made_by,
                    "created": iso(one.created),
                    "used_by": list(used),
                }
                for one, used in rows
            ]
        )
        return
    call.console.table(
        ("environment", "owner", "shared with", "since", "by", "used by others"),
        [
            (
                one.reference,
                one.owner,
                str(one.recipient),
                local(one.created)[:16],
                one.made_by,
                ", ".join(used),
            )
            for one, used in rows
        ],
    )


def _normal(reference: str) -> str:
    from workspace_cli.core.references import normalise

    return normalise(reference)
