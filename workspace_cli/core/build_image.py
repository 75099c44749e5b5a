"""``workspace build``: an image of somebody's own on top of one that has a Labdock server."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from workspace_cli.core import (
    build,
    build_dockerfile,
    choices,
    clean_image,
    disk_limits,
    images,
    labels,
    references,
    trust,
)
from workspace_cli.core.build import Builder, Built, Recipe
from workspace_cli.core.build_dockerfile import Bases
from workspace_cli.core.build_source import Source, dockerfile_for, read_text
from workspace_cli.core.engine import Report
from workspace_cli.core.errors import InvalidInputError, InvalidOptionError, NoServerError
from workspace_cli.core.host import Host
from workspace_cli.core.models import Image
from workspace_cli.core.secrets import AUTH

DEFAULT = "labdock/pytorch"
LONGEST_NOTE = 1000
_FIXED = ("Entrypoint", "Cmd", "Shell")
"""Of an image's configuration: what the server's start depends on."""
_INHERITED = (labels.SERVER, labels.IMPORTED, labels.ADOPTED)
_IGNORED = ".git\n**/__pycache__\n"


@dataclass(frozen=True, kw_only=True)
class Wish:
    """Whose image is wanted, under which name; ``owner`` is '' for the lab's own."""

    owner: str = ""
    name: str = ""
    on: str = ""
    note: str = ""
    replace: bool = False
    fresh: bool = False
    """Run every step anew, whatever is known from the last build."""
    restricted: bool = False
    """Whether only what the owner may start from may be built on."""


def reference_for(source: Source, wish: Wish) -> str:
    """Return the name that the image gets: ``labdock/lab/NAME:TAG``, or the owner's."""
    space = references.owner_repository(wish.owner) if wish.owner else references.LAB
    return build.complete(f"{space}{source.name or 'image'}", wish.name, space)


def build_image(
    host: Host, builder: Builder, source: Source, wish: Wish, report: Report | None = None
) -> Built:
    """Build, check, try out and name an image.

    Raises InvalidInputError for what cannot be built, ImageNotFoundError, NoServerError
    where the result has no server any more, NameTakenError, SetupError, StartFailedError.
    """
    if len(wish.note) > LONGEST_NOTE:
        raise InvalidOptionError(f"A note has at most {LONGEST_NOTE} characters.", "Shorten it.")
    reference = reference_for(source, wish)
    build.refuse_taken(host, reference, wish.replace)
    if wish.owner:
        disk_limits.check_new_work(host, wish.owner, report)
    arguments, found = _bases(host, source, wish)
    base = _usable(host, found, wish, report)
    with _recipe(source, arguments) as recipe:

        def make(*, fresh: bool) -> Image:
            return build.make(
                host,
                builder,
                replace(recipe, fresh=fresh),
                _description(reference, found.base, base, wish),
                inspect=lambda image: check_result(image, base),
                replace=wish.replace,
                report=report,
            )

        try:
            made = make(fresh=wish.fresh)
        except OtherBaseError:
            if wish.fresh:
                raise
            # BuildKit takes an earlier build of the same base for this one, with its layers.
            made = make(fresh=True)
    return Built(
        reference=reference,
        id=made.id,
        parent=found.base,
        size=made.size,
        added=max(0, made.size - base.size),
        layers=len(made.layers),
    )


def _bases(host: Host, source: Source, wish: Wish) -> tuple[Mapping[str, str], Bases]:
    """Return the build's arguments, and the images that it stands on."""
    if source.dockerfile is None:
        known = host.catalogue.find(DEFAULT)
        base = wish.on or source.on or (known.name if known else host.catalogue.default)
        references.check_reference(base)
        return {"BASE": base}, Bases(base, (base,))
    text = read_text(source.dockerfile)
    declared = any(
        keyword == "ARG" and rest.partition("=")[0].strip() == "BASE"
        for keyword, rest in build_dockerfile.instructions(text)
    )
    if wish.on and not declared:
        raise InvalidOptionError(
            f"--on {wish.on} means nothing here: {source.dockerfile} names what it builds on.",
            "Leave --on out, or begin the file with ARG BASE and FROM ${BASE}.",
        )
    arguments = {"BASE": wish.on} if wish.on else {}
    try:
        return arguments, build_dockerfile.bases(text, arguments)
    except InvalidInputError as exc:
        message = f"{source.dockerfile} cannot be built. {exc.message}"
        raise InvalidInputError(message, exc.remedy) from exc


def _usable(host: Host, found: Bases, wish: Wish, report: Report | None) -> Image:
    """Return the image that the last stage stands on, once all that are named may be used."""
    for reference in found.images:
        references.check_reference(reference)
        if references.is_internal(reference):
            raise InvalidInputError(
                f"{reference} is Labdock's own means.", "Build on an environment instead."
            )
        if wish.restricted:
            choices.startable(host, wish.owner, reference)
        image = images.require(host, reference, report)
        if wish.owner:
            trust.check_start(host, image, reference, wish.owner)
    if found.base == build_dockerfile.NOTHING:
        raise NoServerError("It begins with an empty image.", "Begin with FROM labdock/pytorch.")
    base = host.engine.image(found.base)
    if not images.has_server(base):
        raise NoServerError(
            f"It builds on {found.base}, which has no Labdock server in it.",
            f"First `workspace adopt {found.base}`, then build on what that makes.",
        )
    return base


class OtherBaseError(NoServerError):
    """What was built has other layers below than the image that it names."""


def check_result(image: Image, base: Image) -> None:
    """Raise NoServerError where what was built no longer starts the server of its base."""
    if image.layers[: len(base.layers)] != base.layers:
        raise OtherBaseError(
            "What was built does not stand on the image that it names.", "Look at its FROM lines."
        )
    changed = [name for name in _FIXED if image.config.get(name) != base.config.get(name)]
    if str(image.config.get("User") or "0") not in ("0", "root"):
        changed.append("User")
    if changed:
        raise NoServerError(
            f"It changes {', '.join(changed)}, by which the Labdock server starts.",
            "Take ENTRYPOINT, CMD, SHELL and the last USER line out of the Dockerfile; what "
            "needs root may be run before USER 0.",
        )
    told = [name for name in AUTH if name in image.environment]
    if told:
        raise InvalidInputError(
            f"It sets {', '.join(told)}: everybody who may use the image could read that.",
            "Give name and password when a workspace is made.",
        )
    if len(image.layers) >= clean_image.MOST_LAYERS:
        raise InvalidInputError(
            f"It has {len(image.layers)} layers, near the engine's limit.",
            "Join RUN lines with &&, or flatten what it builds on.",
        )


@contextmanager
def _recipe(source: Source, arguments: Mapping[str, str]) -> Iterator[Recipe]:
    """Yield how a source is built; what has to be written for it goes afterwards."""
    subject = f"{source.path} could not be built"
    if source.dockerfile is not None and source.folder is not None:
        yield Recipe(
            dockerfile=source.dockerfile,
            context=source.folder,
            arguments=arguments,
            subject=subject,
        )
        return
    with tempfile.TemporaryDirectory(prefix="labdock-recipe-") as name:
        folder = Path(name)
        lists, empty = folder / "lists", folder / "empty"
        for made in (lists, empty):
            made.mkdir()
        (lists / "requirements.txt").write_text("\n".join(source.pip) + "\n", encoding="utf-8")
        (folder / "Dockerfile").write_text(dockerfile_for(source), encoding="utf-8")
        (folder / "Dockerfile.dockerignore").write_text(_IGNORED, encoding="utf-8")
        yield Recipe(
            dockerfile=folder / "Dockerfile",
            context=source.folder or empty,
            arguments=arguments,
            contexts={"lists": lists},
            subject=subject,
        )


def _description(reference: str, parent: str, base: Image, wish: Wish) -> clean_image.Description:
    kept = {name: base.labels[name] for name in _INHERITED if name in base.labels}
    if labels.IMPORTED in base.labels:
        # What came from elsewhere stays so, whatever a Dockerfile says of it.
        kept[labels.IMPORTED_ID] = base.labels.get(labels.IMPORTED_ID, base.id)
    return clean_image.Description(
        reference=reference,
        labels={
            **kept,
            **({labels.OWNER: wish.owner} if wish.owner else {}),
            labels.PARENT: parent,
            labels.PARENT_ID: base.id,
            labels.NOTE: wish.note,
        },
        created_by=f"workspace build {references.split(reference)[0]}",
        comment=wish.note,
    )
