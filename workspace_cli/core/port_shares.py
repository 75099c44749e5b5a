"""Ports of a workspace that its owner lets named members open, for a limited time.

A share is a row in the database; it holds from the moment that it is made until
its end or its withdrawal, whichever comes first.  Whoever serves a shared port
asks ``active`` for every request.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from workspace_cli.core import naming
from workspace_cli.core.errors import InvalidOptionError, NotFoundError
from workspace_cli.core.host import Host
from workspace_cli.core.models import SERVER_PORT

DEFAULT_SECONDS = 2 * 3600.0
LONGEST_SECONDS = 30 * 86400.0
_MOST = 100
"""Shares of one workspace at a time."""


@dataclass(frozen=True)
class PortShare:
    """One member may open one port of a workspace; times in seconds since the epoch."""

    id: str
    owner: str
    workspace: str
    port: int
    with_member: str
    created: float
    ends: float

    @property
    def path(self) -> str:
        """Where the member opens it, below the hub's own address."""
        from urllib.parse import quote

        return f"shared/{quote(self.owner, safe='')}/{quote(self.workspace, safe='')}/{self.port}/"


def share(
    host: Host,
    owner: str,
    workspace: str,
    port: int,
    with_member: str,
    seconds: float = DEFAULT_SECONDS,
) -> PortShare:
    """Let a member open a port; an earlier share of the same takes the new end.

    Raises InvalidOptionError for a port that is the server's own, for sharing with
    oneself, or for more than 30 days.
    """
    from sqlalchemy import text

    _check(owner, port, with_member, seconds)
    now = host.clock()
    made = PortShare(uuid.uuid4().hex, owner, workspace, port, with_member, now, now + seconds)
    with host.database.begin() as connection:
        connection.execute(
            text(
                "DELETE FROM labdock_port_share WHERE ends <= :now OR (owner = :owner "
                "AND workspace = :workspace AND port = :port AND with_member = :with_member)"
            ),
            {**vars(made), "now": now},
        )
        count = connection.execute(
            text(
                "SELECT COUNT(*) FROM labdock_port_share "
                "WHERE owner = :owner AND workspace = :workspace"
            ),
            vars(made),
        ).scalar()
        if count >= _MOST:
            raise InvalidOptionError(
                f"{owner}/{workspace} is shared {_MOST} times already.",
                "Withdraw what nobody needs any more.",
            )
        connection.execute(
            text(
                "INSERT INTO labdock_port_share "
                "(id, owner, workspace, port, with_member, created, ends) VALUES "
                "(:id, :owner, :workspace, :port, :with_member, :created, :ends)"
            ),
            vars(made),
        )
    return made


def _check(owner: str, port: int, with_member: str, seconds: float) -> None:
    naming.check_account(with_member)
    if not 1 <= port <= 65535:
        raise InvalidOptionError(f"port: {port} is no TCP port.", "Name one from 1 to 65535.")
    if port == SERVER_PORT:
        raise InvalidOptionError(
            f"port: {SERVER_PORT} is the workspace itself, with terminals and files.",
            "Share the port of a program in it.",
        )
    if with_member == owner:
        raise InvalidOptionError("The port is your own already.", "Name another member.")
    if not 60 <= seconds <= LONGEST_SECONDS:
        raise InvalidOptionError(
            "A port is shared for a minute at least and 30 days at most.", "Write 2h or 7d."
        )


def shares(
    host: Host, *, owner: str = "", workspace: str = "", with_member: str = ""
) -> list[PortShare]:
    """Return the shares in force: everybody's, an owner's, a workspace's, or a member's."""
    from sqlalchemy import text

    with host.database.connect() as connection:
        rows = connection.execute(
            text(
                "SELECT * FROM labdock_port_share WHERE ends > :now "
                "AND (:owner = '' OR owner = :owner) "
                "AND (:workspace = '' OR workspace = :workspace) "
                "AND (:with_member = '' OR with_member = :with_member) "
                "ORDER BY owner, workspace, port, with_member"
            ),
            {
                "now": host.clock(),
                "owner": owner,
                "workspace": workspace,
                "with_member": with_member,
            },
        )
        return [_share(row) for row in rows]


def active(host: Host, owner: str, workspace: str, port: int, member: str) -> bool:
    """Tell whether a member may open a port now: their own, or one shared with them."""
    if member == owner:
        return True
    found = shares(host, owner=owner, workspace=workspace, with_member=member)
    return any(one.port == port for one in found)


def withdraw(host: Host, share_id: str, owner: str) -> None:
    """Take a share of an owner's back; NotFoundError where it is none of theirs."""
    from sqlalchemy import text

    with host.database.begin() as connection:
        gone = connection.execute(
            text("DELETE FROM labdock_port_share WHERE id = :id AND owner = :owner"),
            {"id": share_id, "owner": owner},
        )
    if not gone.rowcount:
        raise NotFoundError("There is no such share.", "It may have ended; look at the list.")


def forget_workspace(host: Host, owner: str, workspace: str) -> None:
    """Remove the shares of a workspace that is gone: another may get its name."""
    from sqlalchemy import text

    with host.database.begin() as connection:
        connection.execute(
            text("DELETE FROM labdock_port_share WHERE owner = :owner AND workspace = :workspace"),
            {"owner": owner, "workspace": workspace},
        )


def forget_member(host: Host, name: str) -> None:
    """Remove every share of and with somebody whose account is gone."""
    from sqlalchemy import text

    with host.database.begin() as connection:
        connection.execute(
            text("DELETE FROM labdock_port_share WHERE owner = :name OR with_member = :name"),
            {"name": name},
        )


def _share(row: Any) -> PortShare:
    return PortShare(
        row.id, row.owner, row.workspace, row.port, row.with_member, row.created, row.ends
    )
