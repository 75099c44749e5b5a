"""The rows of how GPUs were used: minutes for two days, hours for ninety, nothing beyond.

A minute that is there already stays as it is, so that a second portal, or the same one after
a restart, counts nothing twice; what is folded is deleted in the same transaction.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any

from workspace_cli.core.gpu_history import (
    HOUR,
    MINUTE,
    Holding,
    LineSlot,
    Sample,
    Slot,
    floor,
    fold,
    fold_line,
)

DAY = 86400
MINUTES_KEPT = 2 * DAY
HOURS_KEPT = 90 * DAY
"""Seconds."""

_MINUTES = """
    SELECT {begins} AS begins, gpu, holders_json, COUNT(*) AS minutes,
           COUNT(utilisation) AS measured, COALESCE(SUM(utilisation), 0) AS utilisation_sum,
           COALESCE(MAX(utilisation), 0) AS utilisation_max, COUNT(used) AS used_measured,
           COALESCE(SUM(used), 0) AS used_sum,
           COALESCE(SUM(CASE WHEN utilisation < idle_below THEN 1 ELSE 0 END), 0) AS idle
    FROM labdock_gpu_minute WHERE begins >= :begin AND begins < :end
    GROUP BY {begins}, gpu, holders_json
"""
_HOUR_COLUMNS = (
    *("begins", "gpu", "minutes", "held", "measured", "utilisation_sum", "utilisation_max"),
    *("used_measured", "used_sum"),
)
_HOLDING_COLUMNS = ("holder", "owner", "minutes", "measured", "idle", "utilisation_sum")
_HOURS = f"""
    SELECT {", ".join(_HOUR_COLUMNS)}
    FROM labdock_gpu_hour WHERE begins >= :begin AND begins < :end
"""  # noqa: S608 - our own names, here and below
_HOLDINGS = f"""
    SELECT begins, gpu, {", ".join(_HOLDING_COLUMNS)}
    FROM labdock_gpu_holding WHERE begins >= :begin AND begins < :end
"""  # noqa: S608
_LINE = """
    SELECT begins, 1 AS minutes, waiting AS waiting_sum, waiting AS waiting_max
    FROM labdock_line_minute WHERE begins >= :begin AND begins < :end
    UNION ALL
    SELECT begins, minutes, waiting_sum, waiting_max
    FROM labdock_line_hour WHERE begins >= :begin AND begins < :end
"""
_TAKE_MINUTES = """
    DELETE FROM labdock_gpu_minute WHERE begins < :cut
    RETURNING begins, gpu, holders_json, 1 AS minutes,
              CASE WHEN utilisation IS NULL THEN 0 ELSE 1 END AS measured,
              COALESCE(utilisation, 0) AS utilisation_sum,
              COALESCE(utilisation, 0) AS utilisation_max,
              CASE WHEN used IS NULL THEN 0 ELSE 1 END AS used_measured,
              COALESCE(used, 0) AS used_sum,
              CASE WHEN utilisation < idle_below THEN 1 ELSE 0 END AS idle
"""
_TAKE_LINE = """
    DELETE FROM labdock_line_minute WHERE begins < :cut
    RETURNING begins, 1 AS minutes, waiting AS waiting_sum, waiting AS waiting_max
"""


@dataclass(frozen=True, kw_only=True)
class Seen:
    """A GPU that was there: its number and name, and its memory in bytes."""

    gpu: str
    position: int | None
    model: str
    memory: int | None


def write(connection: Any, now: float, samples: Sequence[Sample]) -> None:
    """Write a look at the GPUs and the line; of the minute's first look nothing changes."""
    from sqlalchemy import text

    begins = floor(now, MINUTE)
    waiting = connection.execute(
        text("SELECT COUNT(*) FROM labdock_request WHERE granted IS NULL")
    ).scalar()
    _run(
        connection,
        "INSERT INTO labdock_line_minute (begins, waiting) VALUES (:begins, :waiting) "
        "ON CONFLICT DO NOTHING",
        [{"begins": begins, "waiting": waiting}],
    )
    rows = [
        {**asdict(one), "begins": begins, "holders": json.dumps(one.holders)}
        # Two portals that write in different orders would wait for each other.
        for one in sorted(samples, key=lambda one: one.gpu)
    ]
    _run(
        connection,
        "INSERT INTO labdock_gpu_minute (begins, gpu, utilisation, used, idle_below, holders_json) "
        "VALUES (:begins, :gpu, :utilisation, :used, :idle_below, :holders) "
        "ON CONFLICT DO NOTHING",
        rows,
    )
    _run(
        connection,
        "INSERT INTO labdock_gpu_seen (gpu, position, model, memory, seen) "
        "VALUES (:gpu, :position, :model, :memory, :begins) ON CONFLICT (gpu) DO UPDATE SET "
        "position = excluded.position, model = excluded.model, memory = excluded.memory, "
        "seen = excluded.seen",
        rows,
    )


def seen(connection: Any, since: float) -> list[Seen]:
    """Return the GPUs that were there at some time since a moment, in the machine's order."""
    from sqlalchemy import text

    rows = connection.execute(
        text("SELECT gpu, position, model, memory FROM labdock_gpu_seen WHERE seen >= :since"),
        {"since": since},
    )
    found = [Seen(**row) for row in rows.mappings()]
    return sorted(
        found, key=lambda one: (one.position is None, one.position or 0, one.model, one.gpu)
    )


def read(connection: Any, begin: int, end: int, length: int) -> list[Slot]:
    """Return what is known of a time, in slots of ``length`` seconds (an hour where it is old)."""
    from sqlalchemy import text

    # Whole numbers divide without a rest in both databases.
    minutes = _MINUTES.format(begins=f"(begins / {int(length)}) * {int(length)}")
    bounds = {"begin": begin, "end": end}
    return fold(
        [
            *(_of_minutes(row) for row in connection.execute(text(minutes), bounds)),
            *_hours(
                connection.execute(text(_HOURS), bounds).all(),
                connection.execute(text(_HOLDINGS), bounds).all(),
            ),
        ],
        length,
    )


def read_line(connection: Any, begin: int, end: int, length: int) -> list[LineSlot]:
    """Return how many waited in a time, in slots of ``length`` seconds."""
    from sqlalchemy import text

    rows = connection.execute(text(_LINE), {"begin": begin, "end": end}).mappings()
    return fold_line((LineSlot(**row) for row in rows), length)


def fold_old(connection: Any, now: float) -> None:
    """Fold minutes that are old into hours, and forget hours that are older."""
    cut = {"cut": floor(now - MINUTES_KEPT, HOUR)}
    # Whoever deletes a row has it alone: a second portal finds nothing left to count.
    rows = _run(connection, _TAKE_MINUTES, cut).all()
    _add(connection, fold(map(_of_minutes, rows), HOUR))
    line = _run(connection, _TAKE_LINE, cut).mappings()
    _add_line(connection, fold_line([LineSlot(**row) for row in line], HOUR))
    oldest = {"cut": floor(now - HOURS_KEPT, HOUR)}
    for table in ("labdock_gpu_hour", "labdock_gpu_holding", "labdock_line_hour"):
        _run(connection, f"DELETE FROM {table} WHERE begins < :cut", oldest)  # noqa: S608
    _run(connection, "DELETE FROM labdock_gpu_seen WHERE seen < :cut", oldest)


def _add(connection: Any, slots: Iterable[Slot]) -> None:
    rows = [vars(slot) for slot in slots]
    held = [
        {"begins": row["begins"], "gpu": row["gpu"], **vars(holding)}
        for row in rows
        for holding in row["holdings"]
    ]
    _upsert(
        connection,
        "labdock_gpu_hour",
        ("begins", "gpu"),
        ("minutes", "held", "measured", "utilisation_sum", "used_measured", "used_sum"),
        rows,
        "utilisation_max",
    )
    _upsert(
        connection,
        "labdock_gpu_holding",
        ("begins", "gpu", "holder", "owner"),
        ("minutes", "measured", "idle", "utilisation_sum"),
        held,
    )


def _add_line(connection: Any, slots: Iterable[LineSlot]) -> None:
    rows = [vars(slot) for slot in slots]
    columns = ("minutes", "waiting_sum")
    _upsert(connection, "labdock_line_hour", ("begins",), columns, rows, "waiting_max")


def _upsert(
    connection: Any,
    table: str,
    keys: Sequence[str],
    added: Sequence[str],
    rows: list[dict[str, Any]],
    largest: str = "",
) -> None:
    """Write rows; to one that is there, some columns are added, and of one the larger counts."""
    names = [*keys, *added, *([largest] if largest else [])]
    changes = [f"{name} = {table}.{name} + excluded.{name}" for name in added]
    if largest:
        changes.append(
            f"{largest} = CASE WHEN excluded.{largest} > {table}.{largest} "
            f"THEN excluded.{largest} ELSE {table}.{largest} END"
        )
    _run(
        connection,
        f"INSERT INTO {table} ({', '.join(names)}) "  # noqa: S608 - our own names
        f"VALUES ({', '.join(f':{name}' for name in names)}) "
        f"ON CONFLICT ({', '.join(keys)}) DO UPDATE SET {', '.join(changes)}",
        [{name: row[name] for name in names} for row in rows],
    )


def _run(connection: Any, statement: str, values: Any) -> Any:
    from sqlalchemy import text

    return connection.execute(text(statement), values) if values else None


def _of_minutes(row: Any) -> Slot:
    """Return some minutes of one GPU in which the same had it."""
    holders = _holders(row.holders_json)
    return Slot(
        begins=row.begins,
        gpu=row.gpu,
        minutes=row.minutes,
        held=row.minutes if holders else 0,
        measured=row.measured,
        utilisation_sum=row.utilisation_sum,
        utilisation_max=row.utilisation_max,
        used_measured=row.used_measured,
        # PostgreSQL sums whole numbers to a decimal.
        used_sum=float(row.used_sum),
        holdings=tuple(
            Holding(
                holder=holder,
                owner=owner,
                minutes=row.minutes,
                measured=row.measured,
                idle=row.idle,
                utilisation_sum=row.utilisation_sum,
            )
            for holder, owner in holders
        ),
    )


def _hours(hours: Iterable[Any], holdings: Iterable[Any]) -> list[Slot]:
    held: dict[tuple[int, str], list[Holding]] = defaultdict(list)
    for begins, gpu, *values in holdings:
        held[begins, gpu].append(Holding(**dict(zip(_HOLDING_COLUMNS, values, strict=True))))
    return [
        Slot(**dict(zip(_HOUR_COLUMNS, row, strict=True)), holdings=tuple(held[row[0], row[1]]))
        for row in hours
    ]


@lru_cache(maxsize=1024)
def _holders(holders: str) -> tuple[tuple[str, str], ...]:
    # A container can be asked for twice by one name; it holds once.
    return tuple(sorted({(str(name), str(owner)) for name, owner in json.loads(holders)}))
