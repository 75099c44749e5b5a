"""JupyterHub's own client-side login code, without the hub behind it.

`jupyterhub.services.auth` holds what a server of the hub's needs: OAuth with state and PKCE,
token and scope checks, XSRF. It is used here unchanged. What it pulls in is not needed: the
hub's database (SQLAlchemy, alembic) to type-check objects that only the hub has, and aiohttp
for a handful of requests that tornado can make. Together they are half of a stock server's
start. Stand-ins take their names while the module is imported.
"""

from __future__ import annotations

from types import ModuleType
from typing import Any

from tornado.httpclient import AsyncHTTPClient, HTTPRequest, HTTPResponse

from .stand_ins import module, standing_in


class Reply:
    """A finished request, with the three names of aiohttp's reply that the hub's code reads."""

    def __init__(self, response: HTTPResponse) -> None:
        self.status = response.code
        self.headers = response.headers
        self._body: bytes = response.body

    async def text(self) -> str:
        """The body."""
        return self._body.decode("utf-8", "replace")


async def fetch(
    url: str,
    *,
    method: str = "GET",
    raise_for_status: bool = True,
    headers: dict[str, str] | None = None,
    data: str | bytes | None = None,
    ssl: Any = None,
    seconds: float = 20.0,
) -> Reply:
    """Ask the hub, as jupyterhub.httpclient.fetch does.

    Raises tornado's HTTPClientError where the hub says no and `raise_for_status` is set, OSError
    where it cannot be reached.
    """
    request = HTTPRequest(
        url,
        method=method,
        headers=headers,
        body=data,
        ssl_options=ssl,
        request_timeout=seconds,
        allow_nonstandard_methods=True,
        follow_redirects=False,
    )
    response = await AsyncHTTPClient().fetch(request, raise_error=raise_for_status)
    if response.code == 599:
        # tornado's own number for "no answer": the hub's code expects an exception.
        raise OSError(f"{url} did not answer: {response.error}")
    return Reply(response)


def _never(name: str) -> type[Exception]:
    """An exception class that nothing raises, for the `except` clauses that name it."""
    return type(name, (Exception,), {})


def _stand_ins() -> dict[str, ModuleType]:
    failed = _never("SQLAlchemyError")
    errors = module("sqlalchemy.exc", SQLAlchemyError=failed)
    return {
        "sqlalchemy": module("sqlalchemy", exc=errors),
        "sqlalchemy.exc": errors,
        "aiohttp": module(
            "aiohttp",
            ClientOSError=_never("ClientOSError"),
            ClientConnectionError=_never("ClientConnectionError"),
        ),
        "jupyterhub.orm": module("jupyterhub.orm"),
        "jupyterhub.roles": module("jupyterhub.roles"),
        "jupyterhub.httpclient": module("jupyterhub.httpclient", fetch=fetch),
    }


with standing_in(_stand_ins()):
    from jupyterhub._version import __version__ as hub_version
    from jupyterhub.services.auth import HubOAuth, HubOAuthCallbackHandler

__all__ = ["HubOAuth", "HubOAuthCallbackHandler", "fetch", "hub_version"]
