"""The container through which the hub asks the NVIDIA driver.

The hub's own container sees neither the GPUs nor the machine's processes.  This
one sees both and nothing else: it has no network, no capability, no folder and
no way to the engine, and does nothing until the hub runs ``nvml_reader.py`` in
it.  So the hub comes up whatever has become of a GPU, and a container whose
GPUs stopped answering (a reload of systemd takes them from every container) is
replaced before anyone calls the GPUs broken.
"""

from __future__ import annotations

import hashlib
import json
import threading
import time
from contextlib import suppress
from pathlib import Path

from workspace_cli.core import labels, naming, nvml
from workspace_cli.core.cdi import CDI_KIND, cdi_devices, specifications
from workspace_cli.core.engine import Engine
from workspace_cli.core.errors import LabdockError, NotFoundError
from workspace_cli.core.gpu_inventory import CDI_FOLDERS, choose_backend
from workspace_cli.core.models import Container, ContainerRequest
from workspace_cli.core.settings import Settings, load_settings

PROGRAM = ("/opt/hub/bin/python", "-I", "-m", "workspace_cli.core.nvml_reader")
RENEWAL = 60.0
"""Seconds between two replacements of a container whose GPUs do not answer."""
_guard = threading.Lock()


class GpuReader:
    """The container ``name`` on one engine, made when it is first asked and kept."""

    def __init__(self, engine: Engine, settings: Settings, name: str) -> None:
        self._engine, self._settings, self._name = engine, settings, name
        self._renewed = float("-inf")

    def ask(self) -> str:
        """Return what the program prints; TimeoutError where that takes too long."""
        if choose_backend(self._settings, self._engine.info()) == "none":
            return json.dumps({"present": False})
        with _guard:
            answer = self._run(self._ready().id)
            if _is_blind(answer) and time.monotonic() - self._renewed > RENEWAL:
                self._renewed = time.monotonic()
                self._remove()
                answer = self._run(self._ready().id)
            return answer

    def _run(self, container_id: str) -> str:
        # In a thread that may be left behind: no signal ends what hangs in the driver.
        answers: list[bytes] = []
        command = ["timeout", "-s", "KILL", f"{nvml.TIMEOUT:.0f}", *PROGRAM]

        def run() -> None:
            with suppress(LabdockError):
                answers.append(self._engine.execute(container_id, command).output)

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        thread.join(nvml.TIMEOUT + 1)
        if thread.is_alive():
            raise TimeoutError
        return answers[0].decode(errors="replace") if answers else ""

    def _ready(self) -> Container:
        """Return the container, made anew where it would be another one by now."""
        hub = self._engine.container(naming.HUB_CONTAINER)
        purpose = self._purpose(hub)
        try:
            found = self._engine.container(self._name)
        except NotFoundError:
            return self._make(hub, purpose)
        if found.labels.get(labels.READER) == purpose and found.state == "running":
            return found
        self._remove()
        return self._make(hub, purpose)

    def _purpose(self, hub: Container) -> str:
        """Tell what the container depends on: the hub's image, the way, what there is to give."""
        backend = choose_backend(self._settings, self._engine.info())
        text = f"{hub.image_id} {backend} {_specifications()}"
        return f"{backend}-{hashlib.sha256(text.encode()).hexdigest()[:16]}"

    def _make(self, hub: Container, purpose: str) -> Container:
        backend = choose_backend(self._settings, self._engine.info())
        made = self._engine.create(
            ContainerRequest(
                name=self._name,
                image=hub.image,
                command=("sleep", "infinity"),
                labels={labels.READER: purpose, labels.ROOT: str(self._settings.root)},
                environment={
                    "NVIDIA_VISIBLE_DEVICES": "void" if backend == "cdi" else "all",
                    "NVIDIA_DRIVER_CAPABILITIES": "utility",
                },
                network="none",
                host_processes=True,
                cap_drop=("ALL",),
                security_opt=("no-new-privileges",),
                gpus=_every_gpu() if backend == "cdi" else ("all",),
                gpu_backend=backend,
                stop_timeout=1,
                health_check=False,
            )
        )
        try:
            self._engine.start(made)
        except LabdockError:
            self._remove()
            raise
        return self._engine.container(made)

    def _remove(self) -> None:
        with suppress(NotFoundError):
            self._engine.remove(self._name, force=True)


_readers: dict[str, GpuReader] = {}


def ask(name: str) -> str:
    """Ask through the container ``name`` on this process's engine."""
    if name not in _readers:
        from workspace_cli.core.docker_engine import DockerEngine

        _readers[name] = GpuReader(DockerEngine(), load_settings(), name)
    return _readers[name].ask()


def _is_blind(answer: str) -> bool:
    """Tell whether no GPU answers: of one alone the container is hardly the reason."""
    reading = nvml.parse(answer)
    return bool(reading.error) or (
        bool(reading.devices) and all(device.trouble for device in reading.devices)
    )


def _every_gpu() -> tuple[str, ...]:
    names = [device.name for device in cdi_devices(CDI_FOLDERS)]
    return tuple(f"{CDI_KIND}={name}" for name in (["all"] if "all" in names else names))


def _specifications() -> str:
    """Return a text that changes with the CDI specifications."""
    files = [file for folder in CDI_FOLDERS for file in specifications(folder)]
    return json.dumps([(str(file), *_stamp(file)) for file in files])


def _stamp(file: Path) -> tuple[int, int]:
    try:
        found = file.stat()
    except OSError:
        return (0, 0)
    return found.st_size, found.st_mtime_ns
