"""Where environments come from: each image with its parent, read from labels."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from workspace_cli.core import labels, references, trust
from workspace_cli.core.errors import ImageNotFoundError
from workspace_cli.core.host import Host
from workspace_cli.core.models import Image, Workspace
from workspace_cli.core.reading import list_workspaces


@dataclass(frozen=True, kw_only=True)
class Environment:
    """One image that a workspace can be started from: sizes in bytes, times since the epoch.

    ``added`` is what it holds on top of its parent, None where the parent is
    gone.  ``used_by`` are the workspaces (OWNER/NAME) that stand on it.
    """

    reference: str
    id: str
    offered: bool
    owner: str
    saved_from: str
    parent: str
    parent_id: str
    note: str
    created: float
    size: int
    added: int | None
    layers: int
    used_by: tuple[str, ...]
    imported_from: str = ""
    """Where it, or what it stands on, was before it came to this lab."""
    trusted: bool = True
    """Whether members may start from it: made here, or allowed by an admin."""


@dataclass(frozen=True)
class Branch:
    """An environment in its tree, ``depth`` steps above the root; ``wanted`` was asked about."""

    depth: int
    environment: Environment | None
    name: str
    wanted: bool = False


def environments(host: Host, owner: str | None = None) -> list[Environment]:
    """Return every image that workspaces start from: the lab's first, then saved, newest first.

    With ``owner``, that owner's environments only.
    """
    images = [image for image in host.engine.images() if _of_ours(image)]
    by_id = {image.id: image for image in images}
    used = list_workspaces(host)
    barred = trust.untrusted(host, images)
    found = [
        _environment(host, image, tag, by_id, images, used, trusted=image.id not in barred)
        for image in images
        for tag in image.tags
        if not references.is_internal(tag) and _is_environment(host, image, tag)
    ]
    if owner is not None:
        found = [one for one in found if one.owner == owner]
    order = [references.normalise(entry.name) for entry in host.catalogue.images]
    place = {tag: number for number, tag in enumerate(order)}
    return sorted(
        found, key=lambda one: (place.get(one.reference, len(order)), -one.created, one.reference)
    )


def history(host: Host, reference: str) -> list[Branch]:
    """Return the tree that an environment belongs to, from its root on, depth first.

    A parent that is gone is a branch without an environment.  Raises
    ImageNotFoundError for what is none of the environments.
    """
    every = environments(host)
    wanted = references.normalise(reference)
    start = next((one for one in every if one.reference == wanted), None)
    if start is None:
        raise ImageNotFoundError(
            f"There is no environment {reference}.", "`workspace images` lists them all."
        )
    root = _ancestors(start, every)[-1]
    branches: list[Branch] = []
    above = 0
    if _parent_of(root, every) is None and root.parent:
        branches.append(Branch(0, None, root.parent))
        above = 1
    _climb(root, every, above, wanted, branches)
    return branches


def stands_on(image: Image) -> str:
    """Return the id of the image that somebody chose, for one that a container stands on.

    A recreated workspace stands on a layer of Labdock's own, which knows it.
    """
    if any(map(references.is_internal, image.tags)):
        return image.labels.get(labels.PARENT_ID, image.id)
    return image.id


def last_saved(host: Host, workspace: Workspace) -> str:
    """Return what a workspace was last saved as, or the image it was made from.

    What was only saved by the way, before a rollback, does not count: two rollbacks in a
    row must not lead there and back.
    """
    saved = [
        one
        for one in environments(host, workspace.owner)
        if one.saved_from == workspace.reference and not references.is_safety_save(one.reference)
    ]
    newest = max(saved, key=lambda one: one.created, default=None)
    return newest.reference if newest else workspace.image


def _of_ours(image: Image) -> bool:
    return any(labels.in_namespace(name) for name in image.labels)


def _is_environment(host: Host, image: Image, tag: str) -> bool:
    entry = host.catalogue.find(tag)
    return entry.workspace if entry else labels.PARENT in image.labels


def _environment(
    host: Host,
    image: Image,
    tag: str,
    by_id: dict[str, Image],
    images: Sequence[Image],
    used: Iterable[Workspace],
    *,
    trusted: bool,
) -> Environment:
    parent = by_id.get(image.labels.get(labels.PARENT_ID, "")) or _tagged(
        image.labels.get(labels.PARENT, ""), images
    )
    return Environment(
        reference=tag,
        id=image.id,
        offered=host.catalogue.find(tag) is not None,
        owner=image.labels.get(labels.OWNER, ""),
        saved_from=image.labels.get(labels.SAVED_FROM, ""),
        parent=image.labels.get(labels.PARENT, ""),
        parent_id=parent.id if parent else "",
        note=image.labels.get(labels.NOTE, ""),
        created=image.created,
        size=image.size,
        added=max(0, image.size - parent.size) if parent else None,
        layers=len(image.layers),
        used_by=tuple(sorted(w.reference for w in used if references.same_image(w.image, tag))),
        imported_from=image.labels.get(labels.IMPORTED, ""),
        trusted=trusted,
    )


def _tagged(reference: str, images: Iterable[Image]) -> Image | None:
    wanted = references.normalise(reference) if reference else ""
    return next((image for image in images if wanted in image.tags), None)


def _parent_of(one: Environment, every: Iterable[Environment]) -> Environment | None:
    rows = [other for other in every if other.id == one.parent_id and other.id != one.id]
    named = [other for other in rows if references.same_image(other.reference, one.parent)]
    return next(iter(named or rows), None)


def _ancestors(start: Environment, every: Sequence[Environment]) -> list[Environment]:
    """Return the environment and those below it, the root last."""
    chain = [start]
    while (parent := _parent_of(chain[-1], every)) and parent not in chain:
        chain.append(parent)
    return chain


def _climb(
    one: Environment,
    every: Sequence[Environment],
    depth: int,
    wanted: str,
    branches: list[Branch],
) -> None:
    branches.append(Branch(depth, one, one.reference, one.reference == wanted))
    children = [other for other in every if _parent_of(other, every) == one]
    for child in sorted(children, key=lambda other: other.created):
        _climb(child, every, depth + 1, wanted, branches)
