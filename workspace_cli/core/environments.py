"""Saved environments: a workspace's container kept as an image with its lineage."""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from workspace_cli.core import clean_image, disk_limits, labels, lineage, references
from workspace_cli.core.engine import Report
from workspace_cli.core.errors import (
    ImageNotFoundError,
    InvalidOptionError,
    LabdockError,
    NameTakenError,
)
from workspace_cli.core.host import Host
from workspace_cli.core.models import SECRETS_TARGET, Image, Mount, Workspace
from workspace_cli.core.quotas import check_save
from workspace_cli.core.undo import Undo

_LONGEST_NOTE = 1000


@dataclass(frozen=True, kw_only=True)
class Saved:
    """An environment that was saved: sizes in bytes, ``seconds`` it took.

    ``added`` is what the environment holds on top of its parent; ``not_saved``
    are the folders that are on the host and in no image.
    """

    reference: str
    id: str
    parent: str
    note: str
    size: int
    added: int
    layers: int
    seconds: float
    not_saved: tuple[Mount, ...]


def reference_for(
    host: Host, workspace: Workspace, wanted: str | None = None, *, anywhere: bool = False
) -> str:
    """Return the full name under which ``commit`` would save a workspace now."""
    now = datetime.fromtimestamp(host.clock(), ZoneInfo(host.settings.timezone))
    full = references.environment_reference(
        workspace.owner, workspace.name, wanted, now, anywhere=anywhere
    )
    if host.catalogue.find(full):
        raise NameTakenError(
            f"{full} is the name of an image that the lab offers.", "Choose another name."
        )
    return full


def commit(
    host: Host,
    workspace: Workspace,
    reference: str | None = None,
    *,
    note: str = "",
    pause: bool = True,
    report: Report | None = None,
    anywhere: bool = False,
    replace: bool = False,
) -> Saved:
    """Save a workspace's container as an image without any secret of the container.

    ``reference`` is ``IMAGE[:TAG]`` below ``labdock/OWNER/``, or with
    ``anywhere`` (an admin) a full name; absent, it is the workspace's name and
    the time.  A tag in use is refused (NameTakenError) unless ``replace`` and
    it is the owner's own.  Raises CommitFailedError, DiskFullError.
    """
    _check_note(note)
    disk_limits.check_new_work(host, workspace.owner, report)
    full = reference_for(host, workspace, reference, anywhere=anywhere)
    before = _taken_by(host, full, workspace.owner, replace)
    check_save(host, workspace, replaced=before)
    container = host.engine.container(workspace.container.name)
    parent = host.engine.image(container.image_id)
    began = time.monotonic()
    with Undo() as undo:
        undo.add(lambda: _put_back(host, full, before))
        description = _description(parent, workspace, full, note)
        image = clean_image.save_layer(host, container, description, pause=pause, report=report)
    if before and before.id != image.id and set(before.tags) == {full}:
        # Nothing names the image that the tag has left; another may still use it.
        with suppress(LabdockError):
            clean_image.remove_if_there(host, before.id)
    return Saved(
        reference=full,
        id=image.id,
        parent=workspace.image,
        note=note,
        size=image.size,
        added=max(0, image.size - parent.size),
        layers=len(image.layers),
        seconds=time.monotonic() - began,
        not_saved=tuple(m for m in container.mounts if m.target != SECRETS_TARGET),
    )


def _check_note(note: str) -> None:
    if len(note) > _LONGEST_NOTE or "\0" in note:
        raise InvalidOptionError(
            f"A note has at most {_LONGEST_NOTE} characters; this one has {len(note)}.",
            "Shorten it.",
        )


def _taken_by(host: Host, reference: str, owner: str, replace: bool) -> Image | None:
    """Return the owner's image that the reference names already and that may be replaced."""
    try:
        image = host.engine.image(reference)
    except ImageNotFoundError:
        return None
    if replace and image.labels.get(labels.OWNER) == owner:
        return image
    raise NameTakenError(
        f"There is an image {reference} already.",
        "Choose another tag." if replace else "Choose another tag, or use --force to replace it.",
    )


def _put_back(host: Host, reference: str, before: Image | None) -> None:
    """Let the reference name what it named before, and nothing that this call made stay."""
    with suppress(ImageNotFoundError):
        made = host.engine.image(reference)
        if before is None:
            host.engine.remove_image(reference)
        elif made.id != before.id:
            host.engine.tag(before.id, reference)
            host.engine.remove_image(made.id)


def _description(
    parent: Image, workspace: Workspace, reference: str, note: str
) -> clean_image.Description:
    kept = {labels.SERVER: parent.labels[labels.SERVER]} if labels.SERVER in parent.labels else {}
    return clean_image.Description(
        reference=reference,
        labels={
            **kept,
            labels.OWNER: workspace.owner,
            labels.PARENT: workspace.image,
            labels.PARENT_ID: lineage.stands_on(parent),
            labels.SAVED_FROM: workspace.reference,
            labels.NOTE: note,
        },
        created_by=f"workspace commit {workspace.name}",
        comment=note,
    )
