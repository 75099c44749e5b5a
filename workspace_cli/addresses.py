"""Where a workspace is found by a browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workspace_cli.core.models import SERVER_PORT, Workspace
from workspace_cli.core.naming import member_host, server_name

if TYPE_CHECKING:
    from workspace_cli.core.settings import Settings

LOOPBACK = "127.0.0.1"


def url(workspace: Workspace, settings: Settings) -> str:
    """Return the workspace's address, as typed on this machine; '' where it has none."""
    if workspace.kind == "hub":
        from urllib.parse import quote

        server = server_name(workspace.name)
        path = f"/user/{quote(workspace.owner)}/" + (f"{quote(server)}/" if server else "")
        return f"{_members_url(workspace.owner, settings)}{path}"
    ports = [port.host for port in workspace.ports if port.container == SERVER_PORT and port.host]
    return f"http://{LOOPBACK}:{ports[0]}/" if ports else ""


def _members_url(owner: str, settings: Settings) -> str:
    if not settings.domain:
        return hub_url(settings)
    return hub_url(settings).replace(settings.domain, member_host(owner, settings.domain), 1)


def hub_url(settings: Settings) -> str:
    """Return the hub's public address.

    A hub for everybody is told by the machine's own name, which its certificate names.
    """
    if settings.url:
        return settings.url
    host = settings.bind
    if host in ("0.0.0.0", "::"):  # noqa: S104 - compared, not bound
        from socket import gethostname

        host = gethostname()
    host = f"[{host}]" if ":" in host else host
    return f"{'https' if settings.tls else 'http'}://{host}:{settings.port}"
