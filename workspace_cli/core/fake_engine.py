"""The engine port in memory, for tests of everything above it.

It behaves as the contract suite has seen a Docker engine behave.  What a test
wants to go wrong it says beforehand: ``foreign_ports`` are held by a stranger's
process, ``devices`` are the GPUs there are, ``disk_full`` lets nothing more be
written, and ``Faults`` lets single calls fail.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import IO

from workspace_cli.core.engine import Event, ExecResult, Progress, Report
from workspace_cli.core.errors import (
    ConflictError,
    DiskFullError,
    ImageNotFoundError,
    InvalidOptionError,
    NameTakenError,
    NoFreeGpuError,
    PortTakenError,
    StartFailedError,
    WorkspaceNotFoundError,
)
from workspace_cli.core.fake_containers import LASTING, PROGRAMS, SHM_SIZE, FakeContainer, new_id
from workspace_cli.core.fake_events import FakeEvents
from workspace_cli.core.fake_faults import Faults, call
from workspace_cli.core.fake_images import (
    FakeImages,
    Files,
    file_system,
    file_system_archive,
)
from workspace_cli.core.fake_networks import FakeNetworks
from workspace_cli.core.models import (
    Container,
    ContainerRequest,
    ContainerSummary,
    EngineInfo,
    Image,
    Limits,
    Network,
)

Labels = Mapping[str, str | None]
_LEAST_MEMORY = 6 * 1024 * 1024


class FakeEngine(Faults):
    """An engine in memory; ``clock`` gives the time, in seconds since the epoch."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        super().__init__()
        self.clock = clock
        self.foreign_ports: set[int] = set()
        self.devices: set[str] = set()
        self.disk_full = False
        self.engine_info = EngineInfo(
            version="26.1.5",
            api_version="1.45",
            runc_version="1.1.5",
            storage_driver="overlay2",
            containerd_image_store=False,
            live_restore=False,
            swarm_active=False,
            cdi=True,
            runtimes=("runc",),
            cgroup_version="1",
            data_root="/var/lib/docker",
            os="a fake",
            cpus=8,
            memory=32 * 2**30,
        )
        self.store = FakeImages()
        self._registry: dict[str, Callable[[], str]] = {}
        self._networks = FakeNetworks()
        self._made: dict[str, FakeContainer] = {}
        self._count = 0
        self._listeners: list[FakeEvents] = []

    # what a test sets up or looks at ----------------------------------------
    def add_image(
        self,
        reference: str,
        *,
        labels: Mapping[str, str] | None = None,
        environment: Mapping[str, str] | None = None,
        files: Files | None = None,
        config: Mapping[str, object] | None = None,
    ) -> str:
        """Put an image on this machine and return its id."""
        lines = [f"{name}={value}" for name, value in (environment or {}).items()]
        return self.store.add(
            self.clock(),
            {path.strip("/"): data for path, data in (files or {}).items()},
            {"Env": lines, "Labels": dict(labels or {}), **(config or {})},
            reference=reference,
        )

    def offer_image(self, reference: str, *, labels: Mapping[str, str] | None = None) -> None:
        """Put an image into a registry, from which it can be pulled."""
        self._registry[reference] = lambda: self.add_image(reference, labels=labels)

    def made(self, name: str) -> FakeContainer:
        """Return the container behind a name, to look inside or to change it."""
        for made in self._made.values():
            if name == made.name or (len(name) >= 12 and made.id.startswith(name)):
                return made
        raise WorkspaceNotFoundError(f"There is no container {name}.", "`workspace ls -a` lists.")

    def end(self, name: str, exit_code: int = 1, *, oom_killed: bool = False) -> None:
        """Let a container's main process end by itself, as after a crash."""
        made = self.made(name)
        made.oom_killed = oom_killed
        self._end(made, exit_code)
        policy = made.restart.partition(":")[0]
        if policy in ("always", "unless-stopped") or (policy == "on-failure" and exit_code):
            self._run(made)

    def restart_engine(self) -> None:
        """Stop every container and bring back those that the engine brings back.

        It even brings back an ``on-failure`` one that somebody has stopped.
        """
        for made in self._made.values():
            if made.running:
                self._end(made, 137)
        for made in self._made.values():
            policy = made.restart.partition(":")[0]
            if made.state == "exited" and (
                policy == "always"
                or (policy == "unless-stopped" and not made.stopped_by_hand)
                or (policy == "on-failure" and made.exit_code != 0)
            ):
                self._run(made)

    # the port -----------------------------------------------------------------
    def close(self) -> None:
        """Release connections: there are none."""

    @call
    def info(self) -> EngineInfo:
        """Describe the engine."""
        return self.engine_info

    @call
    def containers(self, labels: Labels | None = None) -> list[ContainerSummary]:
        """List containers in every state that carry the labels, the newest first."""
        found = [made for made in self._made.values() if _carries(made.labels, labels)]
        return [made.summary() for made in sorted(found, key=lambda made: -made.created)]

    @call
    def container(self, name: str) -> Container:
        """Inspect one container."""
        return self.made(name).inspected()

    @call
    def create(self, request: ContainerRequest) -> str:
        """Create a container and return its id."""
        self._check_room()
        image = self.store.view(request.image)
        if any(made.name == request.name for made in self._made.values()):
            raise NameTakenError(f"The name {request.name} is already in use.")
        if request.limits.memory is not None and request.limits.memory < _LEAST_MEMORY:
            raise InvalidOptionError("The engine refused: Minimum memory limit allowed is 6MB.")
        for mount in request.mounts:
            if not Path(mount.source).exists():
                raise InvalidOptionError(f"The engine refused: {mount.source} does not exist.")
        made = self._new(request, image)
        self._made[made.id] = made
        self._tell(made, "create")
        return made.id

    @call
    def start(self, name: str) -> None:
        """Start a container; nothing happens where it runs."""
        made = self.made(name)
        if not made.running:
            try:
                self._check_start(made)
            except Exception as exc:
                made.error = str(exc)
                raise
            self._run(made)

    @call
    def stop(self, name: str, timeout: float = 10) -> None:
        """Stop a container; nothing happens where it is not running."""
        made = self.made(name)
        made.stopped_by_hand = True
        if made.running:
            self._end(made, 137)

    @call
    def remove(self, name: str, *, force: bool = False) -> None:
        """Remove a container."""
        made = self.made(name)
        if made.running:
            if not force:
                raise ConflictError(f"The engine refused: container {made.name} is running.")
            self._end(made, 137)
        del self._made[made.id]
        self._tell(made, "destroy")

    @call
    def rename(self, name: str, new_name: str) -> None:
        """Rename a container."""
        made = self.made(name)
        if any(other.name == new_name for other in self._made.values()):
            raise NameTakenError(f"The name {new_name} is already in use.")
        made.name = new_name
        self._tell(made, "rename")

    @call
    def update(
        self, name: str, *, limits: Limits | None = None, restart: str | None = None
    ) -> None:
        """Change limits or the restart policy in place."""
        made = self.made(name)
        if limits is not None:
            made.limits = replace(limits, shm_size=made.limits.shm_size)
        if restart is not None:
            made.restart = restart
        self._tell(made, "update")

    @call
    def logs(self, name: str, *, follow: bool = False, tail: int | None = None) -> Iterator[bytes]:
        """Yield the container's output so far."""
        output = self.made(name).output
        return iter(output if tail is None else output[-tail:] if tail else [])

    @call
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
        """Run one of the fake's few programs."""
        made = self.made(name)
        if not made.running:
            raise ConflictError(f"The engine refused: container {made.name} is not running.")
        if command[0] not in PROGRAMS:
            code, output = 126, b"executable file not found in $PATH\n"
        else:
            seen = replace(made, environment={**made.environment, **(environment or {})})
            code, output = PROGRAMS[command[0]](seen, command[1:])
        # Of the fake's programs, those that fail write to standard error.
        target = on_error if code and on_error is not None else on_output
        if target is not None:
            target(output)
        return ExecResult(code, b"" if target is not None else output)

    @call
    def has_path(self, name: str, path: str) -> bool:
        """Tell whether a container, running or not, has a file at the path."""
        return self.made(name).has_path(path)

    @call
    def images(self, labels: Labels | None = None) -> list[Image]:
        """List tagged images that carry the labels."""
        found = [self.store.view(image_id) for image_id in self.store.stored]
        return [image for image in found if image.tags and _carries(image.labels, labels)]

    @call
    def image(self, reference: str) -> Image:
        """Inspect one image."""
        return self.store.view(reference)

    @call
    def pull(self, reference: str, report: Report | None = None) -> None:
        """Fetch an image that ``offer_image`` has put into the registry."""
        self._check_room()
        if reference not in self._registry:
            raise ImageNotFoundError("The image cannot be fetched: pull access denied.")
        if report is not None:
            report(Progress("layer: Downloading", 1, 2))
            report(Progress("layer: Pull complete", 2, 2))
        self._registry[reference]()

    @call
    def tag(self, reference: str, new_reference: str) -> None:
        """Give an image another name."""
        self.store.tag(reference, new_reference)

    @call
    def remove_image(self, reference: str) -> None:
        """Remove a tag and what nothing else uses."""
        self.store.remove(reference, (made.image_id for made in self._made.values()))

    @call
    def commit(self, name: str, *, pause: bool = True, reference: str | None = None) -> str:
        """Save a container's layer, with all its variables and labels, as the engine does."""
        self._check_room()
        made = self.made(name)
        config = {
            **made.image_config,
            "Env": [f"{name}={value}" for name, value in made.environment.items()],
            "Labels": dict(made.labels),
        }
        if made.request.command:
            config["Cmd"] = list(made.request.command)
        return self.store.add(
            self.clock(), made.written, config, parent=made.image_id, reference=reference
        )

    @call
    def export(self, name: str) -> Iterator[bytes]:
        """Yield a container's whole file system as a tar archive."""
        return file_system_archive(self.made(name).files)

    @call
    def import_filesystem(self, archive: Iterable[bytes]) -> str:
        """Make an untagged image of one layer from a tar archive; return its id."""
        self._check_room()
        return self.store.add(self.clock(), file_system(archive), {})

    @call
    def load(self, archive: IO[bytes] | Iterable[bytes]) -> None:
        """Load an image archive."""
        self._check_room()
        self.store.load(b"".join(archive))

    @call
    def save(self, reference: str) -> Iterator[bytes]:
        """Yield an image as an archive."""
        return iter([self.store.save(reference)])

    @call
    def networks(self, labels: Labels | None = None) -> list[Network]:
        """List networks that carry the labels."""
        found = self._networks.list(self._made.values())
        return [network for network in found if _carries(network.labels, labels)]

    @call
    def create_network(self, name: str, subnet: str, labels: Mapping[str, str]) -> None:
        """Create a bridge network."""
        self._networks.create(name, subnet, labels)

    @call
    def remove_network(self, name: str) -> None:
        """Remove a network that no container uses."""
        self._networks.remove(name, self._made.values())

    @call
    def connect(self, network: str, container: str, aliases: Sequence[str] = ()) -> None:
        """Attach a container to a network; nothing happens where it is attached."""
        self._networks.check(network)
        made = self.made(container)
        if network not in made.networks:
            made.networks[network] = self._address(network) if made.running else ""

    @call
    def disconnect(self, network: str, container: str) -> None:
        """Detach a container from a network; nothing happens where it is not attached."""
        self._networks.check(network)
        self.made(container).networks.pop(network, None)

    @call
    def events(self, labels: Labels | None = None) -> FakeEvents:
        """Listen to containers that carry the labels, from this call on."""
        listener = FakeEvents(lambda event: _carries(event.attributes, labels))
        self._listeners.append(listener)
        return listener

    # how it works inside --------------------------------------------------------
    def _new(self, request: ContainerRequest, image: Image) -> FakeContainer:
        self._count += 1
        return FakeContainer(
            id=new_id(self._count),
            name=request.name,
            request=request,
            image_id=image.id,
            image_config=image.config,
            environment={**image.environment, **request.environment},
            labels={**image.labels, **request.labels},
            limits=replace(request.limits, shm_size=request.limits.shm_size or SHM_SIZE),
            restart=request.restart,
            created=self.clock() + self._count * 1e-6,  # no two at the same time
            files=self.store.files(image.id),
            networks={request.network or "bridge": ""},
        )

    def _check_room(self) -> None:
        if self.disk_full:
            raise DiskFullError("The engine's disk is full: no space left on device.")

    def _check_start(self, made: FakeContainer) -> None:
        for name in made.networks:
            self._networks.check(name)
        held = self.foreign_ports | {
            port.host for other in self._made.values() if other.running for port in other.ports
        }
        for port in made.ports:
            if port.host in held:
                raise PortTakenError(f"Port {port.host} of this machine is already in use.")
        missing = [gpu for gpu in made.request.gpus if gpu not in self.devices]
        if missing:
            raise NoFreeGpuError(f"The engine has no such GPU: {', '.join(missing)}.")
        program = made.command[0] if made.command else ""
        known = program in PROGRAMS or program in LASTING or made.has_path(program)
        if program and not known:
            raise StartFailedError(f"The container did not start: no executable {program}.")

    def _run(self, made: FakeContainer) -> None:
        made.state, made.started = "running", self.clock()
        made.stopped_by_hand, made.oom_killed, made.error = False, False, ""
        for name in made.networks:
            made.networks[name] = self._address(name)
        if made.image_config.get("Healthcheck"):
            made.health = "healthy"
        self._tell(made, "start")
        if made.command and made.command[0] in PROGRAMS:
            code, output = PROGRAMS[made.command[0]](made, made.command[1:])
            made.output.append(output)
            self._end(made, code)

    def _end(self, made: FakeContainer, exit_code: int) -> None:
        made.state, made.finished, made.exit_code = "exited", self.clock(), exit_code
        made.networks = dict.fromkeys(made.networks, "")
        self._tell(made, "die", {"exitCode": str(exit_code)})

    def _address(self, network: str) -> str:
        return self._networks.address(network, self._made.values())

    def _tell(
        self, made: FakeContainer, action: str, more: Mapping[str, str] | None = None
    ) -> None:
        attributes = {**made.labels, **(more or {}), "name": made.name}
        event = Event("container", action, made.name, attributes, self.clock())
        for listener in self._listeners:
            listener.tell(event)


def _carries(found: Mapping[str, str], wanted: Labels | None) -> bool:
    """Tell whether labels include the wanted ones, of which None means any value."""
    return all(
        name in found and value in (None, found[name]) for name, value in (wanted or {}).items()
    )
