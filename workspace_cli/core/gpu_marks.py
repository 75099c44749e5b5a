"""GPUs that are not to be given out, and why: rows of the lab's database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from workspace_cli.core.host import Host


@dataclass(frozen=True)
class Mark:
    """Why a GPU is not given out, and since when (seconds since the epoch)."""

    reason: str
    since: float


def has_database(host: Host) -> bool:
    """Tell whether there is a database; before the first `workspace up` nobody has written one."""
    from workspace_cli.core.database import FILE

    return host.settings.database_url is not None or (host.settings.hub_dir / FILE).exists()


def read(host: Host) -> Mapping[str, Mark]:
    """Return the marks by the GPU's id."""
    if not has_database(host):
        return {}
    from sqlalchemy import text

    with host.database.connect() as connection:
        rows = connection.execute(text("SELECT gpu, reason, since FROM labdock_gpu_mark"))
        return {row.gpu: Mark(row.reason, row.since) for row in rows}


def put(connection: Any, gpu: str, mark: Mark) -> None:
    """Mark a GPU, whatever mark it had."""
    from sqlalchemy import text

    drop(connection, gpu)
    connection.execute(
        text("INSERT INTO labdock_gpu_mark (gpu, reason, since) VALUES (:gpu, :reason, :since)"),
        {"gpu": gpu, "reason": mark.reason, "since": mark.since},
    )


def drop(connection: Any, gpu: str) -> None:
    """Take a GPU's mark off."""
    from sqlalchemy import text

    connection.execute(text("DELETE FROM labdock_gpu_mark WHERE gpu = :gpu"), {"gpu": gpu})
