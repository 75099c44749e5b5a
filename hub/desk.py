"""What the lab's database says of a member, for the templates: the line, leases, notices.

Templates ask while they are rendered, on the event loop: each question is one
short query.  A database that does not answer leaves the page without these
parts rather than without the page.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

from sqlalchemy.exc import SQLAlchemyError

from hub import languages, notice_texts
from hub.machine import Machine
from workspace_cli.core import announcements, disk_limits, lease_rows, line_rows, naming, notices
from workspace_cli.core.announcements import Announcement
from workspace_cli.core.disk_limits import Standing
from workspace_cli.core.errors import LabdockError
from workspace_cli.core.lease_rows import LeaseRow
from workspace_cli.core.line_rows import Request

T = TypeVar("T")
LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class ShownNotice:
    """One notice in the reader's language."""

    id: str
    workspace: str
    server: str
    """The hub's name of the workspace: '' for the default one."""
    kind: str
    text: str
    level: str
    actions: tuple[str, ...]


class Desk:
    """Answers for one machine."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine

    def __deepcopy__(self, memo: dict[int, object]) -> Desk:
        # traitlets copies what a configuration holds; a database has no copy.
        return self

    def notices(self, owner: str) -> list[ShownNotice]:
        """Return a member's open notices, the newest first."""
        host = self._machine.host
        found: list[notices.Notice] = self._asked(
            lambda: notices.open_notices(host.database, now=host.clock(), owner=owner), []
        )
        zone, language = host.settings.timezone, languages.current.get()
        return [
            ShownNotice(
                id=one.id,
                workspace=one.workspace,
                server=_server(one.workspace),
                kind=one.kind,
                text=notice_texts.in_language(one, language, zone),
                level=notice_texts.level(one),
                actions=notice_texts.actions(one),
            )
            for one in found
        ]

    def announcements(self) -> list[Announcement]:
        """Return what admins tell everybody now."""
        return self._asked(lambda: announcements.announcements(self._machine.host), [])

    def waiting(self, owner: str, server: str | None) -> Request | None:
        """Return what a server of a member's waits for, None where it waits for nothing."""
        workspace = naming.workspace_of_server(server or "")
        found: list[Request] = self._asked(lambda: self._read(line_rows.read), [])
        return next((row for row in found if row.identity == (owner, workspace)), None)

    def disk(self, owner: str) -> Standing | None:
        """Return what a member takes up, None where nobody has measured it yet."""
        return self._asked(lambda: disk_limits.standing(self._machine.host, owner), None)

    def lease(self, owner: str, server: str) -> LeaseRow | None:
        """Return when the lease of a running server ends, None where it holds no GPU."""
        name = naming.container_name(owner, naming.workspace_of_server(server))
        return self._asked(lambda: self._read(lease_rows.read).get(name), None)

    @staticmethod
    def moment(at: float) -> datetime:
        """Return seconds since the epoch as templates format them."""
        return datetime.fromtimestamp(at, UTC)

    def _read(self, read: Callable[[Any], T]) -> T:
        with self._machine.host.database.connect() as connection:
            return read(connection)

    @staticmethod
    def _asked(question: Callable[[], T], otherwise: T) -> T:
        try:
            return question()
        except (SQLAlchemyError, LabdockError, OSError) as exc:
            LOG.warning("The page is shown without what the database knows: %s", exc)
            return otherwise


def _server(workspace: str) -> str:
    return "" if workspace == naming.DEFAULT_WORKSPACE else workspace
