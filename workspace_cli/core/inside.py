"""Asks the server inside a workspace, with the key that only it and this machine have."""

from __future__ import annotations

import base64
import http.client
import json
from dataclasses import dataclass
from typing import Any

from workspace_cli.core import naming, secrets
from workspace_cli.core.host import Host
from workspace_cli.core.models import SERVER_PORT, Workspace

SECONDS = 5.0
_LARGEST = 2**20


@dataclass(frozen=True)
class Activity:
    """What runs in a workspace now, as its server tells."""

    running_cells: int
    kernels: int
    terminals: int
    cpu_seconds: float | None


def activity(host: Host, workspace: Workspace) -> Activity | None:
    """Return what runs in a workspace, or None where its server does not say."""
    found = _call(host, workspace, "GET", "labdock/activity")
    try:
        return Activity(
            int(found["running_cells"]),
            int(found["kernels"]),
            int(found["terminals"]),
            None if found["cpu_seconds"] is None else float(found["cpu_seconds"]),
        )
    except (KeyError, TypeError, ValueError):
        return None


def show_notices(host: Host, workspace: Workspace, shown: list[dict[str, Any]]) -> bool:
    """Hand a workspace the notices that its pages and terminals show; tell whether it took them.

    Each is ``{"id", "level", "text": {"en", "ko"}, "actions": ["extend", …]}``.
    """
    return _call(host, workspace, "PUT", "labdock/notices", shown) is not None


def show_gpus(host: Host, workspace: Workspace, lines: dict[str, str]) -> bool:
    """Hand a workspace what its terminals' greeting says of its GPUs, one line a language.

    Tells whether it took them.
    """
    return _call(host, workspace, "PUT", "labdock/gpus", lines) is not None


def safe_mode(host: Host, workspace: Workspace) -> str | None:
    """Return why a workspace's server runs in safe mode, '' where it does not, None unknown."""
    found = _call(host, workspace, "GET", "labdock/activity")
    return str(found.get("safe_mode") or "") if isinstance(found, dict) else None


@dataclass(frozen=True)
class Door:
    """How this machine enters a workspace's server: its address, the path it serves, the key."""

    address: str
    prefix: str
    key: str


def door(host: Host, workspace: Workspace) -> Door | None:
    """Return the way into a workspace; None where it is not running or has no server of ours."""
    kept = secrets.read(host.settings, workspace.container.name)
    address = workspace.container.networks.get(naming.network_name(workspace.owner), "")
    if not kept or not address:
        return None
    return Door(address, kept.get("JUPYTERHUB_SERVICE_PREFIX", "/"), _key(kept))


def open_ports(host: Host, workspace: Workspace) -> list[int]:
    """Return the ports that programs in a workspace listen at; none where it does not say."""
    found = _call(host, workspace, "GET", "labdock/ports")
    ports = found.get("ports") if isinstance(found, dict) else None
    return [port for port in ports if isinstance(port, int)] if isinstance(ports, list) else []


def _call(host: Host, workspace: Workspace, method: str, path: str, body: Any = None) -> Any:
    """Return the JSON that the server answers with; None where it does not."""
    way = door(host, workspace)
    if way is None:
        return None
    headers = {"Authorization": way.key, "Content-Type": "application/json"}
    connection = http.client.HTTPConnection(way.address, SERVER_PORT, timeout=SECONDS)
    try:
        text = None if body is None else json.dumps(body)
        connection.request(method, way.prefix + path, text, headers)
        response = connection.getresponse()
        answer = response.read(_LARGEST)
        return json.loads(answer or b"{}") if response.status < 300 else None
    except (OSError, http.client.HTTPException, ValueError):
        # It may be starting, ending, or somebody else's program: nobody waits for it.
        return None
    finally:
        connection.close()


def _key(kept: dict[str, str]) -> str:
    if token := kept.get("JUPYTERHUB_API_TOKEN"):
        return f"token {token}"
    pair = f"{kept.get(secrets.AUTH_USER, '')}:{kept.get(secrets.AUTH_PASSWORD, '')}"
    return "Basic " + base64.b64encode(pair.encode()).decode()
