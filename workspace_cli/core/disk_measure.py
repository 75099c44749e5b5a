"""Measures how much room a member takes up, at the lowest priority of the machine."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from workspace_cli.core import disk, folders, labels, references
from workspace_cli.core.disk import Usage
from workspace_cli.core.errors import ImageNotFoundError, LabdockError
from workspace_cli.core.host import Host
from workspace_cli.core.models import HOME_TARGET, Image, Workspace
from workspace_cli.core.recreate import is_internal

LONGEST = 3600.0
"""Seconds after which a home that is not counted yet is given up until the next time."""
CACHES = (
    *(".cache/pip", ".cache/huggingface", ".cache/torch", ".cache/conda", ".cache"),
    *(".conda/pkgs", ".npm", ".local/share/Trash", ".Trash-1000", ".labdock"),
)
"""Folders of a home that programs fill and fill again, the inner ones before the outer."""
MEMBER_HOME = "/home/member"
_IN_A_CONTAINER = (
    *(f"{MEMBER_HOME}/{name}" for name in CACHES if name != ".labdock"),
    *("/root/.cache", "/var/cache/apt", "/var/lib/apt/lists"),
)
_COUNT = ("du", "--null", "--summarize", "--one-file-system", "--block-size=1", "--")


def measure(host: Host, owner: str, *, longest: float = LONGEST) -> Usage | None:
    """Measure one member, keep the result in the ledger and return it.

    Returns None where the home could not be counted in time.  Raises
    EngineUnreachableError.
    """
    began = time.monotonic()
    home = folders.home(host.settings, owner)
    places = [home / name for name in CACHES if _is_folder(home / name, home)]
    counted = _count([*map(str, places), str(home)], longest) if home.is_dir() else {}
    if counted is None:
        return None
    layers, environments = _on_the_engine(host, owner)
    caches = {
        f"{HOME_TARGET}/{path.relative_to(home)}": counted.get(str(path), 0) for path in places
    }
    usage = Usage(
        owner=owner,
        measured=host.clock(),
        seconds=time.monotonic() - began,
        # A file is counted once, in the first folder named: the home's own count is the rest.
        home=sum(counted.values()),
        layers=layers,
        environments=environments,
        caches={
            path: size
            for path, size in {**caches, **_cached_in_layers(host, owner, layers)}.items()
            if size
        },
    )
    disk.write(host.settings, usage)
    return usage


def owners(host: Host) -> list[str]:
    """Return everybody who may take up room: accounts, owners on the engine, other homes."""
    from sqlalchemy import text

    with host.database.connect() as connection:
        names = {row.name for row in connection.execute(text("SELECT name FROM labdock_account"))}
    for row in host.engine.containers({labels.OWNER: None}):
        names.add(row.labels[labels.OWNER])
    for image in host.engine.images({labels.OWNER: None}):
        names.add(image.labels[labels.OWNER])
    slugs = {folders.home(host.settings, name).name for name in names}
    # The home of an account that is gone is known by its folder alone.
    left = {path.name for path in host.settings.homes.glob("*") if path.is_dir()} - slugs
    known = {usage.owner for usage in disk.read_all(host.settings).values()}
    return sorted(names | {name for name in left if name not in known} | (known & left))


# the home ------------------------------------------------------------------
def _is_folder(path: Path, home: Path) -> bool:
    """Tell whether a folder is there and no link on the way leads out of the home."""
    try:
        return path.is_dir() and path.resolve() == home.resolve() / path.relative_to(home)
    except OSError:
        # A home that even root may not look into, on a disk of another machine.
        return False


def _count(paths: Sequence[str], longest: float) -> dict[str, int] | None:
    """Return path → bytes on the disk; None where it took too long.

    A file with several names is counted once, what is mounted below not at all.
    What cannot be read (it may vanish meanwhile) is left out.
    """
    idle = ["ionice", "-c", "3"] if shutil.which("ionice") else []
    command = ["nice", "-n", "19", *idle, *_COUNT, *paths]
    try:
        done = subprocess.run(command, capture_output=True, timeout=longest, check=False)
    except subprocess.TimeoutExpired:
        return None
    return _read_counts(done.stdout)


def _read_counts(output: bytes) -> dict[str, int]:
    found = {}
    for line in output.split(b"\0"):
        size, tab, path = line.partition(b"\t")
        if tab and size.isdigit():
            found[path.decode(errors="surrogateescape")] = int(size)
    return found


# containers and images -----------------------------------------------------
def _on_the_engine(host: Host, owner: str) -> tuple[dict[str, int], dict[str, int]]:
    """Return the bytes of each workspace's layer, and what each environment adds."""
    written = host.engine.written({labels.OWNER: owner})
    rows = host.engine.containers({labels.OWNER: owner})
    names = {row.id: found.name for row in rows if (found := Workspace.of(row))}
    layers: dict[str, int] = {}
    for container, size in written.items():
        name = names.get(container, "")
        layers[name] = layers.get(name, 0) + size
    mine, added = _own_images(host, owner)
    environments: dict[str, int] = {}
    for image in mine:
        tag = image.tags[0]
        if is_internal(tag):
            # The layer that a workspace stood on before it was made anew.
            workspace = next((names[r.id] for r in rows if r.image_id == image.id), "")
            layers[workspace] = layers.get(workspace, 0) + added[image.id]
        else:
            environments[tag] = added[image.id]
    return layers, environments


def own_bytes(host: Host, owner: str) -> dict[str, int]:
    """Return image id → bytes of an owner's environments that nobody else's image holds."""
    mine, added = _own_images(host, owner)
    return {image.id: added[image.id] for image in mine if not is_internal(image.tags[0])}


def _own_images(host: Host, owner: str) -> tuple[list[Image], dict[str, int]]:
    images = host.engine.images()
    mine = [image for image in images if _is_of(image, owner)]
    others = [image.layers for image in images if not _is_of(image, owner)]
    return mine, added_bytes(mine, others, _sizes(host, mine))


def _is_of(image: Image, owner: str) -> bool:
    space = references.owner_repository(owner)
    return image.labels.get(labels.OWNER) == owner or any(t.startswith(space) for t in image.tags)


def _sizes(host: Host, images: Iterable[Image]) -> dict[str, tuple[int, ...]]:
    found = {}
    for image in images:
        try:
            found[image.id] = host.engine.layer_sizes(image.id)
        except ImageNotFoundError:
            # Removed a moment ago.
            found[image.id] = (0,) * len(image.layers)
    return found


def added_bytes(
    images: Iterable[Image], others: Iterable[Sequence[str]], sizes: Mapping[str, Sequence[int]]
) -> dict[str, int]:
    """Return image id → bytes that neither ``others`` nor an older one of the images holds.

    A layer is shared where it and all below it are the same; ``sizes`` are those of
    each image's layers.
    """
    known = {tuple(layers[: n + 1]) for layers in others for n in range(len(layers))}
    added = {}
    for image in sorted(images, key=lambda image: (len(image.layers), image.created, image.id)):
        added[image.id] = 0
        for number, size in enumerate(sizes[image.id]):
            chain = image.layers[: number + 1]
            if chain not in known:
                known.add(chain)
                added[image.id] += size
    return added


def _cached_in_layers(host: Host, owner: str, layers: Mapping[str, int]) -> dict[str, int]:
    """Return the caches in containers that run; a container's own programs count them.

    What they say is never believed beyond what the engine says of the layer.
    """
    found = {}
    for row in host.engine.containers({labels.OWNER: owner}):
        workspace = Workspace.of(row)
        if workspace is None or row.state != "running":
            continue
        try:
            told = host.engine.execute(row.id, ["nice", "-n", "19", *_COUNT, *_IN_A_CONTAINER])
        except LabdockError:
            continue
        left = layers.get(workspace.name, 0)
        for path, size in _read_counts(told.output).items():
            if path in _IN_A_CONTAINER:
                found[f"{workspace.name}:{path}"] = min(size, left)
                left -= min(size, left)
    return found
