"""Everything about each GPU of a machine at one moment: use, state, holders and their terms."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from workspace_cli.core import gpu_marks, gpus, lease_rows, leases, line_rows, reservations
from workspace_cli.core.gpu_use import GpuUse, uses
from workspace_cli.core.gpus import Holder
from workspace_cli.core.host import Host
from workspace_cli.core.line_rows import Request
from workspace_cli.core.models import ContainerSummary
from workspace_cli.core.nvml import read as read_driver
from workspace_cli.core.policy import SharedGpu
from workspace_cli.core.reservations import Reservation
from workspace_cli.core.returning import returning

State = Literal["free", "leased", "shared", "kept", "reserved", "unhealthy", "not ready"]


@dataclass(frozen=True, kw_only=True)
class GpuStatus:
    """One GPU: what it does, who holds it until when, and whether it can be had.

    ``why`` says what keeps it from being given out; ``seats`` is how many may
    hold it at once.
    """

    use: GpuUse
    state: State
    why: str = ""
    holders: tuple[Holder, ...] = ()
    seats: int = 1


def status(host: Host) -> list[GpuStatus]:
    """Return the state of every GPU that containers can be given, in the inventory's order."""
    rows = host.engine.containers()
    seen = gpus.look(host, rows)
    if not seen.present:
        return []
    terms = {name: (term.began, term.ends) for name, term in leases.terms(host).items()}
    held = gpus.with_terms(seen.holders, terms)
    kept, reserved = _promises(host, rows)
    policy = host.policy
    found = []
    for use in uses(host.engine, seen.present, read_driver(), rows):
        gpu = use.gpu
        names = sorted(gpus.names_of(gpu))
        shared = policy.shared(gpu.id, *names)
        found.append(
            _status(
                use,
                holders=held.get(gpu.id, ()),
                unready=seen.unready.get(gpu.id, ""),
                shared=shared,
                promise=kept.get(gpu.id, "") or reserved.get(gpu.id, ""),
                is_kept=gpu.id in kept,
                marked=gpu.id in gpu_marks.read(host),
            )
        )
    return found


def _status(
    use: GpuUse,
    *,
    holders: tuple[Holder, ...],
    unready: str,
    shared: SharedGpu | None,
    promise: str,
    is_kept: bool,
    marked: bool,
) -> GpuStatus:
    seats = shared.holders if shared else 1
    state: State = "shared" if shared and holders else "leased" if holders else "free"
    why = unready
    if use.trouble or marked:
        state, why = "unhealthy", use.trouble or unready
    elif unready and state == "free":
        state = "not ready"
    elif promise and state == "free":
        state, why = "kept" if is_kept else "reserved", promise
    return GpuStatus(use=use, state=state, why=why, holders=holders, seats=seats)


def _promises(
    host: Host, rows: Iterable[ContainerSummary]
) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """Return GPUs kept for somebody whose turn has come, and those reserved now, with for whom."""
    if not gpu_marks.has_database(host):
        return {}, {}
    now = host.clock()
    with host.database.connect() as connection:
        granted: list[Request] = [r for r in line_rows.read(connection) if r.granted is not None]
        terms = lease_rows.read(connection)
        booked: list[Reservation] = reservations.read(connection)
    granted += returning(host, rows, terms, host.policy.lease.claim)
    kept = {gpu: f"for {row.owner}/{row.workspace}" for row in granted for gpu in row.gpus}
    reserved = {
        gpu: f"for {row.group or row.owner} until {gpus.moment(row.ends)}"
        for row in booked
        if row.begins <= now < row.ends
        for gpu in row.gpus
    }
    return kept, reserved
