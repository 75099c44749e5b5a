"""The lab's SQL database: what changes and therefore cannot be a label.

Accounts, members' roles, the ends of leases, the waiting line, reservations,
shared ports, notices and the audit trail.  Hub and command line open the same
one; what is decided from it together with the engine is decided under the
host's lock.  SQLAlchemy is imported where a database is opened, so this module
is never imported on the way of a command that needs none.
"""

from __future__ import annotations

import re
import socket
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

import sqlalchemy
from sqlalchemy import Engine, event
from sqlalchemy.exc import OperationalError

from workspace_cli.core import migrations
from workspace_cli.core.errors import SetupError
from workspace_cli.core.settings import Settings

FILE = "labdock.sqlite"
_HOST_NAME = "host.docker.internal"
"""What the hub's container calls the machine that it runs on."""


class Database:
    """One database, connected to when it is first used; safe in several threads.

    ``begin()`` and ``connect()`` are SQLAlchemy's, after the tables have been
    brought up to date.  Raises SetupError where it cannot be reached.
    """

    def __init__(self, url: str) -> None:
        self._url = url

    def __deepcopy__(self, memo: dict[int, object]) -> Database:
        # traitlets copies what a configuration holds; a connection pool has no copy.
        return self

    @cached_property
    def engine(self) -> Engine:
        """The engine, not yet connected and not migrated."""
        engine = sqlalchemy.create_engine(self._url, pool_pre_ping=True)
        if engine.dialect.name == "sqlite":
            _make_transactions_real(engine)
        return engine

    @cached_property
    def _ready(self) -> Engine:
        try:
            migrations.migrate(self.engine)
        except OperationalError as exc:
            raise SetupError(
                f"The database cannot be reached: {exc.orig}.",
                "Check WORKSPACE_DATABASE_URL, or run `workspace up` where there is none yet.",
            ) from exc
        return self.engine

    def migrate(self) -> int:
        """Make or update the tables; return their version."""
        return migrations.migrate(self.engine)

    def begin(self) -> Any:
        """Return a context manager: a connection in a transaction."""
        return self._ready.begin()

    def connect(self) -> Any:
        """Return a context manager: a connection for reading."""
        return self._ready.connect()

    def close(self) -> None:
        """Close the connections."""
        self.engine.dispose()


def open_database(settings: Settings) -> Database:
    """Return the lab's database; the folder of a SQLite file is made where it is missing."""
    if settings.database_url is None:
        try:
            settings.hub_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as exc:
            raise SetupError(
                f"The folder {settings.hub_dir} cannot be made: {exc.strerror}.",
                "Run the command as root, or set WORKSPACE_ROOT to a folder of yours.",
            ) from exc
    return Database(reachable(database_url(settings, FILE)))


def database_url(settings: Settings, file: str) -> str:
    """Return SQLAlchemy's URL of the lab's database.

    Without WORKSPACE_DATABASE_URL it is a SQLite file of this name in the hub's folder.
    """
    url = settings.database_url
    if url is None:
        return f"sqlite:///{settings.hub_dir / file}"
    # SQLAlchemy's own default for postgresql:// is a driver that we do not carry.
    return re.sub(r"^postgresql://", "postgresql+psycopg://", url)


def reachable(url: str) -> str:
    """Return the URL with the machine's own address where only the hub's container knows its name.

    The command line runs on the machine that containers call host.docker.internal.
    """
    if urlsplit(url).hostname != _HOST_NAME:
        return url
    try:
        socket.getaddrinfo(_HOST_NAME, None)
    except OSError:
        return url.replace(_HOST_NAME, "127.0.0.1", 1)
    return url


def _make_transactions_real(engine: Engine) -> None:
    """Let SQLAlchemy begin SQLite's transactions, which the driver would begin too late.

    They begin with the write lock, so that one which reads first never fails to write later.

    https://docs.sqlalchemy.org/en/20/dialects/sqlite.html#pysqlite-serializable
    """

    @event.listens_for(engine, "connect")
    def connected(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        connection.execute("PRAGMA busy_timeout = 10000")

    @event.listens_for(engine, "begin")
    def begin(connection: sqlalchemy.Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
