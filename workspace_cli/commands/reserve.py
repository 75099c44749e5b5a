"""``workspace reserve``."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import typer

from workspace_cli import parameters
from workspace_cli.core.errors import InvalidOptionError
from workspace_cli.invocation import Invocation, command_app, examples
from workspace_cli.text import iso, local

if TYPE_CHECKING:
    from workspace_cli.core.reservations import Reservation

app = command_app()


@app.command(
    epilog=examples(
        "workspace reserve 2 --for nlp --from 2026-12-01T09:00 --to 2026-12-01T18:00",
        "workspace reserve H100:1 --for @kim --to 3d --note 'paper deadline'",
        "workspace reserve ls",
        "workspace reserve rm 1f2e3d4c",
    )
)
def reserve(
    context: typer.Context,
    what: Annotated[
        str, typer.Argument(metavar="GPUS|ls|rm", help="N, UUID,..., MODEL:N, all; or ls, or rm.")
    ],
    reservation: Annotated[
        str | None, typer.Argument(metavar="[ID]", help="Which one rm takes away.")
    ] = None,
    beneficiary: Annotated[
        str | None, typer.Option("--for", metavar="GROUP|@USER", help="Who may use them then.")
    ] = None,
    begin: Annotated[
        str | None,
        typer.Option("--from", metavar="TIME", help="2026-12-01T09:00, or 4h from now; else now."),
    ] = None,
    end: Annotated[
        str | None,
        typer.Option("--to", metavar="TIME", help="2026-12-01T18:00, or 8h after its begin."),
    ] = None,
    note: Annotated[str, typer.Option(metavar="TEXT", help="Why, for whoever asks.")] = "",
    json: parameters.Json = False,
) -> None:
    """Keep GPUs for a group or a member for a time.

    Leases of others on them end before; their owners are warned. `ls` lists what is
    reserved, `rm` takes a reservation away.
    """
    from workspace_cli.core import reservations

    call = Invocation.of(context)
    if what == "ls":
        _list(call, reservations.reservations(call.host), json=json)
        return
    if what == "rm":
        if reservation is None:
            raise InvalidOptionError("Which reservation?", "`workspace reserve ls` lists them.")
        reservations.withdraw(call.host, reservation, call.settings.admin)
        call.console.print(reservation)
        return
    from workspace_cli.core.values import parse_gpus

    group, owner = _beneficiary(beneficiary)
    now = call.host.clock()
    begins = now if begin is None else _moment("--from", begin, now, call.settings.timezone)
    if end is None:
        raise InvalidOptionError("A reservation needs an end.", "Try --to 8h.")
    made = reservations.reserve(
        call.host,
        parse_gpus(what),
        begins=begins,
        ends=_moment("--to", end, begins, call.settings.timezone),
        made_by=call.settings.admin,
        group=group,
        owner=owner,
        note=note,
    )
    _list(call, [made], json=json)


def _beneficiary(text: str | None) -> tuple[str | None, str | None]:
    if not text or text == "@":
        raise InvalidOptionError("Who is it for?", "Write --for GROUP or --for @USER.")
    return (None, text[1:]) if text.startswith("@") else (text, None)


def _moment(option: str, text: str, origin: float, zone: str) -> float:
    """Read a date and time in the lab's time zone, or a span counted from an origin."""
    from workspace_cli.core.policy import parse_duration

    try:
        return origin + parse_duration(text)
    except ValueError:
        pass
    try:
        found = datetime.fromisoformat(text)
    except ValueError as exc:
        raise InvalidOptionError(
            f"{option}: {text!r} is no time.", "Write 2026-12-01T09:00, or 8h."
        ) from exc
    return (found if found.tzinfo else found.replace(tzinfo=ZoneInfo(zone))).timestamp()


def _list(call: Invocation, found: list[Reservation], *, json: bool) -> None:
    if json:
        call.console.json([row(one) for one in found])
    elif not found:
        call.console.print("Nothing is reserved.")
    else:
        call.console.table(
            ("id", "for", "gpus", "from", "to", "note"),
            [
                (
                    one.id,
                    one.beneficiary,
                    ", ".join(one.gpus),
                    local(one.begins)[:16],
                    local(one.ends)[:16],
                    one.note,
                )
                for one in found
            ],
        )


def row(one: Reservation) -> dict[str, Any]:
    """Return one reservation as ``--json`` prints it."""
    return {
        "id": one.id,
        "for": one.beneficiary,
        "gpus": list(one.gpus),
        "from": iso(one.begins),
        "to": iso(one.ends),
        "made_by": one.made_by,
        "note": one.note,
    }
