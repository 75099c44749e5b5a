"""The tables of how GPUs were used: the schema's eighth version.

``begins`` is the start of a minute or an hour in seconds since the epoch.  An hour keeps
sums, so that whatever is folded into it later is simply added.
"""

from __future__ import annotations

STATEMENTS: tuple[str, ...] = (
    # What a GPU is called, also when it is in the machine no more.
    """
    CREATE TABLE labdock_gpu_seen (
        gpu VARCHAR(128) PRIMARY KEY,
        position INTEGER,
        model VARCHAR(255) NOT NULL,
        memory BIGINT,
        seen BIGINT NOT NULL
    )
    """,
    # A look a minute; use in percent (below idle_below the policy takes it for idle), bytes.
    """
    CREATE TABLE labdock_gpu_minute (
        begins BIGINT NOT NULL,
        gpu VARCHAR(128) NOT NULL,
        utilisation DOUBLE PRECISION,
        used BIGINT,
        idle_below DOUBLE PRECISION NOT NULL,
        holders_json TEXT NOT NULL,
        PRIMARY KEY (begins, gpu)
    )
    """,
    # The looks of an hour; of `measured` of them the use was told, of `used_measured` the memory.
    """
    CREATE TABLE labdock_gpu_hour (
        begins BIGINT NOT NULL,
        gpu VARCHAR(128) NOT NULL,
        minutes INTEGER NOT NULL,
        held INTEGER NOT NULL,
        measured INTEGER NOT NULL,
        utilisation_sum DOUBLE PRECISION NOT NULL,
        utilisation_max DOUBLE PRECISION NOT NULL,
        used_measured INTEGER NOT NULL,
        used_sum DOUBLE PRECISION NOT NULL,
        PRIMARY KEY (begins, gpu)
    )
    """,
    # Who held a GPU in an hour: a workspace (OWNER/NAME), or a container that is nobody's of ours.
    """
    CREATE TABLE labdock_gpu_holding (
        begins BIGINT NOT NULL,
        gpu VARCHAR(128) NOT NULL,
        holder VARCHAR(255) NOT NULL,
        owner VARCHAR(64) NOT NULL,
        minutes INTEGER NOT NULL,
        measured INTEGER NOT NULL,
        idle INTEGER NOT NULL,
        utilisation_sum DOUBLE PRECISION NOT NULL,
        PRIMARY KEY (begins, gpu, holder, owner)
    )
    """,
    # How many waited for GPUs.
    """
    CREATE TABLE labdock_line_minute (
        begins BIGINT PRIMARY KEY,
        waiting INTEGER NOT NULL
    )
    """,
    """
    CREATE TABLE labdock_line_hour (
        begins BIGINT PRIMARY KEY,
        minutes INTEGER NOT NULL,
        waiting_sum INTEGER NOT NULL,
        waiting_max INTEGER NOT NULL
    )
    """,
)
