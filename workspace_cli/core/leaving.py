"""Carries out that a member leaves: in order, each step of which may be done twice."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from workspace_cli.core import offboarding, workspaces
from workspace_cli.core.actors import Actor
from workspace_cli.core.backup import backup_home, new_file, write_checksum
from workspace_cli.core.engine import Report
from workspace_cli.core.errors import (
    BackupError,
    ConflictError,
    NotFoundError,
    UserNotFoundError,
    WorkspaceNotFoundError,
)
from workspace_cli.core.host import Host
from workspace_cli.core.hub_client import HubClient
from workspace_cli.core.models import Workspace
from workspace_cli.core.naming import DEFAULT_WORKSPACE, owner_slug
from workspace_cli.core.offboarding import Belongings
from workspace_cli.core.settings import Settings

Done = Callable[[str], None]
"""Hears of each step, in a sentence part: ``deleted the home``."""


@dataclass(frozen=True, kw_only=True)
class Fate:
    """What becomes of a home and the environments: they stay where nothing is asked for."""

    archive: Path | None = None
    replace: bool = False
    """Whether an archive of that name may be overwritten."""
    heir: str | None = None
    delete: bool = False


def check(host: Host, found: Belongings, admins: set[str], known: set[str], fate: Fate) -> None:
    """Refuse before anything has changed what could not be done in the end.

    Raises UserNotFoundError, ConflictError.
    """
    name, archive = found.owner, fate.archive
    if name not in known and found.nothing:
        # What was handed over by a call that was cut short needs its account removed no more.
        raise UserNotFoundError(
            f"There is no account {name!r}, and nothing of that name's.",
            "`workspace users ls` lists the accounts.",
        )
    if admins == {name}:
        raise ConflictError(
            f"{name!r} is the only admin left.", "Make another account an admin's first."
        )
    if fate.heir is not None:
        offboarding.check_heir(host, name, fate.heir, known)
    if archive is not None and archive.exists() and found.home is not None and not fate.replace:
        raise ConflictError(f"{archive} is there already.", "Choose another name, or add --force.")


def carry_out(
    host: Host,
    hub: HubClient,
    found: Belongings,
    fate: Fate,
    actor: Actor,
    *,
    has_account: bool,
    report: Report,
    done: Done,
) -> None:
    """Do it all; what was done is in the audit trail at the end."""
    name = found.owner
    told: list[str] = []

    def tell(what: str) -> None:
        told.append(what)
        done(what)

    if has_account:
        # First: nobody logs in or starts anything while the rest goes.
        hub.people.set_state(name, "disabled")
    for workspace in found.workspaces:
        _remove(host, hub, workspace)
        tell(f"removed the workspace {workspace.name}")
    if fate.archive is not None and found.home is not None:
        sha256 = _archive(host, name, fate.archive, report, replace=fate.replace)
        tell(f"saved the home as {fate.archive} (sha256 {sha256})")
    if fate.heir is not None:
        _hand_over(host, actor, name, fate.heir, tell)
    elif fate.delete:
        _delete(host, actor, name, tell)
    offboarding.forget(host, name, actor)
    if has_account:
        hub.remove_account(name)
        tell("removed the account")
    offboarding.note(host, actor, name, told)


def archive_file(settings: Settings, name: str) -> Path:
    """Return where a page archives a home: below the data root, with the moment in its name."""
    stamp = time.strftime("%Y%m%d-%H%M%S", time.gmtime())
    return settings.root / "archive" / f"{owner_slug(name)}-{stamp}.tar.zst"


def _remove(host: Host, hub: HubClient, workspace: Workspace) -> None:
    if workspace.kind == "hub":
        # Its account or its server may be gone while the container is not.
        with suppress(NotFoundError):
            # The hub cannot forget a member's first server; it stops it, and finds none later.
            named = workspace.name != DEFAULT_WORKSPACE
            hub.stop_server(workspace.owner, workspace.name, remove=named)
    try:
        workspaces.remove(host, workspace)
    except WorkspaceNotFoundError:
        if workspace.kind == "standalone":
            raise


def _archive(host: Host, name: str, file: Path, report: Report, *, replace: bool) -> str:
    with new_file(file, replace=replace) as stream:
        written = backup_home(host, name, stream, report)
        if written.unread:
            raise BackupError(
                f"{written.unread} files could not be read; nothing was archived or deleted.",
                "Run the command as root.",
            )
    write_checksum(file, written.sha256)
    return written.sha256


def _hand_over(host: Host, actor: Actor, name: str, to: str, tell: Done) -> None:
    for reference in offboarding.hand_over_environments(host, name, to, actor):
        tell(f"{to} may start from {reference}")
    folder = offboarding.hand_over_home(host, name, to)
    if folder is not None:
        tell(f"moved the home to {folder}")


def _delete(host: Host, actor: Actor, name: str, tell: Done) -> None:
    for reference in offboarding.delete_environments(host, name, actor):
        tell(f"deleted the environment {reference}")
    if offboarding.delete_home(host, name):
        tell("deleted the home")
