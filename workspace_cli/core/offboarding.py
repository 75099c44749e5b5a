"""What becomes of a member's things when the member leaves.

Each step may be done twice: a call that was cut short is made again and goes on
where it stopped.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from workspace_cli.core import (
    audit,
    discard,
    folders,
    lineage,
    members,
    port_shares,
    profiles,
    reservations,
    sharing,
)
from workspace_cli.core.actors import Actor
from workspace_cli.core.errors import (
    ConflictError,
    ImageNotFoundError,
    SetupError,
    UserNotFoundError,
)
from workspace_cli.core.home_swap import settle
from workspace_cli.core.host import Host
from workspace_cli.core.models import Workspace
from workspace_cli.core.reading import list_workspaces


@dataclass(frozen=True, kw_only=True)
class Belongings:
    """Everything of a member's that this machine holds."""

    owner: str
    home: Path | None
    workspaces: tuple[Workspace, ...]
    environments: tuple[str, ...]
    ports_shared: int
    reservations: tuple[str, ...]
    profiles: int = 0

    @property
    def gpus(self) -> int:
        """How many GPUs the member's workspaces were made with."""
        return sum(len(workspace.gpus) for workspace in self.workspaces)

    @property
    def nothing(self) -> bool:
        """Whether there is nothing at all."""
        return not (self.home or self.workspaces or self.environments)


def belongings(host: Host, owner: str) -> Belongings:
    """Return what a member leaves behind."""
    home = folders.home(host.settings, owner)
    shared = [*port_shares.shares(host, owner=owner), *port_shares.shares(host, with_member=owner)]
    return Belongings(
        owner=owner,
        home=home if home.exists() else None,
        workspaces=tuple(list_workspaces(host, owner=owner)),
        environments=tuple(one.reference for one in lineage.environments(host, owner)),
        ports_shared=len(shared),
        reservations=tuple(one.id for one in reservations.reservations(host) if one.owner == owner),
        profiles=profiles.count(host, owner),
    )


def hand_over_home(host: Host, owner: str, to: str) -> Path | None:
    """Move a home into the folder ``from-OWNER`` of another member's, who may then change it.

    Returns where it is, None where there is no home.  Raises ConflictError where
    such a folder is there and the home is too, SetupError.
    """
    home = folders.home(host.settings, owner)
    target = handed_over(host, owner, to)
    try:
        settle(home)
        if home.exists():
            if target.exists():
                raise ConflictError(
                    f"{target} is there already.", "Move it away, and run this again."
                )
            folders.ensure(host.settings, to)
            # While nobody can reach it: in the heir's home a folder could become a link.
            _give(home, folders.home(host.settings, to))
            # One step: it is in the one place or in the other.
            home.rename(target)
        elif not target.exists():
            return None
    except OSError as exc:
        raise SetupError(
            f"The home {home} cannot be handed over: {exc.strerror}.",
            "Run the command as root; run again, it goes on where it stopped.",
        ) from exc
    return target


def handed_over(host: Host, owner: str, to: str) -> Path:
    """Return where a home that is handed over comes to lie."""
    name = folders.home(host.settings, owner).name
    return folders.home(host.settings, to) / f"from-{name}"


def _give(folder: Path, home: Path) -> None:
    """Let everything in a folder belong to whom a home belongs to; links are not followed."""
    owner = home.stat()
    for path, names, files in os.walk(folder):
        for name in (*names, *files):
            os.lchown(Path(path, name), owner.st_uid, owner.st_gid)
    os.lchown(folder, owner.st_uid, owner.st_gid)


def hand_over_environments(host: Host, owner: str, to: str, actor: Actor) -> list[str]:
    """Let another member start from everything that a member saved; return what it was."""
    found = [one.reference for one in lineage.environments(host, owner)]
    recipient = sharing.Recipient("member", to)
    for reference in found:
        sharing.share(host, reference, recipient, actor)
    return found


def delete_environments(host: Host, owner: str, actor: Actor) -> list[str]:
    """Remove what a member saved; ConflictError where somebody else stands on it."""
    gone = []
    # Children before their parents: the newest first.
    for one in lineage.environments(host, owner):
        try:
            discard.discard(host, one.reference, actor, "offboard")
        except ImageNotFoundError:
            continue
        gone.append(one.reference)
    return gone


def delete_home(host: Host, owner: str) -> bool:
    """Remove a home with every file in it; tell whether there was one.  SetupError."""
    home = folders.home(host.settings, owner)
    there = home.exists()
    try:
        folders.remove_home(host.settings, owner)
    except OSError as exc:
        raise SetupError(
            f"The home {home} cannot be deleted: {exc.strerror}.",
            "Run the command as root; run again, it goes on where it stopped.",
        ) from exc
    return there


def forget(host: Host, owner: str, actor: Actor) -> None:
    """Take back what a member shared, reserved, kept as profiles, and is known as."""
    for one in reservations.reservations(host):
        if one.owner == owner:
            reservations.withdraw(host, one.id, actor.name)
    port_shares.forget_member(host, owner)
    profiles.forget_member(host, owner)
    members.forget(host, owner)


def note(host: Host, actor: Actor, owner: str, done: Iterable[str]) -> None:
    """Keep in the audit trail what became of it."""
    audit.record(host, actor.name, "account-offboard", owner, "; ".join(done))


def check_heir(host: Host, owner: str, to: str, accounts: Iterable[str]) -> None:
    """Refuse to hand over to nobody, or to the member who leaves."""
    if to == owner:
        raise ConflictError(f"{to} is the one who leaves.", "Name another member.")
    if to not in accounts:
        raise UserNotFoundError(
            f"There is no account {to!r}.", "`workspace users ls` lists the accounts."
        )
    target = handed_over(host, owner, to)
    if target.exists() and folders.home(host.settings, owner).exists():
        raise ConflictError(f"{target} is there already.", "Move it away, and run this again.")
