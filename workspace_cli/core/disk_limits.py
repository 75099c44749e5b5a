"""What a member's room on the disk allows: nothing new above the hard limit.

What exists goes on: it can be opened, stopped, started and cleaned up.
"""

from __future__ import annotations

from dataclasses import dataclass

from workspace_cli.core import disk, disk_room
from workspace_cli.core.disk import Usage
from workspace_cli.core.engine import Progress, Report
from workspace_cli.core.errors import DiskFullError
from workspace_cli.core.host import Host

FRESH = 30.0
"""A measurement that is older is taken again before somebody is refused, in seconds."""
PATIENCE = 60.0
"""How long that may take; where it takes longer, the older one stands."""


@dataclass(frozen=True)
class Standing:
    """A member's usage beside the limits; in bytes, None is no limit."""

    owner: str
    usage: Usage | None
    soft: int | None
    hard: int | None

    @property
    def level(self) -> str:
        """``ok``, ``soft`` (to be warned) or ``hard`` (nothing new)."""
        used = self.usage.total if self.usage else 0
        if self.hard is not None and used >= self.hard:
            return "hard"
        return "soft" if self.soft is not None and used >= self.soft else "ok"


def standing(host: Host, owner: str) -> Standing:
    """Return what the ledger says of a member, beside the policy's limits."""
    soft, hard = limits_of(host, owner)
    return Standing(owner, disk.read(host.settings, owner), soft, hard)


def limits_of(host: Host, owner: str) -> tuple[int | None, int | None]:
    """Return a member's soft and hard limit in bytes; a share is one of the data root's disk."""
    policy = host.policy
    every = [policy.allowance(role) for role in ("member", "instructor", "admin")]
    if all(one.disk_soft is None and one.disk_hard is None for one in every):
        # Groups only add: without a role's limit there is none, whoever the owner is.
        return None, None
    from workspace_cli.core.members import member
    from workspace_cli.core.policy import bytes_of

    allowance = member(host, owner).allowance(policy)
    whole = disk_room.rooms(host)[0].total
    return bytes_of(allowance.disk_soft, whole), bytes_of(allowance.disk_hard, whole)


def check_new_work(
    host: Host, owner: str, report: Report | None = None, *, override: str = ""
) -> None:
    """Raise DiskFullError where the owner may neither make a workspace nor save one.

    ``override`` is why an admin sets the member's limit aside; the machine's stays.
    """
    disk_room.check_room(host)
    found = standing(host, owner)
    if found.level != "hard" or override:
        return
    if found.usage is None or host.clock() - found.usage.measured > FRESH:
        found = _measured_again(host, found, report)
    usage, hard = found.usage, found.hard
    if found.level == "hard" and usage is not None and hard is not None:
        raise DiskFullError(
            f"{owner} uses {_written(usage.total)} of the disk, and the limit is {_written(hard)}. "
            f"It is {_written(usage.home)} of files, {_written(usage.installed)} installed in "
            f"workspaces, {_written(usage.saved)} in saved environments.",
            "Remove what is no longer needed; workspaces that are there can still be used.",
        )


def _measured_again(host: Host, before: Standing, report: Report | None) -> Standing:
    """Measure now: whoever has just cleaned up must not be held to an old figure."""
    from workspace_cli.core.disk_measure import measure

    if report is not None:
        report(Progress("Measuring how much of the disk is used"))
    usage = measure(host, before.owner, longest=PATIENCE)
    return Standing(before.owner, usage or before.usage, before.soft, before.hard)


def _written(size: int) -> str:
    return f"{size / 2**30:.1f} GiB" if size >= 2**30 else f"{size / 2**20:.0f} MiB"
