"""Sends environments to image registries and fetches images from them.

Whatever breaks off, the names on this machine mean what they meant before, and running
the same again goes on with the layers that have arrived.
"""

from __future__ import annotations

import io
import re
import secrets
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TypeVar

from workspace_cli.core import audit, clean_image, disk_limits, labels, references, trust
from workspace_cli.core.engine import Progress, Report
from workspace_cli.core.errors import (
    ArchiveError,
    ImageNotFoundError,
    InvalidNameError,
    InvalidOptionError,
    LabdockError,
    RegistryUnreachableError,
)
from workspace_cli.core.exporting import check_store
from workspace_cli.core.host import Host
from workspace_cli.core.image_archive import MOST_LAYERS
from workspace_cli.core.image_parts import SERVER
from workspace_cli.core.importing import place
from workspace_cli.core.incoming import (
    Arrival,
    Incoming,
    Slot,
    check_machine,
    check_share,
    foreign_labels,
    slot_for,
)
from workspace_cli.core.models import ContainerRequest, Image
from workspace_cli.core.references import shown
from workspace_cli.core.transfer_journal import Passing, alone, passing
from workspace_cli.core.waiting import finished

T = TypeVar("T")
PAUSES = (1.0, 3.0, 9.0)
"""Seconds between tries where a registry cannot be reached."""
_DEFAULT = "docker.io"


@dataclass(frozen=True)
class Pushed:
    """An image that was sent: its name here and there, and its digest in the registry."""

    reference: str
    target: str
    digest: str


def push(
    host: Host,
    reference: str,
    target: str | None,
    actor: str,
    report: Report | None = None,
) -> Pushed:
    """Send an image to a registry, under its own name or another.

    Log-ins are those of docker on this machine.  Raises InvalidNameError where no
    registry is named, NotAllowedError, RegistryUnreachableError.
    """
    image = host.engine.image(reference)
    trust.check_shared(host, image, reference)
    full = _target(host, references.normalise(reference), target)
    with alone(host, full):
        digest = _sent(host, image, full, report)
    audit.record(host, actor, "push", reference, f"{full}@{digest}")
    return Pushed(reference, full, digest)


def _sent(host: Host, image: Image, full: str, report: Report | None) -> str:
    """Push an image under a name that it has only meanwhile; return the digest."""
    before = _named(host, full)
    same = before is not None and before.id == image.id
    with passing(host, Passing(tag="" if same else full, tag_before=before.id if before else "")):
        if not same:
            host.engine.tag(image.id, full)
        return _retried(lambda: host.engine.push(full, report), report)


def pull(
    host: Host,
    reference: str,
    owner: str,
    actor: str,
    *,
    name: str | None = None,
    replace_own: bool = False,
    report: Report | None = None,
) -> Arrival:
    """Fetch an image for an owner; it is untrusted unless its registry is the lab's own.

    It is fetched by its digest, so that no name of this machine changes meanwhile, and
    then gets a clean configuration and a name of the owner's.  Raises
    ImageNotFoundError, RegistryUnreachableError, NotAllowedError, NameTakenError.
    """
    check_store(host)
    wanted, registry = _asked(reference)
    slot = slot_for(host, owner, name or _last(wanted), replace=replace_own)
    disk_limits.check_new_work(host, owner, report)
    digest = _retried(lambda: host.engine.resolve(wanted), report)
    repository = references.split(wanted.partition("@")[0])[0]
    fetched = f"{repository}@{digest}"
    here = _named(host, fetched)
    probe = f"labdock-probe-{secrets.token_hex(6)}"
    with passing(host, Passing(fetched="" if here else fetched, container=probe)):
        _retried(lambda: host.engine.pull(fetched, report), report)
        image = host.engine.image(fetched)
        _check(host, image, slot, known=here is not None)
        server = _has_server(host, image, probe)
        made = _placed(host, slot, image, f"{wanted.partition('@')[0]}@{digest}", actor, server)
    audit.record(host, actor, "pull", slot.reference, f"{made.id} {fetched}")
    if registry in host.policy.registries.trusted:
        trust.allow(host, made, slot.reference, actor, f"from {registry}")
    return Arrival(
        reference=slot.reference,
        id=made.id,
        origin=made.labels[labels.IMPORTED],
        size=made.size,
        layers=len(made.layers),
        trusted=trust.is_trusted(host, made),
        server=server,
        digest=digest,
    )


def registry_of(reference: str) -> str:
    """Return the registry that a name begins with; '' where it names none.

    >>> registry_of("registry.lab:5000/kim/vision:v2"), registry_of("kim/vision")
    ('registry.lab:5000', '')
    """
    first, slash, _ = reference.partition("/")
    return first if slash and ("." in first or ":" in first or first == "localhost") else ""


def _target(host: Host, reference: str, target: str | None) -> str:
    """Return the full name in a registry that an image is sent to."""
    own = reference if registry_of(reference) else ""
    if target is None and not own and (default := host.policy.registries.push_to):
        target = f"{default}/{reference.removeprefix(references.NAMESPACE)}"
    full = target or own
    if full:
        references.check_reference(full)
    if not full or not registry_of(full) or "@" in full:
        raise InvalidNameError(
            f"{shown(full or reference)} names no registry to send to.",
            "Give REGISTRY/NAME:TAG, for example registry.lab:5000/kim/vision:v2, or set push_to "
            "under [registries] in policy.toml.",
        )
    return references.normalise(full)


def _asked(reference: str) -> tuple[str, str]:
    """Return a name that can be pulled, and its registry."""
    references.check_reference(reference)
    if reference.startswith(references.NAMESPACE):
        raise InvalidNameError(
            f"{reference} is a name of this machine, and is asked of no registry.",
            "Begin with the registry, for example registry.lab:5000/kim/vision:v2.",
        )
    return references.normalise(reference), registry_of(reference) or _DEFAULT


def _last(reference: str) -> str:
    """Return NAME:TAG of a name in a registry."""
    rest, at, _ = reference.partition("@")
    repository, tag = references.split(rest)
    return f"{repository.rpartition('/')[2]}:{tag or ('pulled' if at else 'latest')}"


def _named(host: Host, reference: str) -> Image | None:
    with suppress(ImageNotFoundError):
        return host.engine.image(reference)
    return None


def _check(host: Host, image: Image, slot: Slot, *, known: bool) -> None:
    check_machine(host, image.architecture)
    if len(image.layers) > MOST_LAYERS:
        raise ArchiveError(
            f"The image has {len(image.layers)} layers; at most {MOST_LAYERS} are possible.",
            "Flatten it where it comes from.",
        )
    check_share(host, slot, 0 if known else image.size)


def _has_server(host: Host, image: Image, probe: str) -> bool:
    """Look into an image for a Labdock server; its label could be anybody's."""
    request = ContainerRequest(name=probe, image=image.id, command=("true",))
    try:
        finished(lambda: host.engine.create(request))
    except InvalidOptionError as exc:
        raise ArchiveError(
            f"No container can be made of the image: {exc.message}", "Take another one."
        ) from exc
    return host.engine.has_path(probe, f"/{SERVER}")


def _placed(host: Host, slot: Slot, image: Image, origin: str, actor: str, server: bool) -> Image:
    note = image.labels.get("org.opencontainers.image.description", "")
    incoming = Incoming(origin=origin, note=note, server=server, command="workspace pull")
    description = incoming.description(host, slot, actor, image.layers)
    bare = replace(image, labels=foreign_labels(image.labels))
    config = clean_image.clean_config(bare, image.layers, description, host.clock())
    return place(host, slot, io.BytesIO(clean_image.archive(config, slot.reference)))


def _retried(call: Callable[[], T], report: Report | None) -> T:
    """Return what a call returns; a registry that cannot be reached is asked again."""
    for pause in PAUSES:
        try:
            return call()
        except RegistryUnreachableError as exc:
            if report:
                text = f"{_first_words(exc)} Trying again in {pause:g} s."
                report(Progress(text, warning=True))
            time.sleep(pause)
    return call()


def _first_words(error: LabdockError) -> str:
    return re.split(r":\s", error.message, maxsplit=1)[0].rstrip(".") + "."
