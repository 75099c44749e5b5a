"""The work that callers ask for: save a workspace, make it anew from an environment."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol

from hub.portal import acting
from hub.portal.callers import Caller
from hub.portal.environments_view import is_up
from workspace_cli.core import disk_limits, environments, gpu_lease, lineage, look
from workspace_cli.core.engine import Progress, Report
from workspace_cli.core.environments import Saved, figures
from workspace_cli.core.errors import ConflictError, NameTakenError, NotAllowedError, TooOftenError
from workspace_cli.core.host import Host
from workspace_cli.core.images import require
from workspace_cli.core.look_models import Difference, Preview, printable
from workspace_cli.core.making_anew import options_of
from workspace_cli.core.models import Image, Workspace
from workspace_cli.core.safety_saves import safety_save


class Servers(acting.Servers, Protocol):
    """What the hub does at the portal's word."""

    def measure_disk(self, owner: str) -> None:
        """Measure again what a member takes up."""


LOOKS = 3
"""Looks into layers at a time, saves included."""
LOOK_SECONDS = 20.0
"""How long one waits for its turn."""
WAITING = 5
"""How many wait for it at a time: each holds one of the threads that answer all pages."""


@dataclass(frozen=True)
class LeftOut:
    """What a save leaves out: likely secrets but those below ``keep``, caches, more paths."""

    keep: tuple[str, ...] = ()
    keep_secrets: bool = False
    drop_caches: bool = False
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class Worker:
    """Does the work on one machine; the calls block for as long as it takes.

    ``servers`` reaches the hub with a caller's own token.
    """

    host: Host
    servers: Callable[[str], Servers]
    _looks: threading.BoundedSemaphore = field(
        default_factory=lambda: threading.BoundedSemaphore(LOOKS)
    )
    _room: threading.BoundedSemaphore = field(
        default_factory=lambda: threading.BoundedSemaphore(LOOKS + WAITING)
    )

    def preview(self, workspace: Workspace) -> Preview:
        """Return what a save would keep; TooOftenError where too many look at once."""
        with self._look():
            return look.preview(self.host, workspace)

    def compare(self, old: Image, new: Image | Workspace) -> Difference:
        """Return how two differ; TooOftenError where too many look at once."""
        with self._look():
            return look.compare(self.host, old, new)

    @contextmanager
    def _look(self) -> Iterator[None]:
        # Each look is a container that reads a whole layer.
        with _taken(self._room, 0.0), _taken(self._looks, LOOK_SECONDS):
            yield

    def save(
        self,
        token: str,
        workspace: Workspace,
        reference: str,
        note: str,
        report: Report,
        left_out: LeftOut = LeftOut(),
    ) -> Mapping[str, Any]:
        """Save a workspace; return what became of it as JSON."""
        self._measure_if_full(token, workspace.owner, report)
        report(Progress("Looking for secrets"))
        # As long as it takes: what is not read is not known to be no secret.
        seen = look.preview(self.host, workspace, patience=look.THOROUGH)
        paths = look.left_out(
            seen,
            keep=left_out.keep,
            keep_secrets=left_out.keep_secrets,
            drop_caches=left_out.drop_caches,
            also=left_out.also,
        )
        try:
            saved = environments.commit(
                self.host, workspace, reference, note=note, report=report, leave_out=paths
            )
        except NameTakenError as exc:
            raise NameTakenError(exc.message, "Choose another name.") from exc
        return {**saved_as_json(saved), "left_out": [printable(path) for path in paths]}

    def roll_back(
        self, token: str, workspace: Workspace, reference: str, save: bool, report: Report
    ) -> Mapping[str, Any]:
        """Make a workspace of the hub anew from an environment, running afterwards.

        Home, ports, limits and GPUs stay.  With ``save`` what is there now is kept as an
        environment first.
        """
        require(self.host, reference)
        kept = self._keep(token, workspace, report) if save else None
        servers = self.servers(token)
        options = options_of(self.host, workspace, reference)
        with gpu_lease.kept_over_stop(self.host, workspace):
            if is_up(workspace):
                report(Progress("Stopping the workspace"))
                servers.stop_server(workspace.owner, workspace.name)
            servers.start_server(workspace.owner, workspace.name, report, options)
        return {"reference": reference, "kept": kept}

    def _keep(self, token: str, workspace: Workspace, report: Report) -> str:
        self._measure_if_full(token, workspace.owner, report)
        return safety_save(self.host, workspace, report=report).reference

    def _measure_if_full(self, token: str, owner: str, report: Report) -> None:
        # The portal sees no home: the hub counts, and the figure is fresh when it is judged.
        if disk_limits.standing(self.host, owner).level == "hard":
            report(Progress("Measuring how much of the disk is used"))
            self.servers(token).measure_disk(owner)


@contextmanager
def _taken(places: threading.BoundedSemaphore, seconds: float) -> Iterator[None]:
    if not places.acquire(timeout=seconds):
        raise TooOftenError(
            "Too many are looking at what changed right now.",
            "Try again in a moment.",
            seconds=10,
        )
    try:
        yield
    finally:
        places.release()


def check_rollback(who: Caller, workspace: Workspace) -> None:
    """Raise ConflictError for a workspace that stands by itself: the hub cannot start it.

    NotAllowedError where the caller's token starts and stops nothing, as a workspace's own.
    """
    if not who.may_act_for(workspace.owner):
        raise NotAllowedError(
            "A workspace's own token starts and stops nothing.",
            "Use the page of environments, or a token of yours.",
        )
    if workspace.kind != "hub":
        raise ConflictError(
            f"{workspace.reference} was not made by the hub.",
            "Ask an admin: `workspace rollback` makes it anew.",
        )


def last_saved(host: Host, workspace: Workspace) -> str:
    """Return what a rollback without a name goes back to."""
    return lineage.last_saved(host, workspace)


def saved_as_json(saved: Saved) -> dict[str, Any]:
    """Return what was saved as JSON knows it; sizes in bytes."""
    return {
        **figures(saved),
        "not_saved": [mount.target for mount in saved.not_saved],
    }
