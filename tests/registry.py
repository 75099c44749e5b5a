"""A registry of the tests' own: Debian's docker-registry on a port of this machine."""

from __future__ import annotations

import secrets
import signal
import subprocess
from pathlib import Path

from tests.support import eventually, free_port

USER, PASSWORD = "kim", "swordfish"
_HTPASSWD = "kim:$2b$04$z5TbQt76lOsZ9kcVN82r.u.eNOXQMzb6G6PlI/liwg34IcJgEODIy\n"
_START = 30.0


class Registry:
    """One registry; its files lie in ``folder``.  With ``closed`` it wants USER and PASSWORD.

    ``network`` is the network namespace that it runs in, by default this process's own.
    """

    def __init__(self, folder: Path, *, closed: bool = False, network: str = "") -> None:
        self.folder = folder
        self._enter = ["nsenter", f"--net=/var/run/netns/{network}"] if network else []
        self.port = free_port()
        self.address = f"127.0.0.1:{self.port}"
        self._closed = closed
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it takes connections."""
        self.folder.mkdir(parents=True, exist_ok=True)
        file = self.folder / "config.yml"
        file.write_text(self._configuration())
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [*self._enter, "docker-registry", "serve", str(file)], stdout=log, stderr=log
            )
        eventually(self._answers, _START)

    def kill(self) -> None:
        """End it without a warning; nothing happens where it does not run."""
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait(60)
            self._process = None

    def name(self, suffix: str = "image") -> str:
        """Return a name below this registry that nothing else has."""
        return f"{self.address}/{secrets.token_hex(4)}/{suffix}:1"

    def _answers(self) -> bool:
        if self._process is None or self._process.poll() is not None:
            raise AssertionError((self.folder / "log").read_text()[-2000:])
        connect = f"exec 3<>/dev/tcp/127.0.0.1/{self.port}"
        command = [*self._enter, "bash", "-c", connect]
        return subprocess.run(command, capture_output=True, check=False).returncode == 0

    def _configuration(self) -> str:
        lines = [
            "version: 0.1",
            "log: {level: warn}",
            f"storage: {{filesystem: {{rootdirectory: {self.folder / 'data'}}}}}",
            f"http: {{addr: '{self.address}', secret: {secrets.token_hex(8)}}}",
        ]
        if self._closed:
            users = self.folder / "htpasswd"
            users.write_text(_HTPASSWD)
            lines.append(f"auth: {{htpasswd: {{realm: tests, path: {users}}}}}")
        return "\n".join(lines) + "\n"
