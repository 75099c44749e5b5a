"""``workspace disk``: who takes up how much room."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Annotated, Any

import typer

from workspace_cli import completion, parameters
from workspace_cli.core.errors import UserNotFoundError
from workspace_cli.invocation import Invocation, command_app, examples
from workspace_cli.text import ago, iso

if TYPE_CHECKING:
    from workspace_cli.core.disk_limits import Standing
    from workspace_cli.core.disk_room import Room

app = command_app()


@app.command(
    epilog=examples(
        "workspace disk                 everybody, as last measured",
        "workspace disk kim             one member: workspaces, environments, caches",
        "workspace disk kim --fresh     measure now",
        "workspace disk --json | jq '.members[] | select(.level != \"ok\") | .owner'",
    )
)
def disk(
    context: typer.Context,
    user: Annotated[
        str | None,
        typer.Argument(metavar="[USER]", help="One member.", autocompletion=completion.owners),
    ] = None,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Measure now; a large home takes its time.")
    ] = False,
    json: parameters.Json = False,
) -> None:
    """Show how much of the disk each member takes up.

    The hub measures in the background; who was never measured is measured now.
    """
    from workspace_cli.core import disk_room

    call = Invocation.of(context)
    rooms = disk_room.rooms(call.host)
    owners = _owners(call, user)
    found = _standings(call, owners, fresh=fresh)
    if json:
        shown = {"disks": [vars(room) for room in rooms], "members": [row(one) for one in found]}
        call.console.json(shown)
    elif user is None:
        _tell_rooms(call, rooms)
        _table(call, found)
    else:
        _details(call, found[0])


def _owners(call: Invocation, user: str | None) -> list[str]:
    from workspace_cli.core.disk_measure import owners

    known = owners(call.host)
    if user is None:
        return known
    if user not in known:
        raise UserNotFoundError(
            f"Nobody called {user!r} has anything here.", "`workspace disk` lists everybody."
        )
    return [user]


def _standings(call: Invocation, owners: list[str], *, fresh: bool) -> list[Standing]:
    from workspace_cli.core import disk_limits, disk_measure
    from workspace_cli.core.engine import Progress

    found = []
    with call.console.progress() as report:
        for owner in owners:
            standing = disk_limits.standing(call.host, owner)
            if fresh or standing.usage is None:
                report(Progress(f"Measuring what {owner} takes up"))
                disk_measure.measure(call.host, owner)
                standing = disk_limits.standing(call.host, owner)
            found.append(standing)
    return sorted(found, key=_used, reverse=True)


def _used(one: Standing) -> int:
    return one.usage.total if one.usage else 0


def _tell_rooms(call: Invocation, rooms: tuple[Room, ...]) -> None:
    for room in rooms:
        call.console.note(f"{room.path}: {size(room.free)} of {size(room.total)} free")


def _table(call: Invocation, found: list[Standing]) -> None:
    now = time.time()
    call.console.table(
        ("member", "total", "files", "installed", "saved", "caches", "limit", "measured"),
        [_cells(one, now) for one in found],
    )


def _cells(one: Standing, now: float) -> tuple[str, ...]:
    usage = one.usage
    if usage is None:
        return (one.owner, "not measured", "", "", "", "", _limit(one), "")
    sizes = (usage.total, usage.home, usage.installed, usage.saved, usage.cached)
    return (one.owner, *map(size, sizes), _limit(one), f"{ago(now - usage.measured)} ago")


def _limit(one: Standing) -> str:
    limits = [f"{size(one.hard)}" if one.hard else "", f"soft {size(one.soft)}" if one.soft else ""]
    text = ", ".join(filter(None, limits)) or "-"
    return f"{text} (reached)" if one.level != "ok" else text


def _details(call: Invocation, one: Standing) -> None:
    usage = one.usage
    if usage is None:
        call.console.print(f"What {one.owner} takes up could not be measured.")
        return
    call.console.facts(
        {
            "member": one.owner,
            "total": size(usage.total),
            "limit": _limit(one),
            "files": size(usage.home),
            "installed": _named(usage.layers),
            "saved": _named(usage.environments),
            "caches": _named(usage.caches),
            "measured": f"{ago(time.time() - usage.measured)} ago, in {usage.seconds:.1f} s",
        }
    )


def _named(sizes: Any) -> list[str]:
    largest = sorted(sizes.items(), key=lambda item: item[1], reverse=True)
    return [f"{size(number)}   {name}" for name, number in largest]


def size(number: int) -> str:
    """Return bytes in the units of the policy, powers of 1024.

    >>> size(3 * 1024**3)
    '3.0 GiB'
    """
    return f"{number / 2**30:.1f} GiB" if number >= 2**30 else f"{number / 2**20:.0f} MiB"


def row(one: Standing) -> dict[str, Any]:
    """Return one member as ``--json`` prints it; sizes in bytes."""
    usage = one.usage
    return {
        "owner": one.owner,
        "level": one.level,
        "soft": one.soft,
        "hard": one.hard,
        "total": usage.total if usage else None,
        "home": usage.home if usage else None,
        "layers": dict(usage.layers) if usage else {},
        "environments": dict(usage.environments) if usage else {},
        "caches": dict(usage.caches) if usage else {},
        "measured": iso(usage.measured) if usage else None,
        "seconds": usage.seconds if usage else None,
    }
