"""Environments that their owners want kept, whatever the lab's retention says."""

from __future__ import annotations

from dataclasses import dataclass

from workspace_cli.core import audit, references
from workspace_cli.core.actors import Actor
from workspace_cli.core.errors import InvalidOptionError, NotFoundError
from workspace_cli.core.host import Host
from workspace_cli.core.ownership import owned_by

_LONGEST_NOTE = 1000


@dataclass(frozen=True, kw_only=True)
class Pin:
    """One environment that is kept; ``created`` in seconds since the epoch."""

    reference: str
    owner: str
    note: str
    made_by: str
    created: float


def pin(host: Host, reference: str, actor: Actor, note: str = "") -> Pin:
    """Keep an environment of the actor's own, or anybody's for an admin; a new note replaces.

    With the same note again nothing changes.
    """
    from sqlalchemy import text

    if len(note) > _LONGEST_NOTE or "\0" in note:
        raise InvalidOptionError(
            f"A note has at most {_LONGEST_NOTE} characters; this one has {len(note)}.",
            "Shorten it.",
        )
    environment = owned_by(host, reference, actor)
    known = pins(host).get(environment.reference)
    if known is not None and (known.owner, known.note) == (environment.owner, note):
        return known
    made = Pin(
        reference=environment.reference,
        owner=environment.owner,
        note=note,
        made_by=actor.name,
        created=host.clock(),
    )
    with host.database.begin() as connection:
        connection.execute(
            text("DELETE FROM labdock_environment_pin WHERE reference = :reference"), vars(made)
        )
        connection.execute(
            text(
                "INSERT INTO labdock_environment_pin (reference, owner, note, made_by, created) "
                "VALUES (:reference, :owner, :note, :made_by, :created)"
            ),
            vars(made),
        )
    audit.record(host, actor.name, "pin", made.reference, note)
    return made


def unpin(host: Host, reference: str, actor: Actor) -> Pin:
    """Leave an environment to the lab's retention again.  NotFoundError where it has no pin."""
    wanted = references.normalise(reference)
    found = pins(host).get(wanted)
    if found is None or not actor.may_change(found.owner):
        raise NotFoundError(
            f"{references.shown(reference)} is not pinned.",
            "`workspace pin` lists what is.",
        )
    forget(host, wanted)
    audit.record(host, actor.name, "unpin", wanted)
    return found


def pins(host: Host) -> dict[str, Pin]:
    """Return what is pinned, by reference."""
    from sqlalchemy import text

    with host.database.connect() as connection:
        rows = connection.execute(
            text("SELECT reference, owner, note, made_by, created FROM labdock_environment_pin")
        )
        return {row["reference"]: Pin(**row) for row in rows.mappings()}


def forget(host: Host, reference: str) -> None:
    """Remove the pin of an environment that is gone, where it has one."""
    from sqlalchemy import text

    with host.database.begin() as connection:
        connection.execute(
            text("DELETE FROM labdock_environment_pin WHERE reference = :reference"),
            {"reference": reference},
        )
