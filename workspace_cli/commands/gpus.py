"""``workspace gpus``."""

from __future__ import annotations

from collections.abc import Iterable
from time import sleep
from typing import TYPE_CHECKING, Annotated, Any

import typer

from workspace_cli import parameters
from workspace_cli.core.errors import InvalidInputError
from workspace_cli.invocation import Invocation, command_app, examples
from workspace_cli.text import iso, local

if TYPE_CHECKING:
    from workspace_cli.core.gpu_status import GpuStatus
    from workspace_cli.core.gpu_use import GpuProcess
    from workspace_cli.core.gpus import Holder

app = command_app()

PERIOD = 2.0
"""Seconds between two tables."""
_COLUMNS = ("gpu", "name", "uuid", "memory", "use", "state", "holder", "since", "until")
_CLEAR = "\x1b[H\x1b[J"
_UUID_SHOWN = 12


@app.command(
    epilog=examples(
        "workspace gpus             who holds what until when, and how it is used",
        "workspace gpus --watch     the same every two seconds, until Ctrl-C",
        "workspace gpus --json | jq '.[] | select(.state == \"free\") | .id'",
    )
)
def gpus(
    context: typer.Context,
    watch: Annotated[
        bool, typer.Option("-w", "--watch", help="Show it again every two seconds, until Ctrl-C.")
    ] = False,
    json: parameters.Json = False,
) -> None:
    """Show the GPUs: use, holders, terms, processes."""
    call = Invocation.of(context)
    if watch and json:
        raise InvalidInputError("--watch and --json do not go together.", "Leave one of them out.")
    if json:
        from workspace_cli.core.gpu_status import status

        call.console.json([row(one) for one in status(call.host)])
    elif watch:
        _watch(call)
    else:
        _show(call)


def _watch(call: Invocation) -> None:
    try:
        while True:
            if call.console.out.isatty():
                call.console.out.write(_CLEAR)
            _show(call)
            call.console.out.flush()
            sleep(PERIOD)
    except KeyboardInterrupt:
        return  # how a person ends it


def _show(call: Invocation) -> None:
    from workspace_cli.core.gpu_inventory import absence
    from workspace_cli.core.gpu_status import status

    found = status(call.host)
    if not found:
        call.console.print(absence(call.settings, call.host.info))
        return
    call.console.table(_COLUMNS, [_cells(one) for one in found])
    processes = [(one, process) for one in found for process in one.use.processes]
    if processes:
        call.console.print()
        call.console.table(
            ("gpu", "pid", "program", "memory", "whose"),
            [_process_cells(one, process) for one, process in processes],
        )


def _cells(one: GpuStatus) -> tuple[str, ...]:
    gpu, use = one.use.gpu, one.use
    shown = one.state
    text = f"shared {len(one.holders)}/{one.seats}" if shown == "shared" else shown
    return (
        gpu.number,
        gpu.name,
        (gpu.uuid or gpu.id)[:_UUID_SHOWN] if gpu.uuid else gpu.id,
        _share(use.used, gpu.memory),
        "" if use.utilisation is None else f"{use.utilisation}%",
        f"{text}: {one.why}" if one.why else text,
        ", ".join(holder.name for holder in one.holders),
        _moments(holder.since for holder in one.holders),
        _moments(holder.until for holder in one.holders),
    )


def _share(used: int | None, whole: int) -> str:
    if not whole:
        return ""
    return f"{'?' if used is None else f'{used / 2**30:.1f}'}/{whole / 2**30:.1f} GiB"


def _moments(moments: Iterable[float | None]) -> str:
    """Write moments as the clock on the wall shows them, to the minute, without the year."""
    return ", ".join("-" if moment is None else local(moment)[5:16] for moment in moments)


def _process_cells(one: GpuStatus, process: GpuProcess) -> tuple[str, ...]:
    memory = "?" if process.memory is None else f"{process.memory / 2**30:.1f} GiB"
    whose = process.workspace or (f"container {process.container}" if process.container else "")
    return (one.use.gpu.number, str(process.pid), process.name, memory, whose or process.user)


def row(one: GpuStatus) -> dict[str, Any]:
    """Return one GPU as ``--json`` prints it; memory in bytes, moments as ISO 8601."""
    gpu, use = one.use.gpu, one.use
    return {
        "id": gpu.id,
        "uuid": gpu.uuid,
        "index": gpu.index,
        "slice": gpu.slice,
        "name": gpu.name,
        "driver": gpu.driver,
        "memory": gpu.memory,
        "memory_used": use.used,
        "utilisation": use.utilisation,
        "temperature": use.temperature,
        "state": one.state,
        "why": one.why,
        "seats": one.seats,
        "holders": [_holder(holder) for holder in one.holders],
        "processes": [vars(process) for process in use.processes],
    }


def _holder(holder: Holder) -> dict[str, Any]:
    return {
        "name": holder.name,
        "owner": holder.owner or None,
        "workspace": holder.workspace or None,
        "since": None if holder.since is None else iso(holder.since),
        "until": None if holder.until is None else iso(holder.until),
    }
