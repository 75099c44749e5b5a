"""A month of a made-up lab: eight GPUs, some busy day and night, some held and forgotten."""

from __future__ import annotations

import json
import math
import random
from collections.abc import Iterator
from typing import Any

from sqlalchemy import text

from workspace_cli.core import gpu_history_rows
from workspace_cli.core.database import Database
from workspace_cli.core.gpu_history import HOUR, MINUTE, Sample, floor
from workspace_cli.core.gpu_history_rows import DAY

GIB = 2**30
GPUS = 8
COARSE = 10 * MINUTE
"""Seconds between looks in the days that are folded: the figures are the same, the writing less."""
PEOPLE = (
    *(("kim/nlp", 88), ("lee/vit", 94), ("park/diffusion", 97), ("choi/default", 3)),
    *(("jung/llm-finetune", 91), ("han/notes", 2), ("yoon/rl", 46), ("seo/class", 30)),
)
"""Workspaces, and how busy they keep a GPU in percent."""
MEMORY = 80 * GIB


def sample(gpu: int, use: float | None, *holders: str) -> Sample:
    """Return a look at one of the GPUs."""
    return Sample(
        gpu=f"GPU-{gpu}",
        position=gpu,
        model="NVIDIA H100 80GB HBM3",
        memory=MEMORY,
        utilisation=use,
        used=int((0.08 + 0.8 * (use or 0) / 100) * MEMORY) if holders else 3 * 2**20,
        idle_below=5.0,
        holders=tuple((name, name.partition("/")[0]) for name in holders),
    )


def looks(gpu: int, now: int) -> Iterator[tuple[int, Sample]]:
    """Yield a month of looks at one GPU, one lease after another; a night is missing."""
    chance = random.Random(gpu)
    at = now - 30 * DAY
    while at < now:
        holder, usual = chance.choice(PEOPLE)
        until = min(now, at + chance.randint(3, 60) * HOUR)
        free = min(now, until + chance.choice([0, 1, 2, 5, 9]) * HOUR)
        while at < free:
            busy = usual + 6 * math.sin(at / 4000) + chance.gauss(0, 4)
            use = min(100.0, max(0.0, busy)) if at < until else 0.0
            if not now - 31 * HOUR < at < now - 29 * HOUR:
                yield at, sample(gpu, round(use), *([holder] if at < until else []))
            at += COARSE if at < now - 3 * DAY else MINUTE


def waiting(at: int) -> int:
    """Return how many wait: some in the afternoons."""
    return max(0, round(3.2 * math.sin((at % DAY) / DAY * 2 * math.pi - 0.6) - 0.8))


def fill(database: Database, now: float) -> None:
    """Write the month that ends now; what is old is folded."""
    begins = floor(now, MINUTE) + MINUTE
    rows: list[dict[str, Any]] = [
        {
            "at": at,
            "gpu": one.gpu,
            "use": one.utilisation,
            "used": one.used,
            "holders": json.dumps(one.holders),
        }
        for gpu in range(GPUS)
        for at, one in looks(gpu, begins)
    ]
    moments = sorted({row["at"] for row in rows})
    with database.begin() as connection:
        gpu_history_rows.write(connection, now, [sample(gpu, None) for gpu in range(GPUS)])
        connection.execute(text("DELETE FROM labdock_gpu_minute"))
        connection.execute(text("DELETE FROM labdock_line_minute"))
        connection.execute(
            text(
                "INSERT INTO labdock_gpu_minute "
                "(begins, gpu, utilisation, used, idle_below, holders_json) "
                "VALUES (:at, :gpu, :use, :used, 5, :holders)"
            ),
            rows,
        )
        connection.execute(
            text("INSERT INTO labdock_line_minute (begins, waiting) VALUES (:at, :waiting)"),
            [{"at": at, "waiting": waiting(at)} for at in moments],
        )
        gpu_history_rows.fold_old(connection, now)
