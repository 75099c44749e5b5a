"""Which layers an environment or a workspace is made of, and what it is to be compared with."""

from __future__ import annotations

from dataclasses import dataclass

from workspace_cli.core import labels, lineage, references
from workspace_cli.core.errors import ImageNotFoundError
from workspace_cli.core.host import Host
from workspace_cli.core.layer_ground import lab_layers
from workspace_cli.core.models import Container, Image, LayerFolders, Workspace

BLIND = (
    "The engine keeps its layers where they cannot be looked at "
    "(another store than overlay2, remapped users or a rootless engine)."
)
Side = Image | Workspace


@dataclass(frozen=True)
class Stack:
    """The folders of all layers, from the highest to the lowest, and the image they belong to."""

    folders: tuple[str, ...]
    image: Image


def stack_of(host: Host, side: Side) -> Stack | None:
    """Return the layers of an environment or a workspace, None where they cannot be reached."""
    image = image_of(host, side)
    if isinstance(side, Image):
        found = host.engine.layer_folders(side.id, image=True)
    else:
        found = host.engine.layer_folders(side.container.name)
    return None if found is None else Stack(_folders(found), image)


def _folders(found: LayerFolders) -> tuple[str, ...]:
    # The engine's own layer between a container's and its image's is in no save.
    lowers = [path for path in found.lowers if not path.endswith("-init/diff")]
    return (found.upper, *lowers)


def image_of(host: Host, side: Side) -> Image:
    """Return the environment, or the image that the workspace stands on."""
    return side if isinstance(side, Image) else host.engine.image(side.container.image_id)


def last_saved(host: Host, workspace: Workspace, container: Container) -> Image:
    """Return what was last saved of a workspace as it is now, else the image it stands on."""
    image = host.engine.image(container.image_id)
    # A recreated container is younger than what was saved of the one before it.
    recreated = any(map(references.is_internal, image.tags))
    base = lineage.stands_on(image)
    saved = [
        one
        for one in host.engine.images({labels.SAVED_FROM: workspace.reference})
        if one.created >= container.created
        or (recreated and one.labels.get(labels.PARENT_ID) == base)
    ]
    if saved:
        return max(saved, key=lambda one: one.created)
    try:
        return host.engine.image(base)
    except ImageNotFoundError:
        return image


def ground_of(host: Host, stack: Stack) -> tuple[str, ...]:
    """Return the folders of the image below everything that members saved.

    What lies in there was the lab's to check, and cannot be left out.
    """
    depth = lab_layers(host, stack.image)
    return stack.folders[len(stack.folders) - depth :] if depth else ()


def title_of(against: Image, workspace: Workspace) -> str:
    """Return the name of the image that a workspace is compared with."""
    named = [tag for tag in against.tags if not references.is_internal(tag)]
    return next(iter(named), workspace.image)


def name_of(side: Side) -> str:
    """Return what a person calls it."""
    return next(iter(side.tags), side.id) if isinstance(side, Image) else side.reference
