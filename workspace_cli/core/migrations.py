"""The schema of Labdock's own tables, version by version.

JupyterHub may share the database and keeps its version in ``alembic_version``;
ours is in ``labdock_version``.  A version, once released, is never edited.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection, Engine, text

from workspace_cli.core import (
    account_tables,
    answer_tables,
    gpu_history_tables,
    opening_tables,
    profile_tables,
    trust_tables,
)
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


def _version_2(connection: Connection) -> None:
    """GPUs and their line, shared ports, notices, the audit trail; times in epoch seconds."""
    for statement in (
        # What the hub knows of a member, for whoever decides without the hub.
        """
        CREATE TABLE labdock_member (
            name VARCHAR(64) PRIMARY KEY,
            role VARCHAR(16) NOT NULL,
            groups_json TEXT NOT NULL
        )
        """,
        # When a lease ends, and the latest end that others leave room for. That it exists, and
        # of which GPUs, the container's labels say.
        """
        CREATE TABLE labdock_lease (
            container VARCHAR(64) PRIMARY KEY,
            owner VARCHAR(64) NOT NULL,
            workspace VARCHAR(64) NOT NULL,
            began DOUBLE PRECISION NOT NULL,
            ends DOUBLE PRECISION,
            extensions INTEGER NOT NULL,
            latest DOUBLE PRECISION,
            warned DOUBLE PRECISION,
            overridden_by VARCHAR(64)
        )
        """,
        # The waiting line. A granted request holds its GPUs until it is claimed or expires.
        """
        CREATE TABLE labdock_request (
            id VARCHAR(32) PRIMARY KEY,
            owner VARCHAR(64) NOT NULL,
            workspace VARCHAR(64) NOT NULL,
            kind VARCHAR(16) NOT NULL,
            wanted_json TEXT NOT NULL,
            options_json TEXT NOT NULL,
            asked DOUBLE PRECISION NOT NULL,
            seen DOUBLE PRECISION NOT NULL,
            state VARCHAR(16) NOT NULL,
            gpus_json TEXT NOT NULL,
            granted DOUBLE PRECISION,
            latest DOUBLE PRECISION,
            note TEXT NOT NULL
        )
        """,
        """
        CREATE TABLE labdock_reservation (
            id VARCHAR(32) PRIMARY KEY,
            gpus_json TEXT NOT NULL,
            for_group VARCHAR(255),
            for_owner VARCHAR(64),
            begins DOUBLE PRECISION NOT NULL,
            ends DOUBLE PRECISION NOT NULL,
            made_by VARCHAR(64) NOT NULL,
            note TEXT NOT NULL
        )
        """,
        # GPUs that are not to be given out, and why.
        """
        CREATE TABLE labdock_gpu_mark (
            gpu VARCHAR(128) PRIMARY KEY,
            reason TEXT NOT NULL,
            since DOUBLE PRECISION NOT NULL
        )
        """,
        # A port of a workspace that its owner lets others open through the hub.
        """
        CREATE TABLE labdock_port_share (
            id VARCHAR(32) PRIMARY KEY,
            owner VARCHAR(64) NOT NULL,
            workspace VARCHAR(64) NOT NULL,
            port INTEGER NOT NULL,
            with_member VARCHAR(64) NOT NULL,
            created DOUBLE PRECISION NOT NULL,
            ends DOUBLE PRECISION NOT NULL
        )
        """,
        # What a member is told on pages, in terminals and in JupyterLab.
        """
        CREATE TABLE labdock_notice (
            id VARCHAR(32) PRIMARY KEY,
            owner VARCHAR(64) NOT NULL,
            workspace VARCHAR(64) NOT NULL,
            kind VARCHAR(32) NOT NULL,
            values_json TEXT NOT NULL,
            created DOUBLE PRECISION NOT NULL,
            ends DOUBLE PRECISION,
            dismissed DOUBLE PRECISION
        )
        """,
        "CREATE INDEX labdock_notice_owner ON labdock_notice (owner, workspace)",
        """
        CREATE TABLE labdock_audit (
            id VARCHAR(32) PRIMARY KEY,
            at DOUBLE PRECISION NOT NULL,
            actor VARCHAR(64) NOT NULL,
            action VARCHAR(64) NOT NULL,
            subject VARCHAR(255) NOT NULL,
            detail TEXT NOT NULL
        )
        """,
        "CREATE INDEX labdock_audit_at ON labdock_audit (at)",
    ):
        connection.execute(text(statement))


def _version_3(connection: Connection) -> None:
    """What members hand in for the lessons, and what grading found; times in epoch seconds."""
    for statement in (
        # The sources are graded again and again until there is a verdict, also after a crash.
        """
        CREATE TABLE labdock_lesson_submission (
            id VARCHAR(32) PRIMARY KEY,
            owner VARCHAR(64) NOT NULL,
            lesson VARCHAR(64) NOT NULL,
            sources_json TEXT NOT NULL,
            digest VARCHAR(64) NOT NULL,
            package VARCHAR(64) NOT NULL,
            version VARCHAR(64) NOT NULL,
            request_key VARCHAR(128),
            state VARCHAR(16) NOT NULL,
            tries INTEGER NOT NULL,
            note TEXT NOT NULL,
            created DOUBLE PRECISION NOT NULL,
            finished DOUBLE PRECISION,
            UNIQUE (owner, request_key),
            CHECK (state IN ('queued', 'running', 'done', 'failed'))
        )
        """,
        "CREATE INDEX labdock_lesson_submission_state ON labdock_lesson_submission (state)",
        # One exercise of a submission that was graded.
        """
        CREATE TABLE labdock_lesson_attempt (
            submission VARCHAR(32) NOT NULL,
            exercise VARCHAR(64) NOT NULL,
            owner VARCHAR(64) NOT NULL,
            lesson VARCHAR(64) NOT NULL,
            ok BOOLEAN NOT NULL,
            kind VARCHAR(64),
            at DOUBLE PRECISION NOT NULL,
            PRIMARY KEY (submission, exercise)
        )
        """,
        "CREATE INDEX labdock_lesson_attempt_owner ON labdock_lesson_attempt (owner, lesson)",
    ):
        connection.execute(text(statement))


def _version_4(connection: Connection) -> None:
    """Environments: who may start from whose, what is kept, what started well; epoch seconds."""
    for statement in (
        # An environment that its owner lets a member, a group or the whole lab start from.
        # That it exists, and whose it is, the image's labels say.
        """
        CREATE TABLE labdock_environment_grant (
            reference VARCHAR(255) NOT NULL,
            kind VARCHAR(16) NOT NULL,
            name VARCHAR(255) NOT NULL,
            owner VARCHAR(64) NOT NULL,
            made_by VARCHAR(64) NOT NULL,
            created DOUBLE PRECISION NOT NULL,
            PRIMARY KEY (reference, kind, name),
            CHECK (kind IN ('member', 'group', 'lab'))
        )
        """,
        # An environment that no retention takes away.
        """
        CREATE TABLE labdock_environment_pin (
            reference VARCHAR(255) PRIMARY KEY,
            owner VARCHAR(64) NOT NULL,
            note TEXT NOT NULL,
            made_by VARCHAR(64) NOT NULL,
            created DOUBLE PRECISION NOT NULL
        )
        """,
        # Images that a workspace came up from, for the way back when another does not.
        """
        CREATE TABLE labdock_good_start (
            owner VARCHAR(64) NOT NULL,
            workspace VARCHAR(64) NOT NULL,
            reference VARCHAR(255) NOT NULL,
            at DOUBLE PRECISION NOT NULL,
            PRIMARY KEY (owner, workspace, reference)
        )
        """,
    ):
        connection.execute(text(statement))


def _version_5(connection: Connection) -> None:
    for statement in account_tables.STATEMENTS:
        connection.execute(text(statement))


def _version_6(connection: Connection) -> None:
    for statement in trust_tables.STATEMENTS:
        connection.execute(text(statement))


def _version_7(connection: Connection) -> None:
    """What admins tell everybody for a while; times in epoch seconds."""
    connection.execute(
        text(
            """
            CREATE TABLE labdock_announcement (
                id VARCHAR(32) PRIMARY KEY,
                told TEXT NOT NULL,
                korean TEXT NOT NULL,
                maintenance BOOLEAN NOT NULL,
                made_by VARCHAR(64) NOT NULL,
                created DOUBLE PRECISION NOT NULL,
                ends DOUBLE PRECISION NOT NULL
            )
            """
        )
    )


def _version_8(connection: Connection) -> None:
    for statement in gpu_history_tables.STATEMENTS:
        connection.execute(text(statement))


def _version_9(connection: Connection) -> None:
    for statement in profile_tables.STATEMENTS:
        connection.execute(text(statement))


def _version_10(connection: Connection) -> None:
    for statement in answer_tables.STATEMENTS:
        connection.execute(text(statement))


def _version_11(connection: Connection) -> None:
    for statement in opening_tables.STATEMENTS:
        connection.execute(text(statement))


VERSIONS: tuple[Callable[[Connection], None], ...] = (
    _version_1,
    _version_2,
    _version_3,
    _version_4,
    _version_5,
    _version_6,
    _version_7,
    _version_8,
    _version_9,
    _version_10,
    _version_11,
)


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
