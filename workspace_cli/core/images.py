"""The image that a workspace is to be made from: here, fetched, or refused in words."""

from __future__ import annotations

from collections.abc import Mapping

from workspace_cli.core import labels, references
from workspace_cli.core.engine import Progress, Report
from workspace_cli.core.errors import ImageNotFoundError, NoServerError
from workspace_cli.core.host import Host
from workspace_cli.core.models import Image, WorkspaceSpec


def require(host: Host, reference: str, report: Report | None = None) -> Image:
    """Return an image, pulled where it is not on this machine.

    Names under ``labdock/`` are never asked of a registry: on a public one they
    could be anybody's.  Raises ImageNotFoundError, which lists what is on offer.
    """
    try:
        return host.engine.image(reference)
    except ImageNotFoundError as exc:
        if references.familiar(reference).startswith(references.NAMESPACE):
            raise _unknown(host, reference, "is not on this machine") from exc
    if report:
        report(Progress(f"Fetching {reference}"))
    try:
        host.engine.pull(reference, report)
        return host.engine.image(reference)
    except ImageNotFoundError as exc:
        raise _unknown(
            host, reference, "is neither on this machine nor in a registry that can be reached"
        ) from exc


def _unknown(host: Host, reference: str, where: str) -> ImageNotFoundError:
    entry = host.catalogue.find(reference)
    if entry:
        remedy = f"It is on offer but not built here yet: `workspace up` builds {entry.name}."
        if entry.build != "default":
            remedy = f"It is built on request only; also on offer: {host.catalogue.names()}."
    else:
        remedy = f"On offer: {host.catalogue.names()}."
    return ImageNotFoundError(f"The image {reference} {where}.", remedy)


def has_server(image: Image) -> bool:
    """Tell whether a Labdock server is inside."""
    return image.labels.get(labels.SERVER) == "1"


def exposed_ports(image: Image) -> tuple[int, ...]:
    """Return the TCP ports that an image says it serves."""
    told = image.config.get("ExposedPorts")
    ports = (key.partition("/") for key in told) if isinstance(told, Mapping) else ()
    return tuple(sorted(int(p) for p, _, kind in ports if p.isdecimal() and kind in ("", "tcp")))


def check_server(image: Image, spec: WorkspaceSpec, report: Report | None = None) -> None:
    """Raise NoServerError where a workspace would have nothing to open in a browser.

    A standalone workspace may run such an image as what it is, on ports that the
    person or the image itself names; then a warning is all.
    """
    if has_server(image):
        return
    if spec.kind == "hub" or not (spec.ports or exposed_ports(image)):
        remedy = "Choose an image made from labdock/base"
        if spec.kind == "standalone":
            remedy += (
                ", lay a server on it (`workspace adopt`), or name a port with -p HOST:CONTAINER "
                "to run it as what it is"
            )
        raise NoServerError(f"The image {spec.image} has no Labdock server in it.", f"{remedy}.")
    if report:
        report(
            Progress(
                f"{spec.image} has no Labdock server in it: it runs as what it is, and Labdock "
                "puts no password before its ports.",
                warning=True,
            )
        )
