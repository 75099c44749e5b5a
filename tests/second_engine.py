"""A Docker engine of the tests' own, which may be stopped, killed and filled up.

It runs in a network namespace of its own, since two engines in one would
remove each other's bridges, and has its own data, sockets and cgroup.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.support import eventually
from workspace_cli.core.docker_engine import DockerEngine
from workspace_cli.core.errors import LabdockError

_START = 60.0
"""Seconds; a loaded machine takes its time."""

_CGROUPS = Path("/sys/fs/cgroup")


class SecondEngine:
    """An engine whose files all lie in ``folder``; ``configuration`` is its daemon.json."""

    def __init__(self, folder: Path, configuration: dict[str, object] | None = None) -> None:
        self.folder = folder
        # Short, as it names an interface and is part of a socket's path.
        self.name = f"ldt{secrets.token_hex(3)}"
        self.socket = folder / "docker.sock"
        self.host = f"unix://{self.socket}"
        self.engine = DockerEngine(self.host)
        self._configuration = {"features": {"cdi": True}, **(configuration or {})}
        self._process: subprocess.Popen[bytes] | None = None

    @contextmanager
    def running(self) -> Iterator[SecondEngine]:
        """Start the engine, and remove every trace of it in the end."""
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "daemon.json").write_text(json.dumps(self._configuration))
        _run("ip", "netns", "add", self.name)
        try:
            _run("ip", "-n", self.name, "link", "set", "lo", "up")
            self.start()
            yield self
        finally:
            if not self.up:
                self.start()
            self.remove_containers()
            self.stop()
            _run("ip", "netns", "delete", self.name)
            self._unmount()
            self._remove_cgroups()
            shutil.rmtree(self.folder, ignore_errors=True)

    def start(self) -> None:
        """Start the engine and wait until it answers."""
        arguments = {
            "config-file": self.folder / "daemon.json",
            "host": self.host,
            "data-root": self.folder / "data",
            "exec-root": self.folder / "exec",
            "pidfile": self.folder / "pid",
            "cgroup-parent": f"/{self.name}",
            "containerd-namespace": self.name,
            "containerd-plugins-namespace": f"{self.name}-plugins",
            "bip": "172.29.0.1/24",
        }
        # nsenter and not `ip netns exec`, which hides the cgroups.
        command = ["nsenter", f"--net=/var/run/netns/{self.name}", "dockerd"]
        command += [f"--{name}={value}" for name, value in arguments.items()]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log)
        eventually(self._answers, _START)

    def stop(self) -> None:
        """Stop the engine as `systemctl stop docker` does; nothing happens where it is down."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End the engine without a warning, as a crash does."""
        self._end(signal.SIGKILL)
        (self.folder / "pid").unlink(missing_ok=True)

    def power_off(self) -> None:
        """End the engine and every process of its containers at once, as a power cut does."""
        self._end(signal.SIGKILL)
        for process in self._processes():
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        (self.folder / "pid").unlink(missing_ok=True)
        self._unmount("data/overlay2/")

    def restart(self) -> None:
        """Stop the engine and start it again."""
        self.stop()
        self.start()

    @property
    def up(self) -> bool:
        """Whether the engine runs."""
        return self._process is not None

    def remove_containers(self) -> None:
        """Leave no container behind: with live-restore they outlive their engine."""
        for container in self.engine.containers():
            self.engine.remove(container.id, force=True)

    def receive(self, source: DockerEngine, reference: str) -> None:
        """Carry an image over from another engine."""
        self.engine.load(source.save(reference))

    def _answers(self) -> bool:
        if self._process is None or self._process.poll() is not None:
            raise AssertionError((self.folder / "log").read_text()[-2000:])
        try:
            self.engine.info()
        except LabdockError:
            return False
        return True

    def _end(self, how: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(60)
            self._process = None

    def _processes(self) -> list[int]:
        """Return what works for the engine: its containerd and shims, and what is in its cgroup."""
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                command = (folder / "cmdline").read_bytes()
                group = (folder / "cgroup").read_text()
                if bytes(self.folder) in command or f"/{self.name}/" in group:
                    found.append(int(folder.name))
        return [process for process in found if process != os.getpid()]

    def _remove_cgroups(self) -> None:
        for folder in (*_CGROUPS.glob(self.name), *_CGROUPS.glob(f"*/{self.name}")):
            with suppress(OSError):
                folder.rmdir()

    def _unmount(self, below: str = "") -> None:
        """Unmount what a killed engine has left mounted, the deepest first."""
        mounts = [line.split()[1] for line in Path("/proc/mounts").read_text().splitlines()]
        for mount in sorted(mounts, reverse=True):
            if mount.startswith(f"{self.folder}/{below}"):
                subprocess.run(["umount", "-l", mount], check=False)


def _run(*command: str) -> None:
    subprocess.run(command, check=True, env={**os.environ, "LC_ALL": "C"})
