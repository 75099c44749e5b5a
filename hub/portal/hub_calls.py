"""What the portal asks the hub over HTTP: whose a token is, and a token for a login's code."""

from __future__ import annotations

import http.client
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from workspace_cli.core.errors import HubUnreachableError, NotLoggedInError

SECONDS = 10.0
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

    def _call(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> tuple[int, bytes]:
        parts = urlsplit(self.url)
        connection = http.client.HTTPConnection(
            parts.hostname or "localhost", parts.port or 80, timeout=SECONDS
        )
        try:
            connection.request(method, parts.path + path, body, dict(headers or {}))
            answer = connection.getresponse()
            return answer.status, answer.read()
        except (OSError, http.client.HTTPException) as exc:
            raise HubUnreachableError("The hub does not answer.", "Try again in a moment.") from exc
        finally:
            connection.close()


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
