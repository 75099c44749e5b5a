"""The port through which everything else reaches a container engine.

Two adapters exist: ``DockerEngine`` (``docker_engine.py``) over docker-py, and
``FakeEngine`` (``fake_engine.py``) in memory.  One contract suite runs over
both, so that the fake cannot drift.  Every adapter translates foreign errors
into the tree of ``errors.py``: EngineUnreachableError when nothing answers,
NotFoundError's leaves, NameTakenError, PortTakenError, DiskFullError …

The calls block.  An adapter is safe to use from several threads at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import IO, Protocol

from workspace_cli.core.engine_disk import EngineDisk
from workspace_cli.core.engine_use import Use
from workspace_cli.core.models import (
    Container,
    ContainerRequest,
    ContainerSummary,
    EngineInfo,
    Image,
    LayerFolders,
    Limits,
    Network,
)


@dataclass(frozen=True)
class Progress:
    """One step of something long: ``current`` and ``total`` in bytes, total 0 if unknown.

    A ``warning`` is no step: it tells something to look after and stays in sight.
    """

    text: str
    current: int = 0
    total: int = 0
    warning: bool = False


@dataclass(frozen=True)
class Event:
    """Something that happened on the engine, for example ``container``/``die``."""

    type: str
    action: str
    name: str
    attributes: Mapping[str, str]
    time: float


@dataclass(frozen=True)
class ExecResult:
    """How a command inside a container ended."""

    exit_code: int
    output: bytes


Report = Callable[[Progress], None]
STDOUT, STDERR = 1, 2
"""The streams of a container's output, numbered as the API does."""


class EventStream(Protocol):
    """Events as they happen; a second thread ends the iteration with ``close``."""

    def __iter__(self) -> Iterator[Event]:
        """Yield events until closed; EngineUnreachableError when the engine goes away."""

    def close(self) -> None:
        """End the iteration."""


class AttachedOutput(Protocol):
    """A container's output from its start on; a second thread ends the iteration with ``close``."""

    def __iter__(self) -> Iterator[tuple[int, bytes]]:
        """Yield pieces as they come, each with STDOUT or STDERR, until the container ends."""

    def close(self) -> None:
        """End the iteration."""


class Engine(Protocol):
    """A container engine, as far as Labdock needs one."""

    def close(self) -> None:
        """Release connections."""

    def info(self) -> EngineInfo:
        """Describe the engine."""

    # containers -----------------------------------------------------------
    def containers(self, labels: Mapping[str, str | None] | None = None) -> list[ContainerSummary]:
        """List containers in every state that carry the labels (None: any value)."""

    def container(self, name: str) -> Container:
        """Inspect one container; WorkspaceNotFoundError where there is none."""

    def create(self, request: ContainerRequest) -> str:
        """Create a container and return its id.

        Raises NameTakenError, ImageNotFoundError (nothing is pulled),
        InvalidOptionError.
        """

    def attach(self, name: str, data: bytes) -> AttachedOutput:
        """Give a container, created with ``open_input`` and not yet started, its whole input.

        What it writes from its start on is in the result; iterate after ``start``.
        """

    def start(self, name: str) -> None:
        """Start a container; nothing happens where it runs.

        Raises PortTakenError (a host port is held), NoFreeGpuError (no such
        device), StartFailedError; the container is then still as before.
        """

    def stop(self, name: str, timeout: float = 10) -> None:
        """Stop a container; nothing happens where it is not running."""

    def remove(self, name: str, *, force: bool = False) -> None:
        """Remove a container and its anonymous volumes."""

    def pause(self, name: str) -> None:
        """Hold a running container's processes; ConflictError where it is held or not running."""

    def unpause(self, name: str) -> None:
        """Let a paused container's processes go on; nothing happens where it is not paused."""

    def rename(self, name: str, new_name: str) -> None:
        """Rename a container; NameTakenError where the name is in use."""

    def update(
        self, name: str, *, limits: Limits | None = None, restart: str | None = None
    ) -> None:
        """Change limits (CPUs, memory, swap, pids) or the restart policy in place."""

    def logs(
        self,
        name: str,
        *,
        follow: bool = False,
        tail: int | None = None,
        since: float | None = None,
    ) -> Iterator[bytes]:
        """Yield the container's output: its last lines, or what came since a moment (epoch)."""

    def execute(
        self,
        name: str,
        command: Sequence[str],
        *,
        user: str | None = None,
        environment: Mapping[str, str] | None = None,
        on_output: Callable[[bytes], None] | None = None,
        on_error: Callable[[bytes], None] | None = None,
    ) -> ExecResult:
        """Run a command inside a running container and wait for its end.

        With ``on_output`` the output goes there as it comes, and the result holds none;
        standard error goes to ``on_error``, or with the rest where that is absent.
        """

    def has_path(self, name: str, path: str) -> bool:
        """Tell whether a container, running or not, has a file at the path."""

    def layer_folders(self, name: str, *, image: bool = False) -> LayerFolders | None:
        """Return the folders that hold a container's (or an image's) layers.

        None where the engine's store has none that its files can be read from as they
        are: another store than overlay2, remapped users, a rootless engine.
        """

    def use(self, name: str) -> Use | None:
        """Return what a container uses now, None where it does not run; it answers at once."""

    def written(self, labels: Mapping[str, str | None] | None = None) -> dict[str, int]:
        """Return container id → bytes of its own layer; slow, since the engine counts files."""

    def disk(self) -> EngineDisk:
        """Return what the engine keeps on its disk; slow, since it counts files."""

    # images ---------------------------------------------------------------
    def images(self, labels: Mapping[str, str | None] | None = None) -> list[Image]:
        """List tagged images that carry the labels."""

    def image(self, reference: str) -> Image:
        """Inspect one image; ImageNotFoundError where it is not on this machine."""

    def layer_sizes(self, reference: str) -> tuple[int, ...]:
        """Return the bytes of each layer of an image, from the lowest to the highest."""

    def pull(self, reference: str, report: Report | None = None) -> None:
        """Fetch an image from its registry.

        What is fetched by its digest (``REPOSITORY@DIGEST``) has no tag and is found by
        that name.  Raises ImageNotFoundError, its leaf RegistryUnreachableError where no
        registry answers, and NotAllowedError.
        """

    def resolve(self, reference: str) -> str:
        """Return the digest that a name has in its registry now; raises as ``pull`` does."""

    def push(self, reference: str, report: Report | None = None) -> str:
        """Send a tag to the registry that its name begins with, and return its digest there.

        Raises RegistryUnreachableError, NotAllowedError.
        """

    def tag(self, reference: str, new_reference: str) -> None:
        """Give an image another name."""

    def remove_image(self, reference: str) -> None:
        """Remove a tag and what nothing else uses; ConflictError while it is in use."""

    def commit(self, name: str, *, pause: bool = True, reference: str | None = None) -> str:
        """Save a container's layer as an image as the engine does it; return its id.

        Without a reference it has no tag.

        The result holds the container's variables and labels: never show it to
        anyone, see ``environments.py``.
        """

    def export(self, name: str) -> Iterator[bytes]:
        """Yield a container's whole file system as a tar archive, without its mounts."""

    def import_filesystem(self, archive: Iterable[bytes]) -> str:
        """Make an untagged image of one layer from a tar archive; return its id."""

    def load(self, archive: IO[bytes] | Iterable[bytes]) -> None:
        """Load an image archive."""

    def save(self, reference: str) -> Iterator[bytes]:
        """Yield an image as the archive that ``docker save`` writes."""

    # networks -------------------------------------------------------------
    def networks(self, labels: Mapping[str, str | None] | None = None) -> list[Network]:
        """List networks that carry the labels; without labels, all of them."""

    def create_network(self, name: str, subnet: str, labels: Mapping[str, str]) -> None:
        """Create a bridge network; ConflictError where name or subnet is taken."""

    def remove_network(self, name: str) -> None:
        """Remove a network that no container uses."""

    def connect(self, network: str, container: str, aliases: Sequence[str] = ()) -> None:
        """Attach a container to a network; nothing happens where it is attached."""

    def disconnect(self, network: str, container: str) -> None:
        """Detach a container from a network; nothing happens where it is not attached."""

    # events ---------------------------------------------------------------
    def events(self, labels: Mapping[str, str | None] | None = None) -> EventStream:
        """Listen to containers that carry the labels, from this call on."""
