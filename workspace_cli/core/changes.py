"""What an existing container needs, to become what is wanted: a pure comparison."""

from __future__ import annotations

from enum import Enum

from workspace_cli.core import labels
from workspace_cli.core.models import Container, ContainerRequest, Limits, parse_ports_label
from workspace_cli.core.references import same_image


class Change(Enum):
    """From the least to the most that a change costs its owner."""

    NONE = "none"
    UPDATE = "update"
    """CPUs, memory, swap or pids: changed in place."""
    RECREATE = "recreate"
    """Something fixed at creation: a new container from the old one's own layer."""
    REPLACE_IMAGE = "replace-image"
    """Another image: what was installed in the old container is gone unless it is saved."""


def change_needed(container: Container, request: ContainerRequest) -> Change:
    """Tell what has to be done so that a container is what a request describes.

    A newer build under the same tag is no change (decision 8 of the architecture),
    nor is a restart policy that was only turned off by a stop.
    """
    if not same_image(container.labels.get(labels.IMAGE, container.image), _asked(request)):
        return Change.REPLACE_IMAGE
    if _fixed_differs(container, request):
        return Change.RECREATE
    if limits_differ(container.limits, request.limits):
        return Change.UPDATE
    return Change.NONE


def limits_differ(now: Limits, wanted: Limits) -> bool:
    """Tell whether CPUs, memory, swap or pids differ; cores to a hundredth.

    Open files and the log's size are fixed at creation and no reason for a new
    container: the next one that is made has them.
    """
    return _in_place(now) != _in_place(wanted)


def _in_place(limits: Limits) -> tuple[float | None, ...]:
    swap = limits.swap or 0 if limits.memory else None
    return _rounded(limits.cpus), limits.memory, swap, limits.pids


def _asked(request: ContainerRequest) -> str:
    return request.labels.get(labels.IMAGE, request.image)


def _rounded(cpus: float | None) -> float | None:
    return None if cpus is None else round(cpus, 2)


def _fixed_differs(container: Container, request: ContainerRequest) -> bool:
    held = container.labels
    return (
        container.limits.shm_size != request.limits.shm_size
        or set(parse_ports_label(held.get(labels.PORTS, ""))) != set(request.ports)
        or set(held.get(labels.GPUS, "").split(",")) != set(_gpus_label(request).split(","))
        or set(container.mounts) != set(request.mounts)
        or any(held.get(name) != request.labels.get(name) for name in _FIXED_LABELS)
        or any(
            container.environment.get(k) != v for k, v in request.environment.items() if k != _TZ
        )
        or (request.network is not None and request.network not in container.networks)
    )


def _gpus_label(request: ContainerRequest) -> str:
    return request.labels.get(labels.GPUS, "")


_TZ = "TZ"
"""No reason to recreate a container: the next one that is made has it."""
_FIXED_LABELS = (labels.KIND, labels.RESTART)
