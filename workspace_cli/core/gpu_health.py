"""Which GPUs have failed: marked, so that nobody is given one, until they are well again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from workspace_cli.core import gpu_marks, nvml
from workspace_cli.core.errors import LabdockError
from workspace_cli.core.gpu_inventory import Backend, Gpu, choose_backend, inventory
from workspace_cli.core.gpu_marks import Mark
from workspace_cli.core.gpu_use import LOST, uses
from workspace_cli.core.host import Host
from workspace_cli.core.models import ContainerSummary, Workspace

_LIST = "command -v nvidia-smi >/dev/null || exit 0; exec timeout -s KILL 20 nvidia-smi -L"
_ENDED = ("exited", "dead")


@dataclass(frozen=True)
class HealthChange:
    """A GPU that has failed (``reason`` says how), or is well again (None), and whose it is."""

    gpu: str
    reason: str | None
    holders: tuple[Workspace, ...] = ()


@dataclass(frozen=True)
class Look:
    """What a look at the GPUs found: what is new, and why the driver as a whole is silent."""

    changes: tuple[HealthChange, ...] = ()
    driver_error: str = ""


def look(host: Host) -> Look:
    """Mark GPUs that have failed since the last look, and unmark those that are well again.

    A driver that does not answer at all marks none: ``gpu_use.unready`` gives none
    out meanwhile, and it is no single GPU's fault.
    """
    backend = choose_backend(host.settings, host.info)
    if backend == "none":
        return Look()
    reading = nvml.read()
    if reading.error or not reading.present:
        return Look(driver_error=reading.error)
    rows = host.engine.containers()
    leases = _leases(rows)
    failed = _failed(host, backend, rows, leases)
    marked = gpu_marks.read(host)
    found = {gpu: reason for gpu, reason in failed.items() if gpu not in marked}
    well = [gpu for gpu in marked if gpu not in failed]
    if found or well:
        _write(host, found, well)
    changes = [HealthChange(gpu, reason, _holders(leases, gpu)) for gpu, reason in found.items()]
    return Look((*changes, *(HealthChange(gpu, None, _holders(leases, gpu)) for gpu in well)))


def _leases(rows: Iterable[ContainerSummary]) -> list[Workspace]:
    found = (Workspace.of(row) for row in rows if row.state not in _ENDED)
    return [workspace for workspace in found if workspace and workspace.gpus]


def _failed(
    host: Host, backend: Backend, rows: Iterable[ContainerSummary], leases: Iterable[Workspace]
) -> Mapping[str, str]:
    present: tuple[Gpu, ...] = inventory(backend)
    found = {use.gpu.id: use.trouble for use in uses(host.engine, present, nvml.read(), rows)}
    # NVIDIA's runtime has no list of its own: what the driver has lost is known by its lease.
    held = {gpu for workspace in leases for gpu in workspace.gpus}
    found |= {gpu: LOST for gpu in held if not any(one.is_named(gpu) for one in present)}
    return {gpu: trouble for gpu, trouble in found.items() if trouble}


def _write(host: Host, failed: Mapping[str, str], well: Iterable[str]) -> None:
    now = host.clock()
    with host.database.begin() as connection:
        for gpu, reason in failed.items():
            gpu_marks.put(connection, gpu, Mark(reason, now))
        for gpu in well:
            gpu_marks.drop(connection, gpu)


def _holders(leases: Iterable[Workspace], gpu: str) -> tuple[Workspace, ...]:
    return tuple(workspace for workspace in leases if gpu in workspace.gpus)


def lost_inside(host: Host, workspace: Workspace) -> str:
    """Say why a running workspace cannot reach its GPUs although they are well, or ''.

    A reload of systemd can take them from every running container at once
    (https://github.com/NVIDIA/nvidia-container-toolkit/issues/48); starting the
    workspace again gives them back.  Asks inside the container; takes up to 20 s.
    """
    try:
        ended = host.engine.execute(workspace.container.name, ["sh", "-c", _LIST])
    except LabdockError:
        return ""  # it is on its way down
    output = ended.output.decode(errors="replace").strip()
    if not output and not ended.exit_code:
        return ""  # no nvidia-smi inside to ask
    if ended.exit_code:
        return (output.splitlines() or ["nvidia-smi does not answer"])[0]
    uuids = [gpu for gpu in workspace.gpus if gpu.startswith(("GPU-", "MIG-"))]
    missing = [uuid for uuid in uuids if uuid not in output]
    return f"It no longer sees {', '.join(missing)}" if missing else ""
