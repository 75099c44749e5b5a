"""Brings an exported environment, or what ``docker save`` wrote, into this lab.

Nothing in the file chooses a name, a label of ours or what is trusted: the image gets a
configuration of our own over the layers that were checked, below its new owner's name,
and members cannot start it until an admin allows it, or where a lab that is trusted has
signed it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import IO, Any

from workspace_cli.core import (
    audit,
    clean_image,
    disk_limits,
    disk_room,
    labels,
    references,
    trust,
)
from workspace_cli.core.archive import failed
from workspace_cli.core.docker_answers import timestamp
from workspace_cli.core.engine import Progress, Report
from workspace_cli.core.errors import DiskFullError, InvalidInputError
from workspace_cli.core.exporting import check_store
from workspace_cli.core.foreign_tar import PIECE
from workspace_cli.core.host import Host
from workspace_cli.core.image_archive import Checked, check, repacked
from workspace_cli.core.incoming import (
    Arrival,
    Incoming,
    Slot,
    check_machine,
    check_share,
    foreign_labels,
    slot_for,
)
from workspace_cli.core.models import Image
from workspace_cli.core.transfer_journal import Passing, alone, passing
from workspace_cli.core.undo import Undo
from workspace_cli.core.waiting import finished


def import_file(
    host: Host,
    file: IO[bytes],
    owner: str,
    actor: str,
    *,
    name: str | None = None,
    replace: bool = False,
    report: Report | None = None,
) -> Arrival:
    """Check a file from front to back, then load the image in it for an owner.

    The file is read twice: a stream that cannot be goes through ``spooled`` first.
    Without a name the image gets the one that it was exported under.  Raises
    ArchiveError, NameTakenError, DiskFullError; then nothing has changed.
    """
    check_store(host)
    disk_limits.check_new_work(host, owner, report)
    most = _most(host)
    checked = check(file, most, _told(file, report, "Checking the file"))
    check_machine(host, str(checked.config.get("architecture")))
    slot = slot_for(host, owner, name or _suggested(checked), replace=replace)
    _check_fits(host, slot, checked)
    description = _incoming(checked).description(host, slot, actor, checked.layers)
    image, known = _parent(host, checked), _known(host, checked.layers)
    config = clean_image.clean_config(image, checked.layers, description, host.clock())
    described = clean_image.archive(config, slot.reference)
    told = _told(file, report, "Loading the image")
    pieces = repacked(file, checked, most, described, known, told)
    loaded = place(host, slot, pieces)
    return _allowed(host, checked, loaded, slot.reference, actor)


@contextmanager
def spooled(host: Host, stream: IO[bytes], report: Report | None = None) -> Iterator[IO[bytes]]:
    """Yield a stream's content as a file, which is gone in the end, however that comes.

    Raises DiskFullError.
    """
    with passing(host, Passing()) as path:
        try:
            with path.open("xb+") as file:
                _spool(host, stream, file, report)
                file.seek(0)
                yield file
        except OSError as exc:
            raise failed(exc, "keeping the file while it is checked") from exc


def place(host: Host, slot: Slot, archive: Iterator[bytes]) -> Image:
    """Load an archive that names an image after the slot; on failure the name is as before.

    Raises NameTakenError where somebody else has given the name away meanwhile.
    """
    replaced = slot.before.id if slot.before else ""
    with (
        alone(host, slot.reference),
        passing(host, Passing(replaced=replaced)),
        Undo() as undo,
    ):
        slot.check_unchanged()
        undo.add(slot.put_back)
        finished(lambda: host.engine.load(archive))
        return host.engine.image(slot.reference)


def _spool(host: Host, stream: IO[bytes], file: IO[bytes], report: Report | None) -> None:
    room = _most(host)
    size = 0
    while piece := stream.read(PIECE):
        size += len(piece)
        if size > room:
            raise DiskFullError(
                "The file does not fit on the disk while it is checked.",
                "Free some space, or copy it to another disk and name it there.",
            )
        file.write(piece)
        if report:
            report(Progress("Receiving the file", size))
    file.flush()


def _most(host: Host) -> int:
    """Return how many bytes more this machine may take, by the lab's own rule."""
    from workspace_cli.core.policy import bytes_of

    free = host.policy.disk.free
    return min(
        max(0, room.free - (bytes_of(free, room.total) or 0)) for room in disk_room.rooms(host)
    )


def _told(file: IO[bytes], report: Report | None, text: str) -> Callable[[int], None] | None:
    """Return what tells how far a file has been read, and go to its beginning."""
    whole = file.seek(0, 2)
    file.seek(0)
    if report is None:
        return None
    return lambda done: report(Progress(text, min(done, whole), whole))


def _suggested(checked: Checked) -> str:
    """Return NAME:TAG of what was exported, without its owner."""
    if checked.signed is None:
        raise InvalidInputError(
            "The file does not say how the environment is called.", "Give a name with --as NAME."
        )
    repository, tag = references.split(checked.signed.leaf.reference)
    return f"{repository.rpartition('/')[2]}:{tag or 'latest'}"


def _check_fits(host: Host, slot: Slot, checked: Checked) -> None:
    """Raise DiskFullError where the image fits neither the disk nor its owner's share of it."""
    known = _known(host, checked.layers)
    size = sum(size for layer, size in checked.sizes.items() if layer not in known)
    # The engine unpacks the archive beside its layers before it takes them over.
    if 2 * size > _most(host):
        raise DiskFullError(
            f"The image needs {2 * size / 2**30:.1f} GiB while it is loaded, and so much is "
            "not free.",
            "Free some space; what exists can be used, stopped and cleaned up.",
        )
    check_share(host, slot, size)


def _known(host: Host, layers: tuple[str, ...]) -> set[str]:
    """Return the layers that the engine has already, in this order from the lowest."""
    longest = 0
    for image in host.engine.images():
        same = 0
        for one, other in zip(image.layers, layers, strict=False):
            if one != other:
                break
            same += 1
        longest = max(longest, same)
    return set(layers[:longest])


def _incoming(checked: Checked) -> Incoming:
    leaf = checked.signed.leaf if checked.signed else None
    origin = f"{leaf.lab}: {leaf.reference}" if leaf else "a file of docker save"
    return Incoming(
        origin=f"{origin} ({checked.image_id})",
        note=leaf.note if leaf else "",
        server=checked.server,
        command="workspace import",
    )


def _parent(host: Host, checked: Checked) -> Image:
    """Return what the file's configuration says, as ``clean_config`` takes it."""
    config: Mapping[str, Any] = checked.config["config"]
    created = checked.config.get("created")
    return Image(
        id=checked.image_id,
        tags=(),
        size=sum(checked.sizes.values()),
        created=_moment(created),
        # Without those of ours, of which one would say that it is trusted.
        labels=foreign_labels(_pairs(config.get("Labels"))),
        environment=dict(_variables(config.get("Env"))),
        layers=checked.layers,
        config=config,
        architecture=str(checked.config["architecture"]),
    )


def _moment(created: object) -> float:
    try:
        return timestamp(created) or 0.0 if isinstance(created, str) else 0.0
    except (ValueError, OverflowError):
        return 0.0


def _pairs(values: object) -> dict[str, str]:
    rows = values.items() if isinstance(values, dict) else ()
    return {str(key): str(value) for key, value in rows}


def _variables(lines: object) -> Iterator[tuple[str, str]]:
    for line in lines if isinstance(lines, list) else ():
        name, _, value = str(line).partition("=")
        if name:
            yield name, value


def _allowed(host: Host, checked: Checked, image: Image, reference: str, actor: str) -> Arrival:
    signed = checked.signed
    lab = trust.signer(host, signed.key.fingerprint) if signed else None
    audit.record(host, actor, "import", reference, f"{image.id} {checked.image_id}")
    if signed and lab and not signed.leaf.untrusted:
        trust.allow(host, image, reference, actor, f"signed by {lab}")
    return Arrival(
        reference=reference,
        id=image.id,
        origin=image.labels[labels.IMPORTED],
        size=image.size,
        layers=len(image.layers),
        trusted=trust.is_trusted(host, image),
        server=checked.server,
        signed_by=lab or "",
        fingerprint=signed.key.fingerprint if signed else "",
    )
