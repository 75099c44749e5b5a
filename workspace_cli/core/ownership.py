"""Whose an environment is, and who may do something with it."""

from __future__ import annotations

from workspace_cli.core import labels, references
from workspace_cli.core.actors import Actor
from workspace_cli.core.errors import ImageNotFoundError, NotAllowedError
from workspace_cli.core.host import Host
from workspace_cli.core.lineage import Environment, environments
from workspace_cli.core.models import Image


def is_own(image: Image, tag: str, owner: str) -> bool:
    """Tell whether a tag of an image is an owner's environment.

    Both must say so: the name, which the lab's rules give, and the image itself.
    """
    return tag.startswith(references.owner_repository(owner)) and (
        image.labels.get(labels.OWNER) == owner
    )


def owned_by(host: Host, reference: str, actor: Actor) -> Environment:
    """Return a saved environment that an actor may share, pin or remove.

    Raises ImageNotFoundError for what is none or is somebody else's, in the same
    words, and NotAllowedError for an image of the lab.
    """
    wanted = references.normalise(reference)
    found = next((one for one in environments(host) if one.reference == wanted), None)
    if found is not None and found.offered:
        raise NotAllowedError(
            f"{reference} is the lab's, which every member may start from.",
            "Name an environment that was saved; `workspace images` lists them.",
        )
    if found is None or not actor.may_change(found.owner):
        message = f"There is no environment {references.shown(reference)} of yours."
        if actor.admin:
            message = f"There is no environment {references.shown(reference)}."
        raise ImageNotFoundError(message, "`workspace images` lists them all.")
    return found
