"""Saved environments: a workspace's container kept as an image with its lineage."""

from __future__ import annotations

import posixpath
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from workspace_cli.core import clean_image, disk_limits, labels, layer_save, lineage, references
from workspace_cli.core.engine import Report
from workspace_cli.core.errors import (
    ImageNotFoundError,
    InvalidOptionError,
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
    are the folders that are on the host and in no image; ``paused`` is for how
    many seconds the workspace's processes were held.
    """

    reference: str
    id: str
    parent: str
    note: str
    size: int
    added: int
    layers: int
    seconds: float
    paused: float
    not_saved: tuple[Mount, ...]


def figures(saved: Saved) -> dict[str, Any]:
    """Return what was saved as JSON knows it, but for what is not saved; sizes in bytes."""
    return {
        "reference": saved.reference,
        "id": saved.id,
        "parent": saved.parent,
        "note": saved.note,
        "size": saved.size,
        "added": saved.added,
        "layers": saved.layers,
        "seconds": round(saved.seconds, 2),
        "paused": round(saved.paused, 2),
    }


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
    leave_out: Sequence[str] = (),
) -> Saved:
    """Save a workspace's container as an image without any secret of the container.

    ``reference`` is ``IMAGE[:TAG]`` below ``labdock/OWNER/``, or with
    ``anywhere`` (an admin) a full name; absent, it is the workspace's name and
    the time.  A tag in use is refused (NameTakenError) unless ``replace`` and
    it is the owner's own.  ``leave_out`` are absolute paths in the container, each
    with all that is below it, which will be in no layer of the image; what is gone
    already is no error.  Raises BusyError, CommitFailedError, DiskFullError, and
    InvalidOptionError for what belongs to the image that the workspace was made from.
    """
    _check_note(note)
    paths = _inside(leave_out)
    disk_limits.check_new_work(host, workspace.owner, report)
    full = reference_for(host, workspace, reference, anywhere=anywhere)
    before = _taken_by(host, full, workspace.owner, replace)
    check_save(host, workspace, replaced=before)
    container = host.engine.container(workspace.container.name)
    parent = host.engine.image(container.image_id)
    began = time.monotonic()
    with Undo() as undo:
        undo.add(lambda: clean_image.put_back(host, full, before))
        description = _description(parent, workspace, full, note)
        kept = layer_save.save_layer(
            host, container, description, leave_out=paths, pause=pause, report=report
        )
        image = kept.image
    clean_image.remove_replaced(host, before, image, full)
    return Saved(
        reference=full,
        id=image.id,
        parent=workspace.image,
        note=note,
        size=image.size,
        added=max(0, image.size - parent.size),
        layers=len(image.layers),
        seconds=time.monotonic() - began,
        paused=kept.paused,
        not_saved=tuple(m for m in container.mounts if m.target != SECRETS_TARGET),
    )


def _check_note(note: str) -> None:
    if len(note) > _LONGEST_NOTE or "\0" in note:
        raise InvalidOptionError(
            f"A note has at most {_LONGEST_NOTE} characters; this one has {len(note)}.",
            "Shorten it.",
        )


def _inside(paths: Sequence[str]) -> list[str]:
    """Return absolute paths without the slash before them; InvalidOptionError for others."""
    found = []
    for path in paths:
        plain = posixpath.normpath(path).lstrip("/")
        if not path.startswith("/") or not plain or "\0" in path:
            raise InvalidOptionError(
                f"{references.shown(path)} cannot be left out.",
                "Give a file or a folder by its whole path in the workspace, as /root/.netrc.",
            )
        found.append(plain)
    return found


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
