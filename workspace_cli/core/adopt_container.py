"""Takes over a container that somebody started by hand: its files, ports, GPUs and name.

It is stopped, saved as an environment, and stays as ``NAME.before-adoption`` until the
workspace that is made from it runs; whatever fails or is interrupted before, it runs
again under its own name.
"""

from __future__ import annotations

import secrets as random
from collections.abc import Callable, Mapping
from contextlib import ExitStack, suppress

from workspace_cli.core import (
    build,
    build_trial,
    clean_image,
    disk_limits,
    labels,
    layer_save,
    workspaces,
)
from workspace_cli.core.adopt import Looked, named
from workspace_cli.core.adopt_plan import KEPT, Takeover
from workspace_cli.core.engine import Report
from workspace_cli.core.errors import DiskFullError, ImageNotFoundError
from workspace_cli.core.host import Host
from workspace_cli.core.models import SERVER_PORT, Container, Image, Workspace
from workspace_cli.core.readiness import wait_for_workspace
from workspace_cli.core.undo import Undo
from workspace_cli.core.waiting import finished

_RUNNING = ("running", "restarting", "paused")

LookInto = Callable[[str], Looked]
"""Looks into an image by its name (``adopt.look`` with what that needs)."""
LayServer = Callable[[Looked, str, str, Image], object]
"""Makes the named image, an owner's, of what was looked at; the last is its origin."""


def take_over(
    host: Host,
    found: Takeover,
    look: LookInto,
    lay: LayServer,
    *,
    remove_old: bool = False,
    report: Report | None = None,
) -> Workspace:
    """Make a workspace of a container; where that fails, the container is as before.

    Where its image has no server, one is laid on top of what the container holds.
    Raises NoServerError, NameTakenError, StartFailedError and what a launch raises.
    """
    disk_limits.check_new_work(host, found.spec.owner, report)
    _make_room(host, found)
    old = found.container
    with Undo() as undo:
        undo.add(lambda: _run_again(host, found))
        _halt(host, old)
        undo.add(lambda: clean_image.remove_if_there(host, found.reference))
        _save(host, found, look, lay, report)
        if old.name != found.name + KEPT:
            finished(lambda: host.engine.rename(old.id, found.name + KEPT))
        made = workspaces.launch(host, found.spec, report)
        undo.add(lambda: workspaces.remove(host, made))
        _await(host, made)
    if remove_old:
        finished(lambda: host.engine.remove(old.id, force=True))
    return made


def _make_room(host: Host, found: Takeover) -> None:
    """Remove what a killed call has saved of the same container; NameTakenError for all else."""
    with suppress(ImageNotFoundError):
        saved = host.engine.image(found.reference)
        ours = (saved.labels.get(labels.OWNER), saved.labels.get(labels.NOTE))
        if ours == (found.spec.owner, _note(found)):
            clean_image.remove_if_there(host, found.reference)
    build.refuse_taken(host, found.reference, replace=False)


def _note(found: Takeover) -> str:
    return f"taken over from the container {found.name}"


def _halt(host: Host, old: Container) -> None:
    # On a disk with no byte left the engine cannot note it: stopping comes first.
    with suppress(DiskFullError):
        host.engine.update(old.id, restart="no")
    if old.state in _RUNNING:
        finished(lambda: host.engine.stop(old.id))


def _run_again(host: Host, found: Takeover) -> None:
    """Give the old container its name and policy back, and start it where it ran."""
    old = found.container
    if host.engine.container(old.id).name != found.name:
        host.engine.rename(old.id, found.name)
    host.engine.update(old.id, restart=old.restart)
    if old.state in _RUNNING or old.name.endswith(KEPT):
        host.engine.start(old.id)


def _save(
    host: Host, found: Takeover, look: LookInto, lay: LayServer, report: Report | None
) -> None:
    """Save what the container holds as an image with a server, without its variables."""
    old = found.container
    if found.has_server:
        kept = (labels.SERVER, labels.ADOPTED)
        inherited = {k: found.image.labels[k] for k in kept if k in found.image.labels}
        described = _description(found, found.reference, inherited)
        layer_save.save_layer(host, old, described, leave_out=(), report=report)
        return
    prefix = clean_image.unfinished_prefix(host)
    interim = f"{prefix}{int(host.clock())}-{random.token_hex(6)}"
    with ExitStack() as leftovers:
        leftovers.callback(clean_image.remove_if_there, host, interim)
        described = _description(found, interim, build_trial.marks(host))
        layer_save.save_layer(host, old, described, leave_out=(), report=report)
        lay(look(interim), found.reference, found.spec.owner, found.image)


def _description(
    found: Takeover, reference: str, extra: Mapping[str, str]
) -> clean_image.Description:
    return clean_image.Description(
        reference=reference,
        labels={
            **extra,
            labels.OWNER: found.spec.owner,
            labels.PARENT: named(found.image),
            labels.PARENT_ID: found.image.id,
            labels.SAVED_FROM: f"{found.spec.owner}/{found.spec.name}",
            labels.NOTE: _note(found),
        },
        created_by=f"workspace adopt --container {found.name}",
        comment=_note(found),
    )


def _await(host: Host, made: Workspace) -> None:
    port = next((p.host for p in made.ports if p.container == SERVER_PORT), 0)
    wait_for_workspace(host, made, f"http://127.0.0.1:{port}/api", timeout=120)
