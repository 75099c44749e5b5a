"""One request to the Docker engine's API over its socket.

Everything that is JSON both ways goes this way and not over docker-py: the
import of docker-py (with requests and urllib3) takes 70 ms, as long as the
rest of ``workspace ls`` together, and each request on a connection of its own
is safe from any number of threads, waits for no pool, and knows no 60 s
time-out.  A connection to a unix socket costs 0.1 ms.
"""

from __future__ import annotations

import http.client
import json
import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from workspace_cli.core import docker_errors

DEFAULT_HOST = "unix:///var/run/docker.sock"
NEWEST_API = (1, 45)
"""The newest version of the API whose answers ``docker_translate`` was written for."""
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
        shown = {name: _shown(value) for name, value in (query or {}).items() if value is not None}
        target = f"/v{self.version}{quote(path)}" + (f"?{urlencode(shown)}" if shown else "")
        answer = self._send(method, target, body, timeout)
        if answer.status >= 400 and answer.status not in accept:
            raise docker_errors.translate(answer.message, answer.status)
        return answer

    def _send(self, method: str, target: str, body: Any, timeout: float | None) -> Answer:
        connection = self._connection(timeout)
        payload = None if body is None else json.dumps(body).encode()
        headers = {"Connection": "close"}
        if payload is not None:
            headers["Content-Type"] = "application/json"
        try:
            connection.request(method, target, payload, headers)
            response = connection.getresponse()
            return Answer(response.status, dict(response.getheaders()), response.read())
        except (OSError, http.client.HTTPException) as exc:
            raise docker_errors.unreachable(self.host, exc) from exc
        finally:
            connection.close()

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
