"""Removes workspaces, and what interrupted operations left behind."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

from workspace_cli.core import (
    build_trial,
    clean_image,
    folders,
    labels,
    port_shares,
    references,
    saving,
    secrets,
)
from workspace_cli.core.creation import remove_unused_network
from workspace_cli.core.errors import (
    ConflictError,
    ImageNotFoundError,
    SetupError,
    WorkspaceNotFoundError,
)
from workspace_cli.core.host import Host
from workspace_cli.core.models import ContainerSummary, Workspace
from workspace_cli.core.naming import NEXT, OLD, main_name
from workspace_cli.core.reading import is_below, list_workspaces
from workspace_cli.core.recreate import is_internal, settle

_LEFTOVER_AGE = 60.0
"""Seconds after which a container that nobody started is nobody's."""
_UNFINISHED_AGE = 3600.0
"""Seconds; flattening a large image takes many minutes."""


@dataclass(frozen=True)
class Removal:
    """What removing a workspace takes away, and what stays: a sentence part each."""

    goes: tuple[str, ...]
    stays: tuple[str, ...]


def removal_preview(host: Host, workspace: Workspace, purge: bool = False) -> Removal:
    """Say what ``remove`` (or ``purge``) will take away, and what it will keep."""
    home = str(folders.home(host.settings, workspace.owner))
    goes = [f"the container of {workspace.reference}, with all that was installed in it"]
    if workspace.ports:
        goes.append(f"its ports {', '.join(str(port.host) for port in workspace.ports)}")
    others = _others(host, workspace)
    stays = [f"environments saved under {references.owner_repository(workspace.owner)}"]
    if purge:
        goes.append(f"the home {home} with every file in it")
    else:
        stays.insert(0, f"the home {home}")
    if others:
        stays.append(f"{workspace.owner}'s other workspaces: {', '.join(others)}")
    return Removal(tuple(goes), tuple(stays))


def remove(host: Host, workspace: Workspace) -> None:
    """Remove a workspace, running or not: its container, its secrets, its kept layer.

    The home stays.  The owner's network goes with their last workspace.
    """
    with host.locked():
        rows = host.engine.containers({labels.OWNER: workspace.owner})
        for row in rows:
            if _is_of(row, workspace):
                with suppress(WorkspaceNotFoundError):
                    host.engine.remove(row.id, force=True)
        # Under the lock: once it is free, another may make a workspace of this name.
        secrets.remove(host.settings, main_name(workspace.container.name))
        # Without a database nothing is shared.
        with suppress(SetupError):
            port_shares.forget_workspace(host, workspace.owner, workspace.name)
    for row in rows:
        if _is_of(row, workspace) and is_internal(row.image):
            with suppress(ImageNotFoundError, ConflictError):
                host.engine.remove_image(row.image)
    if not any(not _is_of(row, workspace) for row in rows):
        remove_unused_network(host, workspace.owner)


def _is_of(row: ContainerSummary, workspace: Workspace) -> bool:
    found = Workspace.of(row)
    return found is not None and found.reference == workspace.reference


def purge(host: Host, workspace: Workspace) -> None:
    """Remove a workspace and its owner's home.

    Raises ConflictError where the owner has other workspaces: they use the home too.
    """
    others = _others(host, workspace)
    if others:
        raise ConflictError(
            f"The home of {workspace.owner} is also used by {', '.join(others)}.",
            "Remove those first, or remove this one without --purge.",
        )
    remove(host, workspace)
    try:
        folders.remove_home(host.settings, workspace.owner)
    except OSError as exc:
        raise secrets.unwritable(folders.home(host.settings, workspace.owner), exc) from exc


def _others(host: Host, workspace: Workspace) -> list[str]:
    owned = list_workspaces(host, owner=workspace.owner)
    return [other.name for other in owned if other.name != workspace.name]


def reap(host: Host) -> list[str]:
    """Remove what dead clients of this data root left behind; returns the names of what went.

    Containers that were created and never started (after a minute), halves of
    recreations, and commits, builds and trials that were never finished (after an hour).
    """
    with host.locked():
        rows = host.engine.containers()
        now = host.clock()
        split = [row for row in rows if row.name.endswith((OLD, NEXT)) and _is_ours(host, row)]
        mains = {main_name(row.name) for row in split}
        removed = settle(host, [*split, *(row for row in rows if row.name in mains)])
        for row in rows:
            if row.name not in removed and _is_leftover(host, row, now):
                with suppress(WorkspaceNotFoundError):
                    host.engine.remove(row.id, force=True)
                    removed.append(row.name)
        kept = {row.name for row in host.engine.containers()}
        secrets.remove_orphans(host.settings, kept)
    return [*removed, *saving.reap(host), *_reap_images(host), *build_trial.reap(host)]


def _is_leftover(host: Host, row: ContainerSummary, now: float) -> bool:
    # What stands on a kept layer is the only copy of it: a later start takes it up.
    if row.state != "created" or is_internal(row.image):
        return False
    age = now - row.created
    if row.name.startswith(clean_image.flattener_prefix(host)):
        return age > _UNFINISHED_AGE
    return Workspace.of(row) is not None and age > _LEFTOVER_AGE and _is_ours(host, row)


def _is_ours(host: Host, row: ContainerSummary) -> bool:
    try:
        return is_below(host.engine.container(row.id), host.settings.root)
    except WorkspaceNotFoundError:
        return False


def _reap_images(host: Host) -> list[str]:
    removed = []
    prefix = clean_image.unfinished_prefix(host)
    for image in host.engine.images({labels.WORKSPACE: None}):
        for tag in image.tags:
            if tag.startswith(prefix) and _is_old(tag.removeprefix(prefix), host.clock()):
                with suppress(ImageNotFoundError):
                    host.engine.remove_image(tag)
                    removed.append(tag)
    return removed


def _is_old(time_and_chance: str, now: float) -> bool:
    began = time_and_chance.partition("-")[0]
    return began.isdecimal() and now - int(began) > _UNFINISHED_AGE
