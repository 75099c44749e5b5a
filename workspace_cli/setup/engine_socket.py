"""The engine's socket: where it is, whether anything answers there.

The few questions that must be asked before, or without, the engine adapter.
"""

from __future__ import annotations

import http.client
import json
import os
import socket
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from workspace_cli.core.errors import SetupError

DEFAULT = Path("/var/run/docker.sock")
CONNECT_TIMEOUT = 5.0


def socket_path(environ: Mapping[str, str] | None = None) -> Path:
    """Return the path of the engine's socket, as DOCKER_HOST names it or the usual one.

    Raises SetupError where DOCKER_HOST names an engine elsewhere: the hub holds
    the socket of the machine that it runs on.
    """
    address = (os.environ if environ is None else environ).get("DOCKER_HOST", "")
    if not address:
        return DEFAULT
    if not address.startswith("unix://"):
        raise SetupError(
            f"DOCKER_HOST is {address}, which is not a socket of this machine.",
            "Unset DOCKER_HOST and run this on the machine whose engine is meant.",
        )
    return Path(address.removeprefix("unix://"))


class _Connection(http.client.HTTPConnection):
    def __init__(self, path: Path) -> None:
        super().__init__("localhost", timeout=CONNECT_TIMEOUT)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self._path))


def get(path: str, socket_file: Path) -> bytes:
    """Fetch one address of the engine's API; OSError or HTTPException where it does not answer."""
    connection = _Connection(socket_file)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        body = response.read()
    finally:
        connection.close()
    if response.status != 200:
        raise http.client.HTTPException(f"{response.status} {body[:200]!r}")
    return body


def answers(socket_file: Path) -> bool:
    """Tell whether an engine answers."""
    try:
        return get("/_ping", socket_file) == b"OK"
    except (OSError, http.client.HTTPException):
        return False


def version(socket_file: Path) -> Mapping[str, Any]:
    """Return what the engine says of its version; errors as ``get`` raises them."""
    found: Mapping[str, Any] = json.loads(get("/version", socket_file))
    return found


def wait_until_answers(socket_file: Path, seconds: float) -> bool:
    """Wait for an engine that is coming up; tell whether it did."""
    end = time.monotonic() + seconds
    while not answers(socket_file):
        if time.monotonic() > end:
            return False
        time.sleep(0.1)
    return True
