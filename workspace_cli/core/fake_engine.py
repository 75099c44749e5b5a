"""The engine port in memory, for tests of everything above it.

It behaves as the contract suite has seen a Docker engine behave; what a test
can set up and let go wrong, ``fake_machine.py`` tells.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import IO

from workspace_cli.core.engine import ExecResult, Progress, Report
from workspace_cli.core.engine_disk import EngineDisk
from workspace_cli.core.engine_use import Use
from workspace_cli.core.errors import (
    ConflictError,
    InvalidOptionError,
    NameTakenError,
)
from workspace_cli.core.fake_containers import PROGRAMS, FakeOutput
from workspace_cli.core.fake_events import FakeEvents
from workspace_cli.core.fake_faults import call
from workspace_cli.core.fake_images import (
    file_system,
    file_system_archive,
)
from workspace_cli.core.fake_machine import FakeMachine
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

Labels = Mapping[str, str | None]
_LEAST_MEMORY = 6 * 1024 * 1024


class FakeEngine(FakeMachine):
    """An engine in memory; ``clock`` gives the time, in seconds since the epoch."""

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
        if not (
            request.entrypoint
            or request.command
            or image.config.get("Cmd")
            or image.config.get("Entrypoint")
        ):
            raise InvalidOptionError("The engine refused: no command specified.")
        for mount in request.mounts:
            if not Path(mount.source).exists():
                raise InvalidOptionError(f"The engine refused: {mount.source} does not exist.")
        made = self._new(request, image)
        self._made[made.id] = made
        self._tell(made, "create")
        return made.id

    @call
    def attach(self, name: str, data: bytes) -> FakeOutput:
        """Give a container that has not yet started its whole input."""
        made = self.made(name)
        if made.request.open_input:
            made.input = data
        return FakeOutput(made)

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
            made.restarts = 0
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
    def pause(self, name: str) -> None:
        """Hold a running container's processes."""
        made = self.made(name)
        if made.state != "running":
            raise ConflictError(f"The engine refused: container {made.name} is {made.state}.")
        made.state = "paused"
        self._tell(made, "pause")

    @call
    def unpause(self, name: str) -> None:
        """Let a paused container's processes go on."""
        made = self.made(name)
        if made.state == "paused":
            made.state = "running"
            self._tell(made, "unpause")

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
            fixed = ("shm_size", "open_files", "log_size", "log_files")
            made.limits = replace(limits, **{name: getattr(made.limits, name) for name in fixed})
        if restart is not None:
            made.restart = restart
        self._tell(made, "update")

    @call
    def logs(
        self,
        name: str,
        *,
        follow: bool = False,
        tail: int | None = None,
        since: float | None = None,
    ) -> Iterator[bytes]:
        """Yield the container's output so far."""
        output = [piece for at, piece in self.made(name).output if at >= (since or 0.0)]
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
        if made.state != "running":
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
    def layer_folders(self, name: str, *, image: bool = False) -> LayerFolders | None:
        """Return folders of this machine with the layers' files in them."""
        made = None if image else self.made(name)
        layers = self.store.view(made.image_id if made else name).layers
        if self.engine_info.storage_driver != "overlay2":
            return None
        lowers = [self._folder_of(layer) for layer in reversed(layers)]
        if made is None:
            return LayerFolders(lowers[0], tuple(lowers[1:]))
        return LayerFolders(self._own_folder(made), tuple(lowers))

    @call
    def use(self, name: str) -> Use | None:
        """Return what a container uses now, None where it does not run."""
        return self.made(name).use(self.clock())

    @call
    def written(self, labels: Labels | None = None) -> dict[str, int]:
        """Return container id → bytes of its own layer."""
        found = [made for made in self._made.values() if _carries(made.labels, labels)]
        return {made.id: sum(map(len, made.written.values())) for made in found}

    @call
    def disk(self) -> EngineDisk:
        """Return what the images and the containers' own layers hold."""
        return self.store.disk(sum(self.written().values()))

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
    def layer_sizes(self, reference: str) -> tuple[int, ...]:
        """Return the bytes of each layer of an image, from the lowest to the highest."""
        return self.store.layer_sizes(reference)

    @call
    def pull(self, reference: str, report: Report | None = None) -> None:
        """Fetch an image that was pushed, or that ``offer_image`` has put into the registry."""
        self._check_room()
        self.registry.pull(reference)
        if report is not None:
            report(Progress("layer: Downloading", 1, 2))
            report(Progress("layer: Pull complete", 2, 2))

    @call
    def resolve(self, reference: str) -> str:
        """Return the digest that a name has in its registry now."""
        return self.registry.resolve(reference)

    @call
    def push(self, reference: str, report: Report | None = None) -> str:
        """Send a tag to its registry and return its digest there."""
        digest = self.registry.push(reference)
        if report is not None:
            report(Progress("layer: Pushing", 1, 2))
            report(Progress("layer: Pushed", 2, 2))
        return digest

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
        made.settle()
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
        made = self.made(name)
        made.settle()
        return file_system_archive(made.files)

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


def _carries(found: Mapping[str, str], wanted: Labels | None) -> bool:
    """Tell whether labels include the wanted ones, of which None means any value."""
    return all(
        name in found and value in (None, found[name]) for name, value in (wanted or {}).items()
    )
