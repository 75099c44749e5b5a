"""How many environments a member may keep, and how much of the disk for them.

The policy says it by role and group (``environments``, ``environments_size``).
What counts is what nobody else's image holds as well, as in the disk's ledger.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import get_args

from workspace_cli.core import disk_room, labels, members, pins
from workspace_cli.core.disk_measure import own_bytes
from workspace_cli.core.errors import AllowanceError
from workspace_cli.core.host import Host
from workspace_cli.core.lineage import Environment, environments
from workspace_cli.core.models import Image, Workspace
from workspace_cli.core.policy import Allowance, Role, bytes_of
from workspace_cli.core.retention import by_age

_NAMED = 5
"""Environments that a refusal names."""


@dataclass(frozen=True, kw_only=True)
class Quota:
    """A member's environments beside the limits; bytes, None is no limit."""

    owner: str
    count: int
    size: int
    most: int | None
    most_size: int | None


def quota(host: Host, owner: str) -> Quota:
    """Return how many environments a member has and may have, and their own bytes."""
    allowance = members.member(host, owner).allowance(host.policy)
    sizes = own_bytes(host, owner)
    return Quota(
        owner=owner,
        count=len(environments(host, owner)),
        size=sum(sizes.values()),
        most=allowance.environments,
        most_size=_most_size(host, allowance),
    )


def check_save(host: Host, workspace: Workspace, *, replaced: Image | None = None) -> None:
    """Raise AllowanceError where the owner may not save one more environment.

    Asked before anything is written.  A first save of a workspace is as large as its
    layer; how little a further one adds is known only when it is there, so that it is
    refused from the limit on.  ``replaced`` is the image whose name the new one takes.
    """
    policy, owner = host.policy, workspace.owner
    every = [policy.allowance(role) for role in get_args(Role)]
    if all(one.environments is None and one.environments_size is None for one in every):
        # Groups only add: without a role's limit there is none, whoever the owner is.
        return
    allowance = members.member(host, owner).allowance(policy)
    most, most_size = allowance.environments, _most_size(host, allowance)
    found = environments(host, owner)
    if most is not None and len(found) + (0 if replaced else 1) > most:
        told = f"{owner} has {len(found)} saved environments, and may have {most}."
        raise AllowanceError(told, _remedy(host, found))
    if most_size is not None:
        _check_size(host, workspace, found, replaced, most_size)


def _check_size(
    host: Host,
    workspace: Workspace,
    found: list[Environment],
    replaced: Image | None,
    most: int,
) -> None:
    owner, sizes = workspace.owner, own_bytes(host, workspace.owner)
    used = sum(sizes.values()) - (sizes.get(replaced.id, 0) if replaced else 0)
    first = all(one.saved_from != workspace.reference for one in found)
    coming = _layer(host, workspace) if first else 0
    if used < most and used + coming <= most:
        return
    told = f"The saved environments of {owner} use {_written(used)} of {_written(most)}."
    if coming:
        told = (
            f"The saved environments of {owner} use {_written(used)} of {_written(most)}, and "
            f"this one would add up to {_written(coming)}."
        )
    raise AllowanceError(told, _remedy(host, found))


def _remedy(host: Host, found: list[Environment]) -> str:
    pinned = pins.pins(host)
    spare = [one for one in by_age(found) if not one.used_by and one.reference not in pinned]
    if not spare:
        remedy = "Every one of them is in use or pinned: ask an admin for more room."
    else:
        names = ", ".join(one.reference for one in spare[:_NAMED])
        remedy = f"Remove what is no longer needed; these could go: {names}."
    return remedy


def _most_size(host: Host, allowance: Allowance) -> int | None:
    if allowance.environments_size is None:
        return None
    return bytes_of(allowance.environments_size, disk_room.rooms(host)[0].total)


def _layer(host: Host, workspace: Workspace) -> int:
    written = host.engine.written({labels.OWNER: workspace.owner, labels.WORKSPACE: workspace.name})
    return written.get(workspace.container.id, 0)


def _written(size: int) -> str:
    return f"{size / 2**30:.1f} GiB" if size >= 2**30 else f"{size / 2**20:.0f} MiB"
