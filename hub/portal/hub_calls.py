"""What the portal asks the hub over HTTP: whose a token is, and a token for a login's code."""

from __future__ import annotations

import http.client
import json
import socket
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from workspace_cli.core.errors import (
    BusyError,
    ConflictError,
    DiskFullError,
    HubUnreachableError,
    InvalidOptionError,
    LabdockError,
    NotAllowedError,
    NotFoundError,
    NotLoggedInError,
    TooOftenError,
)
from workspace_cli.core.hub_requests import REQUEST_SECONDS, HubRequests

SECONDS = 10.0
ACTION_SECONDS = 120.0
"""A start or a stop is answered within the hub's own time for slow ones."""
CHANGES = "/server-changes?include_stopped_servers=true"
SILENCE_SECONDS = 20.0
"""The hub says every five seconds that it is there; a loaded one may be late."""
_REFUSALS: Mapping[int, type[LabdockError]] = {
    400: InvalidOptionError,
    403: NotAllowedError,
    404: NotFoundError,
    409: ConflictError,
    422: InvalidOptionError,
    423: BusyError,
    507: DiskFullError,
}
CLIENT = "service-portal"
"""JupyterHub's name of a service's OAuth client."""


@dataclass(frozen=True)
class HubCalls:
    """The hub's API at ``url`` (with ``/hub/api`` at its end); ``secret`` is the service's token.

    The calls block, each on a connection of its own.
    """

    url: str
    secret: str

    def whose(self, token: str) -> Mapping[str, Any] | None:
        """Return the model of a token's user, None where the token is not valid."""
        if not token.isascii() or not token.isprintable() or " " in token:
            return None
        status, body = self._call("GET", "/user", headers={"Authorization": f"token {token}"})
        if status in (401, 403):
            return None
        return _object(status, body)

    def exchange(self, code: str, redirect_uri: str) -> str:
        """Return the token for the code that a login has brought; NotLoggedInError otherwise."""
        form = {
            "client_id": CLIENT,
            "client_secret": self.secret,
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
        }
        status, body = self._call(
            "POST",
            "/oauth2/token",
            urlencode(form).encode(),
            {"Content-Type": "application/x-www-form-urlencoded"},
        )
        if 400 <= status < 500:
            raise NotLoggedInError("The login did not work out.", "Log in again.")
        return str(_object(status, body)["access_token"])

    def ask(
        self, method: str, path: str, body: object = None, *, token: str = "", language: str = "en"
    ) -> Any:
        """Return what the hub's API answers, as JSON, None where it says nothing.

        The call is made with a caller's ``token``, so that the hub decides whether they may;
        without one it is the portal's own.  Raises what the hub's refusal means, in the
        ``language``.
        """
        headers = {"Authorization": f"token {token or self.secret}", "Accept-Language": language}
        content = None if body is None else json.dumps(body).encode()
        if content is not None:
            headers["Content-Type"] = "application/json"
        seconds = SECONDS if method == "GET" else ACTION_SECONDS
        status, answer = self._call(method, path, content, headers, seconds)
        if status >= 300:
            raise refusal(status, answer)
        return json.loads(answer) if answer.strip() else None

    def changes(self) -> ServerChanges:
        """Begin to follow what becomes of everybody's servers; the hub listens from now on."""
        parts = urlsplit(self.url)
        connection = http.client.HTTPConnection(
            parts.hostname or "localhost", parts.port or 80, timeout=SILENCE_SECONDS
        )
        try:
            connection.request(
                "GET", parts.path + CHANGES, headers={"Authorization": f"token {self.secret}"}
            )
            answer = connection.getresponse()
            if answer.status >= 300:
                raise refusal(answer.status, answer.read())
            return ServerChanges(connection, answer)
        except (OSError, http.client.HTTPException) as exc:
            connection.close()
            raise HubUnreachableError("The hub does not answer.", "Try again in a moment.") from exc
        except LabdockError:
            connection.close()
            raise

    def _call(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        seconds: float = SECONDS,
    ) -> tuple[int, bytes]:
        parts = urlsplit(self.url)
        connection = http.client.HTTPConnection(
            parts.hostname or "localhost", parts.port or 80, timeout=seconds
        )
        try:
            connection.request(method, parts.path + path, body, dict(headers or {}))
            answer = connection.getresponse()
            return answer.status, answer.read()
        except (OSError, http.client.HTTPException) as exc:
            raise HubUnreachableError("The hub does not answer.", "Try again in a moment.") from exc
        finally:
            connection.close()


class ServerChanges:
    """Users' models, as the hub sends them (``hub/server_changes_api.py``)."""

    def __init__(
        self, connection: http.client.HTTPConnection, answer: http.client.HTTPResponse
    ) -> None:
        self._connection, self._answer = connection, answer
        # The connection forgets it where the hub means to close it after the answer.
        self._socket = connection.sock
        self._closed = False

    def __iter__(self) -> Iterator[Any]:
        """Yield each; HubUnreachableError where the hub goes or falls silent."""
        try:
            while line := self._answer.readline():
                if line.strip():
                    yield json.loads(line)
        except (OSError, http.client.HTTPException, ValueError) as exc:
            if not self._closed:
                raise HubUnreachableError(
                    "The hub does not answer.", "Try again in a moment."
                ) from exc
        finally:
            self._connection.close()

    def close(self) -> None:
        """End it, from any thread: whoever reads is woken."""
        self._closed = True
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)


def refusal(status: int, body: bytes) -> LabdockError:
    """Return the failure that an answer of the hub's means, in the hub's words."""
    try:
        given = json.loads(body)
    except ValueError:
        given = None
    told = given if isinstance(given, dict) else {}
    message = str(told.get("message") or "").strip()
    if status == 401:
        return NotLoggedInError("The token is not valid.", "Log in again, or make another token.")
    if status == 429:
        return TooOftenError(
            message or "The hub has too much to do.", "Try again in a moment.", seconds=10
        )
    kind = _REFUSALS.get(status)
    # The hub itself says nothing of what it does not find; a proxy's page is no JSON.
    if status == 404 and told and not message:
        message = "The hub does not know it."
    if kind is None or not message:
        return HubUnreachableError(
            f"The hub answers with status {status}.", "Try again in a moment."
        )
    return kind(message, str(told.get("remedy") or ""))


class CallerRequests(HubRequests):
    """Requests with a caller's own token, past the proxy: the hub decides whether they may."""

    def __init__(self, url: str, token: str) -> None:
        self._parts = urlsplit(url)
        self._callers = token

    @property
    def address(self) -> str:
        """Where the hub answers."""
        return f"{self._parts.scheme}://{self._parts.netloc}"

    def _connection(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection(
            self._parts.hostname or "localhost", self._parts.port or 80, timeout=REQUEST_SECONDS
        )

    def _token(self) -> str:
        return self._callers


def _object(status: int, body: bytes) -> Mapping[str, Any]:
    try:
        given = json.loads(body)
    except ValueError:
        given = None
    if status >= 300 or not isinstance(given, dict):
        raise HubUnreachableError(
            f"The hub answers with status {status}.", "Try again in a moment."
        )
    return given
