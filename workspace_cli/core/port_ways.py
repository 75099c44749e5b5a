"""How the hub reaches one port of a workspace, for a visitor whom it has let in."""

from __future__ import annotations

from dataclasses import dataclass

from workspace_cli.core import inside, labels, naming
from workspace_cli.core.errors import InvalidNameError, WorkspaceNotFoundError
from workspace_cli.core.host import Host
from workspace_cli.core.models import Workspace


@dataclass(frozen=True)
class Way:
    """Where a port is found: ``port`` 0 is that of the workspace's own server.

    ``prefix`` stands before the path, ``key`` is what opens the server ('' for none).
    """

    address: str
    port: int
    prefix: str
    key: str


def way(host: Host, owner: str, workspace: str, port: int) -> Way | None:
    """Return the way to a port; None where the workspace does not run or has no such port.

    A Labdock server hands a port of its container on.  An image that runs as what it is
    has none: of it only the ports are reached that the workspace was made with.
    """
    try:
        container = host.engine.container(naming.container_name(owner, workspace))
    except (WorkspaceNotFoundError, InvalidNameError):
        return None
    found = Workspace.of(container)
    if found is None or (found.owner, found.name) != (owner, workspace):
        return None
    if container.labels.get(labels.SERVER) == "1":
        door = inside.door(host, found)
        if door is None:
            return None
        return Way(door.address, 0, f"{door.prefix}proxy/{port}", door.key)
    address = container.networks.get(naming.network_name(owner), "")
    if not address or port not in {one.container for one in found.ports}:
        return None
    return Way(address, port, "", "")
