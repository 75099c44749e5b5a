"""Makes one layer of many, with the image's configuration and lineage as they were."""

from __future__ import annotations

import io
import secrets
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime

from workspace_cli.core import clean_image, labels, saving
from workspace_cli.core.clean_image import archive, flattener_prefix, remove_if_there
from workspace_cli.core.engine import Progress, Report
from workspace_cli.core.errors import ConflictError, ImageNotFoundError
from workspace_cli.core.host import Host
from workspace_cli.core.layer_ground import lab_layers
from workspace_cli.core.layer_target import remove_container_if_there, target, unfinished
from workspace_cli.core.layer_worker import work
from workspace_cli.core.models import ContainerRequest, Image
from workspace_cli.core.waiting import finished


@dataclass(frozen=True, kw_only=True)
class Flattened:
    """What became of an environment's layers: their numbers, and sizes in bytes.

    ``lab_layers`` are those of the image on offer that it stands on; they stay.
    """

    reference: str
    id: str
    layers_before: int
    layers: int
    lab_layers: int
    size_before: int
    size: int


def preview(host: Host, reference: str) -> Flattened:
    """Tell what flattening an environment would make of its layers; sizes stay as they are."""
    image = host.engine.image(reference)
    lab = _lab_layers(host, image)
    made = max(1, lab + 1) if len(image.layers) > lab + 1 else len(image.layers)
    return _told(reference, image, image, lab, made)


def flatten(host: Host, reference: str, *, report: Report | None = None) -> Flattened:
    """Make one layer of all that an environment has above the image on offer, under its name.

    What stands on it keeps the old layers until it is removed.  Raises BusyError,
    ImageNotFoundError, DiskFullError.
    """
    clean_image.check_store(host)
    image = host.engine.image(reference)
    lab = _lab_layers(host, image)
    if len(image.layers) <= lab + 1:
        return _told(reference, image, image, lab, len(image.layers))
    key = saving.key_of(image.id)
    with saving.alone(host, key, reference, "workspace flatten"), ExitStack() as leftovers:
        layers = _squash(host, image, lab, key, leftovers, report)
        data = archive(_config(image, layers, lab, host.clock()), reference)
        finished(lambda: host.engine.load(io.BytesIO(data)))
        made = host.engine.image(reference)
    _drop(host, image)
    return _told(reference, image, made, lab, len(made.layers))


def _lab_layers(host: Host, image: Image) -> int:
    """Return how many layers stay: none where all of them are the image's own."""
    lab = lab_layers(host, image)
    return lab if lab < len(image.layers) or labels.PARENT_ID not in image.labels else 0


def _told(reference: str, before: Image, after: Image, lab: int, layers: int) -> Flattened:
    return Flattened(
        reference=reference,
        id=after.id,
        layers_before=len(before.layers),
        layers=layers,
        lab_layers=lab,
        size_before=before.size,
        size=after.size,
    )


def _squash(
    host: Host, image: Image, lab: int, key: str, leftovers: ExitStack, report: Report | None
) -> tuple[str, ...]:
    folders = host.engine.layer_folders(image.id, image=True)
    if folders is None or not lab:
        return export_whole(host, image.id, key, leftovers, report)
    _tell(report, "Making one layer of several")
    every = (folders.upper, *folders.lowers)
    own, below = every[: len(every) - lab], every[len(every) - lab :]
    with target(host, image, image.layers[:lab], key) as (name, upper):
        job = {
            "do": "layer_program.store",
            "read": every,
            "write": upper,
            "sources": own,
            "saved": (),
            "below": below,
            "leave_out": (),
            "junk": False,
            "since": 0,
        }
        work(host, job)
        dirty = unfinished(host, key)
        leftovers.callback(remove_if_there, host, dirty)
        finished(lambda: host.engine.commit(name, pause=False, reference=dirty))
        return host.engine.image(dirty).layers


def _config(image: Image, layers: tuple[str, ...], lab: int, now: float) -> dict[str, object]:
    """Return the image's own configuration over other layers; its history tells of it."""
    description = clean_image.Description(
        reference="",
        labels={**image.labels, labels.BASE_LAYERS: str(lab)},
        created_by=f"workspace flatten ({len(image.layers)} layers)",
        comment=image.labels.get(labels.NOTE, ""),
    )
    config = clean_image.clean_config(image, layers, description, now)
    created = datetime.fromtimestamp(image.created, UTC).isoformat().replace("+00:00", "Z")
    # It is as old as what is in it: the newest environments are told by that.
    return {**config, "created": created}


def _drop(host: Host, before: Image) -> None:
    """Remove the image that has lost its name, unless something stands on it."""
    try:
        if not host.engine.image(before.id).tags:
            host.engine.remove_image(before.id)
    except (ImageNotFoundError, ConflictError):
        return


def export_whole(
    host: Host, reference: str, key: str, leftovers: ExitStack, report: Report | None
) -> tuple[str, ...]:
    """Return the one layer that holds all of an image's files.

    The container is never started: it is there because only containers can be
    exported.  The imported image goes once another one holds its layer.
    """
    _tell(report, "Flattening the image's layers into one")
    name = f"{flattener_prefix(host)}{key}-{secrets.token_hex(6)}"
    told = {labels.SAVING: key, labels.ROOT: str(host.settings.root)}

    def imported() -> str:
        flat = host.engine.import_filesystem(host.engine.export(name))
        leftovers.callback(remove_if_there, host, flat)
        return flat

    with ExitStack() as flattener:
        flattener.callback(remove_container_if_there, host, name)
        request = ContainerRequest(name=name, image=reference, command=("true",), labels=told)
        finished(lambda: host.engine.create(request))
        return host.engine.image(finished(imported)).layers


def _tell(report: Report | None, text: str) -> None:
    if report:
        report(Progress(text))
