"""Which workspaces and environments a caller may know of, and how much of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from hub.portal.callers import Caller
from workspace_cli.core import lineage, reading, references, sharing
from workspace_cli.core.actors import Actor
from workspace_cli.core.errors import (
    ImageNotFoundError,
    InvalidNameError,
    NotAllowedError,
    WorkspaceNotFoundError,
)
from workspace_cli.core.host import Host
from workspace_cli.core.lineage import Branch, Environment
from workspace_cli.core.models import Workspace
from workspace_cli.core.sharing import Grant

Access = Literal["lab", "own", "shared", "admin"]


@dataclass(frozen=True)
class Seen:
    """One environment as a caller may see it, and why they may."""

    environment: Environment
    access: Access


def workspaces(host: Host, owner: str) -> list[Workspace]:
    """Return an owner's workspaces, by name."""
    return reading.list_workspaces(host, owner=owner)


def workspace(host: Host, who: Caller, owner: str, name: str) -> Workspace:
    """Return a workspace of the caller's, for an admin anybody's; WorkspaceNotFoundError.

    Somebody else's is not found in the same words as where there is none.
    """
    found = workspaces(host, owner) if owner == who.name or who.administers else []
    one = next((row for row in found if row.name == name), None)
    if one is None:
        raise WorkspaceNotFoundError(
            f"There is no workspace {references.shown(name)}.",
            "Your page of workspaces lists them.",
        )
    return one


def environments(host: Host, who: Caller, owner: str | None = None) -> list[Seen]:
    """Return what a caller may start from: the lab's, own and shared; for admins everything.

    With ``owner`` (their own name, or anybody's for an admin) that owner's alone.
    """
    if owner and owner != who.name and not who.administers:
        raise NotAllowedError(
            "Only an admin may ask for what belongs to somebody else.", "Leave the owner out."
        )
    shared = sharing.granted_to(host, who.name)
    every = lineage.environments(host)
    found = [seen for one in every if (seen := _seen(who, one, shared)) is not None]
    return [one for one in found if not owner or one.environment.owner == owner]


def environment(host: Host, who: Caller, reference: str) -> Seen:
    """Return one of them; ImageNotFoundError where it is not the caller's to see."""
    try:
        references.check_reference(reference)
        wanted = references.normalise(reference)
    except InvalidNameError:
        wanted = ""
    found = environments(host, who)
    one = next((row for row in found if row.environment.reference == wanted), None)
    if one is None:
        raise ImageNotFoundError(
            f"There is no environment {references.shown(reference)}.",
            "See the environments that you can start from.",
        )
    return one


def history(host: Host, who: Caller, reference: str) -> list[tuple[Branch, Seen | None]]:
    """Return the tree of an environment without the branches that are none of the caller's."""
    environment(host, who, reference)
    shared = sharing.granted_to(host, who.name)
    shown: list[tuple[Branch, Seen | None]] = []
    for branch in lineage.history(host, reference):
        if branch.environment is None:
            shown.append((branch, None))
        elif (seen := _seen(who, branch.environment, shared)) is not None:
            shown.append((branch, seen))
    return shown


def _seen(who: Caller, one: Environment, shared: Mapping[str, Grant]) -> Seen | None:
    access = _access(who, one, shared)
    if access is None:
        return None
    if access == "own" or who.administers:
        return Seen(one, access)
    # Who else works on the lab's images is nobody's business.
    mine = tuple(row for row in one.used_by if row.startswith(f"{who.name}/"))
    return Seen(replace(one, used_by=mine), access)


def _access(who: Caller, one: Environment, shared: Mapping[str, Grant]) -> Access | None:
    if one.offered:
        return "lab"
    if one.owner == who.name:
        return "own"
    grant = shared.get(one.reference)
    if grant is not None and grant.owner == one.owner:
        return "shared"
    return "admin" if who.administers else None


def actor(who: Caller) -> Actor:
    """Return on whose behalf the core changes something for a caller."""
    return Actor(who.name, admin=who.administers)


def is_up(workspace: Workspace) -> bool:
    """Tell whether a workspace's container runs."""
    return workspace.container.state in ("running", "paused", "restarting")


def forest(found: Sequence[Seen]) -> list[tuple[int, Seen]]:
    """Return environments as trees, each under what it was made from, with their depths."""
    ordered: list[tuple[int, Seen]] = []
    parents = {one.environment.reference: _parent(one, found) for one in found}

    def climb(parent: str | None, depth: int) -> None:
        for one in found:
            reference = one.environment.reference
            if parents[reference] == parent and all(
                reference != o.environment.reference for _, o in ordered
            ):
                ordered.append((depth, one))
                climb(reference, depth + 1)

    climb(None, 0)
    return ordered


def _parent(one: Seen, found: Sequence[Seen]) -> str | None:
    mine = one.environment
    rows = [
        other.environment
        for other in found
        if other.environment.id == mine.parent_id and other.environment.id != mine.id
    ]
    named = [row for row in rows if references.same_image(row.reference, mine.parent)]
    parent = next(iter(named or rows), None)
    return parent.reference if parent else None
