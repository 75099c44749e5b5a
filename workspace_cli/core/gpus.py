"""Which GPUs a workspace gets: each GPU to one holder at a time.

The inventory comes from ``nvidia-smi`` and from the CDI specifications that
the engine reads; who holds what is read from the containers.  The choice
itself is a pure function.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from workspace_cli.core import labels
from workspace_cli.core.engine import Engine
from workspace_cli.core.errors import NoFreeGpuError, NotFoundError
from workspace_cli.core.gpu_inventory import (
    Backend,
    Gpu,
    choose_backend,
    computing_processes,
    inventory,
)
from workspace_cli.core.host import Host
from workspace_cli.core.models import Container, ContainerSummary

Wanted = int | Sequence[str] | Literal["all"]

_ENDED = ("exited", "dead")


@dataclass(frozen=True)
class Holder:
    """Who has a GPU: a workspace, a container that somebody started, or a process."""

    name: str
    since: float | None = None
    """Seconds since the epoch."""


def lease(
    host: Host,
    wanted: Wanted,
    containers: Iterable[ContainerSummary],
    prefer: Collection[str] = (),
) -> tuple[Backend, tuple[str, ...]]:
    """Return by which backend, and which GPUs, a workspace gets, given all other containers.

    To be called under the host's lock; nothing is asked of anyone where none is
    wanted.  Raises NoFreeGpuError.
    """
    if wanted in (0, ()):
        return "none", ()
    backend = choose_backend(host.settings, host.info)
    present = inventory(backend)
    held = holders(host.engine, containers, present, computing_processes())
    return backend, choose(present, held, wanted, prefer)


def choose(
    present: Sequence[Gpu],
    held: Mapping[str, Holder],
    wanted: Wanted,
    prefer: Collection[str] = (),
) -> tuple[str, ...]:
    """Return the ids of the GPUs to lease, in the inventory's order.

    ``held`` maps ids to their holders; of the free GPUs those in ``prefer``
    come first.  Raises NoFreeGpuError, which says who holds what.
    """
    if wanted in (0, ()):
        return ()
    if not present:
        raise NoFreeGpuError(
            "This host has no GPU that containers can use.",
            "Ask for none, or see `workspace doctor` for what is missing.",
        )
    free = [gpu.id for gpu in present if gpu.id not in held]
    if wanted == "all":
        wanted = len(present)
    if isinstance(wanted, int):
        if wanted > len(free):
            raise _not_enough(present, held, wanted)
        free.sort(key=lambda gpu_id: gpu_id not in prefer)
        chosen = set(free[:wanted])
    else:
        chosen = {_named(present, held, text) for text in wanted}
    return tuple(gpu.id for gpu in present if gpu.id in chosen)


def holders(
    engine: Engine,
    containers: Iterable[ContainerSummary],
    present: Sequence[Gpu],
    processes: Mapping[str, int] | None = None,
) -> dict[str, Holder]:
    """Return who holds each GPU of the inventory, among containers that have not ended.

    Ours hold what their label says; any other container what it was made with.
    ``processes`` maps UUIDs to the process that computes there: what no
    container accounts for is held by that process.
    """
    found: dict[str, Holder] = {}
    for row in containers:
        if row.state in _ENDED:
            continue
        try:
            container = engine.container(row.id)
        except NotFoundError:
            continue  # removed since the list
        for gpu in present:
            if any(gpu.is_called(text) for text in _claims(container)):
                found.setdefault(gpu.id, _holder(container))
    for gpu in present:
        if gpu.uuid in (processes or {}) and gpu.id not in found:
            found[gpu.id] = Holder(f"process {(processes or {})[gpu.uuid]}")
    return found


def _claims(container: Container) -> Iterable[str]:
    if labels.OWNER in container.labels:
        return container.labels.get(labels.GPUS, "").split(",")
    return container.gpus


def _holder(container: Container) -> Holder:
    owner, workspace = (container.labels.get(name) for name in (labels.OWNER, labels.WORKSPACE))
    name = f"{owner}/{workspace}" if owner and workspace else f"container {container.name}"
    return Holder(name, container.started or container.created)


def _named(present: Sequence[Gpu], held: Mapping[str, Holder], text: str) -> str:
    gpu = next((gpu for gpu in present if gpu.is_called(text)), None)
    if gpu is None:
        known = ", ".join(gpu.id for gpu in present)
        raise NoFreeGpuError(f"This host has no GPU {text}.", f"It has: {known}.")
    if gpu.id in held:
        raise NoFreeGpuError(f"{_told(gpu, held[gpu.id])}.", "Choose another, or wait for it.")
    return gpu.id


def _not_enough(present: Sequence[Gpu], held: Mapping[str, Holder], wanted: int) -> NoFreeGpuError:
    free = sum(gpu.id not in held for gpu in present)
    told = "; ".join(_told(gpu, held[gpu.id]) for gpu in present if gpu.id in held)
    return NoFreeGpuError(
        f"{wanted} GPUs were asked for, and {free} of {len(present)} are free."
        + (f" {told}." if told else ""),
        "Ask for fewer, or wait until one is given back.",
    )


def _told(gpu: Gpu, holder: Holder) -> str:
    since = ""
    if holder.since is not None:
        since = f" since {datetime.fromtimestamp(holder.since, UTC):%Y-%m-%d %H:%M} UTC"
    return f"{gpu.id} is held by {holder.name}{since}"
