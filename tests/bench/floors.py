"""The floor: a bare ``docker run`` until a server inside answers."""

from __future__ import annotations

import base64
import http.client
import subprocess
import time
from dataclasses import dataclass, field

from tests.bench import stock
from tests.bench.figures import Figures, SideName
from tests.bench.sides import free_port

POLL_S = 0.01
LIMIT_S = 60.0
_USER, _PASSWORD = "bench", "bench-password"
_BASIC = base64.b64encode(f"{_USER}:{_PASSWORD}".encode()).decode()


@dataclass(frozen=True)
class Server:
    """A server in a container: what ``docker run`` is given and where it answers 200."""

    image: str
    port: int
    options: tuple[str, ...] = ()
    command: tuple[str, ...] = ()
    path: str = "/"
    headers: dict[str, str] = field(default_factory=dict)


def trivial(image: str, python: str) -> Server:
    """Return the smallest server that an image can start."""
    return Server(
        image, 8000, ("--entrypoint", python), ("-I", "-m", "http.server", "-d", "/tmp", "8000")
    )


def labdock(image: str) -> Server:
    """Return the standalone Labdock server of an image."""
    environment = (
        "-e",
        f"WORKSPACE_AUTH_USER={_USER}",
        "-e",
        f"WORKSPACE_AUTH_PASSWORD={_PASSWORD}",
    )
    headers = {"Authorization": f"Basic {_BASIC}"}
    return Server(image, 8080, environment, path="/api/status", headers=headers)


def stock_lab() -> Server:
    """Return plain JupyterLab in the stock image."""
    command = (
        "jupyter",
        "lab",
        "--ip=0.0.0.0",
        "--no-browser",
        f"--IdentityProvider.token={_PASSWORD}",
    )
    headers = {"Authorization": f"token {_PASSWORD}"}
    return Server(
        stock.SINGLEUSER_IMAGE, 8888, command=command, path="/api/status", headers=headers
    )


def measure(figures: Figures, labdock_image: str | None, repetitions: int) -> None:
    """Measure both servers of both sides, taking turns; without an image stock alone."""
    servers: list[tuple[str, SideName, Server]] = [
        ("floor_trivial", "stock", trivial(stock.SINGLEUSER_IMAGE, "/srv/venv/bin/python")),
        ("floor_server", "stock", stock_lab()),
    ]
    if labdock_image is not None:
        servers.append(
            ("floor_trivial", "labdock", trivial(labdock_image, "/opt/labdock/bin/python"))
        )
        servers.append(("floor_server", "labdock", labdock(labdock_image)))
    for _, _, server in servers:
        seconds_to_answer(server)  # fills the disk's caches, uncounted
    for _ in range(repetitions):
        for key, side, server in servers:
            figures.add(key, side, seconds_to_answer(server))


def seconds_to_answer(server: Server) -> float:
    """Run a server once and return the seconds from ``docker run`` to its first 200."""
    name, port = f"{stock.NAME}-floor", free_port()
    publish = f"127.0.0.1:{port}:{server.port}"
    command = ["docker", "run", "--detach", "--name", name, "--publish", publish]
    began = time.perf_counter()
    try:
        subprocess.run(
            [*command, *server.options, server.image, *server.command],
            check=True,
            stdout=subprocess.DEVNULL,
        )
        while not _answers(port, server):
            if time.perf_counter() - began > LIMIT_S:
                raise TimeoutError(f"{server.image} did not answer in {LIMIT_S:.0f} s.")
            time.sleep(POLL_S)
        return time.perf_counter() - began
    finally:
        subprocess.run(["docker", "rm", "--force", "--volumes", name], stdout=subprocess.DEVNULL)


def _answers(port: int, server: Server) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", server.path, headers=server.headers)
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
