"""The hub's calls of its own REST API: a start or stop that nobody clicked.

JupyterHub's handlers do much around a start (limits, routes, records), so what
the hub decides by itself goes through the same door as a member's click.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from tornado.httpclient import AsyncHTTPClient, HTTPRequest

from workspace_cli.core import naming

SECONDS = 60.0


@dataclass(frozen=True)
class SelfCalls:
    """Calls with a service's token; ``url`` is that of the API, with a slash at its end."""

    url: str
    token: str

    async def start(self, owner: str, workspace: str, options: Mapping[str, Any]) -> str:
        """Ask for a start; return '' where it is under way, else why not."""
        return await self._call("POST", owner, workspace, json.dumps(dict(options)))

    async def stop(self, owner: str, workspace: str) -> str:
        """Ask for a stop; return '' where it is under way, else why not."""
        return await self._call("DELETE", owner, workspace, None)

    async def _call(self, method: str, owner: str, workspace: str, body: str | None) -> str:
        server = "" if workspace == naming.DEFAULT_WORKSPACE else f"s/{quote(workspace, safe='')}"
        request = HTTPRequest(
            f"{self.url}users/{quote(owner, safe='')}/server{server}",
            method=method,
            body=body,
            headers={"Authorization": f"token {self.token}", "Content-Type": "application/json"},
            request_timeout=SECONDS,
            allow_nonstandard_methods=True,
        )
        try:
            response = await AsyncHTTPClient().fetch(request, raise_error=False)
        except OSError as exc:
            return str(exc)
        return "" if response.code < 300 else _reason(response.body, response.code)


def _reason(body: bytes, status: int) -> str:
    try:
        return str(json.loads(body)["message"])
    except (ValueError, KeyError, TypeError):
        return f"status {status}"
