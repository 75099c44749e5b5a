"""Requests to the hub: its token, its certificate, and its failures in a person's words.

One request, one connection: a call of the command line makes a handful.  The
standard library's client is enough and loads at once.
"""

from __future__ import annotations

import http.client
import ipaddress
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from workspace_cli.core.errors import (
    BusyError,
    ConflictError,
    DiskFullError,
    HubUnreachableError,
    InvalidInputError,
    InvalidOptionError,
    LabdockError,
    NotAllowedError,
    NotFoundError,
    UnreachableError,
)

if TYPE_CHECKING:
    from workspace_cli.core.settings import Settings

API = "/hub/api"
REQUEST_SECONDS = 120.0
"""Longest wait for one answer; the hub itself answers a start within its slow-spawn time."""

_REMEDY = "Start it with `workspace up`, or look into it with `workspace doctor`."
_LOG = "`docker logs labdock-hub` tells why."
_ERRORS: dict[int, type[LabdockError]] = {
    400: InvalidInputError,
    404: NotFoundError,
    409: ConflictError,
    422: InvalidOptionError,
    429: BusyError,
    503: UnreachableError,
    507: DiskFullError,
}


@dataclass(frozen=True)
class Answer:
    """What the hub answered: ``data`` is its JSON, None where the body was none."""

    status: int
    data: Any


class HubRequests:
    """Talks to the hub through the proxy's public port, with the command line's own token."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def call(self, method: str, path: str, body: Any = None) -> Answer:
        """Return the hub's answer; the error that its status means where it refuses."""
        with self._response(method, path, body) as response:
            content = response.read()
            return Answer(response.status, _parse(content))

    def events(self, path: str) -> Iterator[dict[str, Any]]:
        """Yield the events of a stream until the hub ends it."""
        with self._response("GET", path, None) as response:
            for line in response:
                if line.startswith(b"data:"):
                    event = _parse(line[len(b"data:") :])
                    if isinstance(event, dict):
                        yield event

    @contextmanager
    def _response(self, method: str, path: str, body: Any) -> Iterator[http.client.HTTPResponse]:
        headers = {"Authorization": f"token {self._token()}", "Accept": "application/json"}
        content = None if body is None else json.dumps(body).encode()
        if content is not None:
            headers["Content-Type"] = "application/json"
        connection = self._connection()
        try:
            connection.request(method, API + path, content, headers)
            response = connection.getresponse()
            if response.status >= 300:
                raise _error(response.status, response.read())
            yield response
        except (OSError, http.client.HTTPException) as exc:
            reason = str(exc) or type(exc).__name__
            raise HubUnreachableError(
                f"The hub does not answer at {self.address}: {reason}.", _REMEDY
            ) from exc
        finally:
            connection.close()

    @property
    def address(self) -> str:
        """The address at which this machine reaches the hub."""
        scheme = "https" if self._settings.tls else "http"
        host = f"[{self._host}]" if ":" in self._host else self._host
        return f"{scheme}://{host}:{self._settings.port}"

    @property
    def _host(self) -> str:
        bind = ipaddress.ip_address(self._settings.bind)
        if bind.is_unspecified:
            return "127.0.0.1" if bind.version == 4 else "::1"
        return str(bind)

    def _connection(self) -> http.client.HTTPConnection:
        if not self._settings.tls:
            return http.client.HTTPConnection(
                self._host, self._settings.port, timeout=REQUEST_SECONDS
            )
        import ssl

        # The certificate is the machine's own and names another host than the loopback: what
        # is checked is that the other side holds exactly this certificate.
        context = ssl.create_default_context(cafile=str(self._settings.tls_cert))
        context.check_hostname = False
        context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
        return http.client.HTTPSConnection(
            self._host, self._settings.port, timeout=REQUEST_SECONDS, context=context
        )

    def _token(self) -> str:
        path = self._settings.api_token
        try:
            return path.read_text(encoding="ascii").strip()
        except FileNotFoundError as exc:
            raise HubUnreachableError(
                f"Labdock is not set up here: {path} does not exist.", "Run `workspace up` first."
            ) from exc
        except PermissionError as exc:
            raise NotAllowedError(
                f"Only an admin of this machine can read {path}.", "Run this with sudo."
            ) from exc
        except (OSError, UnicodeDecodeError) as exc:
            raise HubUnreachableError(f"{path} cannot be read: {exc}.", _REMEDY) from exc


def _parse(content: bytes) -> Any:
    try:
        return json.loads(content)
    except ValueError:
        return None


def _error(status: int, content: bytes) -> LabdockError:
    data = _parse(content)
    if not isinstance(data, dict):
        # The proxy's own page: it answers, what is behind it does not.
        return HubUnreachableError(f"The hub does not answer (HTTP {status}).", _REMEDY)
    message = str(data.get("message") or f"HTTP {status}").strip()
    remedy = str(data.get("remedy") or "")
    if status in (401, 403):
        return NotAllowedError(
            f"The hub refuses the command line: {message}",
            "If its token is out of date, `workspace up` renews it.",
        )
    if status == 500 and message == "Internal Server Error":
        return LabdockError("The hub met an error of its own.", _LOG)
    kind = _ERRORS.get(status, LabdockError)
    return kind(message if message.endswith((".", "!", "?")) else f"{message}.", remedy)
