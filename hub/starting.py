"""One start of one workspace: how it comes about, and how it is taken back."""

from __future__ import annotations

import asyncio
import threading
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from hub.machine import Machine
from hub.steps import Steps
from workspace_cli.core import (
    announcements,
    broker,
    good_starts,
    labels,
    members,
    profiles,
    safe_mode,
    workspaces,
)
from workspace_cli.core.actors import Actor
from workspace_cli.core.engine import Progress
from workspace_cli.core.errors import (
    ConflictError,
    LabdockError,
    NameTakenError,
    WaitingForGpuError,
    WorkspaceNotFoundError,
)
from workspace_cli.core.host import Host
from workspace_cli.core.models import Container, Workspace, WorkspaceSpec
from workspace_cli.core.naming import container_name, network_name
from workspace_cli.core.options import WorkspaceOptions, parse_options
from workspace_cli.core.policy import Role
from workspace_cli.core.references import same_image
from workspace_cli.core.safety_saves import BEFORE_ROLLBACK, NOT_STARTED, Reason, safety_save
from workspace_cli.core.undo import Undo

REPLACE = "replace_image"
"""The option that says: another image may take the container's place."""
WAIT = "wait"
"""The option that says: stand in line where no GPU is free."""
FRESH = "fresh"
"""The option that says: begin anew from the image, also where it is the same (a rollback)."""
SAVE = "save_first"
"""The option that says: save what is there before it goes; ``not-started`` where it is broken."""
SAFE = "safe_mode"
"""The option that says: a minimal server, without the member's environment."""
KEEP = "save_profile"
"""The option that says: keep the choices as a profile of this name."""
OF_THE_START = (REPLACE, WAIT, FRESH, SAVE, SAFE, KEEP)
"""Options of one start; the next start is not given them again."""
UP = ("running", "restarting")
_SAVES: dict[str, Reason] = {
    **dict.fromkeys(("true", "yes", "on", "1"), BEFORE_ROLLBACK),
    "not-started": NOT_STARTED,
}


@dataclass(frozen=True)
class Wanted:
    """What a start is asked for: the member's raw options and the server's secrets."""

    owner: str
    workspace: str
    options: dict[str, Any]
    secrets: dict[str, str] = field(repr=False)
    role: Role = "member"
    groups: frozenset[str] = frozenset()


class CancelledStartError(Exception):
    """Somebody cancelled the start; raised inside a use case, so that it undoes its work."""


class Start:
    """One start, in a thread; made, cancelled and undone from the event loop."""

    def __init__(self, machine: Machine, wanted: Wanted, steps: Steps) -> None:
        self._steps = steps
        self.image: str | None = None
        """What was chosen, by its name, once the options have been found good."""
        self._machine = machine
        self._wanted = wanted
        self._cancelled = threading.Event()
        self._existed = False
        self._future: asyncio.Future[str] | None = None

    @property
    def under_way(self) -> bool:
        """Whether the engine may still be at work for it."""
        return self._future is not None and not self._future.done()

    async def run(self) -> str:
        """Bring the workspace up and return its address, empty where it has ended already."""
        self._future = self._machine.submit(self._bring_up)
        # Whoever cancels a start does not ask how it ended: asyncio need not complain of that.
        self._future.add_done_callback(lambda ended: ended.cancelled() or ended.exception())
        # Cancelling must not abandon the thread: `settled` waits until it has tidied up.
        return await asyncio.shield(self._future)

    def cancel(self) -> None:
        """Let the use case end at its next step."""
        self._cancelled.set()

    async def settled(self) -> None:
        """Wait until nothing is under way; a cancelled start is undone then."""
        if self._future is not None:
            await asyncio.wait([self._future])
            if self._cancelled.is_set():
                await self.undo()

    async def undo(self) -> None:
        """Take back a start whose server does not answer: a new container goes, an old one stops.

        What a failed use case had made, it has removed itself.
        """
        future = self._future
        if future is None or not future.done() or future.cancelled() or future.exception():
            return
        with suppress(LabdockError):
            await self._machine.submit(self._take_back)

    def _bring_up(self) -> str:
        host, wanted = self._machine.host, self._wanted
        members.remember(host, wanted.owner, wanted.role, wanted.groups)
        if wanted.role != "admin":
            announcements.check_open(host)
        current = _inspect(host, container_name(wanted.owner, wanted.workspace))
        self._existed = current is not None
        options = chosen_options(host, wanted, current)
        self.image = options.image
        self._keep_profile()
        spec = WorkspaceSpec(
            owner=wanted.owner,
            name=wanted.workspace,
            image=options.image,
            kind="hub",
            limits=options.limits,
            gpus=options.gpus,
            ports=options.ports,
            secrets=wanted.secrets,
            safe_mode=_true(wanted.options.get(SAFE)),
        )
        with Undo() as undo:
            if granted := self._take_turn(spec, current):
                # Whoever is next need not wait for what this start did not come to use.
                undo.add(lambda: broker.withdraw(host, granted))
            fresh = _true(wanted.options.get(FRESH))
            self._save_first(spec, current)
            workspace = workspaces.bring_up(host, spec, self._report, fresh=fresh)
        return workspace.container.networks.get(network_name(wanted.owner), "")

    def _keep_profile(self) -> None:
        """Keep the choices, which are good ones, where somebody gave them a name."""
        name, owner = self._wanted.options.get(KEEP), self._wanted.owner
        if not name:
            return
        chosen = {n: v for n, v in self._wanted.options.items() if n not in OF_THE_START}
        chosen["image"] = self.image
        profiles.save(self._machine.host, str(name), chosen, Actor(owner))

    def _save_first(self, spec: WorkspaceSpec, current: Container | None) -> None:
        """Save what is there where it is to go and somebody wants it kept."""
        reason = _SAVES.get(str(self._wanted.options.get(SAVE)).lower())
        workspace = Workspace.of(current) if current is not None else None
        if reason is None or workspace is None:
            return
        if _true(self._wanted.options.get(FRESH)) or not same_image(workspace.image, spec.image):
            safety_save(self._machine.host, workspace, reason, report=self._report)

    def _take_turn(self, spec: WorkspaceSpec, current: Container | None) -> str:
        """Get GPUs granted and return the request's id, or stand in line: WaitingForGpuError.

        Whoever does not want to wait is told who holds what (NoFreeGpuError).
        """
        wanted = self._wanted
        if spec.gpus in (0, ()) or (current is not None and current.state in UP):
            return ""
        # It has been done, and what the name stands for may be another by its turn.
        options = {n: v for n, v in wanted.options.items() if n != KEEP}
        found = broker.ask(
            self._machine.host,
            spec.owner,
            spec.name,
            spec.gpus,
            kind="hub",
            options=options,
            wait=_true(options.get(WAIT)),
        )
        if isinstance(found, broker.Waiting):
            raise WaitingForGpuError(
                f"No GPU is free now; the workspace is number {found.place.position} in line.",
                "It starts by itself when it is its turn.",
                request=found.request.id,
            )
        return found.request.id

    def _report(self, progress: Progress) -> None:
        if self._cancelled.is_set():
            raise CancelledStartError
        self._steps.report(progress)

    def _take_back(self) -> None:
        host = self._machine.host
        name = container_name(self._wanted.owner, self._wanted.workspace)
        workspace = Workspace.of(host.engine.container(name))
        if workspace is None:
            return
        if self._existed:
            workspaces.stop(host, workspace)
        else:
            workspaces.remove(host, workspace)


def chosen_options(host: Host, wanted: Wanted, current: Container | None) -> WorkspaceOptions:
    """Check what a member chose against what exists.

    Without an image the workspace keeps its own, even one that is no longer on
    offer.  Raises InvalidOptionError, NameTakenError, and ConflictError where
    another image would replace the container and nobody said that it may.
    """
    raw = {name: value for name, value in wanted.options.items() if name not in OF_THE_START}
    parsed = partial(parse_options, host=host, owner=wanted.owner, workspace=wanted.workspace)
    if current is None:
        return parsed(raw)
    if current.labels.get(labels.KIND) != "hub":
        raise NameTakenError(
            f"{wanted.owner} has a workspace {wanted.workspace} that runs outside the hub.",
            "Choose another name, or ask an admin to remove that one.",
        )
    own = current.labels.get(labels.IMAGE, current.image)
    asked = raw.get("image")
    if isinstance(asked, list) and len(asked) == 1:
        asked = asked[0]
    same = asked in (None, "", []) or (isinstance(asked, str) and same_image(asked, own))
    # What is there may stay on an image that is not on offer; anew, it is made like any other.
    if same and not _true(wanted.options.get(FRESH)):
        raw.pop("image", None)
        return replace(parsed(raw), image=own)
    options = parsed({**raw, "image": own} if same else raw)
    if not same_image(options.image, own) and not _true(wanted.options.get(REPLACE)):
        raise ConflictError(
            f"Another image replaces the workspace: what was installed in {own} would be lost.",
            f"Save the environment first, or say that it may go ({REPLACE}).",
        )
    return options


def note_start(host: Host, name: str) -> None:
    """Remember what a server has come up from, or let its owner know that it is a safe one.

    Nothing depends on it: a database that cannot be written to is the hub's trouble elsewhere.
    """
    with suppress(LabdockError, SQLAlchemyError):
        workspace = Workspace.of(host.engine.container(name))
        if workspace is not None and not safe_mode.note(host, workspace):
            good_starts.note(host, workspace)


def _true(value: object) -> bool:
    return value is True or value in ("on", "true", "1", ["on"], ["true"], ["1"])


def _inspect(host: Host, name: str) -> Container | None:
    try:
        return host.engine.container(name)
    except WorkspaceNotFoundError:
        return None
