"""How much of the machine one container may have: the lab's defaults, and its bounds.

What nobody chose comes from the image's row in the catalogue, else from
``policy.toml``.  What somebody chose must be within the machine, and within what
the owner's role and groups allow.
"""

from __future__ import annotations

import resource
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any

from workspace_cli.core import labels
from workspace_cli.core.errors import ImageNotFoundError, InvalidOptionError, InvalidSettingError
from workspace_cli.core.host import Host
from workspace_cli.core.models import EngineInfo, Limits, WorkspaceSpec
from workspace_cli.core.values import check_cpus

if TYPE_CHECKING:
    from workspace_cli.core.policy import Allowance, Defaults, Policy

SMALLEST_MEMORY = 64 * 2**20
"""Bytes; a server does not start with less."""
FEWEST_PIDS = 16
FEWEST_FILES = 256
_LONGEST_LINEAGE = 32


@dataclass(frozen=True, kw_only=True)
class Bounds:
    """The most that one workspace of a member may have; ``pids`` None is no bound."""

    cpus: float
    memory: int
    shm_size: int
    pids: int | None = None


def granted(host: Host, spec: WorkspaceSpec) -> Limits:
    """Return a wanted workspace's limits, with the lab's defaults where nobody chose.

    A default is cut down to what the owner may have.
    """
    whole = _from_defaults(_defaults(host, spec.image), host.info, gpus=bool(spec.gpus))
    whole = replace(whole, **_exceeded(whole, host, spec.owner))
    chosen = {f.name: getattr(spec.limits, f.name) for f in fields(Limits)}
    return replace(whole, **{name: v for name, v in chosen.items() if v is not None})


def usual_limits(host: Host, owner: str, *, gpus: bool = False) -> Limits:
    """Return what a member's workspace gets where nobody and no image chooses."""
    usual = _from_defaults(host.policy.defaults, host.info, gpus=gpus)
    return replace(usual, **_exceeded(usual, host, owner))


def _from_defaults(defaults: Defaults, machine: EngineInfo, *, gpus: bool) -> Limits:
    from workspace_cli.core.policy import bytes_of

    return Limits(
        cpus=min(defaults.cpus, machine.cpus) if defaults.cpus else None,
        memory=bytes_of(defaults.memory, machine.memory),
        swap=bytes_of(defaults.swap, machine.memory),
        shm_size=bytes_of(defaults.shm_gpu if gpus else defaults.shm, machine.memory),
        pids=defaults.pids,
        open_files=min(defaults.open_files, most_open_files()),
        log_size=bytes_of(defaults.log_size, machine.memory),
        log_files=defaults.log_files,
    )


def most_open_files() -> int:
    """Return the file descriptors that a process of this machine may have at most.

    An engine without CAP_SYS_RESOURCE cannot give a container more than it has
    itself, and refuses to start it.
    """
    return resource.getrlimit(resource.RLIMIT_NOFILE)[1]


def _defaults(host: Host, image: str) -> Defaults:
    """Return the policy's defaults under what the image's row in the catalogue says."""
    from pydantic import ValidationError

    from workspace_cli.core.policy import Defaults

    defaults = host.policy.defaults
    given = _row_of(host, image)
    if not given:
        return defaults
    try:
        return Defaults.model_validate({**dict(defaults), **given})
    except ValidationError as exc:
        first = exc.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise InvalidSettingError(
            f"{host.catalogue.path}: limits of {image}: {place}: {first['msg']}.", "Correct it."
        ) from exc


def _row_of(host: Host, image: str) -> dict[str, object]:
    """Return the limits of an image's row; an environment has those of what it was saved from."""
    if not any(row.limits for row in host.catalogue):
        return {}
    for _ in range(_LONGEST_LINEAGE):
        if row := host.catalogue.find(image):
            return dict(row.limits)
        try:
            image = host.engine.image(image).labels.get(labels.PARENT, "")
        except ImageNotFoundError:
            return {}
        if not image:
            return {}
    return {}


# bounds --------------------------------------------------------------------
def bounds_of(host: Host, owner: str) -> Bounds:
    """Return the most that a member may have, as the policy says now."""
    from workspace_cli.core.members import member

    return _bounds(member(host, owner).allowance(host.policy), host.info)


def check_bounds(limits: Limits, host: Host, owner: str, *, way_out: str = "") -> None:
    """Raise InvalidOptionError where chosen limits are beyond what the owner may have.

    ``way_out`` is what an admin can do about it.
    """
    for name, bound in _exceeded(limits, host, owner).items():
        raise InvalidOptionError(
            f"{name}: {_written(name, getattr(limits, name))} is more than {owner} may have for "
            f"one workspace; the bound is {_written(name, bound)}.",
            way_out or "Choose less, or ask an admin.",
        )


def _exceeded(limits: Limits, host: Host, owner: str) -> dict[str, Any]:
    """Return field → bound of what is beyond the owner's bounds.

    Who the owner is stands in the database, which is asked only where it matters:
    what everybody may have needs no look.
    """
    if not _over(limits, _least(host.policy, host.info)):
        return {}
    return _over(limits, bounds_of(host, owner))


def _over(limits: Limits, bounds: Bounds) -> dict[str, Any]:
    found = {}
    for field in fields(Bounds):
        value, bound = getattr(limits, field.name), getattr(bounds, field.name)
        if value is not None and bound is not None and value > bound:
            found[field.name] = bound
    return found


def _least(policy: Policy, machine: EngineInfo) -> Bounds:
    """Return what even the role with the least may have; groups only add to it."""
    every = [_bounds(policy.allowance(role), machine) for role in ("member", "instructor", "admin")]
    pids = [one.pids for one in every if one.pids is not None]
    return Bounds(
        cpus=min(one.cpus for one in every),
        memory=min(one.memory for one in every),
        shm_size=min(one.shm_size for one in every),
        pids=min(pids, default=None),
    )


def _bounds(allowance: Allowance, machine: EngineInfo) -> Bounds:
    from workspace_cli.core.policy import bytes_of

    memory = min(bytes_of(allowance.max_memory, machine.memory) or machine.memory, machine.memory)
    return Bounds(
        cpus=min(allowance.max_cpus or machine.cpus, machine.cpus),
        memory=memory,
        shm_size=min(bytes_of(allowance.max_shm, machine.memory) or memory, memory),
        pids=allowance.max_pids,
    )


def _written(name: str, value: float) -> str:
    return f"{value / 2**30:.4g} GiB" if name in ("memory", "shm_size") else f"{value:g}"


# the machine ---------------------------------------------------------------
def check_limits(limits: Limits, machine: EngineInfo) -> None:
    """Raise InvalidOptionError for limits that are too small or beyond the machine."""
    if limits.cpus is not None:
        cpus = check_cpus(limits.cpus)
        if cpus > machine.cpus:
            raise InvalidOptionError(
                f"cpus: {cpus:g} CPUs were asked for, and this machine has {machine.cpus}.",
                f"Ask for at most {machine.cpus}.",
            )
    for name, size in (("memory", limits.memory), ("shm_size", limits.shm_size)):
        if size is not None and size > machine.memory:
            raise InvalidOptionError(
                f"{name}: {size / 2**30:.1f} GiB was asked for, and this machine has "
                f"{machine.memory / 2**30:.1f} GiB.",
                "Ask for less.",
            )
    if limits.memory is not None and limits.memory < SMALLEST_MEMORY:
        raise InvalidOptionError(
            f"memory: {limits.memory} bytes is too little for a server.",
            "Give at least 64m; a number without a letter means bytes.",
        )
    if limits.shm_size is not None and limits.shm_size < 1:
        raise InvalidOptionError("shm_size: it must be above 0.", "Give a size such as 1g.")
    if limits.swap is not None and limits.swap < 0:
        raise InvalidOptionError("swap: it cannot be below 0.", "Give a size such as 1g.")
    for name, number, fewest in (
        ("pids", limits.pids, FEWEST_PIDS),
        ("open_files", limits.open_files, FEWEST_FILES),
    ):
        if number is not None and number < fewest:
            raise InvalidOptionError(
                f"{name}: a server needs at least {fewest}.", "Give a higher limit."
            )
