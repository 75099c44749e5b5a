"""Opening a repository in a workspace: which one, and what has to be started for it."""

from __future__ import annotations

from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool

from hub.portal.acting import Actor
from hub.portal.board import Picture
from hub.portal.home_view import again, in_line, last_choice
from hub.portal.openings import Opening
from hub.portal.portal import Portal
from hub.portal.shown import Shown
from workspace_cli.core import naming
from workspace_cli.core.errors import WorkspaceNotFoundError
from workspace_cli.core.opening import OpenRules, Wanted

ADDRESS = "/open"
"""Of the links that people pass on, at the root of the site; the hub leads on from there."""


def rules(parts: Portal) -> OpenRules:
    """Return the lab's list as it is now."""
    return parts.host.policy.open


def own_workspaces(picture: Picture, owner: str) -> list[Shown]:
    """Return those that a member may open something in, the default one first."""
    rows = [one for one in picture.workspaces.values() if one.owner == owner and one.kind == "hub"]
    return sorted(rows, key=lambda one: (one.server != "", one.name))


def usual_workspace(picture: Picture, owner: str) -> str:
    """Return the name of the one that runs, of several the one used last; else the default one."""
    running = [one for one in own_workspaces(picture, owner) if one.state == "running"]
    running.sort(key=lambda one: (one.last_activity or 0.0, one.server == ""))
    return running[-1].name if running else naming.DEFAULT_WORKSPACE


async def begin(parts: Portal, actor: Actor, wanted: Wanted, workspace: str = "") -> Opening:
    """Keep what a member has confirmed, and start the workspace where it does not run.

    Raises NotAllowedError for what is not on the lab's list, WorkspaceNotFoundError, and
    whatever keeps the workspace from starting.
    """
    picture, owner = parts.live.board.picture, actor.who.name
    name = workspace or usual_workspace(picture, owner)
    known = {one.name: one for one in own_workspaces(picture, owner)}.get(name)
    if known is None and name != naming.DEFAULT_WORKSPACE:
        raise WorkspaceNotFoundError(
            "There is no such workspace, or it is not yours.",
            "Your page of workspaces lists them.",
        )
    rules(parts).check(wanted.repository)
    opening = await run_in_threadpool(parts.openings.add, owner, name, wanted)
    if known is None or known.state in ("new", "stopped", "failed"):
        await parts.acting.start(actor, (owner, name), _options(picture, owner, known))
    return opening


def _options(picture: Picture, owner: str, known: Shown | None) -> dict[str, object] | None:
    """What it is started with: as it was, or as its owner's last one; None is as it was."""
    if known and known.options:
        return again(known)
    return in_line(last_choice(picture, owner))


def find(parts: Portal, owner: str, number: str) -> Opening:
    """Return an opening of a member's that the lab's list allows at this moment.

    Raises NotFoundError, NotAllowedError.
    """
    opening = parts.openings.find(owner, number)
    rules(parts).check(opening.wanted.repository)
    return opening


def link(base: str, wanted: Wanted) -> str:
    """Return the address that opens something, to be passed on.

    >>> from workspace_cli.core.opening import parse_wanted
    >>> link("https://lab", parse_wanted("https://github.com/our-lab/course", path="a b.ipynb"))
    'https://lab/open?repo=https://github.com/our-lab/course&path=a+b.ipynb'
    """
    fields = {"repo": wanted.repository.url, "branch": wanted.branch, "path": wanted.path}
    said = {name: value for name, value in fields.items() if value}
    return f"{base}{ADDRESS}?{urlencode(said, safe='/:')}"
