"""Saved environments that their owners let others start from.

A grant is a row in the database; it names an environment by its reference and
holds until it is withdrawn.  Whoever has one may start from the environment
and never changes it: nobody but its owner saves under its name.  A workspace
that was started keeps what it has when the grant goes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal, cast, get_args

from workspace_cli.core import audit, members, naming, references, trust
from workspace_cli.core.actors import Actor
from workspace_cli.core.errors import InvalidOptionError, NotFoundError, UserNotFoundError
from workspace_cli.core.host import Host
from workspace_cli.core.members import Member
from workspace_cli.core.ownership import owned_by
from workspace_cli.core.reading import list_workspaces

Kind = Literal["member", "group", "lab"]
LAB = "lab"
GROUP = "group:"
_MOST = 200
"""Grants of one environment."""


@dataclass(frozen=True)
class Recipient:
    """Whom an environment is shared with; ``name`` is '' for the whole lab."""

    kind: Kind
    name: str = ""

    def __str__(self) -> str:
        """Write it as ``parse_recipient`` reads it."""
        if self.kind == "lab":
            return LAB
        if self.kind == "group":
            return f"{GROUP}{self.name}"
        return f"@{self.name}" if self.name == LAB else self.name

    def covers(self, member: Member) -> bool:
        """Tell whether somebody is among those who are meant."""
        if self.kind == "lab":
            return True
        return self.name == member.name if self.kind == "member" else self.name in member.groups


@dataclass(frozen=True, kw_only=True)
class Grant:
    """One environment shared with one recipient; ``created`` in seconds since the epoch."""

    reference: str
    recipient: Recipient
    owner: str
    made_by: str
    created: float


@dataclass(frozen=True)
class Withdrawal:
    """What was withdrawn, and the workspaces (OWNER/NAME) that stand on it and keep running."""

    grants: tuple[Grant, ...]
    users: tuple[str, ...]


def parse_recipient(text: str) -> Recipient:
    """Read ``MEMBER``, ``@MEMBER``, ``group:NAME`` or ``lab``.  Raises InvalidNameError."""
    if text == LAB:
        return Recipient("lab")
    if text.startswith(GROUP):
        naming.check_group(text.removeprefix(GROUP))
        return Recipient("group", text.removeprefix(GROUP))
    name = text.removeprefix("@")
    naming.check_account(name)
    return Recipient("member", name)


def share(host: Host, reference: str, recipient: Recipient, actor: Actor) -> Grant:
    """Let others start from an environment of the actor's own, or of anybody's for an admin.

    Sharing again changes nothing.  Raises ImageNotFoundError for what is no environment
    of the actor's, UserNotFoundError for a member who has no account,
    InvalidOptionError for the owner themselves, NotAllowedError for what came from
    elsewhere and is not trusted.
    """
    environment = owned_by(host, reference, actor)
    trust.check_shared(host, host.engine.image(environment.id), environment.reference)
    grant = Grant(
        reference=environment.reference,
        recipient=recipient,
        owner=environment.owner,
        made_by=actor.name,
        created=host.clock(),
    )
    _check_recipient(host, recipient, environment.owner)
    before = grants(host, reference=grant.reference)
    known = next((one for one in before if one.recipient == recipient), None)
    if known is not None and known.owner == grant.owner:
        return known
    if len(before) >= _MOST:
        raise InvalidOptionError(
            f"{grant.reference} is shared {_MOST} times already.",
            "Share it with a group or with the lab instead.",
        )
    _replace(host, grant)
    audit.record(host, actor.name, "share", grant.reference, str(recipient))
    return grant


def withdraw(host: Host, reference: str, recipient: Recipient | None, actor: Actor) -> Withdrawal:
    """Take a grant back, or every grant of the environment; no new start is made from it.

    What runs or is stopped on it stays as it is.  Works for an environment that is gone
    as well.  Raises NotFoundError where there is no such grant of the actor's.
    """
    wanted = references.normalise(reference)
    found = tuple(
        one
        for one in grants(host, reference=wanted)
        if recipient in (None, one.recipient) and (actor.admin or one.owner == actor.name)
    )
    if not found:
        message = f"{references.shown(reference)} is not shared."
        if recipient is not None:
            message = f"{references.shown(reference)} is not shared with {recipient}."
        raise NotFoundError(message, "`workspace share` lists what is.")
    forget(host, found)
    for one in found:
        audit.record(host, actor.name, "withdraw", one.reference, str(one.recipient))
    return Withdrawal(found, _left_without(host, wanted, found[0].owner))


def grants(host: Host, *, owner: str | None = None, reference: str | None = None) -> list[Grant]:
    """Return what is shared with whom: all, one owner's, or one environment's."""
    from sqlalchemy import text

    with host.database.connect() as connection:
        rows = connection.execute(
            text("SELECT * FROM labdock_environment_grant ORDER BY reference, kind, name")
        )
        found = [_grant(row) for row in rows]
    return [
        one for one in found if owner in (None, one.owner) and reference in (None, one.reference)
    ]


def granted_to(host: Host, name: str) -> dict[str, Grant]:
    """Return what others let a member start from, by reference.

    A grant is its maker's only as long as the environment is: see ``choices``.
    """
    every = grants(host)
    if not every:
        return {}
    member = members.member(host, name)
    return {
        one.reference: one for one in every if one.owner != name and one.recipient.covers(member)
    }


def users(host: Host, reference: str, owner: str) -> tuple[str, ...]:
    """Return the workspaces of others (OWNER/NAME) that stand on an environment."""
    return tuple(
        workspace.reference
        for workspace in list_workspaces(host)
        if workspace.owner != owner and references.same_image(workspace.image, reference)
    )


def forget(host: Host, gone: Iterable[Grant]) -> None:
    """Remove grants."""
    from sqlalchemy import text

    rows = [{"reference": one.reference, **_key(one.recipient)} for one in gone]
    if not rows:
        return
    with host.database.begin() as connection:
        connection.execute(
            text(
                "DELETE FROM labdock_environment_grant "
                "WHERE reference = :reference AND kind = :kind AND name = :name"
            ),
            rows,
        )


def forget_member(connection: Any, name: str) -> None:
    """Remove what an account was granted: the next one of that name is somebody else's."""
    from sqlalchemy import text

    connection.execute(
        text("DELETE FROM labdock_environment_grant WHERE kind = 'member' AND name = :name"),
        {"name": name},
    )


def _check_recipient(host: Host, recipient: Recipient, owner: str) -> None:
    if recipient.kind != "member":
        return
    if recipient.name == owner:
        raise InvalidOptionError(
            f"{owner} owns the environment and may start from it anyway.",
            "Name another member, group:NAME, or lab.",
        )
    if not _has_account(host, recipient.name):
        raise UserNotFoundError(
            f"There is no member {recipient.name}.",
            "Check the name; a group is written group:NAME, the whole lab lab.",
        )


def _has_account(host: Host, name: str) -> bool:
    from sqlalchemy import text

    with host.database.connect() as connection:
        account = connection.execute(
            text("SELECT 1 FROM labdock_account WHERE name = :name"), {"name": name}
        ).scalar()
        return bool(account) or name in members.read(connection)


def _replace(host: Host, grant: Grant) -> None:
    from sqlalchemy import text

    values = {**vars(grant), **_key(grant.recipient)}
    del values["recipient"]
    with host.database.begin() as connection:
        connection.execute(
            text(
                "DELETE FROM labdock_environment_grant "
                "WHERE reference = :reference AND kind = :kind AND name = :name"
            ),
            values,
        )
        connection.execute(
            text(
                "INSERT INTO labdock_environment_grant "
                "(reference, kind, name, owner, made_by, created) "
                "VALUES (:reference, :kind, :name, :owner, :made_by, :created)"
            ),
            values,
        )


def _left_without(host: Host, reference: str, owner: str) -> tuple[str, ...]:
    """Return the workspaces that stand on it and whose owners may not start from it anew."""
    standing = users(host, reference, owner)
    names = {name.rpartition("/")[0] for name in standing}
    still = {name for name in names if reference in granted_to(host, name)}
    return tuple(name for name in standing if name.rpartition("/")[0] not in still)


def _key(recipient: Recipient) -> dict[str, str]:
    return {"kind": recipient.kind, "name": recipient.name}


def _grant(row: Any) -> Grant:
    kind = cast("Kind", row.kind if row.kind in get_args(Kind) else "member")
    return Grant(
        reference=row.reference,
        recipient=Recipient(kind, row.name),
        owner=row.owner,
        made_by=row.made_by,
        created=row.created,
    )
