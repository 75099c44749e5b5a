"""The table of answers that are given again: the schema's tenth version.

Times are seconds since the epoch.  A row without a status stands for a request that is under
way, or that was when its process ended.  What was asked is kept as a keyed hash alone, and an
answer without what it tells once (a password, a token).
"""

from __future__ import annotations

STATEMENTS: tuple[str, ...] = (
    """
    CREATE TABLE labdock_answer (
        who VARCHAR(64) NOT NULL,
        request_key VARCHAR(128) NOT NULL,
        digest VARCHAR(64) NOT NULL,
        process VARCHAR(32) NOT NULL,
        began DOUBLE PRECISION NOT NULL,
        status INTEGER,
        headers_json TEXT NOT NULL,
        body TEXT NOT NULL,
        PRIMARY KEY (who, request_key)
    )
    """,
    "CREATE INDEX labdock_answer_began ON labdock_answer (began)",
)
