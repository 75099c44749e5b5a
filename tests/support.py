"""What tests need of an engine and of this machine, without pytest."""

from __future__ import annotations

import io
import re
import shutil
import socket
import subprocess
import tarfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from workspace_cli.core import labels
from workspace_cli.core.docker_engine import DockerEngine
from workspace_cli.core.errors import BusyError, LabdockError

_COMMANDS = (
    *("sh", "cat", "echo", "env", "false", "ls", "printenv", "sleep", "timeout", "touch", "true"),
)

AFTER_RESTART = {
    # policy: state of a container that ran, state of one that was stopped by hand
    "no": ("exited", "exited"),
    # Being killed by a stop is a failure to the engine.
    "on-failure:3": ("running", "running"),
    "unless-stopped": ("running", "exited"),
    "always": ("running", "running"),
}
"""What a restart of the engine makes of containers, the real one's and the fake's."""


@dataclass(frozen=True)
class Namespace:
    """The beginning of every name that one test gives on the engine."""

    engine: DockerEngine
    name: str

    def __str__(self) -> str:
        return self.name

    def owns(self, name: str, found: Mapping[str, str]) -> bool:
        """Tell whether something with this name and these labels belongs to the test."""
        return name.startswith(self.name) or found.get(labels.OWNER, "").startswith(self.name)

    def remove_everything(self) -> None:
        """Remove every container, network and image of the test."""
        for container in self.engine.containers():
            if self.owns(container.name, container.labels):
                with suppress(LabdockError):
                    self.engine.remove(container.id, force=True)
        for network in self.engine.networks():
            if self.owns(network.name, network.labels):
                self._remove_network(network.name)
        for image in self.engine.images():
            for tag in image.tags:
                if self.owns(tag.removeprefix("labdock/"), image.labels):
                    with suppress(LabdockError):
                        self.engine.remove_image(tag)

    def _leaves(self, network: str, container: str) -> bool:
        error = error_of(lambda: self.engine.disconnect(network, container))
        return not isinstance(error, BusyError)

    def _remove_network(self, name: str) -> None:
        for container in self.engine.containers():
            if name in container.networks:
                # One that is just being removed can do nothing else, and then it is gone.
                eventually(partial(self._leaves, name, container.id))
        with suppress(LabdockError):
            self.engine.remove_network(name)


def eventually(check: Callable[[], object], timeout: float = 10.0) -> None:
    """Wait until a check holds; fail with its name where it does not in time."""
    deadline = time.monotonic() + timeout
    while not check():
        if time.monotonic() > deadline:
            raise AssertionError(f"{check} did not hold within {timeout:g} s")
        time.sleep(0.02)


def error_of(call: Callable[[], object]) -> LabdockError | None:
    """Return the error in a person's words that a call ended with; any other one passes."""
    try:
        call()
    except LabdockError as exc:
        return exc
    return None


def free_port() -> int:
    """Return a TCP port that nobody has right now."""
    with socket.socket() as probe:
        probe.bind(("", 0))
        port: int = probe.getsockname()[1]
        return port


def tiny_file_system() -> Iterator[bytes]:
    """Yield a tar archive of a root with a shell, a few commands and the libraries they need."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", dereference=True) as tar:
        added: set[str] = set()
        for command in _COMMANDS:
            found = shutil.which(command)
            assert found, f"this machine has no {command}"
            tar.add(Path(found).resolve(), f"bin/{command}")
            for library in _libraries(found) - added:
                tar.add(library, library.lstrip("/"))
                added.add(library)
        for folder in ("tmp", "workspace"):
            entry = tarfile.TarInfo(folder)
            entry.type, entry.mode = tarfile.DIRTYPE, 0o1777
            tar.addfile(entry)
    yield buffer.getvalue()


def _libraries(program: str) -> set[str]:
    listed = subprocess.run(["ldd", program], capture_output=True, text=True, check=True).stdout
    return set(re.findall(r"(/\S+) \(0x", listed))


@contextmanager
def listening(port: int) -> Iterator[None]:
    """Hold a TCP port as a stranger's process would."""
    with socket.socket() as holder:
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        holder.bind(("", port))
        holder.listen()
        yield


def end_at_step(
    set_attribute: Callable[..., None],
    calls: Iterable[tuple[object, str]],
    step: int,
    end: Callable[[], object],
) -> None:
    """Count the calls of some functions (owner, name), and call ``end`` at one of them.

    ``set_attribute`` is a monkeypatch's ``setattr``.
    """
    left = [step]

    def counting(real: Callable[..., object]) -> Callable[..., object]:
        def call(*arguments: object, **named: object) -> object:
            left[0] -= 1
            if left[0] == 0:
                end()
            return real(*arguments, **named)

        return call

    for owner, name in calls:
        set_attribute(owner, name, counting(getattr(owner, name)))
