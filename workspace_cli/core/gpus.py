"""Who holds which GPU of this machine, read from the engine.

Ours hold what their labels say until they have ended; a container that somebody
started by hand holds what it was made with.  The choice itself is ``line.py``'s.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from workspace_cli.core.engine import Engine
from workspace_cli.core.errors import NotFoundError
from workspace_cli.core.gpu_inventory import Backend, Gpu, choose_backend, inventory
from workspace_cli.core.gpu_use import claims, unready
from workspace_cli.core.host import Host
from workspace_cli.core.line import LineGpu, Wish
from workspace_cli.core.models import ContainerSummary, Workspace
from workspace_cli.core.policy import Policy
from workspace_cli.core.values import Gpus

_ENDED = ("exited", "dead")


@dataclass(frozen=True)
class Holder:
    """Who has a GPU: a workspace, or a container that somebody started.

    Times in seconds since the epoch; ``until`` is None where nobody knows.
    """

    name: str
    since: float | None = None
    until: float | None = None
    owner: str = ""
    workspace: str = ""
    seat: bool = False
    """Whether it asked for one seat of a shared GPU only."""


@dataclass(frozen=True)
class Look:
    """The GPUs of a machine at one moment: who holds each, and which are not to be given out."""

    backend: Backend
    present: tuple[Gpu, ...] = ()
    holders: Mapping[str, tuple[Holder, ...]] = field(default_factory=dict)
    unready: Mapping[str, str] = field(default_factory=dict)

    def line_gpus(self, policy: Policy) -> tuple[LineGpu, ...]:
        """Return the GPUs as the waiting line takes them, with the seats that the policy gives."""
        return tuple(self._line_gpu(gpu, policy) for gpu in self.present)

    def _line_gpu(self, gpu: Gpu, policy: Policy) -> LineGpu:
        names = names_of(gpu)
        shared = policy.shared(gpu.id, *sorted(names))
        return LineGpu(
            id=gpu.id,
            names=frozenset(names),
            model=gpu.name,
            shared=shared is not None,
            seats=1 if shared is None else shared.holders,
            unready=self.unready.get(gpu.id, ""),
        )


def look(host: Host, containers: Iterable[ContainerSummary]) -> Look:
    """Return who holds what now, among some containers (all but the one that asks).

    To be called under the host's lock where something is decided from it.
    """
    backend = choose_backend(host.settings, host.info)
    present = inventory(backend)
    if not present:
        return Look(backend)
    rows = list(containers)
    held = holders(host.engine, rows, present)
    return Look(backend, present, held, unready(host, present, rows, held))


def seats(host: Host, gpu_id: str) -> int:
    """Return how many may hold a GPU at once, as the policy has it."""
    present = inventory(choose_backend(host.settings, host.info))
    gpu = next((one for one in present if one.id == gpu_id), None)
    shared = host.policy.shared(*([gpu.id, *sorted(names_of(gpu))] if gpu else [gpu_id]))
    return 1 if shared is None else shared.holders


def holders(
    engine: Engine, containers: Iterable[ContainerSummary], present: Sequence[Gpu]
) -> dict[str, tuple[Holder, ...]]:
    """Return who holds each GPU of the inventory, the earliest made first."""
    found: dict[str, tuple[Holder, ...]] = {}
    for row in sorted(containers, key=lambda one: one.created):
        if row.state in _ENDED:
            continue
        names = _claims(engine, row)
        for gpu in present if names else ():
            if any(gpu.is_called(text) for text in names):
                found[gpu.id] = (*found.get(gpu.id, ()), _holder(row))
    return found


def names_of(gpu: Gpu) -> set[str]:
    """Return every name of a GPU that a person may use for it."""
    names = {gpu.uuid, *gpu.aliases, gpu.id}
    if gpu.number:
        names |= {gpu.number, f"nvidia.com/gpu={gpu.number}"}
    return names - {""}


def _claims(engine: Engine, row: ContainerSummary) -> Sequence[str]:
    try:
        return claims(engine, row)
    except NotFoundError:
        return ()  # removed since the list


def _holder(row: ContainerSummary) -> Holder:
    workspace = Workspace.of(row)
    if workspace is None:
        return Holder(f"container {row.name}", row.created)
    return Holder(
        workspace.reference,
        row.created,
        owner=workspace.owner,
        workspace=workspace.name,
        seat=workspace.has_seats,
    )


def with_terms(
    held: Mapping[str, tuple[Holder, ...]], terms: Mapping[str, tuple[float, float | None]]
) -> dict[str, tuple[Holder, ...]]:
    """Return holders with their leases' begin and end, given by OWNER/NAME."""
    return {
        gpu: tuple(
            replace(one, since=terms[one.name][0], until=terms[one.name][1])
            if one.name in terms
            else one
            for one in row
        )
        for gpu, row in held.items()
    }


def asked_for(wanted: Gpus) -> str:
    """Say in words what was asked for.

    >>> asked_for("H100:1"), asked_for(2)
    ('1 GPU of the model H100 was asked for', '2 GPUs were asked for')
    """
    wish = Wish.of(wanted)
    if wish.everything:
        return "All GPUs were asked for"
    if wish.named:
        return f"{', '.join(wish.named)} {'was' if len(wish.named) == 1 else 'were'} asked for"
    one = wish.count == 1
    if wish.shared:
        what = "seat on a shared GPU" if one else "seats on shared GPUs"
    else:
        what = "GPU" if one else "GPUs"
    model = f" of the model {wish.model}" if wish.model else ""
    return f"{wish.count} {what}{model} {'was' if one else 'were'} asked for"


def told(gpu: str, holder: Holder) -> str:
    """Say who holds a GPU, since when, until when."""
    since = "" if holder.since is None else f" since {moment(holder.since)}"
    until = "" if holder.until is None else f" until {moment(holder.until)}"
    return f"{gpu} is held by {holder.name}{since}{until}"


def moment(at: float) -> str:
    """Write a moment as everybody reads it in an error: to the minute, in UTC."""
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M} UTC"
