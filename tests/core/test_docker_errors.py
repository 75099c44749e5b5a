"""What the engine says in cases that cannot be provoked here, and an engine that is not there."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from workspace_cli.core import docker_errors
from workspace_cli.core.docker_engine import DockerEngine, split_tag
from workspace_cli.core.errors import (
    BusyError,
    CommitFailedError,
    ConflictError,
    DiskFullError,
    EngineUnreachableError,
    ImageNotFoundError,
    InvalidOptionError,
    LabdockError,
    NoFreeGpuError,
    NotFoundError,
    PortTakenError,
    StartFailedError,
)

# Engine 28 leaves the userland proxy's words out.
PORT_OF_28 = (
    "failed to set up container networking: driver failed programming external connectivity on "
    "endpoint a (1f): failed to bind host port for 0.0.0.0:9201:172.18.0.2:80/tcp: "
    "address already in use"
)
NVIDIA_HOOK = (
    "failed to create task for container: failed to create shim task: OCI runtime create failed: "
    "runc create failed: unable to start container process: error during container init: error "
    "running prestart hook #0: nvidia-container-cli: device error: GPU-9: unknown device: unknown"
)
SENTENCES: list[tuple[str, int | None, type[LabdockError]]] = [
    (PORT_OF_28, 500, PortTakenError),
    (NVIDIA_HOOK, 500, NoFreeGpuError),
    ("failed to register layer: write /x: no space left on device", 500, DiskFullError),
    ('could not select device driver "" with capabilities: [[gpu]]', 500, NoFreeGpuError),
    ("max depth exceeded", 500, CommitFailedError),
    ("removal of container a is already in progress", 409, BusyError),
    ("pull access denied for a, repository does not exist", 404, ImageNotFoundError),
    ("manifest for debian:nonesuch not found: manifest unknown", 404, ImageNotFoundError),
    ("exec /bin/x: exec format error", 500, StartFailedError),
    ("something new", 400, InvalidOptionError),
    ("something new", 404, NotFoundError),
    ("something new", 409, ConflictError),
    ("something new", 500, LabdockError),
    ("", 500, LabdockError),
]


@pytest.mark.parametrize("sentence, status, error", SENTENCES)
def test_a_refusal_is_told_as_what_it_means(
    sentence: str, status: int | None, error: type[LabdockError]
) -> None:
    assert type(docker_errors.translate(sentence, status)) is error


def test_a_taken_port_is_named() -> None:
    assert "9201" in docker_errors.translate(PORT_OF_28, 500).message


def test_no_engine_is_told_with_its_address(tmp_path: Path) -> None:
    with pytest.raises(EngineUnreachableError, match="No Docker engine answers at unix://"):
        DockerEngine(f"unix://{tmp_path}/docker.sock").containers()


def test_an_engine_at_an_address_that_nobody_speaks_is_told() -> None:
    with pytest.raises(EngineUnreachableError, match="unix:// or tcp://"):
        DockerEngine("ssh://somewhere").containers()


def test_docker_host_is_respected(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/nonesuch.sock")
    with pytest.raises(EngineUnreachableError, match=r"nonesuch\.sock"):
        DockerEngine().info()


@contextmanager
def server(path: Path, *answers: bytes) -> Iterator[str]:
    """Answer one connection after the other with raw bytes, then close each."""
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen()

        def serve() -> None:
            for answer in answers:
                connection, _ = listener.accept()
                with connection:
                    connection.recv(65536)
                    connection.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"unix://{path}"
        thread.join(10)


PING = b"HTTP/1.1 200 OK\r\nApi-Version: 1.45\r\nContent-Length: 0\r\n\r\n"


def test_an_engine_that_breaks_off_is_told(tmp_path: Path) -> None:
    with (
        server(tmp_path / "s", PING, b"") as address,
        pytest.raises(EngineUnreachableError, match="does not answer"),
    ):
        DockerEngine(address).containers()


def test_an_archive_that_breaks_off_is_no_whole_archive(tmp_path: Path) -> None:
    broken = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n7\r\nwo"
    with server(tmp_path / "s", PING, broken) as address:
        pieces = DockerEngine(address).export("a")
        assert next(pieces) == b"hello"
        with pytest.raises(EngineUnreachableError):
            list(pieces)


def test_events_that_end_by_themselves_are_told(tmp_path: Path) -> None:
    ended = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
    with (
        server(tmp_path / "s", PING, ended) as address,
        pytest.raises(EngineUnreachableError),
    ):
        list(DockerEngine(address).events())


def test_an_engine_that_is_too_old_is_told(tmp_path: Path) -> None:
    with (
        server(tmp_path / "s", PING.replace(b"1.45", b"1.41")) as address,
        pytest.raises(EngineUnreachableError, match="too old"),
    ):
        DockerEngine(address).containers()


@pytest.mark.parametrize(
    "reference, parts",
    [
        ("debian", ("debian", "latest")),
        ("debian:12", ("debian", "12")),
        ("host:5000/a/b", ("host:5000/a/b", "latest")),
        ("host:5000/a/b:c", ("host:5000/a/b", "c")),
        ("a@sha256:12", ("a", "sha256:12")),
    ],
)
def test_a_reference_is_split_into_repository_and_tag(
    reference: str, parts: tuple[str, str]
) -> None:
    assert split_tag(reference) == parts
