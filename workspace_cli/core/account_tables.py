"""The tables of accounts beyond name and password: the schema's fifth version.

Times are seconds since the epoch.  What opens a door (an invitation, a reset, a
session, a recovery code) is kept as a hash, so that a copy of the database opens none.
"""

from __future__ import annotations

STATEMENTS: tuple[str, ...] = (
    "ALTER TABLE labdock_account ADD COLUMN about VARCHAR(200) NOT NULL DEFAULT ''",
    # The password was given by somebody else and only serves to choose another one.
    "ALTER TABLE labdock_account ADD COLUMN must_change BOOLEAN NOT NULL DEFAULT FALSE",
    # Who it is at the lab's outside login, NULL for an account with a password of its own.
    "ALTER TABLE labdock_account ADD COLUMN outside VARCHAR(255)",
    "CREATE UNIQUE INDEX labdock_account_outside ON labdock_account (outside)",
    """
    CREATE TABLE labdock_invitation (
        id VARCHAR(16) PRIMARY KEY,
        digest VARCHAR(64) NOT NULL UNIQUE,
        created DOUBLE PRECISION NOT NULL,
        created_by VARCHAR(64) NOT NULL,
        expires DOUBLE PRECISION NOT NULL,
        uses INTEGER NOT NULL,
        uses_left INTEGER NOT NULL,
        groups_json TEXT NOT NULL,
        note VARCHAR(200) NOT NULL
    )
    """,
    # A link with which a member sets a new password, once.
    """
    CREATE TABLE labdock_password_reset (
        name VARCHAR(64) PRIMARY KEY,
        digest VARCHAR(64) NOT NULL UNIQUE,
        expires DOUBLE PRECISION NOT NULL
    )
    """,
    # Guesses that failed: by account, by address, and by a browser that has logged in before.
    """
    CREATE TABLE labdock_login_failure (
        kind VARCHAR(16) NOT NULL,
        subject VARCHAR(255) NOT NULL,
        failures INTEGER NOT NULL,
        latest DOUBLE PRECISION NOT NULL,
        PRIMARY KEY (kind, subject)
    )
    """,
    "CREATE INDEX labdock_login_failure_latest ON labdock_login_failure (latest)",
    """
    CREATE TABLE labdock_second_factor (
        name VARCHAR(64) PRIMARY KEY,
        secret VARCHAR(64) NOT NULL,
        confirmed BOOLEAN NOT NULL,
        last_step BIGINT NOT NULL,
        recovery_json TEXT NOT NULL,
        created DOUBLE PRECISION NOT NULL
    )
    """,
    """
    CREATE TABLE labdock_session (
        id VARCHAR(16) PRIMARY KEY,
        digest VARCHAR(64) NOT NULL UNIQUE,
        session VARCHAR(64) NOT NULL,
        name VARCHAR(64) NOT NULL,
        created DOUBLE PRECISION NOT NULL,
        seen DOUBLE PRECISION NOT NULL,
        address VARCHAR(64) NOT NULL,
        agent VARCHAR(255) NOT NULL
    )
    """,
    "CREATE INDEX labdock_session_name ON labdock_session (name)",
)
