"""How each GPU is used, by whose processes, and which GPUs are not to be handed on yet."""

from __future__ import annotations

import pwd
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from workspace_cli.core import gpu_marks, labels, nvml
from workspace_cli.core.engine import Engine
from workspace_cli.core.errors import NotFoundError
from workspace_cli.core.gpu_inventory import Gpu, choose_backend, inventory
from workspace_cli.core.host import Host
from workspace_cli.core.models import ContainerSummary, Workspace
from workspace_cli.core.nvml import Device, Kind, Reading

_JUST_NOW = 0.1
"""Seconds."""
_ENDED = ("exited", "dead")
LOST = "The driver no longer finds it"


@dataclass(frozen=True, kw_only=True)
class GpuProcess:
    """A process that uses a GPU, and whose it is; ``memory`` in bytes, None where unknown.

    ``workspace`` is OWNER/NAME; ``container`` the name of the container that it runs in,
    a workspace's or anybody's; both are empty for a process of the machine itself.
    """

    pid: int
    kind: Kind
    memory: int | None
    name: str
    user: str
    container: str = ""
    workspace: str = ""

    def __str__(self) -> str:
        """Say whose it is: ``kim/nlp``, ``container notes`` or ``process 42 of lee (python)``."""
        if self.workspace:
            return self.workspace
        if self.container:
            return f"container {self.container}"
        user = f" of {self.user}" if self.user else ""
        return f"process {self.pid}{user}" + (f" ({self.name})" if self.name else "")


@dataclass(frozen=True, kw_only=True)
class GpuUse:
    """One GPU now: percent, bytes, °C, None where the driver does not tell.

    ``trouble`` says what is wrong with it, '' where it is healthy.
    """

    gpu: Gpu
    utilisation: int | None = None
    used: int | None = None
    temperature: int | None = None
    processes: tuple[GpuProcess, ...] = ()
    trouble: str = ""


def use_of(host: Host, containers: Iterable[ContainerSummary] | None = None) -> list[GpuUse]:
    """Return the use of every GPU that containers can be given, in the inventory's order.

    ``containers`` are the engine's, where the caller has listed them already.
    """
    present = inventory(choose_backend(host.settings, host.info))
    if not present:
        return []
    rows = host.engine.containers() if containers is None else containers
    return uses(host.engine, present, nvml.read(), rows)


def uses(
    engine: Engine, present: Iterable[Gpu], reading: Reading, containers: Iterable[ContainerSummary]
) -> list[GpuUse]:
    """Join the inventory with an answer of the driver; processes are traced to containers."""
    known = {row.id: row for row in containers}
    return [_use(engine, gpu, reading, known) for gpu in present]


def _use(engine: Engine, gpu: Gpu, reading: Reading, known: dict[str, ContainerSummary]) -> GpuUse:
    found = find_device(gpu, reading)
    if found is None:
        # Without the driver's library nobody can tell: a CDI specification alone is believed.
        trouble = reading.error or (LOST if reading.present else "")
        return GpuUse(gpu=gpu, trouble=trouble)
    whole, part = found
    return GpuUse(
        gpu=gpu,
        utilisation=part.utilisation,
        used=part.used,
        temperature=whole.temperature,
        processes=tuple(_trace(engine, process, known) for process in part.processes),
        trouble=part.trouble or whole.trouble,
    )


def find_device(gpu: Gpu, reading: Reading) -> tuple[Device, Device] | None:
    """Return what the driver says of a GPU, and of the slice of it that is meant (or itself)."""
    for device in reading.devices:
        if not gpu.mig and (
            gpu.uuid == device.uuid if gpu.uuid and device.uuid else _same_number(gpu, device)
        ):
            return device, device
        for part in device.slices:
            if gpu.uuid == part.uuid:
                return device, part
    return None


def _same_number(gpu: Gpu, device: Device) -> bool:
    return not device.mig and gpu.index == device.index


def _trace(engine: Engine, process: nvml.Process, known: dict[str, ContainerSummary]) -> GpuProcess:
    row = _container_of(engine, process.containers, known)
    workspace = Workspace.of(row) if row else None
    return GpuProcess(
        pid=process.pid,
        kind=process.kind,
        memory=process.memory,
        name=process.name,
        user=_user(process.uid),
        container=row.name if row else "",
        workspace=workspace.reference if workspace else "",
    )


def _container_of(
    engine: Engine, ids: Iterable[str], known: dict[str, ContainerSummary]
) -> ContainerSummary | None:
    """Return the outermost container of this engine's; the machine itself may be in one."""
    for container_id in ids:
        if container_id not in known:
            try:
                known[container_id] = engine.container(container_id)
            except NotFoundError:
                continue
        return known[container_id]
    return None


def _user(uid: int | None) -> str:
    if uid is None:
        return ""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"uid {uid}"


def unready(
    host: Host,
    present: Sequence[Gpu],
    containers: Iterable[ContainerSummary],
    held: Collection[str] = (),
) -> dict[str, str]:
    """Return the GPUs that nobody is to be given now, by id, each with the reason.

    A GPU is handed on only when it is well, nobody computes on it who does not
    hold it, and its memory is free again; of those in ``held`` the holders'
    memory says nothing.  What only draws on a screen is let be.
    """
    rows = list(containers)
    found = _unready(host, present, rows, held, nvml.read())
    # What was so half a second ago may be over: a workspace that just stopped is gone by now.
    return _unready(host, present, rows, held, nvml.read(_JUST_NOW)) if found else found


def _unready(
    host: Host,
    present: Sequence[Gpu],
    rows: Sequence[ContainerSummary],
    held: Collection[str],
    reading: Reading,
) -> dict[str, str]:
    marks = gpu_marks.read(host)
    least = host.policy.lease.free_memory
    found = {}
    for use in uses(host.engine, present, reading, rows):
        gpu = use.gpu
        reason = use.trouble or (marks[gpu.id].reason if gpu.id in marks else "")
        reason = reason or _stranger(host.engine, use, rows)
        if not reason and gpu.id not in held:
            bound = least if isinstance(least, int) else int(least * gpu.memory)
            reason = _left_behind(use, bound)
        if reason:
            found[gpu.id] = reason
    return found


def _stranger(engine: Engine, use: GpuUse, rows: Iterable[ContainerSummary]) -> str:
    """Name somebody who computes on a GPU without holding it."""
    for process in use.processes:
        if process.kind == "graphics":
            continue
        if not process.container or not _may_use(engine, process.container, use.gpu, rows):
            return f"{process} uses it without holding it"
    return ""


def _may_use(engine: Engine, name: str, gpu: Gpu, rows: Iterable[ContainerSummary]) -> bool:
    row = next((row for row in rows if row.name == name), None)
    try:
        row = engine.container(name) if row is None else row
        return row.state not in _ENDED and any(gpu.is_called(text) for text in claims(engine, row))
    except NotFoundError:
        return False  # it is gone, and its process nearly so


def claims(engine: Engine, row: ContainerSummary) -> Sequence[str]:
    """Return what a container says of the GPUs that it was given; NotFoundError if it is gone.

    Ours say it in their label; of any other one what it was made with counts.
    """
    if labels.READER in row.labels:
        return ()  # it looks, and computes nothing
    if labels.OWNER in row.labels:
        return [text for text in row.labels.get(labels.GPUS, "").split(",") if text]
    return engine.container(row.id).gpus


def _left_behind(use: GpuUse, bound: int) -> str:
    """Tell of memory that no living process accounts for."""
    if use.used is None or any(process.memory is None for process in use.processes):
        return ""
    left = use.used - sum(process.memory or 0 for process in use.processes)
    if left <= bound:
        return ""
    return f"{left / 2**30:.1f} GiB of its memory are still in use"
