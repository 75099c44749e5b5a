"""Makes a workspace image of anybody's Debian or Ubuntu image; that one stays as it is."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from workspace_cli.core import build, clean_image, images, labels, nvml, references
from workspace_cli.core.build import Builder, Built, Recipe
from workspace_cli.core.engine import Progress, Report
from workspace_cli.core.errors import InvalidNameError, NoServerError
from workspace_cli.core.host import Host
from workspace_cli.core.models import Image
from workspace_cli.core.naming import check_owner
from workspace_cli.core.preflight import Machine, Preflight, Subject, judge

SERVER_IMAGE = "labdock/base"
"""Where the server is taken from."""


@dataclass(frozen=True)
class Looked:
    """An image that was looked at, and what was found."""

    subject: Subject
    preflight: Preflight


def look(
    host: Host, builder: Builder, recipes: Path, reference: str, report: Report | None = None
) -> Looked:
    """Read an image's files without running it; it is fetched where it is not here.

    ``recipes`` is the folder ``images/adopt``.  Raises ImageNotFoundError.
    """
    references.check_reference(reference)
    image = images.require(host, reference, report)
    base = images.require(host, SERVER_IMAGE)
    if report:
        report(Progress(f"Looking into {reference}"))
    folders = image.environment.get("PATH", "")
    recipe = Recipe(
        dockerfile=recipes / "Dockerfile",
        context=recipes,
        arguments={"IMAGE": reference, "FOLDERS": folders},
        target="facts",
        subject=f"{reference} could not be looked into",
    )
    subject = Subject(reference=reference, image=image, files=builder.facts(recipe, report))
    driver = nvml.read().driver
    return Looked(subject, judge(subject, Machine(architecture=base.architecture, driver=driver)))


def reference_for(reference: str, wanted: str = "", owner: str = "") -> str:
    """Return the name that an adopted image gets: among an owner's, or the lab's adopted ones."""
    if owner:
        check_owner(owner)
    space = references.owner_repository(owner) if owner else references.ADOPTED
    if not wanted and ("@" in reference or reference.startswith("sha256:")):
        raise InvalidNameError(f"{reference} has no name of its own.", "Give one: --as NAME:TAG.")
    return build.complete(reference, wanted, space)


def adopt(
    host: Host,
    builder: Builder,
    recipes: Path,
    looked: Looked,
    name: str,
    *,
    owner: str = "",
    note: str = "",
    parent: Image | None = None,
    replace: bool = False,
    report: Report | None = None,
) -> Built:
    """Lay the server on an image that was looked at, try it out, and return what was made.

    ``parent`` is the image to be named as its origin, where that is another than what
    was looked at.  Raises NoServerError where the preflight refuses it, and what
    ``build.make`` raises.
    """
    subject, preflight = looked.subject, looked.preflight
    refuse_unfit(preflight)
    build.refuse_taken(host, name, replace)
    python = subject.python
    recipe = Recipe(
        dockerfile=recipes / "Dockerfile",
        context=recipes,
        arguments={"IMAGE": subject.reference, "PYTHON": python["program"] if python else ""},
        target="result",
        subject=f"{subject.reference} could not be adopted",
    )
    made = build.make(
        host,
        builder,
        recipe,
        _description(subject, parent or subject.image, name, owner, note),
        replace=replace,
        report=report,
    )
    return Built(
        reference=name,
        id=made.id,
        parent=subject.reference,
        size=made.size,
        added=max(0, made.size - subject.image.size),
        layers=len(made.layers),
        warnings=tuple(check.reason for check in preflight.checks if check.level == "warn"),
    )


def refuse_unfit(preflight: Preflight) -> None:
    """Raise NoServerError where an image cannot be adopted."""
    if preflight.verdict == "refused":
        raise NoServerError(
            f"{preflight.reference} cannot be adopted. {' '.join(preflight.reasons)}",
            "See all that was found: workspace adopt IMAGE --check.",
        )


def _description(
    subject: Subject, parent: Image, name: str, owner: str, note: str
) -> clean_image.Description:
    origin = subject.reference if parent.id == subject.image.id else named(parent)
    return clean_image.Description(
        reference=name,
        labels={
            labels.SERVER: "1",
            **({labels.OWNER: owner} if owner else {}),
            labels.PARENT: origin,
            labels.PARENT_ID: parent.id,
            labels.ADOPTED: parent.id,
            labels.NOTE: note,
        },
        created_by=f"workspace adopt {origin}",
        comment=note,
    )


def named(image: Image) -> str:
    """Return a name of an image, or its id where it has none."""
    return next((tag for tag in image.tags if not references.is_internal(tag)), image.id)
