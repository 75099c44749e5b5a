"""The machine under the fake engine: what a test sets up there, and what runs on it.

What a test wants to go wrong it says beforehand: ``foreign_ports`` are held by
a stranger's process, ``devices`` are the GPUs there are, ``disk_full`` lets
nothing more be written, and ``Faults`` lets single calls fail.
"""

from __future__ import annotations

import shutil
import time
import weakref
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from tempfile import mkdtemp

from workspace_cli.core.engine import Event
from workspace_cli.core.errors import (
    DiskFullError,
    NoFreeGpuError,
    PortTakenError,
    StartFailedError,
    WorkspaceNotFoundError,
)
from workspace_cli.core.fake_containers import LASTING, PROGRAMS, SHM_SIZE, FakeContainer, new_id
from workspace_cli.core.fake_events import FakeEvents
from workspace_cli.core.fake_faults import Faults
from workspace_cli.core.fake_images import FakeImages, Files
from workspace_cli.core.fake_layers import write_layer
from workspace_cli.core.fake_networks import FakeNetworks
from workspace_cli.core.fake_registry import FakeRegistry
from workspace_cli.core.models import ContainerRequest, EngineInfo, Image


class FakeMachine(Faults):
    """A machine in memory; ``clock`` gives the time, in seconds since the epoch."""

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
        self._folders: str | None = None
        self.registry = FakeRegistry(self.store)
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
            {"Cmd": ["sh"], "Env": lines, "Labels": dict(labels or {}), **(config or {})},
            reference=reference,
        )

    def offer_image(self, reference: str, *, labels: Mapping[str, str] | None = None) -> None:
        """Put an image into a registry, from which it can be pulled."""
        elsewhere = FakeImages()
        image_id = elsewhere.add(
            self.clock(), {}, {"Cmd": ["sh"], "Env": [], "Labels": dict(labels or {})}
        )
        self.registry.offer(reference, image_id, elsewhere)

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
        policy, _, most = made.restart.partition(":")
        used_up = most and made.restarts >= int(most)
        failed = policy == "on-failure" and exit_code and not used_up
        if policy in ("always", "unless-stopped") or failed:
            made.restarts += 1
            self._run(made)

    def run_out_of_memory(self, name: str) -> None:
        """Let the kernel end a program inside a container that runs on."""
        made = self.made(name)
        made.oom_killed = True
        self._tell(made, "oom")

    def restart_engine(self, *, crash: bool = False, knows_gpus: bool = True) -> None:
        """Stop every container and bring back those that the engine brings back.

        It even brings back an ``on-failure`` one that somebody has stopped.  After a
        crash it takes its own stops for somebody's.  One that knows its GPUs only later,
        as 26.1 does CDI's, leaves stopped what has some.
        """
        for made in self._made.values():
            if made.running:
                made.stopped_by_hand = crash
                self._end(made, 137)
        self._networks.came_up(self.clock())
        for made in self._made.values():
            policy = made.restart.partition(":")[0]
            if made.state != "exited" or (made.request.gpus and not knows_gpus):
                continue
            if (
                policy == "always"
                or (policy == "unless-stopped" and not made.stopped_by_hand)
                or (policy == "on-failure" and made.exit_code != 0)
            ):
                self._run(made)

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

    def _folder(self, name: str) -> Path:
        if self._folders is None:
            self._folders = mkdtemp(prefix="labdock-fake-")
            weakref.finalize(self, shutil.rmtree, self._folders, ignore_errors=True)
        return Path(self._folders, name, "diff")

    def _folder_of(self, layer: str) -> str:
        folder = self._folder(layer.removeprefix("sha256:"))
        if not folder.exists():
            write_layer(folder, self.store.layers[layer])
        return str(folder)

    def _own_folder(self, made: FakeContainer) -> str:
        if made.folder is None:
            made.folder = self._folder(made.id)
            write_layer(made.folder, made.written)
        return str(made.folder)

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
            made.output.append((made.started, output))
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
