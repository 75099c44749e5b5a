"""The table of what members have confirmed to be opened: the schema's eleventh version.

``name`` is the member's account; times are seconds since the epoch.  The number that a row is
found by is kept as a hash, so that a copy of the database leads nobody's browser anywhere.
"""

from __future__ import annotations

STATEMENTS: tuple[str, ...] = (
    """
    CREATE TABLE labdock_opening (
        digest VARCHAR(64) PRIMARY KEY,
        name VARCHAR(64) NOT NULL,
        workspace VARCHAR(64) NOT NULL,
        repository TEXT NOT NULL,
        branch TEXT NOT NULL,
        path TEXT NOT NULL,
        ends DOUBLE PRECISION NOT NULL
    )
    """,
    "CREATE INDEX labdock_opening_name ON labdock_opening (name)",
)
