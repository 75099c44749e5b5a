"""The tables of saved profiles: the schema's ninth version; times in seconds since the epoch."""

from __future__ import annotations

STATEMENTS: tuple[str, ...] = (
    # ``owner`` is '' for what admins offer, to the group or, where that is '' too, to everybody.
    # ``folded`` is the name as it is compared.
    """
    CREATE TABLE labdock_profile (
        id VARCHAR(32) PRIMARY KEY,
        owner VARCHAR(64) NOT NULL,
        for_group VARCHAR(255) NOT NULL,
        name VARCHAR(60) NOT NULL,
        folded VARCHAR(255) NOT NULL,
        options_json TEXT NOT NULL,
        made_by VARCHAR(64) NOT NULL,
        created DOUBLE PRECISION NOT NULL,
        UNIQUE (owner, folded)
    )
    """,
    # The profile that a member wants to find chosen.
    """
    CREATE TABLE labdock_profile_first (
        owner VARCHAR(64) PRIMARY KEY,
        profile VARCHAR(32) NOT NULL
    )
    """,
)
