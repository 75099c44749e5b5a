"""A network an owner, from an address pool of our own.

The engine's own pools end at about 30 networks.  Hub and proxy are attached to
each owner's network; owners reach neither each other nor the control network.
"""

from __future__ import annotations

import ipaddress
import socket
import struct
import threading
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path

from workspace_cli.core import labels
from workspace_cli.core.engine import Engine
from workspace_cli.core.errors import (
    ConflictError,
    NameTakenError,
    NotFoundError,
    WorkspaceNotFoundError,
)
from workspace_cli.core.host import Host
from workspace_cli.core.models import ContainerSummary
from workspace_cli.core.naming import network_name

PREFIX = 27
"""Length of an owner's subnet: 32 addresses; gateway, hub, proxy and portal take four."""
_ROUTES = Path("/proc/net/route")

_creating = threading.Lock()
"""The engine makes one network at a time; many threads that ask for one subnet waste calls."""

Subnet = ipaddress.IPv4Network


def ensure_owner_network(host: Host, owner: str) -> str:
    """Make the owner's network where it is missing, attach hub and proxy, return its name.

    Safe without the host's lock, as the engine refuses a subnet that overlaps
    another; but only under it does the network stay until a container uses it.
    Raises ConflictError when the pool is full.
    """
    name = network_name(owner)
    with _creating:
        existing = host.engine.networks()
        if not any(network.name == name for network in existing):
            taken = [_subnet(text) for network in existing for text in network.subnets]
            _create(host, owner, [*filter(None, taken), *host_routes(host.settings.address_pool)])
    _attach(host.engine, [name])
    return name


def is_ready(containers: Iterable[ContainerSummary], owner: str) -> bool:
    """Tell from a list of containers whether the owner's network is there, with the stack on it.

    Where no stack is, the list says nothing.
    """
    name = network_name(owner)
    stack = [row for row in containers if labels.STACK in row.labels]
    return bool(stack) and all(name in row.networks for row in stack)


def remove_owner_network(host: Host, owner: str) -> None:
    """Remove the owner's network, unless a container of theirs is still attached.

    To be called under the host's lock; nothing happens where there is none.
    """
    name = network_name(owner)
    stack = [container for container in _stack(host.engine) if name in container.networks]
    with suppress(NotFoundError):
        for container in stack:
            host.engine.disconnect(name, container.name)
        try:
            host.engine.remove_network(name)
        except ConflictError:
            _attach(host.engine, [name])


def attach_stack(host: Host) -> None:
    """Attach hub and proxy to every owner's network, as after they were made anew."""
    owners = host.engine.networks({labels.OWNER: None})
    _attach(host.engine, [network.name for network in owners])


def choose_subnet(pool: Subnet, taken: Iterable[Subnet]) -> Subnet:
    """Return the first /27 of the pool that overlaps nothing; ConflictError when it is full.

    >>> choose_subnet(Subnet("10.213.0.0/16"), [Subnet("10.213.0.0/27")])
    IPv4Network('10.213.0.32/27')
    """
    held = [subnet for subnet in taken if subnet.overlaps(pool)]
    for candidate in pool.subnets(new_prefix=PREFIX):
        if not any(candidate.overlaps(subnet) for subnet in held):
            return candidate
    raise ConflictError(
        f"Every network of the address pool {pool} is in use.",
        "Remove owners' workspaces that nobody needs, or set a larger WORKSPACE_ADDRESS_POOL.",
    )


def host_routes(pool: Subnet, table: Path = _ROUTES) -> list[Subnet]:
    """Return this machine's routes into parts of the pool.

    A route that is wider than the pool (a default route, 10.0.0.0/8 of a large
    site) takes nothing away: the bridges' own routes are more specific.
    Source: https://man7.org/linux/man-pages/man5/proc_pid_net.5.html
    """
    try:
        lines = table.read_text(encoding="ascii").splitlines()[1:]
    except OSError:
        return []
    routes = []
    for line in lines:
        _, destination, _, _, _, _, _, mask, *_ = line.split()
        route = Subnet((_address(destination), _address(mask)), strict=False)
        if route.subnet_of(pool):
            routes.append(route)
    return routes


def _create(host: Host, owner: str, taken: list[Subnet]) -> None:
    while True:
        subnet = choose_subnet(host.settings.address_pool, taken)
        try:
            host.engine.create_network(network_name(owner), str(subnet), {labels.OWNER: owner})
        except NameTakenError:
            return  # made meanwhile by somebody who holds another lock
        except ConflictError:
            taken.append(subnet)  # made meanwhile by hand
        else:
            return


def _attach(engine: Engine, names: Sequence[str]) -> None:
    # One after the other: the engine lets no two changes of networks run at once.
    for container in _stack(engine):
        for name in names:
            if name not in container.networks:
                # A stack that goes down meanwhile attaches itself when it comes up again.
                with suppress(WorkspaceNotFoundError):
                    engine.connect(name, container.name)


def _stack(engine: Engine) -> list[ContainerSummary]:
    return engine.containers({labels.STACK: None})


def _subnet(text: str) -> Subnet | None:
    try:
        return Subnet(text)
    except ValueError:
        return None  # IPv6 takes nothing from the pool


def _address(little_endian: str) -> str:
    return socket.inet_ntoa(struct.pack("<I", int(little_endian, 16)))
