"""The schema of Labdock's own tables, version by version.

JupyterHub may share the database and keeps its version in ``alembic_version``;
ours is in ``labdock_version``.  A version, once released, is never edited.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection, Engine, text

from workspace_cli.core.errors import SetupError

_LOCK = 0x1ABD0C
"""Key of the PostgreSQL advisory lock under which a migration runs."""


def _version_1(connection: Connection) -> None:
    connection.execute(
        text(
            """
            CREATE TABLE labdock_account (
                name VARCHAR(64) PRIMARY KEY,
                password VARCHAR(255) NOT NULL,
                state VARCHAR(16) NOT NULL,
                admin BOOLEAN NOT NULL,
                created DOUBLE PRECISION NOT NULL,
                password_changed DOUBLE PRECISION NOT NULL,
                CHECK (state IN ('active', 'pending', 'disabled'))
            )
            """
        )
    )


VERSIONS: tuple[Callable[[Connection], None], ...] = (_version_1,)


def migrate(engine: Engine) -> int:
    """Bring the tables up to date in one transaction and return the version.

    Raises SetupError where the database is from a newer Labdock.
    """
    with engine.begin() as connection:
        _take_turns(connection)
        connection.execute(
            text("CREATE TABLE IF NOT EXISTS labdock_version (version INTEGER NOT NULL)")
        )
    with engine.begin() as connection:
        _take_turns(connection)
        version = connection.execute(text("SELECT version FROM labdock_version")).scalar()
        if version is None:
            connection.execute(text("INSERT INTO labdock_version (version) VALUES (0)"))
        elif version > len(VERSIONS):
            raise SetupError(
                f"The database is from a newer Labdock (its tables have version {version}, "
                f"this Labdock knows {len(VERSIONS)}).",
                "Install that Labdock again, or restore a backup from before it.",
            )
        for upgrade in VERSIONS[version or 0 :]:
            upgrade(connection)
        connection.execute(
            text("UPDATE labdock_version SET version = :version"), {"version": len(VERSIONS)}
        )
    return len(VERSIONS)


def _take_turns(connection: Connection) -> None:
    """Let a second process that migrates at the same time wait for the first.

    SQLite's transactions begin with its write lock already (``accounts.py``).
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
