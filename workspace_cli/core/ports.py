"""Which host port a workspace is reached on.

Chosen under the host's lock, so two at once get two ports.  A port belongs to
its workspace for as long as the container exists, running or not.
"""

from __future__ import annotations

import errno
import socket
from collections.abc import Callable, Collection, Iterable, Sequence

from workspace_cli.core import labels
from workspace_cli.core.errors import InvalidOptionError, NoFreePortError, PortTakenError
from workspace_cli.core.host import Host
from workspace_cli.core.models import ContainerSummary, PortMapping, Workspace, parse_ports_label


def held_ports(containers: Iterable[ContainerSummary]) -> dict[int, str]:
    """Return host port → container's name: ours in any state, and whatever is published now."""
    held: dict[int, str] = {}
    for container in containers:
        ours = parse_ports_label(container.labels.get(labels.PORTS, ""))
        for port in (*ours, *container.ports):
            held.setdefault(port.host, container.name)
    return held


def free_count(host: Host) -> int:
    """Return how many ports of the range nobody holds, neither a container nor a process."""
    low, high = host.settings.port_range
    held = held_ports(host.engine.containers())
    return sum(1 for port in range(low, high + 1) if port not in held and is_free(port))


def check_count(ports: Sequence[PortMapping], host: Host, owner: str, workspace: str = "") -> None:
    """Raise InvalidOptionError where a member would hold more ports than the policy gives them.

    Counted are those of all their workspaces, ``workspace`` itself with the new ones.
    """
    if not ports:
        return
    rows = filter(None, map(Workspace.of, host.engine.containers({labels.OWNER: owner})))
    others = {port.host for row in rows if row.name != workspace for port in row.ports}
    most = _most_ports(host, owner, len(ports) + len(others))
    if most is not None and len(ports) + len(others) > most:
        had = f", and your other workspaces hold {len(others)}" if others else ""
        raise InvalidOptionError(
            f"ports: {len(ports)} were asked for{had}; {most} is the most you may have.",
            "Ask for fewer, or remove a workspace that has some.",
        )


def _most_ports(host: Host, owner: str, count: int) -> int | None:
    """Return how many ports a member may have; what everybody may have needs no database."""
    policy = host.policy
    every = [policy.allowance(role).max_ports for role in ("member", "instructor", "admin")]
    least = min((most for most in every if most is not None), default=None)
    if least is None or count <= least:
        return least
    from workspace_cli.core.members import member

    return member(host, owner).allowance(policy).max_ports


def choose(
    wanted: Sequence[PortMapping],
    held: Collection[int],
    port_range: tuple[int, int],
    is_free: Callable[[int], bool],
) -> tuple[PortMapping, ...]:
    """Give every mapping whose host port is 0 the lowest free port of the (inclusive) range.

    ``is_free`` tells whether no process of this machine has a port.  Raises
    PortTakenError for a port that was asked for and is held, NoFreePortError.

    >>> choose([PortMapping(8080)], {9200}, (9200, 9201), lambda port: True)
    (PortMapping(container=8080, host=9201),)
    """
    taken = set(held)
    for port in wanted:
        if port.host and (port.host in taken or not is_free(port.host)):
            raise _taken(port.host)
        taken.add(port.host)
    chosen = []
    for port in wanted:
        host = port.host or _first_free(taken, port_range, is_free)
        taken.add(host)
        chosen.append(PortMapping(port.container, host))
    return tuple(chosen)


def is_free(port: int) -> bool:
    """Tell whether no process has the TCP port, on any address of either family.

    Inside a container it sees that container's ports only; there the engine's
    refusal at the start is what tells.
    """
    return all(
        _can_listen(family, address, port)
        for family, address in ((socket.AF_INET, "0.0.0.0"), (socket.AF_INET6, "::"))  # noqa: S104
    )


def _first_free(
    taken: Collection[int], port_range: tuple[int, int], is_free: Callable[[int], bool]
) -> int:
    low, high = port_range
    for port in range(low, high + 1):
        if port not in taken and is_free(port):
            return port
    raise NoFreePortError(
        f"Every port from {low} to {high} is held.",
        "Remove a workspace that nobody needs, or widen WORKSPACE_PORT_RANGE.",
    )


def _taken(port: int) -> PortTakenError:
    return PortTakenError(
        f"Port {port} of this machine is already in use.",
        "Choose another, or leave the choice to Labdock.",
    )


def _can_listen(family: socket.AddressFamily, address: str, port: int) -> bool:
    try:
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            # Old connections that linger hold no port; a listener does all the same.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family == socket.AF_INET6:
                probe.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            probe.bind((address, port))
            probe.listen()
    except OSError as exc:
        # No IPv6 on this machine, or a port below 1024 as an ordinary user, says nothing.
        return exc.errno != errno.EADDRINUSE
    return True
