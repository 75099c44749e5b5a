"""Makes an image from a recipe, tries it out, and only then gives it its name.

Until then it is called ``labdock/unfinished:…`` and carries the label by which ``reap``
finds it; a failed or interrupted call leaves nothing behind.
"""

from __future__ import annotations

import io
import secrets
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from workspace_cli.core import build_trial, clean_image, references
from workspace_cli.core.engine import Report
from workspace_cli.core.errors import (
    CommitFailedError,
    ImageNotFoundError,
    NameTakenError,
)
from workspace_cli.core.host import Host
from workspace_cli.core.models import Image
from workspace_cli.core.undo import Undo
from workspace_cli.core.waiting import finished


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """What a build is made of: a Dockerfile, the folder that it sees, and its arguments."""

    dockerfile: Path
    context: Path
    arguments: Mapping[str, str] = field(default_factory=dict)
    contexts: Mapping[str, Path] = field(default_factory=dict)
    """More folders that it may copy from, by the name that it knows them by."""
    target: str = ""
    """The stage to build; the last one by default."""
    subject: str = ""
    """What it means where it fails, in a person's words."""
    fresh: bool = False
    """Whether every step is run, whatever is known from an earlier build."""


class Builder(Protocol):
    """Runs recipes; the only one outside of tests is BuildKit (``setup/image_builder.py``)."""

    def build(
        self, recipe: Recipe, tag: str, labels: Mapping[str, str], report: Report | None
    ) -> None:
        """Make an image and tag it; SetupError with the end of the output where that fails."""

    def facts(self, recipe: Recipe, report: Report | None) -> Mapping[str, Any]:
        """Return what the recipe writes as ``/facts.json``; nothing is kept."""


@dataclass(frozen=True, kw_only=True)
class Built:
    """An image that was made: its size in bytes."""

    reference: str
    id: str
    parent: str
    size: int
    added: int
    layers: int
    warnings: tuple[str, ...] = ()


Inspect = Callable[[Image], None]
"""Looks at what was built, before it is tried out; raises where it cannot be kept."""


def make(
    host: Host,
    builder: Builder,
    recipe: Recipe,
    description: clean_image.Description,
    *,
    inspect: Inspect | None = None,
    replace: bool = False,
    report: Report | None = None,
) -> Image:
    """Build an image, try it out, and return it under the name that the description gives.

    Raises NameTakenError, SetupError where the build fails, StartFailedError where its
    server does not come up.
    """
    check_store(host)
    refuse_taken(host, description.reference, replace)
    mark = f"{clean_image.unfinished_prefix(host)}{int(host.clock())}-{secrets.token_hex(6)}"
    with Undo() as undo, ExitStack() as leftovers:
        leftovers.callback(clean_image.remove_if_there, host, mark)
        builder.build(recipe, mark, build_trial.marks(host), report)
        image = host.engine.image(mark)
        if inspect:
            inspect(image)
        build_trial.try_out(host, mark, report)
        config = clean_image.clean_config(image, image.layers, description, host.clock())
        data = clean_image.archive(config, description.reference)
        with host.locked():
            before = refuse_taken(host, description.reference, replace)
            undo.add(lambda: clean_image.put_back(host, description.reference, before))
            finished(lambda: host.engine.load(io.BytesIO(data)))
        made = host.engine.image(description.reference)
        clean_image.remove_replaced(host, before, made, description.reference)
        return made


def check_store(host: Host) -> None:
    """Raise CommitFailedError where the engine cannot take an image's configuration alone."""
    if host.info.containerd_image_store:
        raise CommitFailedError(
            "The engine keeps its images in the containerd store, where Labdock cannot write "
            "an image's configuration anew yet.",
            'Turn it off in the engine\'s settings ("containerd-snapshotter": false).',
        )


def refuse_taken(host: Host, reference: str, replace: bool) -> Image | None:
    """Return the image that has the name and may be replaced; NameTakenError where it may not."""
    try:
        image = host.engine.image(reference)
    except ImageNotFoundError:
        return None
    if replace:
        return image
    raise NameTakenError(
        f"There is an image {reference} already.",
        "Choose another name or tag, or use --force to replace it.",
    )


def complete(reference: str, wanted: str, space: str) -> str:
    """Return the full name of an image that is made: below ``space`` unless it says so itself.

    ``wanted`` is ``NAME[:TAG]``, by default what ``reference`` is called last.  Raises
    InvalidNameError.
    """
    name = wanted or references.split(reference)[0].rpartition("/")[2]
    tag = references.split(name)[1] or (not wanted and references.split(reference)[1]) or "latest"
    full = name if name.startswith(space) else f"{space}{name}"
    full = full if references.split(full)[1] else f"{full}:{tag}"
    references.check_reference(full)
    return full
