"""What is wanted, what the engine is told, and what is observed.

``WorkspaceSpec`` is what a person wants; ``ContainerRequest`` is what the
engine is told, computed from a spec by a pure function (``arguments.py``);
``Container`` and ``Workspace`` are what is read back from the engine.

Plain frozen dataclasses: they are built by our own code from values that
``options.py`` has checked, and reading a list of workspaces must not wait for
a validation library to load.

Units: memory and sizes in bytes, CPUs in cores (0.5 is half a core), times in
seconds since the epoch.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from workspace_cli.core import labels, naming

Kind = Literal["hub", "standalone"]
State = Literal["created", "running", "paused", "restarting", "removing", "exited", "dead"]

SERVER_PORT = 8080
"""Port of the Labdock server inside every workspace."""
HOME_TARGET = "/workspace"
SECRETS_TARGET = "/run/labdock"


@dataclass(frozen=True)
class Mount:
    """A folder of the host that a container sees."""

    source: str
    target: str
    read_only: bool = False


@dataclass(frozen=True, order=True)
class PortMapping:
    """A TCP port of the container published on the host; ``host`` 0 means: choose one."""

    container: int
    host: int = 0


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Limits of one container.

    None in what is wanted means the lab's default (``limits.py``); in what is told
    to the engine, or read from it, no limit or the engine's own default.
    """

    cpus: float | None = None
    memory: int | None = None
    swap: int | None = None
    """Bytes on top of the memory; None is none."""
    shm_size: int | None = None
    pids: int | None = None
    open_files: int | None = None
    """File descriptors a process."""
    log_size: int | None = None
    """Bytes of one file of the container's log."""
    log_files: int | None = None


@dataclass(frozen=True, kw_only=True)
class WorkspaceSpec:
    """What one owner wants: checked, and not yet tied to ports, GPUs or a network.

    ``gpus`` is a number, a tuple of UUIDs, ``"all"``, ``"MODEL:N"`` (part of the
    name) or ``"shared:N"`` (seats on GPUs that several may hold).  ``override`` is
    why an admin sets the lab's policy for GPUs aside.  ``environment`` holds
    what the member chose to set; ``secrets`` reach the server through a file and
    are never part of the container's configuration.
    """

    owner: str
    name: str
    image: str
    kind: Kind = "standalone"
    limits: Limits = Limits()
    gpus: int | tuple[str, ...] | str = 0
    override: str = ""
    ports: tuple[PortMapping, ...] = ()
    mounts: tuple[Mount, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    restart: str = "unless-stopped"
    secrets: Mapping[str, str] = field(default_factory=dict)
    safe_mode: bool = False
    """Start with a minimal server and without the member's environment, this once."""

    @property
    def container_name(self) -> str:
        """The container's name on the engine."""
        return naming.container_name(self.owner, self.name)


@dataclass(frozen=True, kw_only=True)
class ContainerRequest:
    """Everything the engine is told to make one container."""

    name: str
    image: str
    command: tuple[str, ...] = ()
    entrypoint: tuple[str, ...] = ()
    """What is run in place of the image's own start program and command."""
    hostname: str | None = None
    environment: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    mounts: tuple[Mount, ...] = ()
    ports: tuple[PortMapping, ...] = ()
    network: str | None = None
    limits: Limits = Limits()
    restart: str = "no"
    gpus: tuple[str, ...] = ()
    gpu_backend: Literal["cdi", "nvidia", "none"] = "none"
    cap_drop: tuple[str, ...] = ()
    cap_add: tuple[str, ...] = ()
    security_opt: tuple[str, ...] = ()
    user: str | None = None
    host_processes: bool = False
    """Whether it sees the machine's processes; never so for a workspace."""
    read_only: bool = False
    """Whether its own layer cannot be written; ``scratch`` and mounts still can."""
    scratch: Mapping[str, int] = field(default_factory=dict)
    """Path → bytes of a folder in memory that anybody inside may write and run nothing from."""
    open_input: bool = False
    """Whether its main process reads what ``Engine.attach`` gives it."""
    ulimits: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    """Name → (soft, hard), for example ``{"memlock": (-1, -1)}``; -1 is no limit."""
    stop_timeout: int = 10
    health_check: bool = True
    """Whether the engine looks after it as the image says; off for another use of the image."""


@dataclass(frozen=True, kw_only=True)
class ContainerSummary:
    """One row of the engine's list of containers."""

    id: str
    name: str
    image: str
    image_id: str
    state: State
    status: str
    created: float
    labels: Mapping[str, str]
    ports: tuple[PortMapping, ...]
    """In a list: TCP ports published now; of a ``Container``: those fixed at its creation."""
    networks: Mapping[str, str]
    """Network name → the container's address there ('' while it is not running)."""


@dataclass(frozen=True, kw_only=True)
class Container(ContainerSummary):
    """One container as ``inspect`` tells it."""

    started: float | None
    finished: float | None
    exit_code: int | None
    oom_killed: bool
    health: str | None
    restart: str
    restarts: int = 0
    """How often its policy has started it since somebody last did."""
    limits: Limits
    environment: Mapping[str, str]
    mounts: tuple[Mount, ...]
    gpus: tuple[str, ...]
    """GPUs that the container was made with: UUIDs, CDI names, indices, or ``all``."""
    error: str


@dataclass(frozen=True, kw_only=True)
class Image:
    """One image as the engine tells it; ``layers`` from the lowest to the highest."""

    id: str
    tags: tuple[str, ...]
    size: int
    created: float
    labels: Mapping[str, str]
    environment: Mapping[str, str]
    layers: tuple[str, ...]
    config: Mapping[str, object]
    """The image's own configuration (Entrypoint, Cmd, ExposedPorts …) as the engine keeps it."""
    architecture: str = "amd64"


@dataclass(frozen=True)
class LayerFolders:
    """Where the engine keeps a container's or an image's files: paths of the host.

    ``upper`` is the container's own layer or the image's highest; ``lowers`` are
    those below it, from the highest to the lowest.  They are the engine's: whoever
    is not the engine reads them, and writes only what nothing has mounted.
    """

    upper: str
    lowers: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class EngineInfo:
    """What the engine says about itself."""

    version: str
    api_version: str
    runc_version: str
    storage_driver: str
    containerd_image_store: bool
    live_restore: bool
    swarm_active: bool
    cdi: bool
    runtimes: tuple[str, ...]
    cgroup_version: str
    data_root: str
    os: str
    cpus: int
    memory: int


@dataclass(frozen=True)
class Network:
    """One network of the engine."""

    name: str
    id: str
    subnets: tuple[str, ...]
    labels: Mapping[str, str]
    containers: tuple[str, ...]
    """Names of the containers attached and running."""
    created: float = 0.0


@dataclass(frozen=True)
class Workspace:
    """One owner's container, read back from the engine."""

    owner: str
    name: str
    kind: Kind
    container: ContainerSummary

    @classmethod
    def of(cls, container: ContainerSummary) -> Workspace | None:
        """Return the workspace that a container is, or None if it is none of ours."""
        found = container.labels
        if labels.OWNER not in found or labels.WORKSPACE not in found:
            return None
        kind: Kind = "hub" if found.get(labels.KIND) == "hub" else "standalone"
        return cls(found[labels.OWNER], found[labels.WORKSPACE], kind, container)

    @property
    def reference(self) -> str:
        """``OWNER/NAME``, clear in every context."""
        return f"{self.owner}/{self.name}"

    @property
    def image(self) -> str:
        """The image that was asked for when the workspace was made."""
        return self.container.labels.get(labels.IMAGE, self.container.image)

    @property
    def gpus(self) -> tuple[str, ...]:
        """UUIDs of the GPUs that the workspace was created with."""
        text = self.container.labels.get(labels.GPUS, "")
        return tuple(uuid for uuid in text.split(",") if uuid)

    @property
    def gpus_wanted(self) -> int | str:
        """What it asks for when it starts again: so many GPUs, of a model, or seats."""
        return self.container.labels.get(labels.WANTED, "") or len(self.gpus)

    @property
    def has_seats(self) -> bool:
        """Whether it asked for seats on shared GPUs, so that others may sit beside it."""
        return self.container.labels.get(labels.WANTED, "").startswith("shared:")

    @property
    def holds_gpus(self) -> bool:
        """Whether the lease is in force: every container that is not exited holds it."""
        return bool(self.gpus) and self.container.state not in ("exited", "dead")

    @property
    def ports(self) -> tuple[PortMapping, ...]:
        """The ports that the workspace owns, running or not."""
        return parse_ports_label(self.container.labels.get(labels.PORTS, ""))

    @property
    def restart(self) -> str:
        """The restart policy that ``start`` turns back on."""
        return self.container.labels.get(labels.RESTART, "no")


def format_ports_label(ports: tuple[PortMapping, ...]) -> str:
    """Write mappings as ``HOST:CONTAINER,…``."""
    return ",".join(f"{port.host}:{port.container}" for port in ports)


def parse_ports_label(text: str) -> tuple[PortMapping, ...]:
    """Read mappings from ``HOST:CONTAINER,…``; what is malformed is left out."""
    mappings = []
    for part in text.split(","):
        host, _, container = part.partition(":")
        if host.isdecimal() and container.isdecimal():
            mappings.append(PortMapping(int(container), int(host)))
    return tuple(mappings)
