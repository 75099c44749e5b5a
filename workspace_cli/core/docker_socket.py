"""Requests to the Docker engine's API over its socket.

Not over docker-py: its import (with requests and urllib3) takes 70 ms, as long
as all the rest of ``workspace ls``, its streams swallow a lost connection, and
its 60 s time-out breaks large commits.  A connection of its own for each
request is safe from any number of threads and waits for no pool; to a unix
socket it costs 0.1 ms.
"""

from __future__ import annotations

import http.client
import json
import os
import socket
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from workspace_cli.core import docker_errors
from workspace_cli.core.docker_streams import Stream

DEFAULT_HOST = "unix:///var/run/docker.sock"
NEWEST_API = (1, 45)
"""The newest version of the API whose answers ``docker_answers`` was written for."""
OLDEST_API = (1, 43)
READ_TIMEOUT = 60.0
"""Seconds that an answer to a question may take; changes may take as long as they need."""


@dataclass(frozen=True)
class Answer:
    """Status, headers and body of one answer."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """Decode the body; None where it is empty."""
        return json.loads(self.body) if self.body.strip() else None

    @property
    def message(self) -> str:
        """The engine's own words of what went wrong."""
        try:
            return str(json.loads(self.body)["message"])
        except (ValueError, KeyError, TypeError):
            return self.body.decode(errors="replace").strip()


class EngineSocket:
    """The engine's API at one address: ``unix://…`` or ``tcp://…``, by default DOCKER_HOST."""

    def __init__(self, host: str | None = None) -> None:
        self.host = host or os.environ.get("DOCKER_HOST") or DEFAULT_HOST
        self._parts = urlsplit(self.host)

    @cached_property
    def version(self) -> str:
        """The API version spoken: the newest that both sides know."""
        answer = self._send("GET", "/_ping", None, READ_TIMEOUT)
        spoken = tuple(int(part) for part in answer.headers.get("Api-Version", "0").split("."))
        if spoken < OLDEST_API:
            raise docker_errors.unreachable(
                self.host, f"it is too old (API {'.'.join(map(str, spoken))}; 1.43 is needed)"
            )
        return ".".join(str(part) for part in min(spoken, NEWEST_API))

    def get(self, path: str, **query: Any) -> Any:
        """Ask something and return the decoded answer."""
        return self.call("GET", path, query=query, timeout=READ_TIMEOUT).json()

    def post(self, path: str, body: Any = None, **query: Any) -> Any:
        """Change something, for as long as it takes, and return the decoded answer."""
        return self.call("POST", path, body, query=query).json()

    def delete(self, path: str, **query: Any) -> None:
        """Remove something."""
        self.call("DELETE", path, query=query)

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        query: Mapping[str, Any] | None = None,
        timeout: float | None = None,
        accept: tuple[int, ...] = (),
    ) -> Answer:
        """Send one request; raise what a refusal means, unless its status is in ``accept``."""
        payload = None if body is None else json.dumps(body).encode()
        answer = self._send(method, self._target(path, query), payload, timeout)
        if answer.status >= 400 and answer.status not in accept:
            raise docker_errors.translate(answer.message, answer.status)
        return answer

    def stream(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | Iterable[bytes] | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        **query: Any,
    ) -> Stream:
        """Send one request whose answer comes in pieces; ``body`` may be an archive's pieces."""
        payload = json.dumps(body).encode() if isinstance(body, Mapping) else body
        target = self._target(path, query)
        connection = self._connection(None)
        try:
            with self._reachable():
                connected, response = _exchange(connection, method, target, payload, headers)
                if response.status < 400:
                    return Stream(self.host, connected, response)
                answer = Answer(response.status, dict(response.getheaders()), response.read())
        except BaseException:
            connection.close()
            raise
        connection.close()
        raise docker_errors.translate(answer.message, answer.status)

    def _target(self, path: str, query: Mapping[str, Any] | None) -> str:
        shown = {name: _shown(value) for name, value in (query or {}).items() if value is not None}
        return f"/v{self.version}{quote(path)}" + (f"?{urlencode(shown)}" if shown else "")

    def _send(
        self, method: str, target: str, payload: bytes | None, timeout: float | None
    ) -> Answer:
        connection = self._connection(timeout)
        try:
            with self._reachable():
                _, response = _exchange(connection, method, target, payload, None)
                return Answer(response.status, dict(response.getheaders()), response.read())
        finally:
            connection.close()

    @contextmanager
    def _reachable(self) -> Iterator[None]:
        try:
            yield
        except (OSError, http.client.HTTPException) as exc:
            raise docker_errors.unreachable(self.host, exc) from exc

    def _connection(self, timeout: float | None) -> http.client.HTTPConnection:
        if self._parts.scheme == "unix":
            return _UnixConnection(self._parts.path, timeout)
        address = (self._parts.hostname or "localhost", self._parts.port or 2375)
        if self._parts.scheme not in ("tcp", "http", "https"):
            raise docker_errors.unreachable(self.host, "use unix:// or tcp:// in DOCKER_HOST")
        if self._parts.scheme == "https" or os.environ.get("DOCKER_TLS_VERIFY"):
            return http.client.HTTPSConnection(*address, timeout=timeout, context=_tls_context())
        return http.client.HTTPConnection(*address, timeout=timeout)


class _UnixConnection(http.client.HTTPConnection):
    def __init__(self, path: str, timeout: float | None) -> None:
        super().__init__("localhost", timeout=timeout)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


def _exchange(
    connection: http.client.HTTPConnection,
    method: str,
    target: str,
    payload: bytes | Iterable[bytes] | None,
    headers: Mapping[str, str] | None,
) -> tuple[socket.socket, http.client.HTTPResponse]:
    # An archive goes in chunks, as nobody knows its length beforehand.
    archive = payload is not None and not isinstance(payload, bytes)
    kind = {"Content-Type": "application/x-tar", "Transfer-Encoding": "chunked"} if archive else {}
    if isinstance(payload, bytes):
        kind = {"Content-Type": "application/json"}
    connection.connect()
    connected: socket.socket = connection.sock
    # An engine that refuses an archive early closes its end: its answer says why.
    with suppress(BrokenPipeError, ConnectionResetError):
        connection.request(
            method,
            target,
            payload,
            {"Connection": "close", **kind, **(headers or {})},
            encode_chunked=archive,
        )
    return connected, connection.getresponse()


def _tls_context() -> Any:
    import ssl

    folder = Path(os.environ.get("DOCKER_CERT_PATH") or Path.home() / ".docker")
    context = ssl.create_default_context(cafile=str(folder / "ca.pem"))
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return context


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "1" if value else "0"
    return json.dumps(value) if isinstance(value, dict | list) else str(value)
