"""One thing done to many workspaces: what one refuses is told, the others go on."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from hub.portal import acting
from hub.portal.acting import Actor
from hub.portal.portal import Portal
from hub.portal.shown import Shown
from workspace_cli.core import audit, notices
from workspace_cli.core.errors import ConflictError, InvalidOptionError, LabdockError

Action = Literal["start", "stop", "restart", "extend", "remove"]
MOST_AT_ONCE = 200
LONGEST_MESSAGE = 500
_TOGETHER = 16
"""So many are asked of the hub at the same time."""


@dataclass(frozen=True)
class Outcome:
    """What became of one workspace: ``refused`` says why nothing did, in English."""

    reference: str
    refused: LabdockError | None = None
    detail: str = ""


def checked(references: Iterable[str]) -> list[str]:
    """Return what was named, each once; InvalidOptionError for none or too many."""
    found = list(dict.fromkeys(one.replace("\0", "") for one in references))
    if not found:
        raise InvalidOptionError("No workspace is ticked.", "Go back and tick some.")
    if len(found) > MOST_AT_ONCE:
        raise InvalidOptionError(
            f"More than {MOST_AT_ONCE} workspaces are too many at once.", "Name fewer."
        )
    return found


async def act(
    parts: Portal, actor: Actor, action: Action, references: Sequence[str]
) -> list[Outcome]:
    """Do it to each; what an admin does to whom is kept in the audit trail.

    As with one workspace, what takes longer than a second goes on afterwards.
    """
    few = asyncio.Semaphore(_TOGETHER)

    async def one(reference: str) -> Outcome:
        async with few:
            try:
                return Outcome(reference, None, await _do(parts, actor, action, reference))
            except LabdockError as exc:
                return Outcome(reference, exc)

    outcomes = await asyncio.gather(*map(one, references))
    if actor.who.administers:
        await asyncio.to_thread(_record_refused, parts, actor.who.name, action, outcomes)
    return outcomes


async def _do(parts: Portal, actor: Actor, action: Action, reference: str) -> str:
    owner, _, name = reference.partition("/")
    acting = parts.acting
    found = acting.find(actor.who, owner, name)
    if action == "extend":
        return await acting.extend(actor, found)
    if action == "start":
        _check_set_up(found)
        if not found.is_up:
            await acting.start(actor, found.key)
    elif action == "restart":
        _check_set_up(found)
        await acting.restart(actor, found)
    elif action == "remove":
        await acting.remove(actor, found)
    elif found.is_up:
        await acting.halt(actor, found)
    return ""


def _check_set_up(one: Shown) -> None:
    if one.kind == "hub" and not one.options:
        raise ConflictError(
            "It was never started, so nobody has chosen anything for it yet.",
            "Its owner sets it up and starts it.",
        )


def tell(parts: Portal, by: str, text: str, found: Iterable[Shown]) -> None:
    """Show a message of an admin's to the owner of each, about that workspace.

    A message replaces the one before it about the same workspace.  Raises
    InvalidOptionError for an empty or a long one.
    """
    message = " ".join(text.replace("\0", "").split())
    if not message or len(message) > LONGEST_MESSAGE:
        raise InvalidOptionError(
            f"A message has 1 to {LONGEST_MESSAGE} characters.", "Go back and write another."
        )
    host = parts.host
    for one in found:
        values = {"by": by, "text": message}
        now = host.clock()
        notices.tell(host.database, one.owner, one.name, "from_admin", values, now=now)
        audit.record(host, by, "tell", one.reference, message)


def _record_refused(parts: Portal, by: str, action: str, outcomes: Iterable[Outcome]) -> None:
    """Keep what was tried in vain; what is done is kept where it is done."""
    for one in outcomes:
        if one.refused:
            detail = f"refused: {one.refused.message}"
            acting.note(parts.host, by, action, one.reference, detail)
