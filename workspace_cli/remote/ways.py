"""How the portal is reached: by its address with a token, or through a workspace's own server."""

from __future__ import annotations

import http.client
import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from workspace_cli.core.errors import HubUnreachableError

PREFIX = "/services/portal"
SOCKET = "labdock-portal.sock"
SECONDS = 120.0
"""A preview reads what changed; a start is answered within the hub's own time."""

Answer = tuple[int, bytes]


class Way(Protocol):
    """One way to the portal."""

    def exchange(self, method: str, path: str, body: bytes | None) -> Answer:
        """Return status and body for a path below the portal's; HubUnreachableError."""


@dataclass(frozen=True)
class ByAddress:
    """Over the network to the lab at ``url``, with a token of the member's."""

    url: str
    token: str

    def exchange(self, method: str, path: str, body: bytes | None) -> Answer:
        """Return status and body for a path below the portal's."""
        return self.ask(method, PREFIX + path, body)

    def ask(self, method: str, path: str, body: bytes | None = None) -> Answer:
        """Return status and body for any path of the lab's."""
        headers = {"Authorization": f"Bearer {self.token}", **_headers(body)}
        return _exchange(self._connection(), method, path, body, headers, self.url)

    def _connection(self) -> http.client.HTTPConnection:
        parts = urlsplit(self.url)
        host = parts.hostname or "localhost"
        if parts.scheme == "http":
            return http.client.HTTPConnection(host, parts.port, timeout=SECONDS)
        import ssl

        context = ssl.create_default_context()
        return http.client.HTTPSConnection(host, parts.port, timeout=SECONDS, context=context)


@dataclass(frozen=True)
class BySocket:
    """Through the socket of the workspace's server, which adds its own token."""

    file: Path

    def exchange(self, method: str, path: str, body: bytes | None) -> Answer:
        """Return status and body for a path below the portal's."""
        if not self.file.exists():
            raise HubUnreachableError(
                "This workspace has no way to the lab: the hub has not started it.",
                "Ask an admin, or use `workspace` on the lab's machine.",
            )
        connection = _SocketConnection(self.file)
        return _exchange(connection, method, path, body, _headers(body), "this workspace's server")


class _SocketConnection(http.client.HTTPConnection):
    def __init__(self, file: Path) -> None:
        super().__init__("workspace", timeout=SECONDS)
        self._file = file

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self._file))


def own_socket(environ: Mapping[str, str]) -> Path:
    """Return where the server of the workspace that this runs in listens."""
    folder = environ.get("JUPYTER_RUNTIME_DIR") or f"/tmp/labdock-{os.getuid()}"  # noqa: S108
    return Path(folder) / SOCKET


def _headers(body: bytes | None) -> dict[str, str]:
    return {"Accept": "application/json"} | ({"Content-Type": "application/json"} if body else {})


def _exchange(
    connection: http.client.HTTPConnection,
    method: str,
    path: str,
    body: bytes | None,
    headers: Mapping[str, str],
    where: str,
) -> Answer:
    try:
        connection.request(method, path, body, dict(headers))
        answer = connection.getresponse()
        return answer.status, answer.read()
    except (OSError, http.client.HTTPException) as exc:
        reason = str(exc) or type(exc).__name__
        raise HubUnreachableError(
            f"The lab does not answer at {where}: {reason}.",
            "Check the address and the network, or ask an admin.",
        ) from exc
    finally:
        connection.close()
