"""The machine's GPUs over HTTP: ``/hub/api/gpus`` tells how each is used, and who holds it."""

from __future__ import annotations

import asyncio
import json
import time
from typing import Any

from jupyterhub import orm

from hub.json_handler import MachineHandler
from hub.machine import Machine
from workspace_cli.core import gpu_status
from workspace_cli.core.gpu_status import GpuStatus
from workspace_cli.core.gpus import Holder
from workspace_cli.core.policy import Idle

FRESH_SECONDS = 2.0
"""For so long people are given the same answer: each asks the driver and the engine."""


class LatestGpus:
    """The last answer, shared by all who ask at once."""

    def __init__(self) -> None:
        self.rows: list[dict[str, Any]] = []
        self.at = float("-inf")
        self.guard = asyncio.Lock()

    def __deepcopy__(self, memo: dict[int, object]) -> LatestGpus:
        # traitlets copies what a configuration holds; a lock has no copy.
        return self


class GpusHandler(MachineHandler):
    """How every GPU is used."""

    latest: LatestGpus

    def initialize(self, machine: Machine, latest: LatestGpus) -> None:
        """Take what the configuration hands over."""
        self.machine = machine
        self.latest = latest

    async def get(self) -> None:
        """Tell use, state and holders; empty where the machine has no GPU."""
        latest, oldest = self.latest, time.monotonic()
        if not isinstance(self.current_user, orm.Service):
            oldest -= FRESH_SECONDS
        # The portal asks when something has changed: it is told what is so now.
        async with latest.guard:
            if latest.at < oldest:
                began = time.monotonic()
                found = await self.asked(gpu_status.status, self.host)
                policy = await self.asked(lambda: self.host.policy)
                latest.rows = [gpu_model(one, policy.idle) for one in found]
                latest.at = began
        self.write(json.dumps(latest.rows))


def gpu_model(one: GpuStatus, idle: Idle) -> dict[str, Any]:
    """Return one GPU as JSON: bytes, percent, °C, seconds since the epoch."""
    use, gpu = one.use, one.use.gpu
    return {
        "id": gpu.id,
        "index": gpu.index,
        "slice": gpu.slice,
        "model": gpu.name,
        "memory": gpu.memory,
        "used": use.used,
        "utilisation": use.utilisation,
        "idle_below": idle.gpu_percent,
        "temperature": use.temperature,
        "state": one.state,
        "why": one.why,
        "seats": one.seats,
        "holders": [holder_model(holder) for holder in one.holders],
    }


def holder_model(holder: Holder) -> dict[str, Any]:
    """Return one holder as JSON; ``owner`` is None for a container that somebody started."""
    return {
        "name": holder.name,
        "owner": holder.owner or None,
        "workspace": holder.workspace or None,
        "since": holder.since,
        "until": holder.until,
    }


def handlers(machine: Machine) -> list[tuple[Any, ...]]:
    """Return the route, for JupyterHub's ``extra_handlers``."""
    return [(r"/api/gpus", GpusHandler, {"machine": machine, "latest": LatestGpus()})]
