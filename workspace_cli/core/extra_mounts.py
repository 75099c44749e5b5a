"""The folders of the machine that an admin offers to members, by group and role.

``policy.toml`` lists them; each is looked at again whenever a workspace starts, since
what is at a path can change.  A link is refused: whoever makes one decides what members
see.  A folder that is not there is left out, and the member is told.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from workspace_cli.core import host_folders
from workspace_cli.core.arguments import MEMBER_GID
from workspace_cli.core.engine import Progress, Report
from workspace_cli.core.errors import InvalidOptionError, InvalidSettingError, SetupError
from workspace_cli.core.folders import DEFAULT_ACL
from workspace_cli.core.host import Host
from workspace_cli.core.models import Mount, WorkspaceSpec
from workspace_cli.core.mounts import refuse_closed
from workspace_cli.core.settings import Settings

if TYPE_CHECKING:
    from workspace_cli.core.members import Member
    from workspace_cli.core.policy import ExtraMount


@dataclass(frozen=True)
class Extra:
    """What a member's workspaces mount, and the targets that had to be left out."""

    mounts: tuple[Mount, ...] = ()
    missing: tuple[str, ...] = ()


def extra_mounts(host: Host, owner: str) -> Extra:
    """Return what the lab offers an owner now.

    Raises InvalidOptionError where a source is a link, or belongs to the system.
    """
    offered = host.policy.mount
    if not offered:
        return Extra()
    rows = _of_member(host, offered, owner)
    for row in rows:
        check_row(row, offered, host.settings)
    found = host_folders.look(host, [row.source for row in rows])
    for row in rows:
        _refuse_strange(row, found[row.source])
    there = [row for row in rows if found[row.source] == "folder"]
    missing = [row.target for row in rows if found[row.source] == "missing"]
    mounts = tuple(Mount(row.source, row.target, row.read_only) for row in there)
    return Extra(mounts, tuple(missing))


def _of_member(host: Host, offered: Sequence[ExtraMount], owner: str) -> list[ExtraMount]:
    if not any(row.groups or row.roles for row in offered):
        return chosen(offered, None)
    from workspace_cli.core.members import member

    return chosen(offered, member(host, owner))


def chosen(offered: Iterable[ExtraMount], member: Member | None) -> list[ExtraMount]:
    """Return the rows for a member; of several with one target the first counts."""
    rows: dict[str, ExtraMount] = {}
    for row in offered:
        everyone = not row.groups and not row.roles
        if everyone or (
            member and (member.role in row.roles or not member.groups.isdisjoint(row.groups))
        ):
            rows.setdefault(row.target, row)
    return list(rows.values())


def check_row(row: ExtraMount, offered: Iterable[ExtraMount], settings: Settings) -> None:
    """Raise InvalidOptionError where a row would hand over what is no member's."""
    source = PurePosixPath(row.source)
    try:
        refuse_closed(row.source, row.source, settings)
    except InvalidOptionError as exc:
        raise InvalidOptionError(
            f"{row.source}, which the lab mounts at {row.target}, is never shown to members.",
            "An admin must correct policy.toml ([[mount]]).",
        ) from exc
    for other in offered:
        if not other.read_only and PurePosixPath(other.source) in source.parents:
            raise InvalidOptionError(
                f"{row.source} cannot be mounted: members write to {other.source}, and one of "
                "them could put a link in its place.",
                "An admin must move it elsewhere, or make the other [[mount]] read-only.",
            )


def _refuse_strange(row: ExtraMount, found: host_folders.Found) -> None:
    if found == "link":
        raise InvalidOptionError(
            f"{row.source}, which the lab mounts at {row.target}, is or lies behind a symbolic "
            "link now, and is not followed.",
            "An admin must write the real folder into policy.toml ([[mount]]).",
        )
    if found == "other":
        raise InvalidOptionError(
            f"{row.source}, which the lab mounts at {row.target}, is no folder.",
            "An admin must correct policy.toml ([[mount]]).",
        )


def faults(settings: Settings) -> tuple[str, ...]:
    """Return a sentence for each folder of members that is not as it should be.

    For this machine itself: the hub's container sees none of them.
    """
    from workspace_cli.core.policy import load_policy

    try:
        offered = load_policy(settings.policy_file).mount
    except InvalidSettingError as exc:
        return (str(exc),)
    found = list(shared_faults(settings.shared))
    for row in offered:
        try:
            check_row(row, offered, settings)
            seen = host_folders.find(row.source)
            _refuse_strange(row, seen)
        except InvalidOptionError as exc:
            found.append(exc.message)
        else:
            if seen == "missing":
                found.append(f"{row.source}, which the lab mounts at {row.target}, is not there.")
    return tuple(found)


def shared_faults(folder: Path) -> Iterator[str]:
    """Yield what keeps members from changing each other's files in the shared folder."""
    try:
        status = folder.stat()
    except OSError:
        return  # `up` makes it
    if status.st_gid != MEMBER_GID or status.st_mode & 0o2070 != 0o2070:
        yield f"{folder} is not the members' group's to write to (chgrp 990, chmod 2775)."
    try:
        os.getxattr(folder, DEFAULT_ACL)
    except OSError as exc:
        if exc.errno == errno.ENODATA:  # another error: a file system without such lists
            yield f"{folder} has no default access list: what root makes there is root's alone."


def tell_missing(host: Host, spec: WorkspaceSpec, report: Report | None) -> None:
    """Tell the member which of the lab's folders their workspace starts without.

    Asked before the lock is held, for a look may take a moment.
    """
    if not host.policy.mount:
        return
    from workspace_cli.core import notices

    missing = extra_mounts(host, spec.owner).missing
    now = host.clock()
    if not missing:
        with suppress(SetupError):
            notices.withdraw(host.database, spec.owner, spec.name, "mount_missing", now=now)
        return
    if report:
        text = f"The lab's folder {', '.join(missing)} is not there now and is left out."
        report(Progress(text, warning=True))
    with suppress(SetupError):
        values = {"target": ", ".join(missing)}
        notices.tell(host.database, spec.owner, spec.name, "mount_missing", values, now=now)
