"""GPUs that an admin keeps for a group or a member in some hours."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from workspace_cli.core import audit, gpus, lease_rows
from workspace_cli.core.errors import ConflictError, InvalidOptionError, NotFoundError
from workspace_cli.core.host import Host
from workspace_cli.core.line import LineGpu, Reserved, Wish
from workspace_cli.core.members import pick
from workspace_cli.core.members import read as read_members
from workspace_cli.core.models import Workspace
from workspace_cli.core.naming import main_name
from workspace_cli.core.values import Gpus

LONGEST = 366 * 86400.0


@dataclass(frozen=True, kw_only=True)
class Reservation:
    """GPUs kept for a group or an owner; times in seconds since the epoch."""

    id: str
    gpus: tuple[str, ...]
    group: str | None
    owner: str | None
    begins: float
    ends: float
    made_by: str
    note: str = ""

    @property
    def beneficiary(self) -> str:
        """Who it is for, as ``--for`` takes it."""
        return f"@{self.owner}" if self.owner is not None else str(self.group)

    @property
    def reserved(self) -> Reserved:
        """What the waiting line has to know of it."""
        return Reserved(
            gpus=frozenset(self.gpus),
            begins=self.begins,
            ends=self.ends,
            group=self.group,
            owner=self.owner,
        )


def reserve(
    host: Host,
    wanted: Gpus,
    *,
    begins: float,
    ends: float,
    made_by: str,
    group: str | None = None,
    owner: str | None = None,
    note: str = "",
) -> Reservation:
    """Keep GPUs for a group or an owner; leases of others on them end before it begins.

    They end no earlier than the policy's warning from now, so that whoever loses
    one is told first.  Raises InvalidOptionError, ConflictError where too few
    GPUs are not reserved at that time.
    """
    _check(group, owner, begins, ends, host.clock())
    with host.locked():
        seen = gpus.look(host, host.engine.containers())
        with host.database.connect() as connection:
            others = [row for row in read(connection) if row.begins < ends and begins < row.ends]
        chosen = _choose(seen.line_gpus(host.policy), Wish.of(wanted), others, seen.holders)
        made = Reservation(
            id=secrets.token_hex(4),
            gpus=chosen,
            group=group,
            owner=owner,
            begins=begins,
            ends=ends,
            made_by=made_by,
            note=note,
        )
        with host.database.begin() as connection:
            _put(connection, made)
            shortened = _shorten(host, connection, made)
    told = f"{', '.join(chosen)} for {made.beneficiary}"
    audit.record(host, made_by, "reserve", made.id, "; ".join([told, *shortened]))
    return made


def reservations(host: Host) -> list[Reservation]:
    """Return what is reserved now and later, by its begin; what has ended is left out."""
    now = host.clock()
    with host.database.connect() as connection:
        return [row for row in read(connection) if row.ends > now]


def withdraw(host: Host, reservation_id: str, by: str) -> None:
    """Remove a reservation; NotFoundError where there is none."""
    from sqlalchemy import text

    with host.database.begin() as connection:
        done = connection.execute(
            text("DELETE FROM labdock_reservation WHERE id = :id"), {"id": reservation_id}
        )
    if not done.rowcount:
        raise NotFoundError(
            f"There is no reservation {reservation_id}.", "`workspace reserve ls` lists them."
        )
    audit.record(host, by, "withdraw-reservation", reservation_id)


def read(connection: Any) -> list[Reservation]:
    """Return every reservation, by its begin."""
    from sqlalchemy import text

    rows = connection.execute(
        text(
            "SELECT id, gpus_json, for_group, for_owner, begins, ends, made_by, note "
            "FROM labdock_reservation ORDER BY begins, id"
        )
    )
    return [
        Reservation(
            id=row.id,
            gpus=tuple(json.loads(row.gpus_json)),
            group=row.for_group,
            owner=row.for_owner,
            begins=row.begins,
            ends=row.ends,
            made_by=row.made_by,
            note=row.note,
        )
        for row in rows
    ]


def drop_expired(connection: Any, now: float) -> None:
    """Remove what has ended."""
    from sqlalchemy import text

    connection.execute(text("DELETE FROM labdock_reservation WHERE ends <= :now"), {"now": now})


def _put(connection: Any, row: Reservation) -> None:
    from sqlalchemy import text

    connection.execute(
        text(
            "INSERT INTO labdock_reservation "
            "(id, gpus_json, for_group, for_owner, begins, ends, made_by, note) "
            "VALUES (:id, :gpus, :group, :owner, :begins, :ends, :made_by, :note)"
        ),
        {
            "id": row.id,
            "gpus": json.dumps(row.gpus),
            "group": row.group,
            "owner": row.owner,
            "begins": row.begins,
            "ends": row.ends,
            "made_by": row.made_by,
            "note": row.note,
        },
    )


def _check(group: str | None, owner: str | None, begins: float, ends: float, now: float) -> None:
    if (group is None) == (owner is None):
        raise InvalidOptionError("A reservation is for one group or one member.", "Name one.")
    if ends <= max(begins, now):
        raise InvalidOptionError(
            "The reservation would be over before it begins.", "Choose a later end."
        )
    if ends - begins > LONGEST:
        raise InvalidOptionError("A reservation lasts a year at most.", "Choose an earlier end.")


def _choose(
    present: Sequence[LineGpu],
    wish: Wish,
    overlapping: Sequence[Reservation],
    holders: Mapping[str, Sequence[object]],
) -> tuple[str, ...]:
    """Return which GPUs are kept: of those that nobody else has reserved then, free ones first."""
    taken = {gpu for row in overlapping for gpu in row.gpus}
    suited = [gpu for gpu in present if gpu.suits(wish)]
    count = len(suited) if wish.everything else wish.count
    open_ones = [gpu for gpu in suited if gpu.id not in taken]
    open_ones.sort(key=lambda gpu: (bool(gpu.unready), len(holders.get(gpu.id, ()))))
    if not count or len(open_ones) < count:
        raise ConflictError(
            f"{count} GPUs were to be reserved, and {len(open_ones)} of {len(suited)} that fit "
            "are not reserved at that time.",
            "`workspace reserve ls` lists what is.",
        )
    chosen = {gpu.id for gpu in open_ones[:count]}
    return tuple(gpu.id for gpu in present if gpu.id in chosen)


def _shorten(host: Host, connection: Any, made: Reservation) -> list[str]:
    """Let others' leases on reserved GPUs end in time; say which."""
    now = host.clock()
    end = max(made.begins, now + host.policy.lease.warn)
    known = read_members(connection)
    leases = lease_rows.read(connection)
    told = []
    for workspace in filter(None, map(Workspace.of, host.engine.containers())):
        held = workspace.holds_gpus and set(workspace.gpus) & set(made.gpus)
        name = main_name(workspace.container.name)
        member = pick(known, workspace.owner, host.settings.admin)
        if not held or workspace.owner == made.owner or made.group in member.groups:
            continue
        row = leases.get(name) or lease_rows.LeaseRow(
            container=name,
            owner=workspace.owner,
            workspace=workspace.name,
            began=workspace.container.created,
        )
        if row.ends is None or row.ends > end:
            lease_rows.put(connection, lease_rows.shortened(row, end))
            told.append(f"{workspace.reference} ends {gpus.moment(end)}")
    return told
