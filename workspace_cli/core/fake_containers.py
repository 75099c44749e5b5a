"""The fake engine's containers, and the few programs that they can run."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from workspace_cli.core.engine import STDERR, STDOUT
from workspace_cli.core.engine_use import Use
from workspace_cli.core.fake_layers import merge, read_layer, write_layer
from workspace_cli.core.models import (
    Container,
    ContainerRequest,
    ContainerSummary,
    Limits,
    PortMapping,
    State,
)

SHM_SIZE = 64 * 1024 * 1024
"""Bytes; what the engine gives where nothing is asked for."""

Program = Callable[["FakeContainer", Sequence[str]], tuple[int, bytes]]


@dataclass
class FakeContainer:
    """One container: what was asked for, and what has become of it."""

    id: str
    name: str
    request: ContainerRequest
    image_id: str
    image_config: Mapping[str, object]
    environment: dict[str, str]
    labels: dict[str, str]
    limits: Limits
    restart: str
    created: float
    files: dict[str, bytes]
    """The image's files and, over them, its own."""
    written: dict[str, bytes] = field(default_factory=dict)
    """Its own layer: what ``commit`` saves."""
    folder: Path | None = None
    """Where its own layer is, once somebody asked for it: from then on that is the layer."""
    networks: dict[str, str] = field(default_factory=dict)
    state: State = "created"
    started: float | None = None
    finished: float | None = None
    exit_code: int = 0
    oom_killed: bool = False
    health: str | None = None
    error: str = ""
    output: list[tuple[float, bytes]] = field(default_factory=list)
    input: bytes = b""
    stopped_by_hand: bool = False
    restarts: int = 0
    memory: int = 2**20
    """Bytes that its processes use while they run."""
    cpu_seconds: float = 0.01

    @property
    def running(self) -> bool:
        """Whether its main process runs, or is held."""
        return self.state in ("running", "paused")

    @property
    def ports(self) -> tuple[PortMapping, ...]:
        """The ports fixed at its creation."""
        return tuple(sorted(self.request.ports))

    @property
    def command(self) -> Sequence[str]:
        """Its main process, where the request or the image names one."""
        if self.request.entrypoint:
            return self.request.entrypoint + self.request.command
        cmd = self.image_config.get("Cmd")
        return self.request.command or tuple(cmd if isinstance(cmd, list) else ())

    def write(self, path: str, data: bytes = b"") -> None:
        """Write a file into the container's own layer."""
        self.files[path.strip("/")] = data
        self.written[path.strip("/")] = data
        if self.folder is not None:
            write_layer(self.folder, {path.strip("/"): data})

    def settle(self) -> None:
        """Read what was written into the layer's folder by whoever asked for it."""
        if self.folder is not None:
            self.written = read_layer(self.folder)
            self.files = merge([self.files, self.written])

    def has_path(self, path: str) -> bool:
        """Tell whether a file or a folder is there."""
        wanted = path.strip("/")
        return any(file == wanted or file.startswith(f"{wanted}/") for file in self.files)

    def summary(self) -> ContainerSummary:
        """Return the container's row in the list."""
        return ContainerSummary(
            id=self.id,
            name=self.name,
            image=self.request.image,
            image_id=self.image_id,
            state=self.state,
            status=self.state.capitalize(),
            created=float(int(self.created)),  # the engine's list tells whole seconds
            labels=dict(self.labels),
            ports=self.ports if self.running else (),
            networks=dict(self.networks),
        )

    def use(self, now: float) -> Use | None:
        """Return what it uses while it runs."""
        if not self.running:
            return None
        return Use(
            memory=self.memory, limit=self.limits.memory, cpu_seconds=self.cpu_seconds, at=now
        )

    def inspected(self) -> Container:
        """Return everything about the container."""
        row = replace(self.summary(), created=self.created, ports=self.ports)
        return Container(
            **vars(row),
            started=self.started,
            finished=self.finished,
            exit_code=None if self.started is None or self.running else self.exit_code,
            oom_killed=self.oom_killed,
            health=self.health,
            restart=self.restart,
            restarts=self.restarts,
            limits=self.limits,
            environment=dict(self.environment),
            mounts=self.request.mounts,
            gpus=self.request.gpus,
            error=self.error,
        )


class FakeOutput:
    """What a container that was attached to has written: nothing while its process lasts."""

    def __init__(self, made: FakeContainer) -> None:
        self._made = made

    def __iter__(self) -> Iterator[tuple[int, bytes]]:
        """Yield the output so far; the fake's programs that fail write to standard error."""
        stream = STDERR if self._made.exit_code else STDOUT
        yield from ((stream, piece) for _, piece in self._made.output)

    def close(self) -> None:
        """End the iteration: it has ended already."""


def new_id(number: int) -> str:
    """Return the id of the engine's n-th container, as long as real ones."""
    return hashlib.sha256(f"container {number}".encode()).hexdigest()


def _cat(container: FakeContainer, arguments: Sequence[str]) -> tuple[int, bytes]:
    if not arguments:
        return 0, container.input
    data = container.files.get(arguments[0].strip("/"))
    return (1, b"cat: no such file\n") if data is None else (0, data)


def _touch(container: FakeContainer, arguments: Sequence[str]) -> tuple[int, bytes]:
    container.write(arguments[0])
    return 0, b""


def _printenv(container: FakeContainer, arguments: Sequence[str]) -> tuple[int, bytes]:
    value = container.environment.get(arguments[0])
    return (1, b"") if value is None else (0, f"{value}\n".encode())


PROGRAMS: Mapping[str, Program] = {
    "cat": _cat,
    "echo": lambda container, arguments: (0, f"{' '.join(arguments)}\n".encode()),
    "false": lambda container, arguments: (1, b""),
    "printenv": _printenv,
    "touch": _touch,
    "true": lambda container, arguments: (0, b""),
}
"""Programs that end; every other main process runs until it is stopped."""

LASTING = frozenset({"sh", "bash", "sleep", "tini", "python", "python3"})
