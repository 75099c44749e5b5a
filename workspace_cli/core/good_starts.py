"""What a workspace came up from, and the way back where it does not come up any more."""

from __future__ import annotations

from dataclasses import dataclass

from workspace_cli.core import choices, labels, references
from workspace_cli.core.errors import WorkspaceNotFoundError
from workspace_cli.core.host import Host
from workspace_cli.core.lineage import Environment, environments
from workspace_cli.core.models import Workspace
from workspace_cli.core.naming import container_name

_KEPT = 10
"""Images remembered of one workspace."""


@dataclass(frozen=True)
class WayBack:
    """The environment to go back to; ``save_first`` where something may be lost otherwise."""

    reference: str
    save_first: bool


def note(host: Host, workspace: Workspace) -> None:
    """Remember that a workspace has come up and answers, on the image that it is made from."""
    from sqlalchemy import text

    key = {"owner": workspace.owner, "workspace": workspace.name}
    row = {**key, "reference": references.normalise(workspace.image), "at": host.clock()}
    with host.database.begin() as connection:
        connection.execute(
            text(
                "DELETE FROM labdock_good_start WHERE owner = :owner "
                "AND workspace = :workspace AND reference = :reference"
            ),
            row,
        )
        connection.execute(
            text(
                "INSERT INTO labdock_good_start (owner, workspace, reference, at) "
                "VALUES (:owner, :workspace, :reference, :at)"
            ),
            row,
        )
        found = connection.execute(
            text(
                "SELECT at FROM labdock_good_start "
                "WHERE owner = :owner AND workspace = :workspace ORDER BY at DESC"
            ),
            key,
        ).scalars()
        older = list(found)[_KEPT:]
        if older:
            connection.execute(
                text(
                    "DELETE FROM labdock_good_start "
                    "WHERE owner = :owner AND workspace = :workspace AND at <= :at"
                ),
                {**key, "at": older[0]},
            )


def good_starts(host: Host, owner: str, workspace: str) -> list[str]:
    """Return the images that a workspace came up from, the latest first."""
    from sqlalchemy import text

    with host.database.connect() as connection:
        rows = connection.execute(
            text(
                "SELECT reference FROM labdock_good_start "
                "WHERE owner = :owner AND workspace = :workspace ORDER BY at DESC"
            ),
            {"owner": owner, "workspace": workspace},
        )
        return list(rows.scalars())


def way_back(host: Host, owner: str, name: str, asked: str = "") -> WayBack | None:
    """Return what a workspace that does not come up can be made anew from; None where nothing.

    An image that it came up from before is taken for sound, so that what is broken is what
    was installed since: the last save is next, then the image itself.  An image that it never
    came up from is taken for broken: then it is what it was before.  ``asked`` is the image
    of a first start, of which nothing is left.
    """
    try:
        container = host.engine.container(container_name(owner, name))
        image = container.labels.get(labels.IMAGE, container.image)
    except WorkspaceNotFoundError:
        image = asked
    if not image:
        return None
    current = references.normalise(image)
    good = good_starts(host, owner, name)
    sound = current in good
    order = _order(host, f"{owner}/{name}", current, good)
    offered = {references.normalise(one.reference): one for one in choices.choices(host, owner)}
    found = next((offered[one] for one in order if one in offered), None)
    return WayBack(found.reference, save_first=sound) if found else None


def _order(host: Host, workspace: str, current: str, good: list[str]) -> list[str]:
    """Return what may be gone back to, the best first.

    It never leads back to what has been left as broken: what a broken start was saved as is
    passed over, and from an image that never came up only to some that did.
    """
    every = environments(host)
    saved = [one for one in every if one.saved_from == workspace]
    if current in good:
        asked_for = [one.reference for one in saved if not references.is_safety_save(one.reference)]
        return [*(one for one in asked_for if one != current), current, *good]
    undone = [one.reference for one in saved if references.BEFORE_ROLLBACK in one.reference]
    default = references.normalise(host.catalogue.default)
    order = [*undone[:1], *good, *_parents(current, every), default]
    return [one for one in order if one != current]


def _parents(reference: str, every: list[Environment]) -> list[str]:
    """Return the names of what an environment was saved from, the nearest first."""
    by_name = {one.reference: one for one in every}
    found: list[str] = []
    one = by_name.get(reference)
    while one is not None and one.parent:
        parent = references.normalise(one.parent)
        if parent in found:
            break
        found.append(parent)
        one = by_name.get(parent)
    return found
