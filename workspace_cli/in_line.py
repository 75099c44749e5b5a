"""Waiting in line for GPUs at a terminal: the place is told, Ctrl-C gives it up."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from workspace_cli.core.engine import Progress, Report
from workspace_cli.core.errors import (
    ConflictError,
    EngineUnreachableError,
    NoFreeGpuError,
    WorkspaceNotFoundError,
)
from workspace_cli.core.values import Gpus
from workspace_cli.text import local

if TYPE_CHECKING:
    from workspace_cli.core.broker import Place
    from workspace_cli.core.models import Workspace
    from workspace_cli.invocation import Invocation

POLL_SECONDS = 2.0
COME_UP_SECONDS = 300.0
"""Longest wait for the hub to start a workspace whose turn has come."""


@contextmanager
def turn(
    call: Invocation,
    owner: str,
    workspace: str,
    wanted: Gpus,
    report: Report,
    *,
    override: str = "",
) -> Iterator[None]:
    """Stand in line until the GPUs are kept for a workspace; inside the block it starts.

    Whatever ends the wait or the start early leaves the line.
    """
    if wanted in (0, ()):
        yield
        return
    from workspace_cli.core import broker

    asked = broker.ask(call.host, owner, workspace, wanted, kind="cli", override=override)
    try:
        if isinstance(asked, broker.Waiting):
            _wait(call, asked.request.id, report)
        yield
    except BaseException:
        broker.withdraw(call.host, asked.request.id)
        raise


def _wait(call: Invocation, request: str, report: Report) -> None:
    told = ""
    while True:
        try:
            place = _place(call, request, first=not told)
            if place.position == 0:
                return
            text = sentence(place)
        except EngineUnreachableError:
            text = "The engine does not answer; the place in line is kept"
        if text != told:
            report(Progress(text))
            told = text
        time.sleep(POLL_SECONDS)


def _place(call: Invocation, request: str, *, first: bool) -> Place:
    """Keep a place in line and return it; ConflictError where somebody has cancelled it."""
    from workspace_cli.core import broker

    if not first:
        if broker.alive(call.host, request) is None:
            raise ConflictError(
                "The request is no longer in line: somebody has cancelled it.", "Ask again."
            )
        # The hub moves the line as well; without one, whoever waits does it.
        broker.advance(call.host)
    return broker.place_in_line(call.host, request)


def sentence(place: Place) -> str:
    """Say where somebody stands and when their turn comes.

    Held up by their own allowance they have no place to tell.
    """
    if place.barred:
        return "Waiting in line: the owner has as many GPUs as the lab's policy allows"
    when = f", turn about {local(place.starts)[5:16]}" if place.starts is not None else ""
    ahead = f"{place.ahead} before it" if place.ahead else "first"
    holders = ", ".join(dict.fromkeys(one.name for _, one in place.holders))
    held = f"; held by {holders}" if holders else ""
    return f"Waiting in line for GPUs: {ahead}{when}{held}"


def hub_start_in_line(
    call: Invocation, workspace: Workspace, report: Report, *, wait: bool
) -> bool:
    """After the hub could not start a workspace: wait for its turn, or leave the line.

    The hub keeps a request for every member whose GPUs are not free, and starts
    the workspace itself.  Returns False where that was not the reason.  Raises
    NoFreeGpuError without ``wait``.
    """
    from workspace_cli.core import broker

    mine = [
        place
        for place in broker.line(call.host)
        if (place.request.owner, place.request.workspace) == (workspace.owner, workspace.name)
    ]
    if not mine:
        return False
    request = mine[0].request.id
    if not wait:
        broker.withdraw(call.host, request)
        raise NoFreeGpuError(f"{sentence(mine[0])}.", "Wait in line with --wait.")
    try:
        _wait(call, request, report)
    except KeyboardInterrupt:
        broker.withdraw(call.host, request)
        raise
    report(Progress("The turn has come: the hub starts it"))
    _until_up(call, workspace)
    return True


def _until_up(call: Invocation, workspace: Workspace) -> None:
    deadline = time.monotonic() + COME_UP_SECONDS
    while time.monotonic() < deadline:
        try:
            if call.find(workspace.reference).container.state == "running":
                return
        except WorkspaceNotFoundError:
            pass
        time.sleep(POLL_SECONDS)
    raise ConflictError(
        f"The hub has not started {workspace.reference} although its turn has come.",
        "`docker logs labdock-hub` tells why.",
    )
